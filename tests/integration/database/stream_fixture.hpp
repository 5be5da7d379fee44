#pragma once

#include <fstream>
#include <string>

#include "fixture.hpp"

namespace support::database::tests {

// What the process holds in memory now, in MiB; 0 under a sanitizer, which keeps what was freed.
inline double resident_mib() {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  return 0;
#endif
  std::ifstream statm("/proc/self/statm");
  std::size_t total = 0;
  std::size_t resident = 0;
  statm >> total >> resident;
  return static_cast<double>(resident) * 4096 / (1 << 20);
}

class StreamTest : public ConnectionTest {
 protected:
  template <class T>
  static T must(Result<T> result) {
    EXPECT_TRUE(result) << result.error().text();
    return std::move(result).value();
  }
  void expect_usable() {
    EXPECT_EQ(connection_->health(), Connection::Health::idle);
    EXPECT_EQ(value<std::int32_t>("select 7"), 7);
  }
  // Every write to t waits for a minute.
  void make_table_doze() {
    ASSERT_TRUE(
        run("create table t(a int); create function doze() returns trigger language plpgsql as $$ begin perform "
            "pg_sleep(60); return new; end $$; create trigger dozing before insert on t for each row execute "
            "function doze()"));
  }
};

}  // namespace support::database::tests

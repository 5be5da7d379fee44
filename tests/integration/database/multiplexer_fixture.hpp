#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "app/database/multiplexer.hpp"

#include "fixture.hpp"

namespace support::database::tests {

class MultiplexerTest : public testing::Test {
 protected:
  MultiplexerOptions options(std::size_t connections = 2) {
    MultiplexerOptions options;
    options.connect = connect_options(database_.url());
    options.connections = connections;
    return options;
  }
  Result<Rows> read(Multiplexer& shared, std::string_view sql, Params params = {}, Deadline deadline = {}) {
    return loop_.run([&] { return shared.read(sql, std::move(params), deadline); });
  }
  Result<Rows> write(Multiplexer& shared, std::string_view sql, Params params = {}, Deadline deadline = {}) {
    return loop_.run([&] { return shared.execute_once(sql, std::move(params), deadline); });
  }
  template <class T>
  T value(Multiplexer& shared, std::string_view sql, Params params = {}) {
    return read(shared, sql, std::move(params)).value().single<T>().value();
  }
  // Starts a read whose outcome is looked at later.
  std::shared_ptr<std::optional<Result<Rows>>> start_read(Multiplexer& shared, std::string sql,
                                                          Deadline deadline = {}) {
    const auto outcome = std::make_shared<std::optional<Result<Rows>>>();
    loop_.start([&shared, sql, deadline, outcome]() -> asio::awaitable<void> {
      *outcome = co_await shared.read(sql, {}, deadline);
    });
    return outcome;
  }
  std::string sleepers() {
    return database_.sql(
        "select count(*) from pg_stat_activity where state = 'active' and query like '%pg_sleep(3%' "
        "and pid <> pg_backend_pid()")[0][0];
  }

  TestDatabase database_;
  Loop loop_;
};

}  // namespace support::database::tests

// That a plan brings a schema of realistic size back to what it should be, whatever somebody did to it at a console,
// and can be taken back. A seed that fails is tried again with --gtest_filter='*/SEED'.
#include "tests/support/live_edits.hpp"

#include <array>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "app/alembic/autogenerate/wanted.hpp"

#include "tests/integration/alembic/database_session.hpp"
#include "tests/support/open_seeds.hpp"
#include "tests/support/planned_migration.hpp"
#include "tests/support/reused_database.hpp"
#include "tests/support/seeds.hpp"

namespace support::tests {
namespace {

using namespace alembic::autogenerate;

constexpr std::array names = {"bicycle_works", "federation", "film_rental", "music_catalogue", "record_shop"};
constexpr int edits_each = 6;
constexpr std::uint32_t attempts = 60;

class LiveEdits : public WithReusedDatabase<testing::TestWithParam<std::uint32_t>> {
 protected:
  // The server refuses some edits; others are tried instead. What was done comes back, for messages.
  static std::string edit(std::uint32_t seed) {
    auto& connection = database_->connection();
    std::string done;
    int count = 0;
    for (std::uint32_t i = 0; i < attempts && count < edits_each; ++i) {
      try {
        const auto statement = live_edit(inspect(connection), seed * attempts + i);
        connection.execute(statement);
        done += statement + ";\n";
        ++count;
      } catch (const alembic::DatabaseError&) {
        continue;
      } catch (const std::invalid_argument&) {
        continue;  // it chose something that has no name
      }
    }
    EXPECT_EQ(count, edits_each);
    return done;
  }
};

TEST_P(LiveEdits, AreTakenBackByAPlan) {
  if (const auto reason = reason_of(open_edits, GetParam()); !reason.empty()) GTEST_SKIP() << reason;
  const std::string name = names.at(GetParam() % names.size());
  const auto schema = file_content(SUPPORT_SOURCE_DIR "/tests/data/autogenerate/schemas/" + name + ".sql");
  auto& connection = database_->connection();
  database_->clear();
  database_->run(schema);
  const auto done = edit(GetParam());
  const auto before = inspect(connection, planning());
  const auto after = wanted_from_sql(connection, schema, {.inspect = planning()});
  EXPECT_EQ(unproven(connection, before, after), "") << name << " after\n" << done;
}

INSTANTIATE_TEST_SUITE_P(Seeds, LiveEdits, testing::ValuesIn(seeds(25)),
                         [](const auto& given) { return std::to_string(given.param); });

}  // namespace
}  // namespace support::tests

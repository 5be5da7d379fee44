#include "app/database/statement_log.hpp"

#include <gtest/gtest.h>

namespace support::database {
namespace {

TEST(StatementLogTest, TypesAreNamedAndValuesAreNot) {
  EXPECT_EQ(describe_types({}), "");
  const auto params =
      make_params(std::int32_t{7}, "private", std::optional<std::int64_t>(), std::vector<Uuid>(), Inferred{"secret"});
  EXPECT_EQ(describe_types(params), "$1 int4, $2 text, $3 int8, $4 uuid[], $5 inferred");
}

TEST(StatementLogTest, EveryStatementIsCountedUnderHowItEnded) {
  const auto metrics = std::make_shared<DatabaseMetrics>();
  const StatementLog log(metrics, std::chrono::milliseconds(0), false);
  const StatementLog::Statement statement{.sql = "select 1", .started = Deadline::Clock::now()};
  log.ended(statement, {});
  log.ended(statement, Error(Condition::deadline_exceeded, "late"));
  log.ended(statement, Error(Condition::connection_lost, "lost"));
  log.ended(statement, Error(sqlstate("22012"), {.sqlstate = "22012"}));
  for (const auto outcome : {Outcome::ok, Outcome::late, Outcome::lost, Outcome::failed}) {
    EXPECT_EQ(metrics->statements[static_cast<std::size_t>(outcome)].snapshot().count(), 1U) << to_string(outcome);
  }
  EXPECT_EQ(metrics->slow_statements.value(), 0U) << "0 means that none is slow";
}

}  // namespace
}  // namespace support::database

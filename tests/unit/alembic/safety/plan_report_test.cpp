#include "app/alembic/safety/report/plan_report.hpp"

#include <sstream>

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace support::tests {
namespace {

namespace json = boost::json;
using namespace alembic::safety;
using testing::HasSubstr;
using testing::Not;

TracedRelation users() {
  return {.shown = "users", .schema = "public", .name = "users", .index = "", .kind = 'r'};
}

TracedRelation pkey() {
  return {.shown = "users_pkey", .schema = "public", .name = "users", .index = "users_pkey", .kind = 'i'};
}

PlanReport rewrite() {
  Impact impact{.trace = {.sql = "ALTER TABLE users\n  ALTER COLUMN age TYPE bigint",
                          .source = {.revision = "3f2a", .file = "3f2a_wider.sql", .line = 9}},
                .rows = 41'200'000,
                .bytes = 6'549'825'945,
                .seconds = 111.6,
                .strongest = LockMode::access_exclusive,
                .queues = {},
                .waits_for = {},
                .replicas = 2};
  auto& trace = impact.trace;
  trace.locks = {{users(), LockMode::share, 0},
                 {users(), LockMode::access_exclusive, 0},
                 {pkey(), LockMode::access_exclusive, 0},
                 {{.shown = "toast(users)", .schema = "public", .name = "users", .index = "", .kind = 't'},
                  LockMode::access_exclusive,
                  0}};
  trace.rewrites = trace.scans = {users()};
  trace.index_rebuilds = {pkey()};
  impact.queues = {{.relation = users(),
                    .mode = LockMode::access_exclusive,
                    .statements_per_second = 340.2,
                    .statements = 37'966.3}};
  impact.waits_for = {{.session = {.pid = "4711",
                                   .user = "report",
                                   .application = "nightly report",
                                   .state = "idle in transaction",
                                   .seconds = 724},
                       .relation = "users",
                       .mode = LockMode::access_share}};
  return {.statements = {impact}, .sizes_of = "database live", .throughput = {}};
}

std::string text_of(const PlanReport& report, Colours colours = Colours::no) {
  std::ostringstream out;
  write_plan_text(report, colours, out);
  return out.str();
}

TEST(PlanReport, SaysInAFewLinesWhatAStatementDoes) {
  EXPECT_EQ(
      text_of(rewrite()),
      "3f2a_wider.sql:9 (3f2a)  ALTER TABLE users ALTER COLUMN age TYPE bigint\n"
      "  locks users ACCESS EXCLUSIVE (reads and writes wait); rewrites users; rebuilds users_pkey; scans users; "
      "41,200,000 rows; 6.1 GB; about 1 min 52 s\n"
      "  behind it: about 37,966 reads and writes on users would wait (340.2 a second)\n"
      "  waits for: a transaction (pid 4711, report, nightly report, idle in transaction) holds ACCESS SHARE on "
      "users; its transaction has been open for about 12 min 4 s\n"
      "  2 replicas write what it writes as well\n"
      "\n"
      "1 statement, about 1 min 52 s in all. Sizes are those of database live; the times assume 200 MB/s read, 60 "
      "MB/s rewritten and 40 MB/s of index written.\n");
}

TEST(PlanReport, PaintsForATerminalAlone) {
  EXPECT_THAT(text_of(rewrite(), Colours::yes), HasSubstr("\033[1;31mACCESS EXCLUSIVE\033[0m"));
  EXPECT_THAT(text_of(rewrite()), Not(HasSubstr("\033")));
}

TEST(PlanReport, SaysThatSizesAreNotKnown) {
  auto report = rewrite();
  report.sizes_of.clear();
  EXPECT_THAT(text_of(report), HasSubstr("--against URL names one"));
}

TEST(PlanReport, NamesAnIndexThatIsLockedMoreThanItsTable) {
  auto report = rewrite();
  auto& impact = report.statements[0];
  impact.trace.locks = {{users(), LockMode::share_update_exclusive, 0}, {pkey(), LockMode::access_exclusive, 0}};
  impact.strongest = LockMode::share_update_exclusive;
  EXPECT_THAT(text_of(report),
              HasSubstr("locks users_pkey ACCESS EXCLUSIVE (reads and writes wait), users SHARE UPDATE "
                        "EXCLUSIVE (other schema changes and VACUUM wait)"));
}

TEST(PlanReport, SaysWhereNothingThatWasThereIsTouched) {
  PlanReport report{.statements = {{.trace = {.sql = "CREATE TABLE t (id integer)",
                                              .source = {.revision = "", .file = "a.sql", .line = 1}},
                                    .rows = {},
                                    .bytes = 0,
                                    .seconds = 0.0,
                                    .queues = {},
                                    .waits_for = {}}},
                    .sizes_of = "database live",
                    .throughput = {}};
  EXPECT_THAT(text_of(report),
              HasSubstr("a.sql:1  CREATE TABLE t (id integer)\n  locks nothing that was there before; an instant\n"));
}

TEST(PlanReport, IsAListInJson) {
  std::ostringstream out;
  write_plan_json(rewrite(), out);
  const auto list = json::parse(out.str()).as_array();
  ASSERT_EQ(list.size(), 1U);
  const auto& entry = list[0].as_object();
  EXPECT_EQ(json::serialize(entry.at("locks").as_array()[1]),
            R"({"relation":"users","mode":"AccessExclusiveLock","since":1,"blocks":"reads and writes"})");
  EXPECT_EQ(json::serialize(entry.at("rewrites")), R"(["users"])");
  EXPECT_EQ(json::serialize(entry.at("index_rebuilds")), R"(["users_pkey"])");
  EXPECT_EQ(json::serialize(entry.at("scans")), R"(["users"])");
  EXPECT_EQ(entry.at("rows"), json::value(41'200'000));
  EXPECT_EQ(entry.at("revision"), json::value("3f2a"));
  EXPECT_EQ(entry.at("execution"), json::value("transaction"));
  EXPECT_DOUBLE_EQ(entry.at("seconds").as_double(), 111.6);
  EXPECT_EQ(json::serialize(entry.at("waits_for").as_array()[0].at("mode")), R"("AccessShareLock")");
}

TEST(PlanReport, LeavesOutInJsonWhatIsNotKnown) {
  auto report = rewrite();
  report.statements[0].rows.reset();
  report.statements[0].seconds.reset();
  report.statements[0].trace.source.revision.clear();
  std::ostringstream out;
  write_plan_json(report, out);
  const auto entry = json::parse(out.str()).as_array()[0].as_object();
  EXPECT_TRUE(entry.at("rows").is_null());
  EXPECT_TRUE(entry.at("seconds").is_null());
  EXPECT_TRUE(entry.at("revision").is_null());
}

TEST(PlanReport, SpellsFiguresForPeople) {
  EXPECT_EQ(bytes_text(0), "0 bytes");
  EXPECT_EQ(bytes_text(8192), "8.0 kB");
  EXPECT_EQ(bytes_text(50.0 * 1024 * 1024), "50 MB");
  EXPECT_EQ(seconds_text(0.05), "an instant");
  EXPECT_EQ(seconds_text(2.34), "about 2.3 s");
  EXPECT_EQ(seconds_text(59.6), "about 1 min 0 s");
  EXPECT_EQ(seconds_text(3725), "about 1 h 2 min");
  EXPECT_EQ(count_text(0), "0");
  EXPECT_EQ(count_text(999), "999");
  EXPECT_EQ(count_text(1000), "1,000");
  EXPECT_EQ(count_text(1234567), "1,234,567");
}

}  // namespace
}  // namespace support::tests

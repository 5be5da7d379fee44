// Upgrades of big tables, on a server whose statistics say that they are big.
#include <fstream>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/alembic/safety/guard/guarded_run.hpp"
#include "app/alembic/safety/signoff/signoff_guard.hpp"
#include "app/alembic/safety/syntax/canonical.hpp"

#include "tests/integration/alembic/database_session.hpp"
#include "tests/integration/alembic/engine.hpp"
#include "tests/support/migration_scripts.hpp"
#include "tests/support/temporary_folder.hpp"

namespace support::tests {
namespace {

using namespace alembic::safety;
using alembic::ScriptDirectory;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class SignoffTest : public testing::Test {
 protected:
  SignoffTest() {
    folder_.write("signoffs.toml", "");
    database_.sql("CREATE TABLE messages (id bigint PRIMARY KEY, org bigint)");
    database_.sql("CREATE TABLE small (id bigint PRIMARY KEY, org bigint)");
  }

  // As if the table had been analysed with so many rows.
  void plant(const std::string& table, double rows, double pages = 0) const {
    database_.sql(fmt::format("UPDATE pg_class SET reltuples = {}, relpages = {} WHERE oid = '{}'::regclass", rows,
                              pages, table));
  }

  ScriptDirectory scripts(std::vector<alembic::Script> list) const {
    return ScriptDirectory(
        std::move(list),
        {{.kind = alembic::ScriptLocation::Kind::folder, .given = folder_.path(), .folder = folder_.path()}});
  }
  ScriptDirectory one(const std::string& upgrade, const std::string& downgrade = "SELECT 1") const {
    return scripts({make_sql_script({.revision = "r1"}, {{upgrade}, {downgrade}})});
  }

  void sign(const std::string& statement, const std::string& revision = "r1") const {
    std::ofstream(std::string(folder_.path()) + "/signoffs.toml")
        << add_signoffs("", {{.sha256 = statement_digest(statement),
                              .revision = revision,
                              .statement = "s",
                              .relation = "r",
                              .by = "b",
                              .at = "2026-01-31T09:30:00Z",
                              .reason = "why"}});
  }

  Engine engine(SignoffLimits limits = {}, bool guarded = false) const {
    Engine result(database_);
    std::shared_ptr<alembic::RunGuard> inner;
    if (guarded) inner = std::make_shared<GuardedRun>(GuardLimits{}, ProgressLine::Place::log);
    result.environment().guard = std::make_shared<SignoffGuard>(limits, Rendering{}, inner);
    return result;
  }

  bool has_index(const std::string& name) const { return has_table(database_, name); }

  TestDatabase database_;
  TemporaryFolder folder_;
};

const std::string build = "CREATE INDEX ix_org ON messages (org)";

TEST_F(SignoffTest, ABigTableIsNotTouchedWithoutOne) {
  plant("messages", 250e6, 1000);
  const auto outcome = engine().upgrade(one(build));
  EXPECT_EQ(outcome.exit_code, 5);
  EXPECT_THAT(outcome.printed, AllOf(HasSubstr("mig/r1.sql:9"), HasSubstr(build), HasSubstr("public.messages"),
                                     HasSubstr("250,000,000 rows"), HasSubstr("reads all of"),
                                     HasSubstr(statement_digest(build)), HasSubstr("signoff r1")));
  EXPECT_FALSE(has_index("ix_org"));
  EXPECT_THAT(version_rows(database_), ElementsAre("no table"));
}

TEST_F(SignoffTest, OneLetsItThroughUntilTheStatementIsEdited) {
  plant("messages", 250e6, 1000);
  sign(build);
  EXPECT_EQ(engine().upgrade(one("CREATE INDEX ix_org2 ON messages (org)")).exit_code, 5);
  const auto outcome = engine().upgrade(one("-- the way we agreed on\ncreate index  ix_org\n on messages(org)"));
  EXPECT_EQ(outcome.exit_code, 0) << outcome.printed;
  EXPECT_TRUE(has_index("ix_org"));
}

TEST_F(SignoffTest, OneOfAnotherRevisionDoesNotCount) {
  plant("messages", 250e6, 1000);
  sign(build, "r0");
  EXPECT_EQ(engine().upgrade(one(build)).exit_code, 5);
}

TEST_F(SignoffTest, ATableBelowTheLimitsNeedsNone) {
  plant("messages", 250e6, 1000);
  plant("small", 99e6, 1);  // reltuples has seven digits
  EXPECT_EQ(engine().upgrade(one("CREATE INDEX i ON small (org); ALTER TABLE messages ADD COLUMN x int")).exit_code, 0);
}

TEST_F(SignoffTest, TheLimitsAreThoseOfTheSettings) {
  plant("messages", 1000, 1);
  EXPECT_EQ(engine({.rows = 1001, .bytes = 0}).upgrade(one(build)).exit_code, 0);
  plant("messages", 1000, 1);  // the index build counted
  EXPECT_EQ(engine({.rows = 1000, .bytes = 0}).downgrade(one(build, "UPDATE messages SET org = 1"), "base").exit_code,
            5);
}

TEST_F(SignoffTest, SizeCountsLikeRows) {
  plant("messages", 1000, 7'000'000);  // pages of 8 KiB: 53 GiB
  const auto outcome = engine().upgrade(one(build));
  EXPECT_EQ(outcome.exit_code, 5);
  EXPECT_THAT(outcome.printed, HasSubstr("53.4 GiB"));
  EXPECT_EQ(engine({.rows = 100e6, .bytes = 0}).upgrade(one(build)).exit_code, 0);
}

TEST_F(SignoffTest, PartitionsCountTogether) {
  database_.sql("CREATE TABLE ev (id bigint, ts date) PARTITION BY RANGE (ts)");
  for (const auto* year : {"2024", "2025", "2026"}) {
    database_.sql(
        fmt::format("CREATE TABLE ev_{0} PARTITION OF ev FOR VALUES FROM ('{0}-01-01') TO ('{0}-12-31')", year));
    plant(fmt::format("ev_{}", year), 40e6, 10);
  }
  const auto outcome = engine().upgrade(one("CREATE INDEX i ON ev (id)"));
  EXPECT_EQ(outcome.exit_code, 5);
  EXPECT_THAT(outcome.printed, AllOf(HasSubstr("public.ev "), HasSubstr("120,000,000 rows")));
  EXPECT_EQ(engine().upgrade(one("CREATE INDEX i ON ev_2024 (id)")).exit_code, 0);
}

TEST_F(SignoffTest, AnIndexAndAViewStandForTheirTables) {
  database_.sql("CREATE INDEX by_hand ON messages (org)");
  database_.sql("CREATE VIEW seen AS SELECT * FROM messages");
  database_.sql("CREATE MATERIALIZED VIEW totals AS SELECT count(*) FROM seen");
  plant("messages", 250e6, 1000);
  for (const auto* statement :
       {"REINDEX INDEX by_hand", "CREATE TABLE copy AS SELECT * FROM seen", "REFRESH MATERIALIZED VIEW totals"}) {
    const auto outcome = engine().upgrade(one(statement));
    EXPECT_EQ(outcome.exit_code, 5) << statement << outcome.printed;
    EXPECT_THAT(outcome.printed, HasSubstr("public.messages (250,000,000 rows"));
  }
  EXPECT_EQ(engine().upgrade(one("CREATE TABLE copy AS SELECT * FROM totals")).exit_code, 0);
}

TEST_F(SignoffTest, ARenameDoesNotHideATable) {
  plant("messages", 250e6, 1000);
  const auto renamed =
      scripts({make_sql_script({.revision = "r1"}, {{"ALTER TABLE messages RENAME TO old"}, {}}),
               make_sql_script({.revision = "r2", .down_revisions = {"r1"}}, {{"UPDATE old SET org = 1"}, {}})});
  EXPECT_EQ(engine().upgrade(renamed).exit_code, 5);
  EXPECT_TRUE(has_table(database_, "messages"));
}

TEST_F(SignoffTest, AllOfARunIsRefusedBeforeTheFirstStep) {
  plant("messages", 250e6, 1000);
  const auto line =
      scripts({make_sql_script({.revision = "r1"}, {{"CREATE TABLE first (id int)"}, {}}),
               make_sql_script({.revision = "r2", .down_revisions = {"r1"}}, {{build}, {}}),
               make_sql_script({.revision = "r3", .down_revisions = {"r2"}}, {{"VACUUM FULL messages"}, {}})});
  const auto outcome = engine().upgrade(line);
  EXPECT_EQ(outcome.exit_code, 5);
  EXPECT_THAT(outcome.printed,
              AllOf(HasSubstr("2 statements need"), HasSubstr(build), HasSubstr("VACUUM FULL messages"),
                    HasSubstr("signoff r2"), HasSubstr("signoff r3"), Not(HasSubstr("signoff r1"))));
}

TEST_F(SignoffTest, TheWayBackIsGuardedAsWell) {
  const auto both = one("ALTER TABLE messages ADD COLUMN x int", "ALTER TABLE messages ALTER org TYPE int");
  EXPECT_EQ(engine().upgrade(both).exit_code, 0);
  plant("messages", 250e6, 1000);
  const auto outcome = engine().downgrade(both, "base");
  EXPECT_EQ(outcome.exit_code, 5);
  EXPECT_THAT(outcome.printed, HasSubstr("writes all of public.messages"));
  sign("ALTER TABLE messages ALTER org TYPE int");
  EXPECT_EQ(engine().downgrade(both, "base").exit_code, 0);
}

// What a migration decides when it has asked the database is looked at when it comes.
TEST_F(SignoffTest, AStatementThatIsNotKnownBeforeIsRefusedWhenItComes) {
  plant("messages", 250e6, 1000);
  auto script = make_script({.revision = "r1"}, "asks");
  script.upgrade = [](alembic::Operations& op) {
    op.execute("CREATE TABLE first (id int)");
    if (op.get_bind().scalar("SELECT 1") == "1") op.execute(build);
  };
  const auto outcome = engine().upgrade(scripts({script}));
  EXPECT_EQ(outcome.exit_code, 5);
  EXPECT_THAT(outcome.printed, AllOf(HasSubstr(build), HasSubstr("signoff r1 --sql 'STATEMENT'")));
  EXPECT_FALSE(has_table(database_, "first"));
  sign(build);
  EXPECT_EQ(engine().upgrade(scripts({script})).exit_code, 0);
  EXPECT_TRUE(has_index("ix_org"));
}

TEST_F(SignoffTest, GoesTogetherWithTheOtherGuard) {
  plant("messages", 250e6, 1000);
  EXPECT_EQ(engine({}, true).upgrade(one(build)).exit_code, 5);
  sign(build);
  const auto outcome = engine({}, true).upgrade(one(build));
  EXPECT_EQ(outcome.exit_code, 0) << outcome.printed;
  EXPECT_TRUE(has_index("ix_org"));
}

TEST_F(SignoffTest, ABrokenFileIsNoSignoff) {
  plant("messages", 250e6, 1000);
  folder_.write("signoffs.toml", "[[signoff]]\nsha256 = \"x\n");
  const auto outcome = engine().upgrade(one(build));
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_THAT(outcome.printed, HasSubstr("signoffs.toml:2:"));
}

TEST_F(SignoffTest, ATableThatWasNeverAnalysedIsTakenForAsManyRowsAsFit) {
  database_.sql("ALTER TABLE messages SET (autovacuum_enabled = false)");
  database_.sql("INSERT INTO messages SELECT g, g FROM generate_series(1, 20000) g");
  const auto outcome = engine({.rows = 20'000, .bytes = 0}).upgrade(one(build));
  EXPECT_EQ(outcome.exit_code, 5);
  EXPECT_THAT(outcome.printed, HasSubstr("never analysed, up to"));
}

// The check itself must not queue behind whoever has locked a table.
TEST_F(SignoffTest, DoesNotWaitForALockedTable) {
  plant("messages", 250e6, 1000);
  DatabaseSession holder(database_);
  holder->execute("BEGIN");
  holder->execute("LOCK TABLE messages IN ACCESS EXCLUSIVE MODE");
  DatabaseSession session(database_);
  session->execute("SET lock_timeout = '500ms'");
  CatalogSizes sizes(*session);
  const auto big = sizes.big_tables({.relation = {"public", "messages"}}, {});
  ASSERT_EQ(big.size(), 1U);
  EXPECT_EQ(big.front().table, "public.messages");
  EXPECT_EQ(sizes.big_tables({}, {}).size(), 1U);
}

}  // namespace
}  // namespace support::tests

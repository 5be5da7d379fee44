// `--sql`: the script, replayed by psql, leaves what the run itself leaves.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/cli/cluster/command_line.hpp"

#include "tests/integration/alembic/engine.hpp"
#include "tests/support/migration_scripts.hpp"
#include "tests/support/temporary_folder.hpp"

namespace support::tests {
namespace {

using alembic::Operations;
using alembic::ScriptDirectory;
using alembic::TransactionMode;
using namespace schema;

alembic::Script script(const std::string& id, alembic::RevisionIds parents, alembic::Body upgrade,
                       alembic::Body downgrade) {
  auto result = make_script({.revision = id, .down_revisions = std::move(parents)}, "Step " + id);
  result.upgrade = std::move(upgrade);
  result.downgrade = std::move(downgrade);
  return result;
}

void make_notes(Operations& op) {
  op.create_table("notes", {column("id", BigInteger(), {.primary_key = true}),
                            column("body", Text(), {.nullable = false, .comment = "it's \\ a \"body\""}),
                            column("mood", Enum("mood", {"calm", "it's"}))});
  op.bulk_insert("notes", {"body", "mood"}, {{"a;b -- c\n$$ \\ '", "it's"}, {"é", std::nullopt}});
}
void drop_notes(Operations& op) {
  op.drop_table("notes");
  op.drop_enum("mood");
}

void make_function(Operations& op) {
  op.execute(
      "CREATE FUNCTION shout(t text) RETURNS text LANGUAGE plpgsql AS $body$\nBEGIN\n  RETURN upper(t) || '; --';\n"
      "END $body$;\nCREATE FUNCTION one() RETURNS integer BEGIN ATOMIC SELECT 1; END;\n"
      "COPY notes (body) FROM stdin;\nline;\\n two\nthree\n\\.\n-- the end");
  // Not CSV: a psql older than 18 hands the closing \. of CSV rows to a server 18, which takes it for a row.
  op.copy_data("COPY notes (body, mood) FROM stdin WITH (DELIMITER ',')", "a b,calm\n");
}
void drop_function(Operations& op) {
  op.execute("DROP FUNCTION one(); DROP FUNCTION shout(text); DELETE FROM notes WHERE id > 2");
}

void add_label(Operations& op) {
  op.execute("ALTER TABLE notes ADD COLUMN pinned boolean");
  op.autocommit_block([&] {
    op.execute("ALTER TYPE mood ADD VALUE 'cross'");
    op.create_index("ix_mood", "notes", {"mood"}, {.concurrently = true});
  });
  op.execute("UPDATE notes SET mood = 'cross' WHERE mood IS NULL");
}
void drop_label(Operations& op) {
  op.drop_index("ix_mood", {.concurrently = true});
  op.execute("ALTER TABLE notes DROP COLUMN pinned");
}

ScriptDirectory project() {
  auto outside =
      script("r4", {"r3"}, run_statements({"CREATE INDEX CONCURRENTLY ix_body ON notes (body)", "VACUUM notes"}),
             run_statements({"DROP INDEX CONCURRENTLY ix_body"}));
  outside.transactional = false;
  return ScriptDirectory({script("r1", {}, make_notes, drop_notes), script("r2", {"r1"}, make_function, drop_function),
                          script("r3", {"r2"}, add_label, drop_label), outside});
}

class Replay : public testing::TestWithParam<TransactionMode> {
 protected:
  Engine engine(const TestDatabase& database, alembic::Mode mode = alembic::Mode::online) const {
    Engine engine(database);
    engine.environment().transaction_mode = GetParam();
    engine.environment().run.mode = mode;
    return engine;
  }
  // Runs the script that the command prints through psql.
  void replay(const TestDatabase& database, const Engine::Command& command) const {
    const auto printed = engine(database, alembic::Mode::offline).run(project(), command);
    ASSERT_EQ(printed.exit_code, 0) << printed.printed;
    const TemporaryFolder folder;
    folder.write("script.sql", printed.printed);
    const auto psql = cli::run_program(
        {"psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", folder / "script.sql", database.url_text()});
    ASSERT_EQ(psql.status, 0) << psql.output << printed.printed;
  }
  static void expect_same(const TestDatabase& replayed, const TestDatabase& online) {
    EXPECT_EQ(version_rows(replayed), version_rows(online));
    EXPECT_EQ(replayed.dump_schema(), online.dump_schema());
    if (!has_table(online, "notes")) return;
    constexpr auto rows = "SELECT id, body, mood FROM notes ORDER BY id";
    EXPECT_EQ(replayed.sql(rows), online.sql(rows));
  }
};

TEST_P(Replay, OfAnUpgradeAndItsDowngradeStepByStep) {
  const TestDatabase replayed;
  const TestDatabase online;
  const std::vector<std::string> ids{"base", "r1", "r2", "r3", "r4"};
  for (std::size_t i = 1; i < ids.size(); ++i) {
    replay(replayed, [&](auto& context) { alembic::command::upgrade(context, ids[i - 1] + ":" + ids[i]); });
    const auto outcome = engine(online).upgrade(project(), ids[i]);
    ASSERT_EQ(outcome.exit_code, 0) << outcome.printed;
    expect_same(replayed, online);
  }
  for (std::size_t i = ids.size() - 1; i > 0; --i) {
    replay(replayed, [&](auto& context) { alembic::command::downgrade(context, ids[i] + ":" + ids[i - 1]); });
    const auto outcome = engine(online).downgrade(project(), ids[i - 1]);
    ASSERT_EQ(outcome.exit_code, 0) << outcome.printed;
    expect_same(replayed, online);
  }
}

TEST_P(Replay, OfAllStepsAtOnce) {
  const TestDatabase replayed;
  const TestDatabase online;
  replay(replayed, [](auto& context) { alembic::command::upgrade(context, "head"); });
  ASSERT_EQ(engine(online).upgrade(project()).exit_code, 0);
  expect_same(replayed, online);
  replay(replayed, [](auto& context) { alembic::command::downgrade(context, "head:base"); });
  ASSERT_EQ(engine(online).downgrade(project(), "base").exit_code, 0);
  expect_same(replayed, online);
}

TEST_P(Replay, OfAStamp) {
  const TestDatabase replayed;
  const TestDatabase online;
  replay(replayed, [](auto& context) { alembic::command::stamp(context, {"r3"}); });
  const auto outcome = engine(online).run(project(), [](auto& context) { alembic::command::stamp(context, {"r3"}); });
  ASSERT_EQ(outcome.exit_code, 0);
  expect_same(replayed, online);
}

INSTANTIATE_TEST_SUITE_P(Modes, Replay,
                         testing::Values(TransactionMode::per_run, TransactionMode::per_migration,
                                         TransactionMode::none),
                         [](const auto& mode) {
                           return std::string(mode.param == TransactionMode::per_run         ? "PerRun"
                                              : mode.param == TransactionMode::per_migration ? "PerMigration"
                                                                                             : "None");
                         });

}  // namespace
}  // namespace support::tests

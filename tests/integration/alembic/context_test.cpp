// What is committed together, what runs outside of a transaction, and what is left when a step fails there.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/integration/alembic/engine.hpp"
#include "tests/support/migration_scripts.hpp"

namespace support::tests {
namespace {

using alembic::Operations;
using alembic::ScriptDirectory;
using alembic::TransactionMode;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

// r1 makes a table t of one column; r2 does what `upgrade` does.
ScriptDirectory second_step(const alembic::Body& upgrade, bool transactional = true) {
  auto second = make_script({.revision = "r2", .down_revisions = {"r1"}}, "second");
  second.upgrade = upgrade;
  second.transactional = transactional;
  return ScriptDirectory(
      {make_script({.revision = "r1"}, "first", {{"CREATE TABLE t (id integer)"}, {"DROP TABLE t"}}), second});
}

ScriptDirectory second_step(std::vector<std::string> statements, bool transactional = true) {
  return second_step(run_statements(std::move(statements)), transactional);
}

bool has_index(const TestDatabase& database, const std::string& condition) {
  return !database.sql("SELECT FROM pg_index WHERE " + condition).empty();
}

TEST(TransactionPerMigration, KeepsTheStepsBeforeTheFailingOne) {
  const TestDatabase database;
  Engine engine(database);
  engine.environment().transaction_mode = TransactionMode::per_migration;
  const auto outcome = engine.upgrade(second_step({"CREATE TABLE u (id integer)", "SELECT 1/0"}));
  EXPECT_EQ(outcome.exit_code, 4);
  EXPECT_THAT(outcome.printed, HasSubstr("Revision r2 (upgrade r1 -> r2) failed and was rolled back; the steps before "
                                         "it stay, and the version table says r1: division by zero"));
  EXPECT_THAT(version_rows(database), ElementsAre("r1"));
  EXPECT_TRUE(has_table(database, "t"));
  EXPECT_FALSE(has_table(database, "u"));
}

TEST(NonTransactionalDdl, KeepsEachStatement) {
  const TestDatabase database;
  Engine engine(database);
  engine.environment().transaction_mode = TransactionMode::none;
  const auto outcome = engine.upgrade(second_step({"CREATE TABLE u (id integer)", "SELECT 1/0"}));
  EXPECT_EQ(outcome.exit_code, 4);
  EXPECT_THAT(outcome.printed, HasSubstr("failed half-way: 1 statement of it ran outside a transaction and stays; the "
                                         "version table says r1"));
  EXPECT_TRUE(has_table(database, "u"));
  EXPECT_THAT(version_rows(database), ElementsAre("r1"));
  EXPECT_EQ(engine.downgrade(second_step(run_statements({})), "base").exit_code, 0);
  EXPECT_FALSE(has_table(database, "t"));
}

TEST(AutocommitBlock, CommitsWhatWentBeforeAndBeginsAnew) {
  const TestDatabase database;
  const auto outcome = Engine(database).upgrade(second_step([](Operations& op) {
    op.execute("CREATE TYPE mood AS ENUM ('calm')");
    op.autocommit_block([&] {
      op.execute("ALTER TYPE mood ADD VALUE 'cross'");
      op.execute("CREATE INDEX CONCURRENTLY ix ON t (id)");
    });
    op.execute("CREATE TABLE moods (m mood DEFAULT 'cross')");
  }));
  EXPECT_EQ(outcome.exit_code, 0) << outcome.printed;
  EXPECT_THAT(version_rows(database), ElementsAre("r2"));
  EXPECT_TRUE(has_index(database, "indexrelid = to_regclass('ix') AND indisvalid"));
}

TEST(AutocommitBlock, AFailureInItIsToldWithWhatStays) {
  const TestDatabase database;
  const auto outcome = Engine(database).upgrade(second_step([](Operations& op) {
    op.execute("CREATE TABLE u (id integer)");
    op.autocommit_block([&] { op.execute("SELECT 1/0"); });
  }));
  EXPECT_EQ(outcome.exit_code, 4);
  EXPECT_THAT(outcome.printed, HasSubstr("failed half-way: 1 statement of it ran outside a transaction and stays; the "
                                         "version table says r1: division by zero"));
  EXPECT_THAT(version_rows(database), ElementsAre("r1"));
  EXPECT_TRUE(has_table(database, "u"));
}

TEST(ConcurrentOperation, RunsOutsideByItself) {
  const TestDatabase database;
  const auto outcome = Engine(database).upgrade(second_step([](Operations& op) {
    op.create_index("ix", "t", {"id"}, {.concurrently = true});
    op.drop_index("ix", {.concurrently = true});
    op.create_index("ix2", "t", {"id"}, {.concurrently = true});
  }));
  EXPECT_EQ(outcome.exit_code, 0) << outcome.printed;
  EXPECT_TRUE(has_index(database, "indexrelid = to_regclass('ix2') AND indisvalid"));
}

TEST(ConcurrentStatement, LeavesTheTransactionByItself) {
  const TestDatabase database;
  const auto outcome = Engine(database).upgrade(second_step({"CREATE INDEX CONCURRENTLY ix ON t (id)"}));
  EXPECT_EQ(outcome.exit_code, 0) << outcome.printed;
  EXPECT_TRUE(has_index(database, "indexrelid = to_regclass('ix') AND indisvalid"));
}

TEST(OtherStatementThatNoTransactionAllows, IsTheServersErrorWithTheRemedy) {
  const TestDatabase database;
  const auto outcome = Engine(database).upgrade(second_step({"VACUUM t"}));
  EXPECT_EQ(outcome.exit_code, 4);
  EXPECT_THAT(outcome.printed,
              AllOf(HasSubstr("SQLSTATE 25001"), HasSubstr("autocommit_block"), HasSubstr("-- transactional: false")));
  EXPECT_THAT(version_rows(database), ElementsAre("no table"));
}

TEST(InvalidIndex, IsNamedAfterTheFailureAndRebuiltByTheRetry) {
  for (const auto* form : {"", "IF NOT EXISTS "}) {
    const TestDatabase database;
    const Engine engine(database);
    const auto scripts = second_step({std::string("CREATE UNIQUE INDEX CONCURRENTLY ") + form + "ix ON t (id)"}, false);
    ASSERT_EQ(engine.upgrade(scripts, "r1").exit_code, 0);
    database.sql("INSERT INTO t VALUES (1), (1)");
    const auto failed = engine.upgrade(scripts);
    EXPECT_EQ(failed.exit_code, 4);
    EXPECT_THAT(failed.printed, AllOf(HasSubstr("SQLSTATE 23505"), HasSubstr("invalid index ix behind")));
    EXPECT_TRUE(has_index(database, "indexrelid = to_regclass('ix') AND NOT indisvalid"));
    EXPECT_THAT(version_rows(database), ElementsAre("r1"));

    database.sql("DELETE FROM t");
    testing::internal::CaptureStderr();
    const auto again = engine.upgrade(scripts);
    EXPECT_THAT(testing::internal::GetCapturedStderr(), HasSubstr("Dropping index ix"));
    EXPECT_EQ(again.exit_code, 0) << again.printed;
    EXPECT_TRUE(has_index(database, "indexrelid = to_regclass('ix') AND indisvalid"));
    EXPECT_THAT(version_rows(database), ElementsAre("r2"));
  }
}

TEST(InvalidIndex, OfTheSameNameInAnotherSchemaIsLeftAlone) {
  const TestDatabase database;
  database.sql("CREATE SCHEMA other");
  database.sql("CREATE TABLE other.t (id integer)");
  database.sql("CREATE INDEX ix ON other.t (id)");
  database.sql("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'other.ix'::regclass");
  const auto outcome = Engine(database).upgrade(second_step({"CREATE INDEX CONCURRENTLY ix ON t (id)"}, false));
  EXPECT_EQ(outcome.exit_code, 0) << outcome.printed;
  EXPECT_TRUE(has_index(database, "indexrelid = 'other.ix'::regclass AND NOT indisvalid"));
}

TEST(NonTransactionalScript, MayHaveTransactionsOfItsOwnAndHasToEndThem) {
  const TestDatabase database;
  const Engine engine(database);
  const auto well = engine.upgrade(second_step({"BEGIN", "CREATE TABLE u (id integer)", "COMMIT"}, false));
  EXPECT_EQ(well.exit_code, 0) << well.printed;
  const TestDatabase other;
  const auto open = Engine(other).upgrade(second_step({"BEGIN", "CREATE TABLE u (id integer)"}, false));
  EXPECT_EQ(open.exit_code, 4);
  EXPECT_THAT(open.printed, HasSubstr("begins a transaction of its own and does not end it"));
  EXPECT_FALSE(has_table(other, "u"));
  EXPECT_THAT(version_rows(other), ElementsAre("r1"));
}

TEST(Statements, OfOneTextRunOneByOneAndTheFailingOneIsNamedWithItsLine) {
  const TestDatabase database;
  const auto outcome = Engine(database).upgrade(second_step([](Operations& op) {
    op.execute("CREATE TABLE u (id integer);\n\nSELECT 1;\nSELECT\n  nothing;\nSELECT 2",
               alembic::SourceLine("versions/r2.sql", 10));
  }));
  EXPECT_EQ(outcome.exit_code, 4);
  EXPECT_THAT(outcome.printed, AllOf(HasSubstr("statement: SELECT nothing"), HasSubstr("; at r2.sql:14")));
}

TEST(CopyRows, ArePartOfTheRun) {
  const TestDatabase database;
  const auto scripts = second_step({"COPY t (id) FROM stdin WITH (FORMAT csv, HEADER);\nid\n1\n2\n\\.\n"});
  const auto outcome = Engine(database).upgrade(scripts);
  EXPECT_EQ(outcome.exit_code, 0) << outcome.printed;
  EXPECT_EQ(database.sql("SELECT sum(id) FROM t").front().front(), "3");
  const TestDatabase other;
  const auto failed = Engine(other).upgrade(second_step({"COPY t FROM stdin;\n1\ntwo\n\\.\n"}));
  EXPECT_EQ(failed.exit_code, 4);
  EXPECT_THAT(failed.printed, AllOf(HasSubstr("invalid input syntax"), HasSubstr("COPY t, line 2")));
  EXPECT_THAT(version_rows(other), ElementsAre("no table"));
}

TEST(CopyRows, KeepTheirLineEnds) {
  const TestDatabase database;
  const auto outcome = Engine(database).upgrade(second_step([](Operations& op) {
    op.execute("ALTER TABLE t ADD b text");
    op.copy_data("COPY t (id, b) FROM stdin WITH (FORMAT csv)", "1,\"one\r\ntwo\"\r\n2,three\r\n");
  }));
  EXPECT_EQ(outcome.exit_code, 0) << outcome.printed;
  EXPECT_EQ(database.sql("SELECT length(b) FROM t WHERE id = 1").front().front(), "8");
}

TEST(CopyWithoutRows, IsASentence) {
  const std::vector<std::pair<std::string, std::string>> cases{{"COPY t FROM stdin", "no rows after it"},
                                                               {"COPY t TO STDOUT", "would send rows to this program"}};
  for (const auto& [statement, why] : cases) {
    const TestDatabase database;
    const auto outcome =
        Engine(database).upgrade(second_step([&](Operations& op) { op.get_bind().execute(statement); }));
    EXPECT_EQ(outcome.exit_code, 4);
    EXPECT_THAT(outcome.printed, AllOf(HasSubstr("Revision r2"), HasSubstr(why)));
    EXPECT_THAT(version_rows(database), ElementsAre("no table"));
  }
}

TEST(FailureInAFunction, IsTheLineOfTheStatementAndNotOfTheFunction) {
  const TestDatabase database;
  const auto outcome = Engine(database).upgrade(second_step([](Operations& op) {
    op.execute("SELECT 1;\n\nDO $$ BEGIN\n  EXECUTE E'SELECT\\n\\n\\n nonsense here x';\nEND $$",
               alembic::SourceLine("versions/r2.sql", 10));
  }));
  EXPECT_EQ(outcome.exit_code, 4);
  EXPECT_THAT(outcome.printed, AllOf(HasSubstr("SQLSTATE 42601"), HasSubstr("; at r2.sql:12")));
}

TEST(Migrations, AreUtf8WhateverTheDatabaseKeeps) {
  TestDatabase database;
  database.sql("CREATE DATABASE " + database.name() +
               "_latin1 ENCODING LATIN1 TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'");
  const auto name = database.name() + "_latin1";
  const auto url = database.cluster().url(name).sync(config::Password::show);
  const auto outcome = Engine(url).upgrade(second_step({"CREATE TABLE words AS SELECT 'é'::text AS w"}));
  EXPECT_EQ(outcome.exit_code, 0) << outcome.printed;
  EXPECT_EQ(database.cluster().sql("SELECT length(w) || ' ' || octet_length(w) FROM words", name).front().front(),
            "1 1");
  database.sql("DROP DATABASE " + name);
}

TEST(VersionTableOfTheEnvironment, MayHaveAnotherNameAndSchema) {
  const TestDatabase database;
  database.sql("CREATE SCHEMA ops");
  Engine engine(database);
  engine.environment().version_table = "Versions";
  engine.environment().version_table_schema = "ops";
  ASSERT_EQ(engine.upgrade(line_of_tables(3)).exit_code, 0);
  EXPECT_EQ(database.sql("SELECT version_num FROM ops.\"Versions\"").front().front(), "r3");
  EXPECT_THAT(engine.current(line_of_tables(3)).printed, HasSubstr("r3 (head)"));
  EXPECT_FALSE(has_table(database, "alembic_version"));
  EXPECT_EQ(engine.downgrade(line_of_tables(3), "base").exit_code, 0);
}

TEST(Hooks, SeeEachStepAndCanWriteAndCanRefuse) {
  const TestDatabase database;
  database.sql("CREATE TABLE steps (source text, destination text, heads text)");
  Engine engine(database);
  engine.environment().on_version_apply.push_back([](const alembic::VersionApply& step, Operations& op) {
    op.bulk_insert("steps", {"source", "destination", "heads"},
                   {{alembic::comma_separated(step.source_revision_ids()),
                     alembic::comma_separated(step.destination_revision_ids()), alembic::comma_separated(step.heads)}});
    if (op.get_context().x_argument("stop") == step.up_revision_ids.front())
      throw std::runtime_error("stopped by hook");
  });
  ASSERT_EQ(engine.upgrade(line_of_tables(2)).exit_code, 0);
  ASSERT_EQ(engine.downgrade(line_of_tables(2), "-1").exit_code, 0);
  EXPECT_EQ(database.sql("SELECT string_agg(source || '>' || destination || '=' || heads, ' ') FROM steps").at(0).at(0),
            ">r1=r1 r1>r2=r2 r2>r1=r1");
  engine.environment().run.x_arguments = {"stop=r2"};
  const auto outcome = engine.upgrade(line_of_tables(2));
  EXPECT_EQ(outcome.exit_code, 4);
  EXPECT_THAT(outcome.printed, HasSubstr("stopped by hook"));
  EXPECT_THAT(version_rows(database), ElementsAre("r1"));
}

TEST(BindOfAMigration, AnswersWithinTheTransaction) {
  const TestDatabase database;
  const auto outcome = Engine(database).upgrade(second_step([](Operations& op) {
    op.execute("INSERT INTO t VALUES (41)");
    const auto found = op.get_bind().scalar("SELECT id + 1 FROM t");
    op.get_bind().execute("INSERT INTO t VALUES (" + found + ")");
    EXPECT_EQ(op.get_bind().query("SELECT id FROM t ORDER BY id").size(), 2U);
  }));
  EXPECT_EQ(outcome.exit_code, 0) << outcome.printed;
  EXPECT_EQ(database.sql("SELECT max(id) FROM t").front().front(), "42");
}

TEST(BindOfAMigration, TakesOneStatementAtATime) {
  const TestDatabase database;
  const auto outcome =
      Engine(database).upgrade(second_step([](Operations& op) { op.get_bind().query("SELECT 1; COMMIT"); }));
  EXPECT_EQ(outcome.exit_code, 4);
  EXPECT_THAT(outcome.printed, HasSubstr("get_bind() takes one statement at a time"));
  EXPECT_THAT(version_rows(database), ElementsAre("no table"));
}

TEST(BindOfAMigration, MayNotEndTheTransaction) {
  const TestDatabase database;
  const auto outcome = Engine(database).upgrade(second_step([](Operations& op) { op.get_bind().execute("COMMIT"); }));
  EXPECT_EQ(outcome.exit_code, 4);
  EXPECT_THAT(outcome.printed, HasSubstr("COMMIT would end or begin the transaction of the run"));
  EXPECT_THAT(version_rows(database), ElementsAre("no table"));
}

TEST(IrreversibleScript, IsRefusedBeforeAnythingRuns) {
  const TestDatabase database;
  const Engine engine(database);
  auto second = make_script({.revision = "r2", .down_revisions = {"r1"}}, "second", {{"CREATE TABLE u ()"}, {}});
  second.irreversible = "the old letters are gone";
  const auto third =
      make_script({.revision = "r3", .down_revisions = {"r2"}}, "third", {{"CREATE TABLE v ()"}, {"DROP TABLE v"}});
  const ScriptDirectory scripts({make_script({.revision = "r1"}, "first"), second, third});
  ASSERT_EQ(engine.upgrade(scripts).exit_code, 0);
  const auto outcome = engine.downgrade(scripts, "base");
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_THAT(outcome.printed, AllOf(HasSubstr("Revision r2 can't be downgraded"),
                                     HasSubstr("the old letters are gone"), HasSubstr("versions/r2.cpp")));
  EXPECT_THAT(version_rows(database), ElementsAre("r3"));
  EXPECT_TRUE(has_table(database, "v"));
}

}  // namespace
}  // namespace support::tests

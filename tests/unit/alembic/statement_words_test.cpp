#include "app/alembic/script/statement_words.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace support::alembic {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> words(std::string_view statement, std::size_t count = 9) {
  std::vector<std::string> result;
  for (const auto& word : leading_words(statement, count)) result.emplace_back(word.text);
  return result;
}

TEST(StatementWords, AreReadOverBlanksAndComments) {
  EXPECT_THAT(words("create  TABLE\n\tt (a integer)"), ElementsAre("create", "TABLE", "t"));
  EXPECT_THAT(words("/* a /* b */ c */ DROP -- x\n INDEX \"My \"\" Index\";"),
              ElementsAre("DROP", "INDEX", "\"My \"\" Index\""));
  EXPECT_THAT(words("one two three", 2), ElementsAre("one", "two"));
  EXPECT_THAT(words("(SELECT 1)"), IsEmpty());
  EXPECT_THAT(words("/* open"), IsEmpty());
  EXPECT_THAT(words("\"open"), ElementsAre("\"open"));
}

TEST(StatementWords, NamesAreFoldedUnlessQuoted) {
  EXPECT_EQ(name_of("CiText"), "citext");
  EXPECT_EQ(name_of("\"uuid-OSSP\""), "uuid-OSSP");
  EXPECT_EQ(name_of("\"a\"\"b\""), "a\"b");
}

TEST(StatementWords, FindTheExtension) {
  EXPECT_EQ(created_extension("CREATE EXTENSION citext"), "citext");
  EXPECT_EQ(created_extension("create extension if not exists \"uuid-ossp\" with schema x"), "uuid-ossp");
  EXPECT_EQ(created_extension("CREATE EXTENSION"), std::nullopt);
  EXPECT_EQ(created_extension("CREATE EXTENSION IF NOT EXISTS"), std::nullopt);
  EXPECT_EQ(created_extension("CREATE TABLE extension (a integer)"), std::nullopt);
}

TEST(StatementWords, TakeConcurrentlyAwayWhereItIsAKeyWord) {
  EXPECT_EQ(without_concurrently("CREATE UNIQUE INDEX concurrently i ON t (a)"), "CREATE UNIQUE INDEX  i ON t (a)");
  EXPECT_EQ(without_concurrently("DROP INDEX CONCURRENTLY i"), "DROP INDEX  i");
  EXPECT_EQ(without_concurrently("CREATE INDEX \"CONCURRENTLY\" ON t (a)"), "CREATE INDEX \"CONCURRENTLY\" ON t (a)");
  EXPECT_EQ(without_concurrently("CREATE TABLE concurrently (a integer)"), "CREATE TABLE concurrently (a integer)");
}

TEST(TransactionWords, AreToldFromSavepointsAndPreparedStatements) {
  for (const auto* text : {"COMMIT", "commit and chain", "End", "ABORT", "rollback", "ROLLBACK WORK",
                           "PREPARE TRANSACTION 'x'", "/* now */ COMMIT", "-- now\nCOMMIT"}) {
    EXPECT_EQ(transaction_control(text), TransactionControl::ends) << text;
  }
  for (const auto* text : {"BEGIN", "begin isolation level serializable", "START TRANSACTION READ ONLY"}) {
    EXPECT_EQ(transaction_control(text), TransactionControl::begins) << text;
  }
  for (const auto* text : {"ROLLBACK TO s", "ROLLBACK WORK TO SAVEPOINT s", "ROLLBACK TRANSACTION TO s", "SAVEPOINT s",
                           "RELEASE s", "PREPARE p AS SELECT 1", "COMMIT PREPARED 'x'", "ROLLBACK PREPARED 'x'",
                           "SELECT 'COMMIT'", "\"COMMIT\"", "", "COMMITTED"}) {
    EXPECT_EQ(transaction_control(text), TransactionControl::none) << text;
  }
}

TEST(TransactionWords, AreReadOverCommentsInComments) {
  EXPECT_EQ(transaction_control("/* a /* b */ SELECT */ COMMIT"), TransactionControl::ends);
  EXPECT_EQ(transaction_control("/* a /* b */ COMMIT"), TransactionControl::none);
}

TEST(OwnMessage, IsNeededByWhatChangesHowTheServerReadsAndBySavepoints) {
  for (const auto* statement :
       {"SET standard_conforming_strings = off", "set local client_encoding = 'LATIN1'", "-- why\nRESET ALL",
        "DISCARD ALL", "SAVEPOINT a", "RELEASE a", "ROLLBACK TO a", "SELECT pg_catalog.set_config('a.b', 'c', true)",
        "INSERT INTO t VALUES ('\\')", "SELECT E'\\n'"}) {
    EXPECT_TRUE(needs_own_message(statement)) << statement;
  }
  for (const auto* statement :
       {"UPDATE t SET a = 1", "SELECT 1", "INSERT INTO t VALUES ('RESET')", "CREATE TABLE settings (id integer)"}) {
    EXPECT_FALSE(needs_own_message(statement)) << statement;
  }
}

TEST(ConcurrentIndexWords, NameTheIndexInTheSchemaOfItsTable) {
  const auto plain = concurrent_index("CREATE INDEX CONCURRENTLY ix ON people (name)");
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->index, "ix");
  EXPECT_EQ(plain->table, "people");
  const auto quoted = concurrent_index(
      "create unique index concurrently if not exists \"Ix \"\"1\"\"\" on only \"My app\".people using gin (tags)");
  ASSERT_TRUE(quoted);
  EXPECT_EQ(quoted->index, "\"My app\".\"Ix \"\"1\"\"\"");
  EXPECT_EQ(quoted->table, "\"My app\".people");
  const auto unnamed = concurrent_index("CREATE INDEX CONCURRENTLY ON app.people (name)");
  ASSERT_TRUE(unnamed);
  EXPECT_EQ(unnamed->index, "");
  for (const auto* text : {"CREATE INDEX ix ON t (a)", "DROP INDEX CONCURRENTLY ix", "CREATE TABLE concurrently ()",
                           "CREATE INDEX CONCURRENTLY", "CREATE INDEX CONCURRENTLY IF ix ON t (a)", "CREATE"}) {
    EXPECT_FALSE(concurrent_index(text)) << text;
  }
}

TEST(ConcurrentReindexWords, StandAnywhereBeforeTheName) {
  EXPECT_TRUE(is_concurrent_reindex("REINDEX INDEX CONCURRENTLY ix"));
  EXPECT_TRUE(is_concurrent_reindex("reindex (verbose, tablespace x) table concurrently t"));
  EXPECT_FALSE(is_concurrent_reindex("REINDEX TABLE t"));
}

TEST(ConcurrentDetachWords, NameBothTables) {
  const auto detach = concurrent_detach("alter table if exists app.events detach partition \"May\" concurrently");
  ASSERT_TRUE(detach);
  EXPECT_EQ(detach->parent, "app.events");
  EXPECT_EQ(detach->partition, "\"May\"");
  EXPECT_FALSE(concurrent_detach("ALTER TABLE events DETACH PARTITION may"));
  EXPECT_FALSE(concurrent_detach("ALTER TABLE events DETACH PARTITION may FINALIZE"));
}

TEST(ConcurrentDropWords, NameOneIndex) {
  EXPECT_EQ(concurrently_dropped_index("DROP INDEX CONCURRENTLY IF EXISTS app.ix CASCADE"), "app.ix");
  EXPECT_FALSE(concurrently_dropped_index("DROP INDEX CONCURRENTLY a, b"));
  EXPECT_FALSE(concurrently_dropped_index("DROP INDEX ix"));
}

TEST(StatementsOutsideOfTransactions, AreFour) {
  for (const auto* text : {"CREATE UNIQUE INDEX CONCURRENTLY ON t (a)", "DROP INDEX concurrently a, b",
                           "REINDEX TABLE CONCURRENTLY t", "ALTER TABLE t DETACH PARTITION u CONCURRENTLY"}) {
    EXPECT_TRUE(runs_outside_transactions(text)) << text;
  }
  for (const auto* text : {"REFRESH MATERIALIZED VIEW CONCURRENTLY v", "COMMENT ON TABLE t IS 'built concurrently'",
                           "CREATE INDEX concurrently_i ON t (a)", "SELECT 1"}) {
    EXPECT_FALSE(runs_outside_transactions(text)) << text;
  }
}

TEST(CopyDirectionOfAStatement, IsFromTheClientToTheClientOrNeither) {
  for (const auto* text : {"COPY t FROM stdin", "/* rows */ copy a.\"t\" (b, c) from STDIN WITH (FORMAT csv)",
                           "COPY t(a)FROM STDIN", "COPY t FROM/* a /* b */ c */stdin"}) {
    EXPECT_EQ(copy_direction(text), CopyDirection::from_client) << text;
  }
  for (const auto* text : {"COPY t TO STDOUT", "copy (SELECT a FROM t) to stdout csv",
                           "COPY (SELECT ')', '(' FROM t) TO STDOUT", "COPY (SELECT 'it''s (' FROM t) TO STDOUT"}) {
    EXPECT_EQ(copy_direction(text), CopyDirection::to_client) << text;
  }
  for (const auto* text : {"COPY t FROM '/tmp/stdin'", "COPY t TO PROGRAM 'cat'", "SELECT 1 FROM stdin", "COPY", ""}) {
    EXPECT_EQ(copy_direction(text), CopyDirection::none) << text;
  }
}

}  // namespace
}  // namespace support::alembic

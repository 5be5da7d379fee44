// What a connection of libpqxx tells of the server's refusals.
#include <gtest/gtest.h>

#include "tests/integration/alembic/database_session.hpp"

namespace support::tests {
namespace {

std::string sqlstate_of(DatabaseSession& session, const std::string& statement) {
  try {
    session->execute(statement);
  } catch (const alembic::DatabaseError& error) {
    return error.sqlstate();
  }
  return "none";
}

// libpqxx has classes for some of them, and forgets the code in the making.
TEST(Connection, GivesTheSqlstateOfEveryRefusal) {
  const TestDatabase database;
  DatabaseSession session(database);
  session->execute("CREATE TABLE t (a integer PRIMARY KEY, b integer NOT NULL REFERENCES t, CHECK (a > 0))");
  session->execute("CREATE TABLE s (a integer)");
  EXPECT_EQ(sqlstate_of(session, "SELEC 1"), "42601");
  EXPECT_EQ(sqlstate_of(session, "SELECT nothing FROM t"), "42703");
  EXPECT_EQ(sqlstate_of(session, "SELECT nothing()"), "42883");
  EXPECT_EQ(sqlstate_of(session, "SELECT * FROM nothing"), "42P01");
  EXPECT_EQ(sqlstate_of(session, "CREATE TABLE t (a integer)"), "42P07");
  EXPECT_EQ(sqlstate_of(session, "INSERT INTO t VALUES (1, 7)"), "23503");
  EXPECT_EQ(sqlstate_of(session, "INSERT INTO t VALUES (0, 0)"), "23514");
  EXPECT_EQ(sqlstate_of(session, "INSERT INTO t VALUES (1, NULL)"), "23502");
  EXPECT_EQ(sqlstate_of(session, "INSERT INTO t VALUES (1, 1), (1, 1)"), "23505");
  EXPECT_EQ(sqlstate_of(session, "SELECT 1 / 0"), "22012");
  EXPECT_EQ(sqlstate_of(session, "SELECT 'x'::integer"), "22P02");
  EXPECT_EQ(sqlstate_of(session, "DECLARE c CURSOR FOR SELECT 1"), "25P01");
  EXPECT_EQ(sqlstate_of(session, "CLOSE c"), "34000");
  EXPECT_EQ(sqlstate_of(session, "DO 'BEGIN RAISE EXCEPTION ''no''; END'"), "P0001");
  EXPECT_EQ(sqlstate_of(session, "VACUUM FULL nothing"), "42P01");
  EXPECT_EQ(sqlstate_of(session, "SELECT 1 FROM t FOR UPDATE OF s"), "42P01");
  EXPECT_EQ(sqlstate_of(session, "CREATE TABLE u (a integer) PARTITION BY RANGE (b)"), "42703");
  EXPECT_EQ(sqlstate_of(session, "ALTER VIEW s RENAME TO v"), "42809");
  EXPECT_EQ(sqlstate_of(session, "CREATE VIEW v AS SELECT 1; ALTER TABLE v ADD CHECK (true)"), "42809");
  EXPECT_EQ(sqlstate_of(session, "COPY t TO '/nowhere/at/all'"), "58P01");
  const auto role = "guest_of_" + database.name();
  session->execute("CREATE ROLE " + role);
  session->execute("SET ROLE " + role);
  EXPECT_EQ(sqlstate_of(session, "SELECT * FROM t"), "42501");
  session->execute("RESET ROLE");
  session->execute("DROP ROLE " + role);
}

TEST(Connection, GivesTheSqlstateOfAConflictWithAnotherTransaction) {
  const TestDatabase database;
  DatabaseSession session(database);
  session->execute("CREATE TABLE t (a integer)");
  session->execute("INSERT INTO t VALUES (1)");
  session->execute("BEGIN ISOLATION LEVEL REPEATABLE READ");
  session->query("SELECT * FROM t");
  DatabaseSession other(database);
  other->execute("UPDATE t SET a = 2");
  EXPECT_EQ(sqlstate_of(session, "UPDATE t SET a = 3"), "40001");
}

}  // namespace
}  // namespace support::tests

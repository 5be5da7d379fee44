// What a run asks of the server: how often a migration waits for an answer decides how fast it is.
#include <memory>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/alembic/runtime/connection.hpp"

#include "tests/integration/alembic/engine.hpp"
#include "tests/support/migration_scripts.hpp"

namespace support::tests {
namespace {

using alembic::TransactionMode;

// A session that keeps what is asked of it.
class RecordedConnection : public alembic::Connection {
 public:
  RecordedConnection(std::unique_ptr<alembic::Connection> connection, std::vector<std::string>& statements)
      : connection_(std::move(connection)), statements_(statements) {}

  std::vector<Row> query(const std::string& sql) override {
    statements_.push_back(sql);
    return connection_->query(sql);
  }
  std::size_t execute(const std::string& sql) override {
    statements_.push_back(sql);
    return connection_->execute(sql);
  }
  std::size_t execute_all(std::span<const std::string> statements) override {
    statements_.push_back(alembic::joined(statements));
    return connection_->execute_all(statements);
  }
  void copy(const std::string& statement, std::string_view rows) override {
    statements_.push_back(statement);
    connection_->copy(statement, rows);
  }

 private:
  std::unique_ptr<alembic::Connection> connection_;
  std::vector<std::string>& statements_;
};

enum class Kind { cpp, sql };

// The messages that an upgrade sends on all of its sessions.
std::vector<std::string> messages_of_upgrade(const alembic::ScriptDirectory& scripts,
                                             TransactionMode mode = TransactionMode::per_run) {
  const TestDatabase database;
  Engine engine(database);
  std::vector<std::string> messages;
  engine.environment().transaction_mode = mode;
  engine.environment().connect = [&, connect = engine.environment().connect](const alembic::ConnectionTarget& target) {
    return std::make_unique<RecordedConnection>(connect(target), messages);
  };
  const auto outcome = engine.upgrade(scripts);
  EXPECT_EQ(outcome.exit_code, 0) << outcome.printed;
  return messages;
}

// How many messages an upgrade of so many revisions, each of two statements, sends.
std::size_t round_trips(Kind kind, std::size_t revisions, TransactionMode mode) {
  std::vector<alembic::Script> scripts;
  alembic::RevisionIds parents;
  for (std::size_t i = 1; i <= revisions; ++i) {
    const auto id = fmt::format("r{}", i);
    const ScriptBody body{.upgrade = {fmt::format("CREATE TABLE {} (id integer)", id),
                                      fmt::format("CREATE INDEX ix_{0} ON {0} (id)", id)}};
    const alembic::Revision declared{.revision = id, .down_revisions = parents};
    scripts.push_back(kind == Kind::sql ? make_sql_script(declared, body) : make_script(declared, id, body));
    parents = {id};
  }
  return messages_of_upgrade(alembic::ScriptDirectory(std::move(scripts)), mode).size();
}

TEST(RoundTrips, OfAStepInCppAreItsStatementsAndItsRow) {
  const auto ten = round_trips(Kind::cpp, 10, TransactionMode::per_run);
  EXPECT_EQ(round_trips(Kind::cpp, 30, TransactionMode::per_run), ten + 20 * 3);
  EXPECT_LE(ten, 10 * 3 + 18U);
}

TEST(RoundTrips, OfAStepInSqlIsOne) {
  const auto ten = round_trips(Kind::sql, 10, TransactionMode::per_run);
  EXPECT_EQ(round_trips(Kind::sql, 30, TransactionMode::per_run), ten + 20);
  EXPECT_LE(ten, 10 + 18U);
}

TEST(RoundTrips, OfAStepThatIsCommittedAreBeginCommitAndALookAtTheLockMore) {
  const auto ten = round_trips(Kind::cpp, 10, TransactionMode::per_migration);
  EXPECT_EQ(round_trips(Kind::cpp, 30, TransactionMode::per_migration), ten + 20 * 6);
  const auto ten_in_sql = round_trips(Kind::sql, 10, TransactionMode::per_migration);
  EXPECT_EQ(round_trips(Kind::sql, 30, TransactionMode::per_migration), ten_in_sql + 20 * 4);
}

TEST(RoundTrips, AreNotSharedOutsideOfATransaction) {
  const auto ten = round_trips(Kind::sql, 10, TransactionMode::none);
  // The two statements, then BEGIN, the row, the look at the lock and COMMIT.
  EXPECT_EQ(round_trips(Kind::sql, 30, TransactionMode::none), ten + 20 * 6);
}

TEST(RoundTrips, AreNotSharedByWhatChangesHowTheServerReads) {
  const auto messages = messages_of_upgrade(alembic::ScriptDirectory({make_sql_script(
      {.revision = "r1"},
      {.upgrade = {"CREATE TABLE a (id text)", "SET standard_conforming_strings = off",
                   "INSERT INTO a VALUES ('a'), ('b')", "INSERT INTO a VALUES ('\\\\')",
                   "SELECT set_config('standard_conforming_strings', 'on', false)", "SELECT 1", "SAVEPOINT s"}})}));
  EXPECT_THAT(messages, testing::IsSupersetOf({"CREATE TABLE a (id text)", "SET standard_conforming_strings = off",
                                               "INSERT INTO a VALUES ('a'), ('b')", "INSERT INTO a VALUES ('\\\\')",
                                               "SELECT set_config('standard_conforming_strings', 'on', false)",
                                               "SELECT 1", "SAVEPOINT s"}));
}

TEST(RoundTrips, HoldNoMoreThanALittleText) {
  std::vector<std::string> inserts{"CREATE TABLE a (id text)"};
  for (int i = 0; i < 100; ++i) inserts.push_back(fmt::format("INSERT INTO a VALUES ('{}')", std::string(10'000, 'x')));
  const auto messages =
      messages_of_upgrade(alembic::ScriptDirectory({make_sql_script({.revision = "r1"}, {.upgrade = inserts})}));
  for (const auto& message : messages) EXPECT_LT(message.size(), 80'000U);
  EXPECT_LT(messages.size(), 40U);
}

}  // namespace
}  // namespace support::tests

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
  void copy(const std::string& statement, std::string_view rows) override {
    statements_.push_back(statement);
    connection_->copy(statement, rows);
  }

 private:
  std::unique_ptr<alembic::Connection> connection_;
  std::vector<std::string>& statements_;
};

// How many statements an upgrade of so many revisions, each of two statements, sends on all of its sessions.
std::size_t statements_of_upgrade(std::size_t revisions, TransactionMode mode) {
  const TestDatabase database;
  Engine engine(database);
  std::vector<std::string> statements;
  engine.environment().transaction_mode = mode;
  engine.environment().connect = [&, connect = engine.environment().connect](const alembic::ConnectionTarget& target) {
    return std::make_unique<RecordedConnection>(connect(target), statements);
  };
  std::vector<alembic::Script> scripts;
  alembic::RevisionIds parents;
  for (std::size_t i = 1; i <= revisions; ++i) {
    const auto id = fmt::format("r{}", i);
    scripts.push_back(make_script({.revision = id, .down_revisions = parents}, id,
                                  {.upgrade = {fmt::format("CREATE TABLE {} (id integer)", id),
                                               fmt::format("CREATE INDEX ix_{0} ON {0} (id)", id)}}));
    parents = {id};
  }
  const auto outcome = engine.upgrade(alembic::ScriptDirectory(std::move(scripts)));
  EXPECT_EQ(outcome.exit_code, 0) << outcome.printed;
  return statements.size();
}

TEST(RoundTrips, OfAStepAreItsStatementsAndItsRow) {
  const auto ten = statements_of_upgrade(10, TransactionMode::per_run);
  EXPECT_EQ(statements_of_upgrade(30, TransactionMode::per_run), ten + 20 * 3);
  EXPECT_LE(ten, 10 * 3 + 15U);
}

TEST(RoundTrips, OfAStepThatIsCommittedAreBeginCommitAndALookAtTheLockMore) {
  const auto ten = statements_of_upgrade(10, TransactionMode::per_migration);
  EXPECT_EQ(statements_of_upgrade(30, TransactionMode::per_migration), ten + 20 * 6);
}

}  // namespace
}  // namespace support::tests

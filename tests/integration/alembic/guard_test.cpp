// What a migration does to others while it waits for its locks, and what it says when it may not go on.
#include <atomic>
#include <future>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/alembic/safety/guard/guarded_run.hpp"

#include "tests/integration/alembic/database_session.hpp"
#include "tests/integration/alembic/engine.hpp"
#include "tests/support/migration_scripts.hpp"

namespace support::tests {
namespace {

using alembic::ScriptDirectory;
using alembic::safety::GuardedRun;
using alembic::safety::GuardLimits;
using alembic::safety::ProgressLine;
using std::chrono::milliseconds;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

GuardLimits quick_limits() {
  return {.lock_timeout = 200ms, .retry_deadline = 20s, .blocker_age = 60s};
}

Outcome upgrade(const TestDatabase& database, const ScriptDirectory& scripts, GuardLimits limits = quick_limits()) {
  Engine engine(database);
  engine.environment().guard = std::make_shared<GuardedRun>(limits, ProgressLine::Place::log);
  return engine.upgrade(scripts);
}

ScriptDirectory one_migration(const std::vector<std::string>& statements) {
  return ScriptDirectory({make_sql_script({.revision = "r1"}, {.upgrade = statements})});
}

// A session in a transaction that has done `statement`.
class Holder {
 public:
  Holder(const TestDatabase& database, const std::string& statement) : session_(database) {
    session_->execute("SET application_name = 'till'");
    session_->execute("BEGIN");
    session_->query(statement);
  }
  void end() { session_->execute("COMMIT"); }
  void end_after(milliseconds delay) {
    done_ = std::async(std::launch::async, [this, delay] {
      std::this_thread::sleep_for(delay);
      end();
    });
  }

 private:
  DatabaseSession session_;
  std::future<void> done_;
};

// The application: runs a statement again and again, and remembers the longest it took.
class Traffic {
 public:
  Traffic(const TestDatabase& database, const std::string& statement)
      : thread_([this, &database, statement] {
          DatabaseSession session(database);
          while (!is_over_) {
            const auto start = Clock::now();
            session->query(statement);
            longest_ = std::max(longest_.load(), std::chrono::duration_cast<milliseconds>(Clock::now() - start));
            std::this_thread::sleep_for(5ms);
          }
        }) {}
  ~Traffic() {
    is_over_ = true;
    thread_.join();
  }
  milliseconds longest() const { return longest_; }

 private:
  std::atomic<bool> is_over_ = false;
  std::atomic<milliseconds> longest_{};
  std::thread thread_;
};

class Guard : public testing::Test {
 protected:
  void SetUp() override {
    database.sql("CREATE TABLE orders (id integer PRIMARY KEY, note text)");
    database.sql("CREATE TABLE shops (id integer PRIMARY KEY)");
  }
  TestDatabase database;
};

TEST_F(Guard, ReadersNeverQueueBehindAMigrationThatWaits) {
  Holder holder(database, "SELECT * FROM orders");
  std::this_thread::sleep_for(250ms);  // older than a try is long
  holder.end_after(1500ms);
  Traffic traffic(database, "SELECT count(*) FROM orders");
  const auto outcome = upgrade(database, one_migration({"ALTER TABLE orders ADD COLUMN paid boolean"}));
  EXPECT_EQ(outcome.exit_code, 0) << outcome.printed;
  EXPECT_LT(traffic.longest(), 150ms);
}

TEST_F(Guard, ATryIsGivenUpAfterLockTimeout) {
  Holder holder(database, "SELECT * FROM orders");
  holder.end_after(1500ms);
  auto limits = quick_limits();
  limits.lock_timeout = 400ms;  // younger than that is not waited for
  Traffic traffic(database, "SELECT count(*) FROM orders");
  const auto outcome = upgrade(database, one_migration({"ALTER TABLE orders ADD COLUMN paid boolean"}), limits);
  EXPECT_EQ(outcome.exit_code, 0) << outcome.printed;
  EXPECT_LT(traffic.longest(), 900ms);
}

TEST_F(Guard, LocksThatAreHeldAreLetGoBeforeTheNextTry) {
  Holder holder(database, "SELECT * FROM orders");
  std::this_thread::sleep_for(250ms);
  holder.end_after(1500ms);
  Traffic traffic(database, "SELECT count(*) FROM shops");
  const auto outcome =
      upgrade(database,
              one_migration({"ALTER TABLE shops ADD COLUMN town text", "ALTER TABLE orders ADD COLUMN paid boolean"}));
  EXPECT_EQ(outcome.exit_code, 0) << outcome.printed;
  EXPECT_LT(traffic.longest(), 400ms);
  EXPECT_THAT(version_rows(database), ElementsAre("r1"));
}

TEST_F(Guard, StepsThatWereCommittedAreNotRunAgain) {
  const ScriptDirectory scripts(
      {make_sql_script({.revision = "r1"}, {.upgrade = {"ALTER TABLE shops ADD COLUMN town text"}}),
       make_sql_script(
           {.revision = "r2", .down_revisions = {"r1"}},
           {.upgrade = {"ALTER TABLE shops ADD COLUMN street text", "ALTER TABLE orders ADD COLUMN paid boolean"}})});
  Holder holder(database, "SELECT * FROM orders");
  std::this_thread::sleep_for(250ms);
  holder.end_after(1000ms);
  Engine engine(database);
  engine.environment().transaction_mode = alembic::TransactionMode::per_migration;
  engine.environment().guard = std::make_shared<GuardedRun>(quick_limits(), ProgressLine::Place::log);
  const auto outcome = engine.upgrade(scripts);
  EXPECT_EQ(outcome.exit_code, 0) << outcome.printed;
  EXPECT_THAT(version_rows(database), ElementsAre("r2"));
}

TEST_F(Guard, AnOldTransactionInTheWayIsNotWaitedFor) {
  Holder holder(database, "SELECT * FROM orders");
  auto limits = quick_limits();
  limits.blocker_age = 300ms;
  std::this_thread::sleep_for(400ms);
  const auto start = Clock::now();
  const auto outcome = upgrade(database, one_migration({"ALTER TABLE orders ADD COLUMN paid boolean"}), limits);
  EXPECT_EQ(outcome.exit_code, 5);
  EXPECT_LT(Clock::now() - start, 2s);
  EXPECT_THAT(outcome.printed,
              AllOf(HasSubstr("Revision r1"), HasSubstr("was stopped"), HasSubstr("MIGRATION_BLOCKER_AGE"),
                    HasSubstr("application till"), HasSubstr("idle in transaction for"),
                    HasSubstr("holds ACCESS SHARE on orders: SELECT * FROM orders"),
                    HasSubstr("SELECT pg_terminate_backend(")));
  EXPECT_THAT(version_rows(database), ElementsAre("no table"));
}

TEST_F(Guard, AnOldTransactionThatIsWaitedForInATryEndsTheRun) {
  // The look-up can't know what a function will lock.
  database.sql("CREATE FUNCTION touch() RETURNS void LANGUAGE sql AS 'LOCK TABLE orders IN ACCESS EXCLUSIVE MODE'");
  Holder holder(database, "SELECT * FROM orders");
  auto limits = quick_limits();
  limits.lock_timeout = 10s;
  limits.blocker_age = 300ms;
  const auto start = Clock::now();
  const auto outcome = upgrade(database, one_migration({"SELECT touch()"}), limits);
  EXPECT_EQ(outcome.exit_code, 5);
  EXPECT_LT(Clock::now() - start, 5s);
  EXPECT_THAT(outcome.printed, AllOf(HasSubstr("SELECT touch() was not let through: a transaction older than"),
                                     HasSubstr("MIGRATION_BLOCKER_AGE"), HasSubstr("SELECT pg_terminate_backend(")));
}

TEST_F(Guard, WaitingEndsAtTheDeadlineOfTheRun) {
  Holder holder(database, "SELECT * FROM orders");
  auto limits = quick_limits();
  limits.retry_deadline = 800ms;
  const auto outcome = upgrade(database, one_migration({"ALTER TABLE orders ADD COLUMN paid boolean"}), limits);
  EXPECT_EQ(outcome.exit_code, 5);
  EXPECT_THAT(outcome.printed, AllOf(HasSubstr("MIGRATION_RETRY_DEADLINE"), HasSubstr("application till")));
}

TEST_F(Guard, AStatementIsCancelledWhenTooManyWaitBehindIt) {
  auto limits = quick_limits();
  limits.queue = 2;
  auto run = std::async(std::launch::async, [&] {
    return upgrade(database, one_migration({"LOCK TABLE orders", "SELECT pg_sleep(20)"}), limits);
  });
  while (database
             .sql("SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(20)%' AND pid <> "
                  "pg_backend_pid()")
             .front()
             .front() == "0") {
    std::this_thread::sleep_for(10ms);
  }
  std::vector<std::future<void>> readers;
  for (int i = 0; i < 3; ++i) {
    readers.push_back(
        std::async(std::launch::async, [&] { DatabaseSession(database)->query("SELECT count(*) FROM orders"); }));
  }
  const auto start = Clock::now();
  const auto outcome = run.get();
  EXPECT_LT(Clock::now() - start, 10s);
  EXPECT_EQ(outcome.exit_code, 5);
  EXPECT_THAT(outcome.printed, AllOf(HasSubstr("3 sessions waited behind it, more than MIGRATION_QUEUE_LIMIT (2)"),
                                     HasSubstr("everything of this run was rolled back")));
}

TEST_F(Guard, PartitionsAndPartnersByForeignKeyAreLookedAt) {
  database.sql(
      "CREATE TABLE events (day date NOT NULL) PARTITION BY RANGE (day);"
      "CREATE TABLE events_may PARTITION OF events FOR VALUES FROM ('2026-05-01') TO ('2026-06-01');"
      "ALTER TABLE orders ADD COLUMN shop integer CONSTRAINT of_shop REFERENCES shops");
  auto limits = quick_limits();
  limits.blocker_age = 100ms;
  const auto refused = [&](const std::string& held, const std::string& statement) {
    Holder holder(database, "SELECT * FROM " + held);
    std::this_thread::sleep_for(250ms);
    const auto outcome = upgrade(database, one_migration({statement}), limits);
    EXPECT_EQ(outcome.exit_code, 5) << statement;
    EXPECT_THAT(outcome.printed, HasSubstr("holds ACCESS SHARE on " + held)) << statement;
  };
  refused("events_may", "ALTER TABLE events ADD COLUMN what text");
  refused("shops", "ALTER TABLE orders DROP CONSTRAINT of_shop");
  refused("shops", "ALTER TABLE orders DROP COLUMN shop");
  refused("shops", "DROP TABLE orders");
  refused("orders", "DROP INDEX orders_pkey");
}

TEST_F(Guard, AnIndexIsNotBuiltConcurrentlyBehindAnOldSnapshot) {
  Holder holder(database, "SELECT count(*) FROM shops");
  DatabaseSession snapshot(database);
  snapshot->execute("BEGIN ISOLATION LEVEL REPEATABLE READ");
  snapshot->query("SELECT 1");
  std::this_thread::sleep_for(400ms);
  auto limits = quick_limits();
  limits.blocker_age = 300ms;
  const auto script = alembic::parse_sql_script("mig/r1.sql",
                                                "-- Index\n--\n-- revision: r1\n-- down_revision:\n"
                                                "-- transactional: false\n\n-- migrate:upgrade\n"
                                                "CREATE TABLE fine (id integer);\n"
                                                "CREATE INDEX CONCURRENTLY by_note ON orders (note);\n"
                                                "-- migrate:irreversible it is a test\n");
  const auto outcome = upgrade(database, ScriptDirectory({script}), limits);
  EXPECT_EQ(outcome.exit_code, 5);
  EXPECT_THAT(outcome.printed, AllOf(HasSubstr("CREATE INDEX CONCURRENTLY by_note"), HasSubstr("older than 300 ms"),
                                     HasSubstr("MIGRATION_BLOCKER_AGE")));
  EXPECT_FALSE(has_table(database, "fine"));  // refused before it began
}

TEST_F(Guard, AConcurrentBuildWaitsForASnapshotLongerThanLockTimeout) {
  DatabaseSession snapshot(database);
  snapshot->execute("BEGIN ISOLATION LEVEL REPEATABLE READ");
  snapshot->query("SELECT 1");
  auto ended = std::async(std::launch::async, [&] {
    std::this_thread::sleep_for(900ms);
    snapshot->execute("COMMIT");
  });
  const auto script = alembic::parse_sql_script(
      "mig/r1.sql",
      "-- Index\n--\n-- revision: r1\n-- down_revision:\n-- transactional: false\n\n-- migrate:upgrade\n"
      "CREATE INDEX CONCURRENTLY by_note ON orders (note);\n-- migrate:irreversible it is a test\n");
  const auto outcome = upgrade(database, ScriptDirectory({script}));
  EXPECT_EQ(outcome.exit_code, 0) << outcome.printed;
  EXPECT_TRUE(has_table(database, "by_note"));
}

TEST_F(Guard, ADeadlockIsTriedAgain) {
  DatabaseSession other(database);
  other->execute("BEGIN");
  other->execute("LOCK TABLE orders IN ROW EXCLUSIVE MODE");
  auto done = std::async(std::launch::async, [&] {
    std::this_thread::sleep_for(500ms);
    // The migration holds the row of this shop by now.
    other->execute("INSERT INTO shops VALUES (1) ON CONFLICT DO NOTHING");
    other->execute("COMMIT");
  });
  auto limits = quick_limits();
  limits.lock_timeout = 10s;
  const auto outcome = upgrade(database,
                               one_migration({"INSERT INTO shops VALUES (1) ON CONFLICT DO NOTHING",
                                              "SELECT pg_sleep(0.2)", "ALTER TABLE orders ADD COLUMN paid boolean"}),
                               limits);
  EXPECT_EQ(outcome.exit_code, 0) << outcome.printed;
  done.get();
}

TEST_F(Guard, AHolderWhoseAgeTheRoleMayNotSeeIsTriedOnceAndThenWaitedFor) {
  database.sql("CREATE ROLE mover LOGIN; GRANT ALL ON SCHEMA public TO mover; ALTER TABLE orders OWNER TO mover");
  Holder holder(database, "SELECT * FROM orders");
  std::this_thread::sleep_for(250ms);
  holder.end_after(1500ms);
  const auto url = database.url();
  Engine engine(
      fmt::format("postgresql://mover@/{}?host={}&port={}", database.name(), url.keyword("host"), url.keyword("port")));
  engine.environment().guard = std::make_shared<GuardedRun>(quick_limits(), ProgressLine::Place::log);
  Traffic traffic(database, "SELECT count(*) FROM orders");
  const auto outcome = engine.upgrade(one_migration({"ALTER TABLE orders ADD COLUMN paid boolean"}));
  EXPECT_EQ(outcome.exit_code, 0) << outcome.printed;
  EXPECT_LT(traffic.longest(), 600ms);
  database.sql("REASSIGN OWNED BY mover TO CURRENT_USER; DROP OWNED BY mover; DROP ROLE mover");
}

TEST(GuardOfPreparedTransactions, NamesThem) {
  TestCluster cluster;
  cluster.sql("ALTER SYSTEM SET max_prepared_transactions = 2");
  cluster.restart();
  const TestDatabase database(cluster);
  database.sql("CREATE TABLE orders (id integer)");
  DatabaseSession session(database);
  session->execute("BEGIN");
  session->execute("INSERT INTO orders VALUES (1)");
  session->execute("PREPARE TRANSACTION 'till-4'");
  auto limits = quick_limits();
  limits.blocker_age = 300ms;
  std::this_thread::sleep_for(400ms);
  const auto outcome = upgrade(database, one_migration({"ALTER TABLE orders ADD COLUMN paid boolean"}), limits);
  EXPECT_EQ(outcome.exit_code, 5);
  EXPECT_THAT(outcome.printed, AllOf(HasSubstr("the prepared transaction 'till-4'"),
                                     HasSubstr("COMMIT PREPARED or ROLLBACK PREPARED 'till-4'")));
  session->execute("ROLLBACK PREPARED 'till-4'");
}

TEST_F(Guard, ARewriteForWhichTheDiskHasNoRoomIsRefused) {
  database.sql("INSERT INTO orders SELECT g, 'note' FROM generate_series(1, 1000) g");
  std::string asked;
  const auto almost_full = [&](const std::string& folder) {
    asked = folder;
    return std::optional<std::uint64_t>(4096);
  };
  const auto run = [&](const std::string& statement, const alembic::safety::FreeSpace& free_space) {
    Engine engine(database);
    engine.environment().guard = std::make_shared<GuardedRun>(quick_limits(), ProgressLine::Place::log, free_space);
    return engine.upgrade(one_migration({statement}));
  };
  const std::string rewrite = "ALTER TABLE orders ALTER COLUMN id TYPE bigint";
  const auto refused = run(rewrite, almost_full);
  EXPECT_EQ(refused.exit_code, 5);
  EXPECT_THAT(refused.printed,
              AllOf(HasSubstr("no room for a second copy: orders has"), HasSubstr("0.0 MiB are free in " + asked)));
  EXPECT_EQ(asked, database.sql("SELECT current_setting('data_directory')").front().front());
  const auto unknown = [](const std::string&) { return std::optional<std::uint64_t>(); };
  EXPECT_EQ(run(rewrite, unknown).exit_code, 0);
}

TEST_F(Guard, WhatRewritesNothingNeedsNoRoom) {
  Engine engine(database);
  engine.environment().guard = std::make_shared<GuardedRun>(
      quick_limits(), ProgressLine::Place::log, [](const std::string&) { return std::optional<std::uint64_t>(0); });
  EXPECT_EQ(engine.upgrade(one_migration({"ALTER TABLE orders ADD COLUMN paid boolean"})).exit_code, 0);
}

TEST_F(Guard, TheTimeOutsOfTheUrlStay) {
  Engine engine(database.url_text() + (database.url_text().find('?') == std::string::npos ? "?" : "&") +
                "options=-c%20lock_timeout%3D7s");
  engine.environment().guard = std::make_shared<GuardedRun>(quick_limits(), ProgressLine::Place::log);
  const auto outcome = engine.upgrade(one_migration(
      {"CREATE TABLE seen AS SELECT current_setting('lock_timeout') AS lock, current_setting('statement_timeout') AS "
       "statement"}));
  EXPECT_EQ(outcome.exit_code, 0) << outcome.printed;
  EXPECT_EQ(database.sql("SELECT lock FROM seen").front().front(), "7s");
}

TEST_F(Guard, ATimeOutOfTheAuthorsLastsForItsMigration) {
  const ScriptDirectory scripts(
      {make_sql_script({.revision = "r1"},
                       {.upgrade = {"SET lock_timeout = '9s'",
                                    "CREATE TABLE first AS SELECT current_setting('lock_timeout') AS lock"}}),
       make_sql_script({.revision = "r2", .down_revisions = {"r1"}},
                       {.upgrade = {"CREATE TABLE second AS SELECT current_setting('lock_timeout') AS lock"}})});
  const auto outcome = upgrade(database, scripts);
  EXPECT_EQ(outcome.exit_code, 0) << outcome.printed;
  EXPECT_EQ(database.sql("SELECT lock FROM first").front().front(), "9s");
  EXPECT_EQ(database.sql("SELECT lock FROM second").front().front(), "200ms");
}

}  // namespace
}  // namespace support::tests

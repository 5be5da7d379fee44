#include "app/database/transaction.hpp"

#include "app/database/database_metrics.hpp"

#include "fixture.hpp"
#include "tcp_gate.hpp"

namespace support::database::tests {
namespace {

using testing::HasSubstr;

class TransactionTest : public testing::Test {
 protected:
  void SetUp() override { database_.sql("create table t(a int constraint positive check (a > 0))"); }

  Transaction begin(TransactionOptions options = {}) {
    return std::move(loop_.run([&] { return pool_.begin(options); }).value());
  }
  Result<void> commit(Transaction& transaction, Deadline deadline = {}) {
    return loop_.run([&] { return transaction.commit(deadline); });
  }
  Result<std::int64_t> execute(Transaction& transaction, const std::string& sql) {
    return loop_.run([&] { return transaction->execute(sql); });
  }
  std::string setting(Transaction& transaction, const char* name) {
    return loop_.run([&] { return transaction->query("select current_setting($1)", make_params(name)); })
        .value()
        .single<std::string>()
        .value();
  }
  std::string rows() const {
    return database_.sql("select coalesce(string_agg(a::text, ',' order by a), '') from t")[0][0];
  }
  void wait_until_idle() {
    loop_.run_until([&] { return pool_.stats().recovering == 0; });
  }

  TestDatabase database_;
  Loop loop_;
  Pool pool_{loop_.context(), pool_options(database_.url())};
};

TEST_F(TransactionTest, CommitKeepsAndReturnsTheConnection) {
  Transaction transaction = begin();
  ASSERT_TRUE(execute(transaction, "insert into t values (1)"));
  EXPECT_EQ(rows(), "");
  EXPECT_EQ(pool_.stats().in_use, 1U);
  ASSERT_TRUE(commit(transaction));
  EXPECT_EQ(rows(), "1");
  EXPECT_FALSE(transaction.is_open());
  EXPECT_EQ(pool_.stats().in_use, 0U);
}

TEST_F(TransactionTest, RollbackUndoes) {
  Transaction transaction = begin();
  ASSERT_TRUE(execute(transaction, "insert into t values (1)"));
  ASSERT_TRUE(loop_.run([&] { return transaction.rollback(); }));
  EXPECT_EQ(rows(), "");
  EXPECT_EQ(pool_.stats().idle, 1U);
}

TEST_F(TransactionTest, DroppingRollsBackInTheBackground) {
  {
    Transaction transaction = begin();
    ASSERT_TRUE(execute(transaction, "insert into t values (1)"));
  }
  EXPECT_EQ(pool_.stats().recovering, 1U);
  wait_until_idle();
  EXPECT_EQ(pool_.stats().idle, 1U);
  EXPECT_EQ(rows(), "");
  EXPECT_EQ(pool_.stats().created, 1U);
}

TEST_F(TransactionTest, OptionsReachTheServer) {
  TransactionOptions options;
  options.isolation = Isolation::serializable;
  options.access = Access::read_only;
  options.deferrable = true;
  Transaction transaction = begin(options);
  EXPECT_EQ(setting(transaction, "transaction_isolation"), "serializable");
  EXPECT_EQ(setting(transaction, "transaction_read_only"), "on");
  EXPECT_EQ(setting(transaction, "transaction_deferrable"), "on");
  const auto refused = execute(transaction, "insert into t values (1)");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().diagnostics().sqlstate, "25006");
}

TEST_F(TransactionTest, EveryIsolationLevelIsWhatItSays) {
  const std::pair<Isolation, const char*> levels[]{{Isolation::server_default, "read committed"},
                                                   {Isolation::read_committed, "read committed"},
                                                   {Isolation::repeatable_read, "repeatable read"},
                                                   {Isolation::serializable, "serializable"}};
  for (const auto& [level, name] : levels) {
    TransactionOptions options;
    options.isolation = level;
    Transaction transaction = begin(options);
    EXPECT_EQ(setting(transaction, "transaction_isolation"), name);
    ASSERT_TRUE(commit(transaction));
  }
}

TEST_F(TransactionTest, CommittingAFailedTransactionIsAnError) {
  Transaction transaction = begin();
  ASSERT_TRUE(execute(transaction, "insert into t values (1)"));
  EXPECT_TRUE(execute(transaction, "insert into t values (-1)").error().is_check_violation());
  const auto committed = commit(transaction);
  ASSERT_FALSE(committed);
  EXPECT_TRUE(committed.error().is(Condition::rolled_back));
  EXPECT_EQ(rows(), "");
  EXPECT_EQ(pool_.stats().idle, 1U);
}

TEST_F(TransactionTest, ADeferredConstraintFailsTheCommitWithItsName) {
  database_.sql(
      "create table parent(id int primary key);"
      "create table child(p int constraint has_parent references parent deferrable initially deferred)");
  Transaction transaction = begin();
  ASSERT_TRUE(execute(transaction, "insert into child values (9)"));
  const auto committed = commit(transaction);
  ASSERT_FALSE(committed);
  EXPECT_TRUE(committed.error().is_foreign_key_violation());
  EXPECT_EQ(committed.error().diagnostics().constraint, "has_parent");
}

TEST_F(TransactionTest, SavepointsNestAndUndoOnlyTheirOwn) {
  Transaction transaction = begin();
  loop_.run([&]() -> asio::awaitable<void> {
    EXPECT_TRUE(co_await transaction->execute("insert into t values (1)"));
    {
      auto outer = (co_await transaction.savepoint()).value();
      EXPECT_TRUE(co_await transaction->execute("insert into t values (2)"));
      {
        auto inner = (co_await transaction.savepoint()).value();
        EXPECT_FALSE(co_await transaction->execute("insert into t values (-3)"));
        EXPECT_TRUE(co_await inner.rollback());
      }
      EXPECT_TRUE(co_await transaction->execute("insert into t values (4)"));
      EXPECT_TRUE(co_await outer.release());
    }
    EXPECT_TRUE(co_await transaction.commit());
  });
  EXPECT_EQ(rows(), "1,2,4");
}

TEST_F(TransactionTest, ADroppedSavepointIsRolledBackBeforeTheNextStatement) {
  Transaction transaction = begin();
  loop_.run([&]() -> asio::awaitable<void> {
    EXPECT_TRUE(co_await transaction->execute("insert into t values (1)"));
    {
      auto outer = (co_await transaction.savepoint()).value();
      EXPECT_TRUE(co_await transaction->execute("insert into t values (2)"));
      auto inner = (co_await transaction.savepoint()).value();
      EXPECT_FALSE(co_await transaction->execute("insert into t values (-3)"));
    }
    EXPECT_TRUE(co_await transaction->execute("insert into t values (5)"));
    {
      auto last = (co_await transaction.savepoint()).value();
      EXPECT_TRUE(co_await transaction->execute("insert into t values (6)"));
    }
    EXPECT_TRUE(co_await transaction.commit());
  });
  EXPECT_EQ(rows(), "1,5");
}

TEST_F(TransactionTest, ASavepointMayOutliveItsTransaction) {
  loop_.run([&]() -> asio::awaitable<void> {
    Transaction transaction = (co_await pool_.begin()).value();
    auto savepoint = (co_await transaction.savepoint()).value();
    EXPECT_TRUE(co_await transaction.rollback());
  });
  EXPECT_EQ(pool_.stats().idle, 1U);
  EXPECT_TRUE(loop_.run([&] { return pool_.query("select 1"); }));
}

TEST_F(TransactionTest, TransactCommitsWhatSucceeds) {
  const auto result = loop_.run([&] {
    return transact(pool_, [](Transaction& transaction) -> asio::awaitable<Result<std::int64_t>> {
      co_return co_await transaction->execute("insert into t values (1), (2)");
    });
  });
  EXPECT_EQ(result.value(), 2);
  EXPECT_EQ(rows(), "1,2");
}

TEST_F(TransactionTest, TransactRollsBackOnAnErrorAndReturnsIt) {
  const auto result = loop_.run([&] {
    return transact(pool_, [](Transaction& transaction) -> asio::awaitable<Result<std::int64_t>> {
      (void)co_await transaction->execute("insert into t values (1)");
      co_return co_await transaction->execute("insert into t values (-1)");
    });
  });
  EXPECT_TRUE(result.error().is_check_violation());
  EXPECT_EQ(rows(), "");
  EXPECT_EQ(pool_.stats().idle, 1U);
}

TEST_F(TransactionTest, TransactRollsBackOnAnException) {
  EXPECT_THROW(loop_.run([&] {
    return transact(pool_, [](Transaction& transaction) -> asio::awaitable<Result<std::int64_t>> {
      (void)co_await transaction->execute("insert into t values (1)");
      throw std::runtime_error("the body failed");
    });
  }),
               std::runtime_error);
  wait_until_idle();
  EXPECT_EQ(rows(), "");
}

TEST_F(TransactionTest, TransactRunsAgainAfterASerializationFailure) {
  database_.sql("insert into t values (1)");
  int runs = 0;
  TransactionOptions options;
  options.isolation = Isolation::repeatable_read;
  const auto result = loop_.run([&] {
    return transact(
        pool_,
        [&](Transaction& transaction) -> asio::awaitable<Result<std::int64_t>> {
          (void)co_await transaction->query("select * from t");
          if (++runs == 1) database_.sql("update t set a = a + 10");
          co_return co_await transaction->execute("update t set a = a + 1");
        },
        options);
  });
  EXPECT_EQ(result.value(), 1);
  EXPECT_EQ(runs, 2);
  EXPECT_EQ(rows(), "12");
}

TEST_F(TransactionTest, TransactGivesUpAfterItsAttempts) {
  database_.sql("insert into t values (1)");
  int runs = 0;
  TransactionOptions options;
  options.isolation = Isolation::repeatable_read;
  const auto result = loop_.run([&] {
    return transact(
        pool_,
        [&](Transaction& transaction) -> asio::awaitable<Result<std::int64_t>> {
          (void)co_await transaction->query("select * from t");
          ++runs;
          database_.sql("update t set a = a + 10");
          co_return co_await transaction->execute("update t set a = a + 1");
        },
        options);
  });
  EXPECT_TRUE(result.error().is_retryable());
  EXPECT_EQ(runs, 3);
}

// A migration that comes between must not be seen: two statements, both prepared before their tables changed.
TEST_F(TransactionTest, TransactRunsAgainWhenTablesChangedUnderItsStatements) {
  database_.sql("create table u (a int); insert into t values (1); insert into u values (2)");
  int runs = 0;
  const auto read_both = [&] {
    return loop_.run([&] {
      return transact(pool_, [&](Transaction& transaction) -> asio::awaitable<Result<std::int64_t>> {
        ++runs;
        std::int64_t count = 0;
        for (const char* sql : {"select * from t", "select * from u"}) {
          const auto rows = co_await transaction->query(sql);
          if (!rows) co_return rows.error();
          count += static_cast<std::int64_t>(rows->size());
        }
        co_return count;
      });
    });
  };
  const auto before = read_both();
  ASSERT_TRUE(before) << before.error().text();
  database_.sql("alter table t add column b text; alter table u add column b text, add column c text");
  const auto after = read_both();
  ASSERT_TRUE(after) << after.error().text();
  EXPECT_EQ(*before, 2);
  EXPECT_EQ(*after, 2);
  EXPECT_EQ(runs, 3);
}

TEST_F(TransactionTest, TransactDoesNotRunAgainBeyondItsDeadline) {
  database_.sql("insert into t values (1)");
  int runs = 0;
  TransactionOptions options;
  options.isolation = Isolation::repeatable_read;
  options.attempts = 1000;
  options.first_pause = 300ms;
  options.last_pause = 300ms;
  const auto started = Clock::now();
  const auto result = loop_.run([&] {
    return transact(
        pool_,
        [&](Transaction& transaction) -> asio::awaitable<Result<std::int64_t>> {
          (void)co_await transaction->query("select * from t");
          ++runs;
          database_.sql("update t set a = a + 10");
          co_return co_await transaction->execute("update t set a = a + 1");
        },
        options, Deadline::after(1s));
  });
  EXPECT_TRUE(result.error().is_retryable() || result.error().is_deadline_exceeded()) << result.error().text();
  EXPECT_LT(Clock::now() - started, 1500ms);
  EXPECT_GE(runs, 2);
  EXPECT_LE(runs, 7);
  EXPECT_GE(pool_.metrics().retries.value(), 1U);
}

TEST_F(TransactionTest, TransactNeverRunsAgainWhatIsInDoubt) {
  TcpGate gate(database_.cluster().tcp_port());
  const auto url = config::DatabaseUrl::parse("postgresql://support_agent@127.0.0.1:" + std::to_string(gate.port()) +
                                              "/" + database_.name());
  Pool pool(loop_.context(), pool_options(url));
  int runs = 0;
  const auto result = loop_.run([&] {
    return transact(pool, [&](Transaction& transaction) -> asio::awaitable<Result<std::int64_t>> {
      ++runs;
      auto inserted = co_await transaction->execute("insert into t values (1)");
      gate.cut_at_next_request();  // COMMIT
      co_return inserted;
    });
  });
  EXPECT_TRUE(result.error().is_in_doubt());
  EXPECT_EQ(runs, 1);
  EXPECT_EQ(pool.metrics().retries.value(), 0U);
}

TEST_F(TransactionTest, ADeadlineDuringCommitLeavesTheOutcomeInDoubt) {
  database_.sql(
      "create function slow() returns trigger language plpgsql as "
      "$$ begin perform pg_sleep(30); return null; end $$;"
      "create constraint trigger at_commit after insert on t deferrable initially deferred "
      "for each row execute function slow()");
  Transaction transaction = begin();
  ASSERT_TRUE(execute(transaction, "insert into t values (1)"));
  const auto committed = commit(transaction, Deadline::after(100ms));
  ASSERT_FALSE(committed);
  EXPECT_TRUE(committed.error().is_in_doubt());
  EXPECT_FALSE(committed.error().is_retryable());
  wait_until_idle();
  EXPECT_EQ(rows(), "");  // it was cancelled; the caller could not know
}

TEST_F(TransactionTest, AConnectionThatBreaksDuringCommitLeavesTheOutcomeInDoubt) {
  TcpGate gate(database_.cluster().tcp_port());
  const auto url = config::DatabaseUrl::parse("postgresql://support_agent@127.0.0.1:" + std::to_string(gate.port()) +
                                              "/" + database_.name());
  Pool pool(loop_.context(), pool_options(url));
  auto transaction = std::move(loop_.run([&] { return pool.begin(); }).value());
  ASSERT_TRUE(execute(transaction, "insert into t values (1)"));
  gate.cut_at_next_request();
  const auto committed = commit(transaction);
  ASSERT_FALSE(committed);
  EXPECT_TRUE(committed.error().is_in_doubt());
  EXPECT_THAT(committed.error().text(), HasSubstr("not known"));
  EXPECT_EQ(pool.stats().size, 0U);
}

TEST_F(TransactionTest, AConnectionThatBrokeBeforeCommitIsLostNotInDoubt) {
  Transaction transaction = begin();
  ASSERT_TRUE(execute(transaction, "insert into t values (1)"));
  const auto killed = execute(transaction, "select pg_terminate_backend(pg_backend_pid())");
  EXPECT_TRUE(killed.error().is_connection_lost());
  const auto committed = commit(transaction);
  ASSERT_FALSE(committed);
  EXPECT_TRUE(committed.error().is_connection_lost());
  EXPECT_FALSE(committed.error().is_in_doubt());
}

TEST_F(TransactionTest, AnInterruptedTransactionGivesItsConnectionBackAtOnce) {
  Transaction transaction = begin();
  ASSERT_TRUE(execute(transaction, "insert into t values (1)"));
  const auto late = loop_.run([&] { return transaction->query("select pg_sleep(30)", {}, Deadline::after(50ms)); });
  EXPECT_TRUE(late.error().is_deadline_exceeded());
  const auto started = Clock::now();
  EXPECT_TRUE(loop_.run([&] { return transaction.rollback(); }));
  EXPECT_LT(Clock::now() - started, 1s);  // it does not wait for the statement
  wait_until_idle();
  EXPECT_EQ(pool_.stats().idle, 1U);
  EXPECT_EQ(rows(), "");
}

}  // namespace
}  // namespace support::database::tests

// The pool behind a real PgBouncer in transaction mode, where sessions are shared between connections.

#include "bouncer.hpp"

#include "app/database/multiplexer.hpp"

#include "fixture.hpp"

namespace support::database::tests {
namespace {

class BouncerTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!Bouncer::is_installed()) GTEST_SKIP() << "PgBouncer is not installed (Debian package pgbouncer).";
    bouncer_.emplace(database_.cluster().tcp_port(), 2);
  }
  // What DATABASE_URL…?pgbouncer=true gives.
  PoolOptions options(std::size_t statement_cache_size) {
    PoolOptions options = pool_options(config::DatabaseUrl::parse(bouncer_->url(database_.name())), 6, 0);
    options.connect.statement_cache_size = statement_cache_size;
    return options;
  }
  // Six connections at once on two sessions, with different statements of the same shape.
  int wrong_answers(Pool& pool) {
    int wrong = 0;
    for (int i = 0; i < 6; ++i) {
      loop_.start([&, i]() -> asio::awaitable<void> {
        const std::string sql = "select $1 + " + std::to_string(i * 1000);
        for (int n = 0; n < 30; ++n) {
          const auto rows = co_await pool.query(sql, make_params(n));
          if (!rows || rows->single<std::int32_t>().value() != n + i * 1000) ++wrong;
        }
      });
    }
    loop_.finish();
    return wrong;
  }

  TestDatabase database_;
  std::optional<Bouncer> bouncer_;
  Loop loop_;
};

TEST_F(BouncerTest, WithoutAStatementCacheEverythingWorks) {
  Pool pool(loop_.context(), options(0));
  EXPECT_EQ(wrong_answers(pool), 0);
}

TEST_F(BouncerTest, SharedConnectionsShareTheSessionsToo) {
  MultiplexerOptions through;
  through.connect = options(0).connect;
  through.connections = 4;
  Multiplexer shared(loop_.context(), through);
  database_.sql("create table t(a int)");
  // So large that batches end anywhere in the pooler's buffer of 4 KiB.
  const std::string padding = " /*" + std::string(700, '.') + "*/";
  int answered = 0;
  for (int i = 0; i < 40; ++i) {
    loop_.start([&, i]() -> asio::awaitable<void> {
      for (int n = 0; n < 25; ++n) {
        const std::int32_t key = i * 100 + n;
        if (key % 10 == 0) {
          const auto rows = co_await shared.execute_once("insert into t values ($1)", make_params(key));
          EXPECT_TRUE(rows) << rows.error().text();
        } else if (key % 10 == 1) {
          const auto rows = co_await shared.read("select 1 / ($1 - $1)", make_params(key));
          EXPECT_EQ(rows.error().diagnostics().sqlstate, "22012");
        } else {
          const auto rows = co_await shared.read("select $1 + " + std::to_string(i) + padding, make_params(key));
          EXPECT_TRUE(rows) << rows.error().text();
          EXPECT_EQ(rows.value().single<std::int32_t>().value(), key + i);
        }
        ++answered;
      }
    });
  }
  loop_.finish();
  EXPECT_EQ(answered, 1000);
  EXPECT_EQ(database_.sql("select count(distinct a) from t")[0][0], "120");
  EXPECT_EQ(database_.sql("select count(*) from t")[0][0], "120");
  // A cancellation goes through the pooler.
  const auto late = loop_.run([&] { return shared.read("select pg_sleep(30)", {}, Deadline::after(100ms)); });
  EXPECT_TRUE(late.error().is_deadline_exceeded());
  EXPECT_EQ(loop_.run([&] { return shared.read("select 7"); }).value().single<std::int32_t>().value(), 7);
}

TEST_F(BouncerTest, TransactionsKeepTheirSession) {
  Pool pool(loop_.context(), options(0));
  database_.sql("create table t(a int)");
  for (int i = 0; i < 6; ++i) {
    loop_.start([&]() -> asio::awaitable<void> {
      const auto done = co_await transact(pool, [](Transaction& transaction) -> asio::awaitable<Result<std::int64_t>> {
        const auto first = (co_await transaction->query("select pg_backend_pid()")).value();
        (void)co_await transaction->execute("insert into t values (1)");
        const auto second = (co_await transaction->query("select pg_backend_pid()")).value();
        EXPECT_EQ(first.single<std::int32_t>().value(), second.single<std::int32_t>().value());
        co_return 1;
      });
      EXPECT_TRUE(done) << done.error().text();
    });
  }
  loop_.finish();
  EXPECT_EQ(database_.sql("select count(*) from t")[0][0], "6");
}

TEST_F(BouncerTest, AnInterruptedStatementIsCancelledThroughThePooler) {
  Pool pool(loop_.context(), options(0));
  ASSERT_TRUE(loop_.run([&] { return pool.query("select 1"); }));
  const auto late = loop_.run([&] { return pool.query("select pg_sleep(30)", {}, Deadline::after(100ms)); });
  EXPECT_TRUE(late.error().is_deadline_exceeded());
  loop_.run_until([&] { return pool.stats().recovering == 0; });
  EXPECT_EQ(pool.stats().idle, 1U);
  EXPECT_EQ(
      database_.sql("select count(*) from pg_stat_activity where state = 'active' and query like '%pg_sleep(30)%' "
                    "and pid <> pg_backend_pid()")[0][0],
      "0");
}

TEST_F(BouncerTest, WithAStatementCacheByMistakeNoStatementIsTakenForAnother) {
  Pool pool(loop_.context(), options(10));
  int wrong = 0;
  for (int i = 0; i < 6; ++i) {
    loop_.start([&, i]() -> asio::awaitable<void> {
      const std::string sql = "select $1 + " + std::to_string(i * 1000);
      for (int n = 0; n < 30; ++n) {
        const auto rows = co_await pool.query(sql, make_params(n));
        if (rows && rows->single<std::int32_t>().value() != n + i * 1000) ++wrong;
        EXPECT_EQ(rows ? "26000" : rows.error().diagnostics().sqlstate, "26000") << rows.error().text();
      }
    });
  }
  loop_.finish();
  EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace support::database::tests

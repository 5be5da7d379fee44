// Many coroutines on few connections: everyone gets their own answer, whatever happens to the others.

#include "app/database/multiplexer.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include "fixture.hpp"
#include "tcp_gate.hpp"

namespace support::database::tests {
namespace {

using testing::HasSubstr;

class MultiplexerTest : public testing::Test {
 protected:
  MultiplexerOptions options(std::size_t connections = 2) {
    MultiplexerOptions options;
    options.connect = connect_options(database_.url());
    options.connections = connections;
    return options;
  }
  Result<Rows> read(Multiplexer& shared, std::string_view sql, Params params = {}, Deadline deadline = {}) {
    return loop_.run([&] { return shared.read(sql, std::move(params), deadline); });
  }
  Result<Rows> write(Multiplexer& shared, std::string_view sql, Params params = {}, Deadline deadline = {}) {
    return loop_.run([&] { return shared.execute_once(sql, std::move(params), deadline); });
  }
  template <class T>
  T value(Multiplexer& shared, std::string_view sql, Params params = {}) {
    return read(shared, sql, std::move(params)).value().single<T>().value();
  }
  // Starts a read whose outcome is looked at later.
  std::shared_ptr<std::optional<Result<Rows>>> start_read(Multiplexer& shared, std::string sql,
                                                          Deadline deadline = {}) {
    const auto outcome = std::make_shared<std::optional<Result<Rows>>>();
    loop_.start([&shared, sql, deadline, outcome]() -> asio::awaitable<void> {
      *outcome = co_await shared.read(sql, {}, deadline);
    });
    return outcome;
  }
  std::string sleepers() {
    return database_.sql(
        "select count(*) from pg_stat_activity where state = 'active' and query like '%pg_sleep(3%' "
        "and pid <> pg_backend_pid()")[0][0];
  }

  TestDatabase database_;
  Loop loop_;
};

TEST_F(MultiplexerTest, ReadsOfOneTurnGoOutTogether) {
  Multiplexer shared(loop_.context(), options(1));
  value<std::int32_t>(shared, "select 1");
  const auto before = shared.stats();
  for (int i = 0; i < 40; ++i) {
    loop_.start([&, i]() -> asio::awaitable<void> {
      const auto rows = co_await shared.read("select $1 + 1", make_params(std::int32_t{i}));
      EXPECT_EQ(rows.value().single<std::int32_t>().value(), i + 1);
    });
  }
  loop_.finish();
  EXPECT_EQ(shared.stats().batches - before.batches, 1U);
  EXPECT_EQ(shared.stats().statements - before.statements, 40U);
  EXPECT_EQ(shared.stats().connections, 1U);
}

TEST_F(MultiplexerTest, EveryoneGetsTheirOwnAnswerAmongFailingNeighbours) {
  Multiplexer shared(loop_.context(), options(3));
  int answered = 0;
  for (int i = 0; i < 60; ++i) {
    loop_.start([&, i]() -> asio::awaitable<void> {
      for (int n = 0; n < 20; ++n) {
        const std::int32_t key = i * 1000 + n;
        switch ((i + n) % 6) {
          case 0: {  // fails while it runs
            const auto rows = co_await shared.read("select 1 / ($1 - $1)", make_params(key));
            EXPECT_EQ(rows.error().diagnostics().sqlstate, "22012");
            break;
          }
          case 1: {  // fails while it is prepared
            const auto rows = co_await shared.read("select $1 from nowhere", make_params(key));
            EXPECT_EQ(rows.error().diagnostics().sqlstate, "42P01");
            break;
          }
          case 2: {  // several rows
            const auto rows = co_await shared.read("select $1 + n from generate_series(1, 3) n", make_params(key));
            EXPECT_THAT(rows.value().into<std::int32_t>().value(), testing::ElementsAre(key + 1, key + 2, key + 3));
            break;
          }
          default: {
            const auto rows = co_await shared.read("select $1 * 2", make_params(key));
            EXPECT_TRUE(rows) << rows.error().text();
            EXPECT_EQ(rows.value().single<std::int32_t>().value(), key * 2);
          }
        }
        ++answered;
      }
    });
  }
  loop_.finish();
  EXPECT_EQ(answered, 60 * 20);
  EXPECT_GT(shared.stats().run_again, 0U);
  EXPECT_EQ(shared.stats().in_flight, 0U);
}

TEST_F(MultiplexerTest, AReadThatWritesIsRefused) {
  database_.sql("create table t(a int)");
  Multiplexer shared(loop_.context(), options());
  EXPECT_EQ(read(shared, "insert into t values (1)").error().diagnostics().sqlstate, "25006");
  EXPECT_EQ(database_.sql("select count(*) from t")[0][0], "0");
}

TEST_F(MultiplexerTest, WritesHappenOnceEachAndFailAlone) {
  database_.sql("create table t(a int primary key)");
  Multiplexer shared(loop_.context(), options());
  int refused = 0;
  for (int i = 0; i < 100; ++i) {
    loop_.start([&, i]() -> asio::awaitable<void> {
      // Every value twice.
      const auto rows = co_await shared.execute_once("insert into t values ($1)", make_params(std::int32_t{i / 2}));
      if (rows) {
        EXPECT_EQ(rows->affected(), 1);
      } else {
        EXPECT_TRUE(rows.error().is_unique_violation());
        ++refused;
      }
    });
  }
  loop_.finish();
  EXPECT_EQ(refused, 50);
  EXPECT_EQ(database_.sql("select count(*) from t")[0][0], "50");
}

TEST_F(MultiplexerTest, AWriteThatFailsAtItsCommitIsAFailure) {
  database_.sql("create table a(i int primary key); create table b(i int references a deferrable initially deferred)");
  Multiplexer shared(loop_.context(), options());
  const auto orphan = write(shared, "insert into b values (1)");
  ASSERT_FALSE(orphan);
  EXPECT_TRUE(orphan.error().is_foreign_key_violation());
  EXPECT_TRUE(write(shared, "insert into a values (1)"));
  EXPECT_TRUE(write(shared, "insert into b values (1)"));
}

TEST_F(MultiplexerTest, AWriteThatCantBePreparedSaysWhy) {
  Multiplexer shared(loop_.context(), options());
  EXPECT_EQ(write(shared, "insert into nowhere values (1)").error().diagnostics().sqlstate, "42P01");
  EXPECT_EQ(write(shared, "select 7").value().single<std::int32_t>().value(), 7);
}

TEST_F(MultiplexerTest, StatementsAreCountedByOutcomeAndSlowOnes) {
  MultiplexerOptions counted = options(1);
  const auto metrics = std::make_shared<DatabaseMetrics>();
  counted.connect.metrics = metrics;
  counted.connect.slow_statement = 150ms;
  Multiplexer shared(loop_.context(), counted);
  EXPECT_TRUE(read(shared, "select 1"));
  EXPECT_TRUE(read(shared, "select pg_sleep(0.2)"));
  EXPECT_TRUE(write(shared, "create table made ()"));
  EXPECT_EQ(read(shared, "select 1 / 0").error().diagnostics().sqlstate, "22012");
  EXPECT_TRUE(read(shared, "select pg_sleep(3)", {}, Deadline::after(50ms)).error().is_deadline_exceeded());
  EXPECT_EQ(read(shared, "select 1", {}, Deadline::after(-1s)).error().is_deadline_exceeded(), true);  // never sent
  const auto count = [&](Outcome outcome) {
    return metrics->statements[static_cast<std::size_t>(outcome)].snapshot().count();
  };
  EXPECT_EQ(count(Outcome::ok), 3U);
  EXPECT_EQ(count(Outcome::failed), 1U);
  EXPECT_EQ(count(Outcome::late), 1U);
  EXPECT_EQ(metrics->slow_statements.value(), 1U);
  EXPECT_EQ(metrics->shared.statements.value(), 5U);
  EXPECT_EQ(metrics->shared.timeouts.value(), 1U);
  EXPECT_EQ(metrics->shared.connections.value(), 2U) << "one for reads, one for writes";
}

TEST_F(MultiplexerTest, ADeadlineBeyondTheSessionsLimitIsCutToIt) {
  MultiplexerOptions limited = options(1);
  limited.connect.statement_timeout = 1s + 200ms;
  Multiplexer shared(loop_.context(), limited);
  EXPECT_EQ(value<std::string>(shared, "select current_setting('statement_timeout')"), "1200ms");
  const auto late = read(shared, "select pg_sleep(3)", {}, Deadline::after(10s));
  EXPECT_TRUE(late.error().is_deadline_exceeded()) << late.error().text();
}

TEST_F(MultiplexerTest, BadInputIsRefusedBeforeAnythingIsSent) {
  Multiplexer shared(loop_.context(), options());
  EXPECT_TRUE(read(shared, std::string_view("select 1\0", 9)).error().is(Condition::bad_parameter));
  Params many;
  for (int i = 0; i < 70'000; ++i) many.add(std::int32_t{1});
  EXPECT_THAT(read(shared, "select 1", many).error().text(), HasSubstr("70000"));
  EXPECT_TRUE(read(shared, "select 1", {}, Deadline::after(-1ms)).error().is_deadline_exceeded());
  EXPECT_EQ(value<std::int32_t>(shared, "select 1"), 1);
}

TEST_F(MultiplexerTest, CopyEndsOnlyItsCaller) {
  database_.sql("create table t(a int)");
  Multiplexer shared(loop_.context(), options(1));
  const auto copy = start_read(shared, "copy t to stdout");
  const auto other = start_read(shared, "select 5");
  loop_.finish();
  EXPECT_THAT((*copy)->error().text(), HasSubstr("COPY"));
  EXPECT_EQ((*other)->value().single<std::int32_t>().value(), 5);
}

TEST_F(MultiplexerTest, LargeStatementsAndResultsDoNotBlockEachOther) {
  Multiplexer shared(loop_.context(), options(2));
  for (int i = 0; i < 12; ++i) {
    loop_.start([&, i]() -> asio::awaitable<void> {
      const std::string large(static_cast<std::size_t>(300'000 * i), static_cast<char>('a' + i));
      const auto rows = co_await shared.read("select $1 || $1", make_params(large));
      EXPECT_TRUE(rows) << rows.error().text();
      EXPECT_EQ(rows.value().single<std::string_view>().value(), large + large);
    });
  }
  loop_.finish();
}

TEST_F(MultiplexerTest, AnEndedSessionIsReplacedAndReadsDoNotNotice) {
  Multiplexer shared(loop_.context(), options(2));
  int served = 0;
  bool stopping = false;
  for (int i = 0; i < 16; ++i) {
    loop_.start([&, i]() -> asio::awaitable<void> {
      while (!stopping) {
        const auto rows = co_await shared.read("select $1 + 0 * length(pg_sleep(0.001)::text)", make_params(i));
        EXPECT_TRUE(rows) << rows.error().text();
        EXPECT_EQ(rows.value().single<std::int32_t>().value(), i);
        ++served;
      }
    });
  }
  for (int kill = 0; kill < 5; ++kill) {
    const int before = served;
    loop_.run_until([&] { return served > before + 100; });
    database_.sql(
        "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> "
        "pg_backend_pid()" +
        std::string(kill % 2 == 0 ? " limit 1" : ""));
    loop_.run_until([&, lost = shared.stats().lost_connections] { return shared.stats().lost_connections > lost; });
  }
  stopping = true;
  loop_.finish();
}

TEST_F(MultiplexerTest, AReadThatEndsItsSessionTwiceIsToldSo) {
  Multiplexer shared(loop_.context(), options(2));
  const auto suicide = read(shared, "select pg_terminate_backend(pg_backend_pid())");
  ASSERT_FALSE(suicide);
  EXPECT_TRUE(suicide.error().is_connection_lost());
  EXPECT_EQ(shared.stats().lost_connections, 2U);
  EXPECT_EQ(value<std::int32_t>(shared, "select 1"), 1);
}

TEST_F(MultiplexerTest, AWriteWhoseAnswerIsLostIsInDoubtAndNotRepeated) {
  database_.sql("create table t(a int)");
  TcpGate gate(database_.cluster().tcp_port());
  MultiplexerOptions through = options(1);
  through.connect = connect_options(config::DatabaseUrl::parse(
      "postgresql://support_agent@127.0.0.1:" + std::to_string(gate.port()) + "/" + database_.name()));
  Multiplexer shared(loop_.context(), through);
  ASSERT_TRUE(write(shared, "insert into t values (0)"));
  loop_.start([&]() -> asio::awaitable<void> {
    const auto lost = co_await shared.execute_once("insert into t select 1 from pg_sleep(0.2)");
    EXPECT_TRUE(lost.error().is_in_doubt()) << lost.error().text();
    EXPECT_THAT(lost.error().text(), HasSubstr("look for its effects"));
  });
  loop_.run([] { return sleep_for(50ms); });
  gate.cut();
  loop_.finish();
  ASSERT_TRUE(write(shared, "insert into t values (2)"));
  loop_.run([] { return sleep_for(300ms); });
  EXPECT_LE(database_.sql("select count(*) from t where a = 1")[0][0], "1");
}

TEST_F(MultiplexerTest, ADeadlineEndsTheWaitCancelsOnTheServerAndSparesTheOthers) {
  Multiplexer shared(loop_.context(), options(1));
  value<std::int32_t>(shared, "select 1");
  const auto started = Clock::now();
  const auto late = start_read(shared, "select pg_sleep(30)", Deadline::after(100ms));
  std::vector<std::shared_ptr<std::optional<Result<Rows>>>> behind;
  for (int i = 0; i < 5; ++i) behind.push_back(start_read(shared, "select " + std::to_string(i)));
  loop_.run_until([&] { return late->has_value(); });
  EXPECT_TRUE((*late)->error().is_deadline_exceeded());
  EXPECT_GE(Clock::now() - started, 99ms);
  loop_.finish();
  EXPECT_LT(Clock::now() - started, 5s);
  for (int i = 0; i < 5; ++i)
    EXPECT_EQ((*behind[static_cast<std::size_t>(i)])->value().single<std::int32_t>().value(), i);
  EXPECT_EQ(sleepers(), "0");
  EXPECT_EQ(shared.stats().cancelled_on_server, 1U);
  EXPECT_EQ(shared.stats().lost_connections, 0U);
}

TEST_F(MultiplexerTest, WhatWaitsBehindASlowStatementMovesToAnotherConnection) {
  Multiplexer shared(loop_.context(), options(2));
  value<std::int32_t>(shared, "select 1");
  const auto started = Clock::now();
  const auto slow = start_read(shared, "select pg_sleep(3)");
  const auto behind = start_read(shared, "select 2");
  loop_.run_until([&] { return behind->has_value(); });
  EXPECT_LT(Clock::now() - started, 2s);
  EXPECT_FALSE(slow->has_value());
  EXPECT_EQ((*behind)->value().single<std::int32_t>().value(), 2);
  EXPECT_EQ(value<std::int32_t>(shared, "select 3"), 3);
  EXPECT_FALSE(slow->has_value());
  loop_.finish();
  EXPECT_TRUE((*slow)->has_value());
  EXPECT_EQ(shared.stats().moved, 1U);
}

TEST_F(MultiplexerTest, ACancelledCoroutineLeavesAndItsStatementIsCancelledOnTheServer) {
  Multiplexer shared(loop_.context(), options(1));
  value<std::int32_t>(shared, "select 1");
  asio::cancellation_signal signal;
  std::optional<Result<Rows>> result;
  asio::co_spawn(loop_.context(), shared.read("select pg_sleep(30)"),
                 asio::bind_cancellation_slot(signal.slot(), [&](std::exception_ptr exception, Result<Rows> rows) {
                   EXPECT_FALSE(exception);
                   result.emplace(std::move(rows));
                 }));
  loop_.run([] { return sleep_for(30ms); });
  signal.emit(asio::cancellation_type::terminal);
  loop_.run_until([&] { return result.has_value(); });
  EXPECT_EQ(result->error().code(), asio::error::operation_aborted);
  EXPECT_EQ(value<std::int32_t>(shared, "select 1"), 1);
  EXPECT_EQ(sleepers(), "0");
}

TEST_F(MultiplexerTest, ManyShortDeadlinesMixUpNoAnswers) {
  Multiplexer shared(loop_.context(), options(2));
  std::minstd_rand random(7);
  int answered = 0;
  for (int i = 0; i < 100; ++i) {
    loop_.start([&, i]() -> asio::awaitable<void> {
      for (int n = 0; n < 10; ++n) {
        const std::int32_t key = i * 100 + n;
        const Deadline deadline =
            random() % 3 == 0 ? Deadline::after(std::chrono::milliseconds(random() % 20)) : Deadline();
        const auto rows = co_await shared.read("select $1 + 0 * length(pg_sleep($2)::text)",
                                               make_params(key, random() % 10 == 0 ? 0.02 : 0.0), deadline);
        if (rows) {
          EXPECT_EQ(rows->single<std::int32_t>().value(), key);
        } else {
          EXPECT_TRUE(deadline.is_set() && rows.error().is_deadline_exceeded()) << rows.error().text();
        }
        ++answered;
      }
    });
  }
  loop_.finish();
  EXPECT_EQ(answered, 1000);
  EXPECT_EQ(value<std::int32_t>(shared, "select 1"), 1);
}

TEST_F(MultiplexerTest, AChangedTableIsNotNoticedByReadsUnderWay) {
  database_.sql("create table t(a int); insert into t values (1)");
  Multiplexer shared(loop_.context(), options(2));
  int served = 0;
  bool stopping = false;
  for (int i = 0; i < 16; ++i) {
    loop_.start([&]() -> asio::awaitable<void> {
      while (!stopping) {
        const auto rows = co_await shared.read("select * from t");
        EXPECT_TRUE(rows) << rows.error().text();
        ++served;
      }
    });
  }
  for (int change = 0; change < 8; ++change) {
    const int before = served;
    loop_.run_until([&] { return served > before + 50; });
    database_.sql(change % 2 == 0 ? "alter table t alter a type bigint" : "alter table t alter a type int");
  }
  const int before = served;
  loop_.run_until([&] { return served > before + 50; });
  stopping = true;
  loop_.finish();
  EXPECT_GT(shared.stats().run_again, 0U);
}

TEST_F(MultiplexerTest, AWriteWithAStalePlanRunsOnce) {
  database_.sql("create table t(a int)");
  Multiplexer shared(loop_.context(), options());
  ASSERT_TRUE(write(shared, "insert into t values (1) returning *"));
  database_.sql("alter table t alter a type bigint");
  const auto rows = write(shared, "insert into t values (2) returning *");
  ASSERT_TRUE(rows) << rows.error().text();
  EXPECT_EQ(database_.sql("select count(*) from t")[0][0], "2");
}

TEST_F(MultiplexerTest, EvictedStatementsAreDeallocated) {
  MultiplexerOptions small = options(1);
  small.connect.statement_cache_size = 3;
  Multiplexer shared(loop_.context(), small);
  for (int i = 0; i < 50; ++i) EXPECT_EQ(value<std::int32_t>(shared, "select " + std::to_string(i)), i);
  loop_.run([] { return sleep_for(20ms); });
  EXPECT_LE(value<std::int64_t>(shared, "select count(*) from pg_prepared_statements"), 4);
}

TEST_F(MultiplexerTest, StatementsThatTheSessionForgotArePreparedAgain) {
  MultiplexerOptions small = options(1);
  small.connect.statement_cache_size = 3;
  Multiplexer shared(loop_.context(), small);
  for (int i = 0; i < 3; ++i) value<std::int32_t>(shared, "select " + std::to_string(i));
  ASSERT_TRUE(read(shared, "deallocate all"));
  for (int i = 0; i < 9; ++i) EXPECT_EQ(value<std::int32_t>(shared, "select " + std::to_string(i)), i);
  loop_.run([] { return sleep_for(20ms); });
  EXPECT_LE(value<std::int64_t>(shared, "select count(*) from pg_prepared_statements"), 4);
}

TEST_F(MultiplexerTest, TooManyWaitingStatementsAreRefusedAtOnceWithTheFigures) {
  MultiplexerOptions tight = options(1);
  tight.max_batch = 4;
  tight.max_batches = 1;
  tight.max_waiting = 10;
  Multiplexer shared(loop_.context(), tight);
  value<std::int32_t>(shared, "select 1");
  int refused = 0;
  for (int i = 0; i < 30; ++i) {
    loop_.start([&]() -> asio::awaitable<void> {
      const auto rows = co_await shared.read("select 1");
      if (rows) co_return;
      EXPECT_TRUE(rows.error().is(Condition::pool_full));
      EXPECT_THAT(rows.error().text(), HasSubstr("10 statements wait"));
      ++refused;
    });
  }
  loop_.finish();
  EXPECT_EQ(refused, 20);
  EXPECT_EQ(shared.stats().refused, 20U);
}

TEST_F(MultiplexerTest, WithoutAServerReadsFailFastAndAttemptsAreFew) {
  MultiplexerOptions away = options(2);
  away.connect = connect_options(config::DatabaseUrl::parse(
      "postgresql://support_agent@127.0.0.1:" + std::to_string(closed_port()) + "/postgres"));
  Multiplexer shared(loop_.context(), away);
  const auto started = Clock::now();
  for (int i = 0; i < 50; ++i) {
    loop_.start([&]() -> asio::awaitable<void> {
      const auto rows = co_await shared.read("select 1");
      EXPECT_TRUE(rows.error().is(Condition::connect_failed)) << rows.error().text();
    });
  }
  loop_.finish();
  EXPECT_TRUE(read(shared, "select 1").error().is(Condition::connect_failed));
  EXPECT_LT(Clock::now() - started, 2s);
}

TEST_F(MultiplexerTest, WhatWaitsWhenItIsDestroyedEnds) {
  std::optional<Multiplexer> shared(std::in_place, loop_.context(), options(1));
  value<std::int32_t>(*shared, "select 1");
  const auto reading = start_read(*shared, "select pg_sleep(30)");
  loop_.start([&]() -> asio::awaitable<void> {
    const auto rows = co_await shared->execute_once("select pg_sleep(30)");
    EXPECT_TRUE(rows.error().is_in_doubt()) << rows.error().text();
  });
  loop_.run([] { return sleep_for(100ms); });
  shared.reset();
  loop_.finish();
  EXPECT_TRUE((*reading)->error().is(Condition::pool_closed));
}

TEST_F(MultiplexerTest, AFrozenConnectionIsGivenUpAndReadsGoOn) {
  TcpGate gate(database_.cluster().tcp_port());
  MultiplexerOptions through = options(1);
  through.connect = connect_options(config::DatabaseUrl::parse(
      "postgresql://support_agent@127.0.0.1:" + std::to_string(gate.port()) + "/" + database_.name()));
  Multiplexer shared(loop_.context(), through);
  value<std::int32_t>(shared, "select 1");
  gate.freeze();
  EXPECT_TRUE(read(shared, "select 1", {}, Deadline::after(50ms)).error().is_deadline_exceeded());
  loop_.run_until([&] { return shared.stats().lost_connections == 1; });
  gate.thaw();
  EXPECT_EQ(value<std::int32_t>(shared, "select 2"), 2);
}

}  // namespace
}  // namespace support::database::tests

// Shared connections that break, statements that take too long, and callers who leave.
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include "multiplexer_fixture.hpp"
#include "tcp_gate.hpp"

namespace support::database::tests {
namespace {

using testing::HasSubstr;

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

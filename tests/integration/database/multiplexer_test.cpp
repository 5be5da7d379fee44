// Many coroutines on few connections: everyone gets their own answer, whatever happens to the others.
#include "multiplexer_fixture.hpp"

namespace support::database::tests {
namespace {

using testing::HasSubstr;

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

}  // namespace
}  // namespace support::database::tests

// Prepared statements on shared connections: evicted, forgotten, overtaken by a change of their table.
#include "multiplexer_fixture.hpp"

namespace support::database::tests {
namespace {

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

}  // namespace
}  // namespace support::database::tests

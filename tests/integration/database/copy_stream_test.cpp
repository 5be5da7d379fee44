// COPY both ways as streams.
#include "stream_fixture.hpp"

namespace support::database::tests {
namespace {

using testing::HasSubstr;

TEST_F(StreamTest, CopyInTakesPiecesCutAnywhere) {
  ASSERT_TRUE(run("create table t(a int, b text)"));
  loop_.run([&]() -> asio::awaitable<void> {
    auto copy = must(co_await connection_->start_copy_in("copy t from stdin"));
    for (const char* piece : {"1\to", "ne\n2", "\t", "\\N\n", ""}) EXPECT_TRUE(co_await copy.write(piece));
    EXPECT_EQ(must(co_await copy.finish()), 2);
    EXPECT_TRUE(copy.is_over());
    EXPECT_TRUE((co_await copy.write("3\tx\n")).error().is(Condition::connection_unusable));
    EXPECT_TRUE((co_await copy.finish()).error().is(Condition::connection_unusable));
  });
  EXPECT_EQ(value<std::string>("select string_agg(coalesce(b, '?'), ',' order by a) from t"), "one,?");
}

TEST_F(StreamTest, CopyInOfMuchDataTakesTheMemoryOfOnePiece) {
  ASSERT_TRUE(run("create unlogged table t(a text)"));
  const std::string line = std::string(999, 'x') + '\n';
  std::string piece;
  for (int i = 0; i < 100; ++i) piece += line;
  const double before = resident_mib();
  double most = 0;
  loop_.run([&]() -> asio::awaitable<void> {
    auto copy = must(co_await connection_->start_copy_in("copy t from stdin"));
    for (int i = 0; i < 1000; ++i) {
      EXPECT_TRUE(co_await copy.write(piece));
      most = std::max(most, resident_mib());
    }
    EXPECT_EQ(must(co_await copy.finish()), 100'000);
  });
  EXPECT_LT(most - before, 4) << before << " MiB before, " << most << " MiB at most";
}

TEST_F(StreamTest, RowsOfValuesGoInInBinary) {
  ASSERT_TRUE(run("create table t(a int, b text, c numeric, d timestamptz, e text[])"));
  const auto now = std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
  loop_.run([&]() -> asio::awaitable<void> {
    auto copy = must(co_await connection_->start_copy_in("copy t from stdin (format binary)"));
    CopyRows rows;
    for (std::int32_t n = 1; n <= 20'000; ++n) {
      rows.add(n, "tab\tand\nline", Decimal{"-0.25"}, std::optional<Timestamp>(now),
               std::vector<std::string>{"x", "y"});
      if (!rows.is_large()) continue;
      EXPECT_TRUE(co_await copy.write(rows));
    }
    EXPECT_EQ(must(co_await copy.finish(rows)), 20'000);
    CopyRows bad;
    bad.add(Decimal{"much"});
    auto refused = must(co_await connection_->start_copy_in("copy t(c) from stdin (format binary)"));
    EXPECT_TRUE((co_await refused.write(bad)).error().is(Condition::bad_parameter));
    EXPECT_TRUE(co_await refused.abort("a value can't be sent"));
    CopyRows other;
    other.add(std::int64_t{1});
    auto wrong = must(co_await connection_->start_copy_in("copy t(a) from stdin (format binary)"));
    const auto error = (co_await wrong.finish(other)).error();
    EXPECT_EQ(error.diagnostics().sqlstate, "22P03");
    EXPECT_EQ(error.diagnostics().context, "COPY t, line 1, column a");
  });
  EXPECT_EQ(value<std::int64_t>("select sum(a) from t"), 200'010'000);
  EXPECT_EQ(value<std::int64_t>("select count(*) from t where b = E'tab\\tand\\nline' and c = -0.25 and d = $1 and e = "
                                "array['x', 'y']",
                                make_params(Timestamp(now))),
            20'000);
}

TEST_F(StreamTest, AbortedCopyInHasNoEffect) {
  ASSERT_TRUE(run("create table t(a int)"));
  loop_.run([&]() -> asio::awaitable<void> {
    auto copy = must(co_await connection_->start_copy_in("copy t from stdin"));
    EXPECT_TRUE(co_await copy.write("1\n2\n"));
    EXPECT_TRUE(co_await copy.abort("the upload broke off"));
    EXPECT_TRUE(co_await copy.abort("twice"));
  });
  expect_usable();
  EXPECT_EQ(value<std::int64_t>("select count(*) from t"), 0);
}

TEST_F(StreamTest, ACopyThatIsGivenUpIsRecovered) {
  make_table_doze();
  const std::string much(4 * 1024 * 1024, '1');  // more than a socket takes
  for (const auto& data : {std::string("1\n"), "1\n2\n" + much}) {
    const auto failed =
        loop_.run([&] { return connection_->copy_in("copy t from stdin", data, Deadline::after(200ms)); });
    EXPECT_TRUE(failed.error().is_deadline_exceeded()) << failed.error().text();
    EXPECT_EQ(connection_->health(), Connection::Health::interrupted);
    const auto recovered = loop_.run([&] { return connection_->recover(Deadline::after(2s)); });
    EXPECT_TRUE(recovered) << recovered.error().text();
    expect_usable();
  }
}

TEST_F(StreamTest, AFailedCopyInATransactionFailsTheTransactionAlone) {
  ASSERT_TRUE(run("create table t(a int)"));
  ASSERT_TRUE(run("begin; insert into t values (1)"));
  loop_.run([&]() -> asio::awaitable<void> {
    auto copy = must(co_await connection_->start_copy_in("copy t from stdin"));
    EXPECT_TRUE(co_await copy.write("2\nthree\n"));
    const auto failed = co_await copy.finish();
    EXPECT_EQ(failed.error().diagnostics().context, "COPY t, line 2, column a: \"three\"");
  });
  EXPECT_EQ(connection_->health(), Connection::Health::in_transaction);
  ASSERT_TRUE(run("rollback"));
  expect_usable();
}

TEST_F(StreamTest, CopyOutGivesRowByRow) {
  loop_.run([&]() -> asio::awaitable<void> {
    auto copy = must(co_await connection_->start_copy_out("copy (values (1, 'a'), (2, null), (3, 'c')) to stdout"));
    std::string text;
    int pieces = 0;
    for (;;) {
      const auto piece = must(co_await copy.next());
      if (!piece) break;
      text += *piece;
      ++pieces;
    }
    EXPECT_EQ(text, "1\ta\n2\t\\N\n3\tc\n");
    EXPECT_EQ(pieces, 3);
    EXPECT_EQ(copy.rows(), 3);
    EXPECT_FALSE(must(co_await copy.next()));
  });
  expect_usable();
}

TEST_F(StreamTest, CopyOutOfMuchDataTakesTheMemoryOfOneRow) {
  const double before = resident_mib();
  double most = 0;
  std::size_t bytes = 0;
  loop_.run([&]() -> asio::awaitable<void> {
    auto copy = must(co_await connection_->start_copy_out(
        "copy (select repeat('x', 1000) from generate_series(1, 100000)) to stdout"));
    for (;;) {
      const auto piece = must(co_await copy.next());
      if (!piece) break;
      bytes += piece->size();
      if (bytes % 1'001'000 == 0) most = std::max(most, resident_mib());
    }
  });
  EXPECT_EQ(bytes, 100'100'000U);
  EXPECT_LT(most - before, 4) << before << " MiB before, " << most << " MiB at most";
}

TEST_F(StreamTest, CopyOutEndsEarlyOrWithTheServersError) {
  loop_.run([&]() -> asio::awaitable<void> {
    auto endless = must(co_await connection_->start_copy_out("copy (select generate_series(1, 1000000000)) to stdout"));
    EXPECT_EQ(must(co_await endless.next()), "1\n");
    EXPECT_TRUE(co_await endless.cancel());
    EXPECT_EQ(connection_->health(), Connection::Health::idle);
    auto broken =
        must(co_await connection_->start_copy_out("copy (select 1 / (3 - n) from generate_series(1, 5) n) to stdout"));
    EXPECT_TRUE(must(co_await broken.next()));
    EXPECT_TRUE(must(co_await broken.next()));
    EXPECT_EQ((co_await broken.next()).error().diagnostics().sqlstate, "22012");
  });
  expect_usable();
}

TEST_F(StreamTest, AStatementThatIsNoCopyIsTheCallersMistake) {
  const std::pair<const char*, bool> cases[] = {{"select 1", true},
                                                {"select 1", false},
                                                {"", true},
                                                {"copy (select generate_series(1, 1000000000)) to stdout", true},
                                                {"copy pg_class from stdin", false}};
  ASSERT_TRUE(run("create table t(a int)"));
  for (const auto& [sql, in] : cases) {
    const Error error = loop_.run([&, sql = sql, in = in]() -> asio::awaitable<Error> {
      if (in) co_return (co_await connection_->start_copy_in(sql)).error();
      co_return (co_await connection_->start_copy_out(sql)).error();
    });
    EXPECT_TRUE(error.code()) << sql;
    expect_usable();
  }
  const Error wrong_way = loop_.run([&]() -> asio::awaitable<Error> {
    co_return (co_await connection_->start_copy_out("copy t from stdin")).error();
  });
  EXPECT_TRUE(wrong_way.is(Condition::bad_parameter));
  EXPECT_THAT(wrong_way.text(), HasSubstr("no COPY … TO STDOUT"));
}

}  // namespace
}  // namespace support::database::tests

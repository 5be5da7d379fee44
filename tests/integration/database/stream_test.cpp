// Large results row by row, and COPY both ways as streams.
#include <fstream>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include "app/database/row_stream.hpp"

#include "fixture.hpp"
#include "tcp_gate.hpp"

namespace support::database::tests {

struct Item {
  std::int32_t id = 0;
  std::optional<std::string> name;
};

}  // namespace support::database::tests

namespace support::database {

template <>
struct RowMapping<tests::Item> {
  static constexpr auto columns = std::tuple{column("id", &tests::Item::id), column("name", &tests::Item::name)};
};

namespace tests {
namespace {

using testing::HasSubstr;

// What the process holds in memory now, in MiB; 0 under a sanitizer, which keeps what was freed.
double resident_mib() {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  return 0;
#endif
  std::ifstream statm("/proc/self/statm");
  std::size_t total = 0;
  std::size_t resident = 0;
  statm >> total >> resident;
  return static_cast<double>(resident) * 4096 / (1 << 20);
}

class StreamTest : public ConnectionTest {
 protected:
  template <class T>
  static T must(Result<T> result) {
    EXPECT_TRUE(result) << result.error().text();
    return std::move(result).value();
  }
  void expect_usable() {
    EXPECT_EQ(connection_->health(), Connection::Health::idle);
    EXPECT_EQ(value<std::int32_t>("select 7"), 7);
  }
  // Every write to t waits for a minute.
  void make_table_doze() {
    ASSERT_TRUE(
        run("create table t(a int); create function doze() returns trigger language plpgsql as $$ begin perform "
            "pg_sleep(60); return new; end $$; create trigger dozing before insert on t for each row execute "
            "function doze()"));
  }
};

TEST_F(StreamTest, RowsComeOneByOneInOrder) {
  loop_.run([&]() -> asio::awaitable<void> {
    auto stream = must(co_await connection_->stream("select n, n * 2 as twice from generate_series(1, $1) n",
                                                    make_params(std::int32_t{1000})));
    std::int32_t expected = 0;
    for (;;) {
      const auto row = must(co_await stream.next());
      if (!row) break;
      ++expected;
      EXPECT_EQ(row->get<std::int32_t>(0), expected);
      EXPECT_EQ(row->get<std::int32_t>("twice"), expected * 2);
    }
    EXPECT_EQ(expected, 1000);
    EXPECT_EQ(stream.count(), 1000);
    EXPECT_TRUE(stream.is_over());
    EXPECT_FALSE(must(co_await stream.next()));
  });
  expect_usable();
}

TEST_F(StreamTest, RecordsAreReadByTheirMapping) {
  loop_.run([&]() -> asio::awaitable<void> {
    RecordStream<Item> items(must(co_await connection_->stream(
        "select case when n <> 2 then 'item ' || n end as name, n as id from generate_series(1, 3) n")));
    std::vector<Item> read;
    for (;;) {
      auto item = must(co_await items.next());
      if (!item) break;
      read.push_back(std::move(*item));
    }
    EXPECT_EQ(read.size(), 3U);
    EXPECT_EQ(read.at(0).name, "item 1");
    EXPECT_EQ(read.at(1).id, 2);
    EXPECT_EQ(read.at(1).name, std::nullopt);
    RecordStream<std::int32_t> many(must(co_await connection_->stream("select generate_series(1, 50000)")));
    std::vector<std::int32_t> numbers_read;
    int batches = 0;
    while (must(co_await many.read_some(numbers_read))) ++batches;
    EXPECT_EQ(numbers_read.size(), 50'000U);
    EXPECT_EQ(numbers_read.back(), 50'000);
    EXPECT_GT(batches, 10);
    RecordStream<std::int64_t> numbers(must(co_await connection_->stream("select 5::bigint")));
    EXPECT_EQ(must(co_await numbers.next()), 5);
    EXPECT_EQ(must(co_await numbers.next()), std::nullopt);
    RecordStream<Item> nameless(must(co_await connection_->stream("select 1 as id")));
    EXPECT_TRUE((co_await nameless.next()).error().is(Condition::unexpected_rows));
    EXPECT_TRUE(co_await nameless.cancel());
  });
  expect_usable();
}

TEST_F(StreamTest, NoRowsAndNoResultAreAnEmptyStream) {
  for (const char* sql : {"select 1 where false", "create temporary table nothing(a int)", ""}) {
    loop_.run([&]() -> asio::awaitable<void> {
      auto stream = must(co_await connection_->stream(sql));
      EXPECT_FALSE(must(co_await stream.next())) << sql;
    });
    expect_usable();
  }
}

TEST_F(StreamTest, AMillionRowsTakeTheMemoryOfAFew) {
  double least = 1e9;
  double most = 0;
  loop_.run([&]() -> asio::awaitable<void> {
    auto stream = must(co_await connection_->stream("select generate_series(1, 1000000), repeat('x', 100)"));
    for (;;) {
      const auto row = must(co_await stream.next());
      if (!row) break;
      if (stream.count() % 100'000 != 1) continue;
      least = std::min(least, resident_mib());
      most = std::max(most, resident_mib());
    }
    EXPECT_EQ(stream.count(), 1'000'000);
  });
  EXPECT_LT(most - least, 4) << least << " MiB at first, " << most << " MiB at most";
  expect_usable();
}

TEST_F(StreamTest, AnErrorAmongTheRowsEndsIt) {
  loop_.run([&]() -> asio::awaitable<void> {
    auto stream = must(co_await connection_->stream("select 10 / (5 - n) from generate_series(1, 9) n"));
    for (int i = 0; i < 4; ++i) EXPECT_TRUE(must(co_await stream.next()));
    const auto failed = co_await stream.next();
    EXPECT_EQ(failed.error().diagnostics().sqlstate, "22012");
    EXPECT_TRUE(stream.is_over());
    const auto refused = co_await connection_->stream("select nothing from nowhere");
    EXPECT_EQ(refused.error().diagnostics().sqlstate, "42P01");
  });
  expect_usable();
}

TEST_F(StreamTest, EndedEarlyItIsCancelledOnTheServer) {
  const auto started = Clock::now();
  loop_.run([&]() -> asio::awaitable<void> {
    auto stream = must(co_await connection_->stream("select generate_series(1, 1000000000)"));
    EXPECT_TRUE(must(co_await stream.next()));
    EXPECT_EQ(connection_->health(), Connection::Health::interrupted);
    EXPECT_TRUE((co_await connection_->query("select 1")).error().is(Condition::connection_unusable));
    EXPECT_TRUE(co_await stream.cancel());
    EXPECT_TRUE(co_await stream.cancel());
  });
  EXPECT_LT(Clock::now() - started, 5s);
  expect_usable();
}

TEST_F(StreamTest, DroppedItIsTidiedUpByThePool) {
  Pool pool(loop_.context(), pool_options(database_.url(), 1));
  const auto pid_after = [&](auto&& use) {
    return loop_.run([&]() -> asio::awaitable<std::int32_t> {
      {
        auto lease = must(co_await pool.acquire());
        co_await use(*lease);
      }
      auto rows = must(co_await pool.query("select pg_backend_pid()"));
      co_return rows.template single<std::int32_t>().value();
    });
  };
  const auto first = pid_after([](Connection&) -> asio::awaitable<void> { co_return; });
  loop_.run([&] { return pool.execute("create table t(a int)"); });
  EXPECT_EQ(first, pid_after([&](Connection& connection) -> asio::awaitable<void> {
              auto stream = must(co_await connection.stream("select generate_series(1, 1000000000)"));
              EXPECT_TRUE(must(co_await stream.next()));
            }));
  EXPECT_EQ(first, pid_after([&](Connection& connection) -> asio::awaitable<void> {
              auto copy = must(co_await connection.start_copy_in("copy t from stdin"));
              EXPECT_TRUE(co_await copy.write("1\n2\n3"));
            }));
  EXPECT_EQ(first, pid_after([&](Connection& connection) -> asio::awaitable<void> {
              auto copy =
                  must(co_await connection.start_copy_out("copy (select generate_series(1, 1000000000)) to stdout"));
              EXPECT_EQ(must(co_await copy.next()), "1\n");
            }));
  EXPECT_EQ(loop_.run([&] { return pool.query("select count(*) from t"); })->single<std::int64_t>().value(), 0);
}

TEST_F(StreamTest, ATableThatChangedUnderAStreamedStatementIsReadAnew) {
  ASSERT_TRUE(run("create table changing(a int); insert into changing values (1)"));
  const auto columns = [&] {
    return loop_.run([&]() -> asio::awaitable<std::size_t> {
      auto stream = must(co_await connection_->stream("select * from changing"));
      const auto rows = must(co_await stream.take());
      EXPECT_FALSE(must(co_await stream.next()));
      co_return rows.value().column_count();
    });
  };
  EXPECT_EQ(columns(), 1U);
  database_.sql("alter table changing add column b text");
  EXPECT_EQ(columns(), 2U);
}

TEST_F(StreamTest, ADeadlineIsForTheWholeStreamAndADefaultForEachStep) {
  ConnectOptions options = connect_options(database_.url());
  options.command_timeout = 200ms;
  connect(options);
  const auto sql = "select n from generate_series(1, 8) n, lateral (select pg_sleep(0.06 + 0 * n)) s";
  loop_.run([&]() -> asio::awaitable<void> {
    // 8 KiB of rows are buffered by the server, so that these come at once, after 0.5 s: too late for one step.
    auto late = co_await connection_->stream(sql);
    EXPECT_TRUE(late.error().is_deadline_exceeded());
    EXPECT_TRUE(co_await connection_->recover(Deadline::after(2s)));
    auto stream = must(co_await connection_->stream(sql, {}, Deadline::after(5s)));
    while (must(co_await stream.next())) {
    }
    EXPECT_EQ(stream.count(), 8);
    auto slow =
        must(co_await connection_->stream("select n, repeat('x', 9000) from generate_series(1, 9) n, lateral "
                                          "(select pg_sleep(0.06 + 0 * n)) s"));
    while (must(co_await slow.next())) {
    }
    EXPECT_EQ(slow.count(), 9);
  });
  expect_usable();
}

TEST_F(StreamTest, TheConnectionsEndDuringAStreamIsALostConnection) {
  loop_.run([&]() -> asio::awaitable<void> {
    auto stream = must(co_await connection_->stream("select generate_series(1, 100000000), repeat('x', 1000)"));
    EXPECT_TRUE(must(co_await stream.next()));
    database_.sql("select pg_terminate_backend(" + std::to_string(connection_->backend_pid()) + ")");
    for (;;) {
      const auto row = co_await stream.next();
      if (row) continue;
      EXPECT_TRUE(row.error().is_connection_lost()) << row.error().text();
      break;
    }
  });
  EXPECT_EQ(connection_->health(), Connection::Health::broken);
}

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

TEST_F(StreamTest, EveryStepCanBeCancelled) {
  make_table_doze();
  for (const char* what : {"stream", "in", "out"}) {
    asio::cancellation_signal signal;
    std::optional<Error> error;
    const auto body = [&, kind = std::string(what)]() -> asio::awaitable<void> {
      if (kind == "stream") {
        error = (co_await connection_->stream("select pg_sleep(60)")).error();
      } else if (kind == "in") {
        auto copy = must(co_await connection_->start_copy_in("copy t from stdin"));
        EXPECT_TRUE(co_await copy.write("1\n"));
        error = (co_await copy.finish()).error();
      } else {
        // The server's answer waits in its buffer for the first row, so that already this is cancelled.
        error = (co_await connection_->start_copy_out("copy (select pg_sleep(60)) to stdout")).error();
      }
    };
    asio::co_spawn(loop_.context(), body(), asio::bind_cancellation_slot(signal.slot(), [](std::exception_ptr) {}));
    loop_.run([] { return sleep_for(100ms); });
    signal.emit(asio::cancellation_type::terminal);
    loop_.run_until([&] { return error.has_value(); });
    EXPECT_EQ(error->code(), asio::error::operation_aborted) << what;
    EXPECT_TRUE(loop_.run([&] { return connection_->recover(Deadline::after(2s)); }));
    expect_usable();
  }
}

}  // namespace
}  // namespace tests
}  // namespace support::database

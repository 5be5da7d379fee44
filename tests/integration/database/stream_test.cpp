// Large results row by row.
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include "app/database/row_stream.hpp"

#include "stream_fixture.hpp"

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

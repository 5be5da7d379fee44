// Statements on one connection: errors, the statement cache, large values, deadlines, cancellation.

#include <filesystem>
#include <fstream>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include "app/config/logging.hpp"

#include "fixture.hpp"

namespace support::database::tests {
namespace {

using testing::HasSubstr;
using testing::Not;

class QueryTest : public ConnectionTest {
 protected:
  void connect_with_cache(std::size_t size) {
    ConnectOptions options = connect_options(database_.url());
    options.statement_cache_size = size;
    connect(options);
  }
  std::int64_t prepared_on_server() {
    // Counted by a statement that is not prepared itself: the simple protocol has no result to read, so through a
    // table.
    EXPECT_TRUE(
        run("drop table if exists counted; create temp table counted as "
            "select count(*) as n from pg_prepared_statements"));
    const auto rows = query("select n from counted");
    return rows.value().single<std::int64_t>().value();
  }
};

TEST_F(QueryTest, ErrorsCarryEverythingTheServerSaid) {
  ASSERT_TRUE(run("create table people(id int primary key, email text constraint one_email unique)"));
  ASSERT_TRUE(query("insert into people values (1, 'a@example.com')"));
  const auto twice = query("insert into people values (2, $1)", make_params("a@example.com"));
  ASSERT_FALSE(twice);
  const Error& error = twice.error();
  EXPECT_TRUE(error.is_unique_violation());
  EXPECT_EQ(error.diagnostics().sqlstate, "23505");
  EXPECT_EQ(error.diagnostics().severity, "ERROR");
  EXPECT_EQ(error.diagnostics().constraint, "one_email");
  EXPECT_EQ(error.diagnostics().table, "people");
  EXPECT_EQ(error.diagnostics().schema, "public");
  EXPECT_EQ(error.diagnostics().detail, "Key (email)=(a@example.com) already exists.");
  EXPECT_THAT(error.text(), Not(HasSubstr("a@example.com")));
  EXPECT_EQ(connection_->health(), Connection::Health::idle);
}

TEST_F(QueryTest, ErrorsInTheTextTellHintAndPosition) {
  ASSERT_TRUE(run("create table people(email text)"));
  const auto typo = query("select emial from people");
  ASSERT_FALSE(typo);
  EXPECT_EQ(typo.error().diagnostics().sqlstate, "42703");
  EXPECT_EQ(typo.error().diagnostics().position, 8);
  EXPECT_THAT(typo.error().diagnostics().hint, HasSubstr("email"));
}

TEST_F(QueryTest, ExecuteCountsTheRows) {
  ASSERT_TRUE(run("create table numbers as select n from generate_series(1, 10) n"));
  const auto changed = loop_.run([&] {
    return connection_->execute("update numbers set n = n + 100 where n <= $1", make_params(std::int32_t{4}));
  });
  EXPECT_EQ(changed.value(), 4);
}

TEST_F(QueryTest, RunTakesSeveralStatementsAsOneTransaction) {
  EXPECT_FALSE(run("create table a(); create table b(); select 1/0"));
  EXPECT_EQ(value<std::int64_t>("select count(*) from pg_class where relname in ('a', 'b')"), 0);
  EXPECT_TRUE(run(""));
}

TEST_F(QueryTest, AStatementIsPreparedOnceAndByItsParameterTypes) {
  const auto sum = "select $1 + 1";
  EXPECT_EQ(value<std::int32_t>(sum, make_params(std::int32_t{1})), 2);
  EXPECT_EQ(value<std::int32_t>(sum, make_params(std::int32_t{2})), 3);
  EXPECT_EQ(value<std::int64_t>(sum, make_params(std::int64_t{3})), 4);
  EXPECT_EQ(connection_->statements().size(), 2U);
  EXPECT_EQ(prepared_on_server(), 2);
}

TEST_F(QueryTest, EvictedStatementsAreDeallocatedOnTheServer) {
  connect_with_cache(3);
  for (int i = 0; i < 20; ++i) value<std::int32_t>("select " + std::to_string(i));
  EXPECT_EQ(connection_->statements().size(), 3U);
  EXPECT_LE(prepared_on_server(), 3);
}

TEST_F(QueryTest, StatementsThatTheSessionLostArePreparedAgain) {
  connect_with_cache(2);
  value<std::int32_t>("select 1");
  value<std::int32_t>("select 2");
  ASSERT_TRUE(run("deallocate all"));
  EXPECT_EQ(value<std::int32_t>("select 1"), 1);
  EXPECT_EQ(value<std::int32_t>("select 3"), 3);
  EXPECT_EQ(value<std::int32_t>("select 2"), 2);
  EXPECT_LE(prepared_on_server(), 2);
}

TEST_F(QueryTest, WithoutACacheNothingIsPrepared) {
  connect_with_cache(0);
  EXPECT_EQ(value<std::int32_t>("select $1 + 1", make_params(std::int32_t{1})), 2);
  EXPECT_EQ(value<std::string>("select $1", make_params("x")), "x");
  EXPECT_EQ(prepared_on_server(), 0);
}

TEST_F(QueryTest, AChangedTableIsNoticedAndTheStatementRunsAgain) {
  ASSERT_TRUE(run("create table t(a int); insert into t values (1)"));
  EXPECT_EQ(query("select * from t").value().column_count(), 1U);
  database_.sql("alter table t add b text");
  const auto rows = query("select * from t");
  ASSERT_TRUE(rows) << rows.error().text();
  EXPECT_EQ(rows->column_count(), 2U);
}

TEST_F(QueryTest, AChangedTableInsideATransactionFailsOnceAndThenWorks) {
  ASSERT_TRUE(run("create table t(a int)"));
  ASSERT_TRUE(query("select * from t"));
  database_.sql("alter table t add b text");
  ASSERT_TRUE(run("begin"));
  const auto stale = query("select * from t");
  ASSERT_FALSE(stale);
  EXPECT_EQ(stale.error().diagnostics().sqlstate, "0A000");
  EXPECT_EQ(connection_->health(), Connection::Health::in_transaction);
  ASSERT_TRUE(run("rollback; begin"));
  EXPECT_TRUE(query("select * from t"));
}

TEST_F(QueryTest, LargeResultsAndLargeParametersDoNotBlockEachOther) {
  const std::string large(10'000'000, 'x');
  const auto back = query("select $1 || $1", make_params(large));
  ASSERT_TRUE(back) << back.error().text();
  EXPECT_EQ(back->single<std::string_view>().value().size(), 20'000'000U);
  EXPECT_EQ(
      value<std::int64_t>("select count(*) from unnest($1) n", make_params(std::vector<std::int64_t>(500'000, 7))),
      500'000);
  EXPECT_EQ(query("select n, repeat('y', 100) from generate_series(1, 100000) n").value().size(), 100'000U);
}

TEST_F(QueryTest, TheServerMayTalkWhileWeStillSend) {
  // Notices fill the way back while a long statement is on the way there.
  ASSERT_TRUE(run("set client_min_messages = notice"));
  std::string script;
  const std::string filler(1'000, '-');
  for (int i = 0; i < 3'000; ++i)
    script += "do $$ begin raise notice '%', repeat('n', 3000); end $$; --" + filler + "\n";
  EXPECT_TRUE(run(script));
}

TEST_F(QueryTest, TooManyParametersAreRefusedBeforeAnythingIsSent) {
  Params params;
  for (int i = 0; i < 70'000; ++i) params.add(std::int32_t{1});
  const auto refused = query("select 1", std::move(params));
  ASSERT_FALSE(refused);
  EXPECT_TRUE(refused.error().is(Condition::bad_parameter));
  EXPECT_THAT(refused.error().text(), HasSubstr("70000"));
  EXPECT_EQ(value<std::int32_t>("select 1"), 1);
}

TEST_F(QueryTest, StatementsWithAZeroByteAreRefused) {
  const std::string sql("select 1\0; drop table x", 23);
  EXPECT_TRUE(query(sql).error().is(Condition::bad_parameter));
  EXPECT_TRUE(run(sql).error().is(Condition::bad_parameter));
  connect_with_cache(0);
  EXPECT_TRUE(query(sql).error().is(Condition::bad_parameter));
}

TEST_F(QueryTest, CopyIsRefusedAndItsConnectionNotUsedAgain) {
  ASSERT_TRUE(run("create table t(a int)"));
  for (const char* sql : {"copy t to stdout", "copy t from stdin"}) {
    const auto copy = query(sql);
    ASSERT_FALSE(copy);
    EXPECT_THAT(copy.error().text(), HasSubstr("COPY"));
    EXPECT_EQ(connection_->health(), Connection::Health::broken);
    connect(connect_options(database_.url()));
  }
}

TEST_F(QueryTest, ADeadlineEndsTheWaitAndLeavesTheConnectionForRecovery) {
  const auto started = Clock::now();
  const auto late = query("select pg_sleep(30)", {}, Deadline::after(100ms));
  const auto took = Clock::now() - started;
  ASSERT_FALSE(late);
  EXPECT_TRUE(late.error().is_deadline_exceeded());
  EXPECT_GE(took, 99ms);
  EXPECT_LT(took, 2s);
  EXPECT_EQ(connection_->health(), Connection::Health::interrupted);
  const auto refused = query("select 1");
  ASSERT_FALSE(refused);
  EXPECT_TRUE(refused.error().is(Condition::connection_unusable));

  const int pid = connection_->backend_pid();
  const auto recovered = loop_.run([&] { return connection_->recover(Deadline::after(5s)); });
  ASSERT_TRUE(recovered) << recovered.error().text();
  EXPECT_LT(Clock::now() - started, 5s);  // cancelled, not waited for
  EXPECT_EQ(value<std::int32_t>("select pg_backend_pid()"), pid);
}

TEST_F(QueryTest, ADeadlineThatHasPassedSendsNothing) {
  const auto late = query("create table never()", {}, Deadline::after(-1ms));
  ASSERT_FALSE(late);
  EXPECT_TRUE(late.error().is_deadline_exceeded());
  EXPECT_EQ(connection_->health(), Connection::Health::idle);
  EXPECT_EQ(value<std::int64_t>("select count(*) from pg_class where relname = 'never'"), 0);
}

TEST_F(QueryTest, TheCapOnAConnectionCutsEveryStatement) {
  connection_->set_deadline(Deadline::after(100ms));
  EXPECT_TRUE(query("select pg_sleep(30)", {}, Deadline::after(1min)).error().is_deadline_exceeded());
}

TEST_F(QueryTest, TheConfiguredCommandTimeoutIsTheDefault) {
  ConnectOptions options = connect_options(database_.url());
  options.command_timeout = 100ms;
  connect(options);
  EXPECT_TRUE(query("select pg_sleep(30)").error().is_deadline_exceeded());
}

TEST_F(QueryTest, ShortDeadlinesAfterLongOnesAreKeptToo) {
  // The watchdog's timer is armed for the first of these and has to be moved for the second.
  ASSERT_TRUE(query("select 1", {}, Deadline::after(10min)));
  const auto started = Clock::now();
  EXPECT_TRUE(query("select pg_sleep(30)", {}, Deadline::after(50ms)).error().is_deadline_exceeded());
  EXPECT_LT(Clock::now() - started, 2s);
}

TEST_F(QueryTest, EchoLogsStatementsWithTheirDurationAndWithoutTheirParameters) {
  const auto file = std::filesystem::temp_directory_path() / ("echo-" + database_.name() + ".log");
  const auto settings = config::Settings::load(
      {.environment = {{"ENVIRONMENT", "test"}, {"DATABASE_URL", database_.url_text()}, {"LOG_FILE", file.string()}}});
  ConnectOptions options = connect_options(database_.url());
  options.echo = true;
  connect(options);
  config::set_up_logging(settings, config::TextStyle::service);
  EXPECT_TRUE(query("select $1 as quiet", make_params("a private matter")));
  EXPECT_FALSE(query("select 1 / $1", make_params(std::int32_t{0})));
  config::shut_down_logging();
  std::ifstream lines(file);
  const std::string log(std::istreambuf_iterator<char>(lines), {});
  std::filesystem::remove(file);
  EXPECT_THAT(log, HasSubstr("select $1 as quiet"));
  EXPECT_THAT(log, HasSubstr("duration_ms"));
  EXPECT_THAT(log, HasSubstr("22012"));
  EXPECT_THAT(log, Not(HasSubstr("private matter")));
}

TEST_F(QueryTest, ManyShortDeadlinesDoNotCutLaterStatements) {
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(query("select 1", {}, Deadline::after(300ms)));
  ASSERT_TRUE(query("select pg_sleep(0.6)", {}, Deadline::after(30s)));
}

TEST_F(QueryTest, CancellationInterruptsAndRecoveryWorks) {
  asio::cancellation_signal signal;
  std::optional<Result<Rows>> result;
  asio::co_spawn(loop_.context(), connection_->query("select pg_sleep(30)"),
                 asio::bind_cancellation_slot(signal.slot(), [&](std::exception_ptr exception, Result<Rows> rows) {
                   EXPECT_FALSE(exception);
                   result.emplace(std::move(rows));
                 }));
  loop_.run([] { return sleep_for(100ms); });
  ASSERT_FALSE(result);
  signal.emit(asio::cancellation_type::terminal);
  loop_.run_until([&] { return result.has_value(); });
  ASSERT_FALSE(*result);
  EXPECT_EQ(result->error().code(), asio::error::operation_aborted);
  ASSERT_TRUE(loop_.run([&] { return connection_->recover(Deadline::after(5s)); }));
  EXPECT_EQ(value<std::int32_t>("select 1"), 1);
}

TEST_F(QueryTest, AnInterruptedPrepareLeavesNothingBehind) {
  // A lock makes the parse analysis wait, so the deadline hits while the statement is being prepared.
  ASSERT_TRUE(run("create table t(a int)"));
  ConnectOptions options = connect_options(database_.url());
  auto other = loop_.run([&] { return Connection::connect(loop_.context(), options); }).value();
  ASSERT_TRUE(loop_.run([&] { return other->run("begin; lock table t in access exclusive mode"); }));
  EXPECT_TRUE(query("select * from t", {}, Deadline::after(100ms)).error().is_deadline_exceeded());
  ASSERT_TRUE(loop_.run([&] { return connection_->recover(Deadline::after(5s)); }));
  ASSERT_TRUE(loop_.run([&] { return other->run("rollback"); }));
  EXPECT_EQ(query("select * from t").value().size(), 0U);
  EXPECT_EQ(prepared_on_server(), 1);
}

TEST_F(QueryTest, ARecoveryRollsAnOpenTransactionBack) {
  ASSERT_TRUE(run("create table t(a int)"));
  ASSERT_TRUE(run("begin; insert into t values (1)"));
  EXPECT_TRUE(query("select pg_sleep(30)", {}, Deadline::after(50ms)).error().is_deadline_exceeded());
  ASSERT_TRUE(loop_.run([&] { return connection_->recover(Deadline::after(5s)); }));
  EXPECT_EQ(connection_->health(), Connection::Health::idle);
  EXPECT_EQ(value<std::int64_t>("select count(*) from t"), 0);
}

TEST_F(QueryTest, ATerminatedSessionIsToldWithTheServersLastWords) {
  const std::string pid = std::to_string(connection_->backend_pid());
  loop_.start([&]() -> asio::awaitable<void> {
    const auto lost = co_await connection_->query("select pg_sleep(30)");
    EXPECT_FALSE(lost);
    EXPECT_EQ(lost.error().diagnostics().sqlstate, "57P01");
    EXPECT_TRUE(lost.error().is_connection_lost());
    EXPECT_TRUE(lost.error().is_unavailable());
  });
  loop_.run([] { return sleep_for(50ms); });
  database_.sql("select pg_terminate_backend(" + pid + ")");
  loop_.finish();
  EXPECT_EQ(connection_->health(), Connection::Health::broken);
  EXPECT_TRUE(query("select 1").error().is_connection_lost());
}

TEST_F(QueryTest, AnIdleSessionThatWasTerminatedIsSeenWithoutARoundTrip) {
  EXPECT_TRUE(connection_->is_alive());
  database_.sql("select pg_terminate_backend(" + std::to_string(connection_->backend_pid()) + ")");
  const auto give_up = Clock::now() + 5s;
  while (connection_->is_alive() && Clock::now() < give_up) loop_.run([] { return sleep_for(1ms); });
  EXPECT_FALSE(connection_->is_alive());
  EXPECT_EQ(connection_->health(), Connection::Health::broken);
}

TEST_F(QueryTest, NewsOnAnIdleConnectionDoesNotMakeItDead) {
  ASSERT_TRUE(run("listen news"));
  database_.sql("notify news, 'something'");
  loop_.run([] { return sleep_for(50ms); });
  EXPECT_TRUE(connection_->is_alive());
  EXPECT_EQ(value<std::int32_t>("select 1"), 1);
}

}  // namespace
}  // namespace support::database::tests

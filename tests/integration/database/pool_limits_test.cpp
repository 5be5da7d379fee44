// What the pool does beyond lending: warm connections, a queue with an end, names of holders, expiry, resets, and many
// waiters that change their minds.

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <random>
#include <thread>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include "app/config/logging.hpp"
#include "app/database/database_metrics.hpp"

#include "fixture.hpp"

namespace support::database::tests {
namespace {

using testing::HasSubstr;
using testing::Not;

class PoolLimitsTest : public testing::Test {
 protected:
  PoolOptions options(int size, int overflow = 0) { return pool_options(database_.url(), size, overflow); }
  void make(PoolOptions options) { pool_.emplace(loop_.context(), std::move(options)); }
  Lease acquire(Deadline deadline = {}) {
    return std::move(loop_.run([&] { return pool_->acquire(deadline); }).value());
  }
  Error failed_acquire(Deadline deadline = {}) {
    return loop_.run([&] { return pool_->acquire(deadline); }).error();
  }
  std::string value(Lease& lease, const std::string& sql) {
    return std::string(loop_.run([&] { return lease->query_text(sql); }).value().at(0, 0).value_or("NULL"));
  }
  std::uint64_t closed(CloseReason reason) const { return pool_->stats().closed[static_cast<std::size_t>(reason)]; }
  void wait_for_idle(std::size_t count) {
    loop_.run_until([&] { return pool_->stats().idle == count && pool_->stats().size == count; });
  }

  TestDatabase database_;
  Loop loop_;
  std::optional<Pool> pool_;
};

TEST_F(PoolLimitsTest, TheFirstConnectionsAreWarmBeforeAnybodyAsksAndReplacedWhenTheyDie) {
  PoolOptions wanted = options(3);
  wanted.min_size = 2;
  make(wanted);
  wait_for_idle(2);
  Lease lease = acquire();
  EXPECT_EQ(pool_->stats().created, 2U);
  (void)loop_.run([&] { return lease->query("select pg_terminate_backend(pg_backend_pid())"); });
  lease.release();
  loop_.run_until([&] { return pool_->stats().created == 3; });
  wait_for_idle(2);
}

TEST_F(PoolLimitsTest, AFullQueueRefusesAtOnceAndSaysHowThingsStand) {
  PoolOptions wanted = options(1);
  wanted.max_waiting = 2;
  make(wanted);
  std::optional<Lease> held = acquire(Deadline::after(1min).on_behalf_of({"the-holder", "/slow/{id}"}));
  for (int i = 0; i < 2; ++i) {
    loop_.start([&]() -> asio::awaitable<void> { EXPECT_TRUE(co_await pool_->query("select 1")); });
  }
  loop_.run_until([&] { return pool_->stats().waiting == 2; });
  const auto started = Clock::now();
  const Error error = failed_acquire();
  EXPECT_LT(Clock::now() - started, 1s);
  EXPECT_TRUE(error.is(Condition::pool_full));
  EXPECT_TRUE(error.is_unavailable());
  EXPECT_THAT(error.text(), HasSubstr("DATABASE_POOL_MAX_WAITING, 2 for this thread"));
  EXPECT_THAT(error.text(), HasSubstr("1 in use"));
  EXPECT_THAT(error.text(), HasSubstr("2 requests waiting"));
  EXPECT_THAT(error.text(), HasSubstr("by request the-holder to /slow/{id}"));
  EXPECT_EQ(pool_->stats().refused, 1U);
  EXPECT_EQ(pool_->metrics().refused.value(), 1U);
  held.reset();
  loop_.finish();
}

TEST_F(PoolLimitsTest, HoldersAreNamedForAsLongAsTheyHold) {
  make(options(3));
  std::string id = "request-1";
  Lease first = acquire(Deadline::after(1min).on_behalf_of({id, "/a"}));
  id.assign(id.size(), 'x');  // the lease has a copy
  Lease second = acquire();
  const auto holders = pool_->holders();
  ASSERT_EQ(holders.size(), 2U);
  EXPECT_EQ(holders[0].request_id, "request-1");
  EXPECT_EQ(holders[0].route, "/a");
  EXPECT_EQ(holders[0].backend_pid, first->backend_pid());
  EXPECT_GE(holders[0].held, holders[1].held);
  EXPECT_EQ(holders[1].request_id, "");
  first.release();
  EXPECT_EQ(pool_->holders().size(), 1U);
}

TEST_F(PoolLimitsTest, ATimeoutNamesWhoHasHeldLongest) {
  PoolOptions wanted = options(1);
  wanted.timeout = 2s;
  make(wanted);
  Lease held = acquire(Deadline::after(1min).on_behalf_of({"slowcoach", "/reports"}));
  EXPECT_THAT(failed_acquire().text(),
              HasSubstr("by request slowcoach to /reports, server process " + std::to_string(held->backend_pid())));
}

TEST_F(PoolLimitsTest, ExpireAllReplacesEveryConnection) {
  make(options(2));
  Lease used = acquire();
  int idle_pid = 0;
  {
    Lease idle = acquire();
    idle_pid = idle->backend_pid();
  }
  const int used_pid = used->backend_pid();
  pool_->expire_all();
  EXPECT_EQ(pool_->stats().idle, 0U);
  EXPECT_TRUE(loop_.run([&] { return used->query("select 1"); })) << "who has one may go on";
  used.release();
  EXPECT_EQ(pool_->stats().size, 0U);
  EXPECT_EQ(closed(CloseReason::expired), 2U);
  Lease a = acquire();
  Lease b = acquire();
  for (Lease* lease : {&a, &b}) {
    EXPECT_NE((*lease)->backend_pid(), idle_pid);
    EXPECT_NE((*lease)->backend_pid(), used_pid);
  }
}

TEST_F(PoolLimitsTest, AChangedSessionIsResetBeforeTheNextOneHasIt) {
  PoolOptions wanted = options(1);
  wanted.connect.command_timeout = 5s;
  wanted.connect.statement_timeout = 7s;
  make(wanted);
  int pid = 0;
  {
    Lease lease = acquire();
    pid = lease->backend_pid();
    EXPECT_EQ(value(lease, "show statement_timeout"), "7s");
    for (const char* sql : {"set search_path to nowhere", "set timezone to 'Asia/Tokyo'",
                            "create temp table leftover (a int); listen something"}) {
      ASSERT_TRUE(loop_.run([&] { return lease->run(sql); }));
    }
  }
  EXPECT_EQ(pool_->stats().recovering, 1U);
  {
    Lease lease = acquire();
    EXPECT_EQ(lease->backend_pid(), pid);
    EXPECT_EQ(value(lease, "show search_path"), R"("$user", public)");
    EXPECT_EQ(value(lease, "show timezone"), "UTC");
    EXPECT_EQ(value(lease, "show statement_timeout"), "7s");
    EXPECT_EQ(value(lease, "select to_regclass('pg_temp.leftover')"), "NULL");
    EXPECT_EQ(value(lease, "select count(*) from pg_listening_channels()"), "0");
    ASSERT_TRUE(loop_.run([&] { return lease->query("select pg_advisory_lock(1)"); }));
    lease->reset_on_return();
  }
  Lease lease = acquire();
  EXPECT_EQ(value(lease, "select count(*) from pg_locks where locktype = 'advisory'"), "0");
  EXPECT_EQ(pool_->stats().created, 1U);
}

TEST_F(PoolLimitsTest, TheServerEndsAStatementAlsoWhenTheProgramCannot) {
  PoolOptions wanted = options(1);
  wanted.connect.command_timeout = 200ms;
  wanted.connect.statement_timeout = 300ms;
  make(wanted);
  std::optional<Error> error;
  loop_.start([&]() -> asio::awaitable<void> { error = (co_await pool_->query("select pg_sleep(31)")).error(); });
  const auto is_running = [&] {
    return database_.sql(
               "select count(*) from pg_stat_activity where state = 'active' and query like '%sleep(31)%' "
               "and pid <> pg_backend_pid()")[0][0] == "1";
  };
  loop_.run_until(is_running);
  // Nothing runs the loop: as if the program hung.
  const auto give_up = Clock::now() + 10s;
  while (is_running() && Clock::now() < give_up) std::this_thread::sleep_for(10ms);
  EXPECT_FALSE(is_running());
  loop_.finish();
  EXPECT_TRUE(error->is_canceled() || error->is_deadline_exceeded()) << error->text();
}

TEST_F(PoolLimitsTest, AStatementThatIsAllowedMoreThanItsSessionIsNotEndedByTheServer) {
  PoolOptions wanted = options(1);
  wanted.connect.statement_timeout = 100ms;
  wanted.connect.command_timeout = 100ms;
  make(wanted);
  {
    Lease lease = acquire();
    EXPECT_TRUE(loop_.run([&] { return lease->query("select pg_sleep(0.2)", {}, Deadline::after(20s)); }));
  }
  Lease lease = acquire();
  EXPECT_EQ(value(lease, "show statement_timeout"), "100ms") << "but only this once";
}

// DATABASE_COMMAND_TIMEOUT is for each piece; the server would count the whole.
TEST_F(PoolLimitsTest, AnAnswerReadPieceByPieceMayOutlastItsSessionsLimit) {
  PoolOptions wanted = options(1);
  wanted.connect.statement_timeout = 100ms;
  wanted.connect.command_timeout = 5s;
  make(wanted);
  Lease lease = acquire();
  const auto streamed = loop_.run([&]() -> asio::awaitable<Result<std::int64_t>> {
    auto rows = co_await lease->stream("select i, pg_sleep(0.01) from generate_series(1, 30) i");
    if (!rows) co_return rows.error();
    for (;;) {
      const auto row = co_await rows->next();
      if (!row) co_return row.error();
      if (!*row) co_return rows->count();
    }
  });
  ASSERT_TRUE(streamed) << streamed.error().text();
  EXPECT_EQ(*streamed, 30);
  const auto copied = loop_.run([&]() -> asio::awaitable<Result<std::int64_t>> {
    auto copy =
        co_await lease->start_copy_out("copy (select i, pg_sleep(0.01) from generate_series(1, 30) i) to stdout");
    if (!copy) co_return copy.error();
    std::int64_t lines = 0;
    for (;;) {
      const auto line = co_await copy->next();
      if (!line) co_return line.error();
      if (!*line) co_return lines;
      ++lines;
    }
  });
  ASSERT_TRUE(copied) << copied.error().text();
  EXPECT_EQ(*copied, 30);
}

TEST_F(PoolLimitsTest, TheServerKnowsWhoAsksInATransactionAndHowLongItMayTake) {
  PoolOptions wanted = options(1);
  wanted.connect.statement_timeout = 30s;
  wanted.connect.limit_transactions = true;
  wanted.connect.tag_transactions = true;
  make(wanted);
  auto transaction = std::move(loop_
                                   .run([&] {
                                     const auto deadline = Deadline::after(5s).on_behalf_of({"req-'7", "/x"});
                                     return pool_->begin(TransactionOptions{.access = Access::read_only}, deadline);
                                   })
                                   .value());
  const auto seen = database_.sql("select application_name from pg_stat_activity where pid = " +
                                  std::to_string(transaction->backend_pid()));
  EXPECT_EQ(seen[0][0], "support-agent/req-_7");
  const auto timeout = loop_.run(
      [&] { return transaction->query("select setting::int from pg_settings where name = 'statement_timeout'"); });
  EXPECT_LE(timeout.value().single<std::int32_t>().value(), 6000);
  EXPECT_GT(timeout.value().single<std::int32_t>().value(), 2000);
  ASSERT_TRUE(loop_.run([&] { return transaction.commit(); }));
  EXPECT_EQ(pool_->stats().idle, 1U) << "nothing is left to reset";
  {
    auto local = std::move(loop_.run([&] { return pool_->begin(); }).value());
    EXPECT_TRUE(loop_.run([&] { return local->execute("set local work_mem = '8MB'"); }));
    EXPECT_TRUE(loop_.run([&] { return local.commit(); }));
    EXPECT_EQ(pool_->stats().idle, 1U) << "set local ends with its transaction";
  }
  Lease lease = acquire();
  EXPECT_EQ(value(lease, "show application_name"), "support-agent");
  EXPECT_EQ(value(lease, "show statement_timeout"), "30s");
}

TEST_F(PoolLimitsTest, SlowStatementsAreLoggedWithoutTheirValues) {
  const auto file = std::filesystem::temp_directory_path() / ("slow-" + database_.name() + ".log");
  config::SettingsSources sources;
  sources.environment = {{"LOG_FILE", file.string()}, {"ENVIRONMENT", "test"}, {"DATABASE_URL", database_.url_text()}};
  config::set_up_logging(config::Settings::load(sources), config::TextStyle::service);
  PoolOptions wanted = options(1);
  wanted.connect.slow_statement = 100ms;
  make(wanted);
  const auto deadline = Deadline::after(20s).on_behalf_of({"req-slow", "/slow"});
  const auto run = [&](std::string_view sql, Params params) {
    return loop_.run([&] { return pool_->query(sql, params, deadline); });
  };
  EXPECT_TRUE(run("select pg_sleep(0.12), $1, $2::int", make_params("private matter", 815)));
  EXPECT_TRUE(run("select 'quick', $1", make_params("private matter")));
  config::shut_down_logging();
  std::ifstream lines(file);
  const std::string log(std::istreambuf_iterator<char>(lines), {});
  std::filesystem::remove(file);
  EXPECT_THAT(log, HasSubstr("select pg_sleep(0.12), $1, $2::int"));
  EXPECT_THAT(log, HasSubstr("$1 text, $2 int4"));
  EXPECT_THAT(log, HasSubstr("req-slow"));
  EXPECT_THAT(log, HasSubstr("/slow"));
  EXPECT_THAT(log, Not(HasSubstr("private matter")));
  EXPECT_THAT(log, Not(HasSubstr("815")));
  EXPECT_THAT(log, Not(HasSubstr("quick")));
  EXPECT_EQ(pool_->metrics().slow_statements.value(), 1U);
}

TEST_F(PoolLimitsTest, StatementsAreCountedByHowTheyEnded) {
  make(options(1));
  (void)loop_.run([&] { return pool_->query("select 1"); });
  (void)loop_.run([&] { return pool_->query("select 1 / 0"); });
  (void)loop_.run([&] { return pool_->query("select pg_sleep(30)", {}, Deadline::after(50ms)); });
  (void)loop_.run([&] { return pool_->query("select pg_terminate_backend(pg_backend_pid())"); });
  const auto count = [&](Outcome outcome) {
    return pool_->metrics().statements[static_cast<std::size_t>(outcome)].snapshot().count();
  };
  EXPECT_EQ(count(Outcome::ok), 1U);
  EXPECT_EQ(count(Outcome::failed), 1U);
  EXPECT_EQ(count(Outcome::late), 1U);
  EXPECT_EQ(count(Outcome::lost), 1U);
  EXPECT_EQ(pool_->metrics().acquire.snapshot().count(), 4U);
  EXPECT_EQ(pool_->metrics().acquired.value(), 4U);
  EXPECT_EQ(pool_->metrics().in_use.value(), 0U);
}

// Each waits for a connection and uses it twice; a third of them are cancelled somewhere on the way.
TEST_F(PoolLimitsTest, FiveHundredWaitersOnFourConnectionsWithRandomCancellation) {
  make(options(4));
  constexpr std::size_t count = 500;
  std::minstd_rand random(7);
  std::vector<asio::cancellation_signal> signals(count);
  std::vector<std::size_t> served;  // in the order of service
  std::size_t ended = 0;
  std::size_t answered = 0;
  const auto ask = [&](std::size_t index) -> asio::awaitable<bool> {
    auto lease = co_await pool_->acquire();
    if (!lease) co_return false;
    served.push_back(index);
    const auto mine = static_cast<std::int32_t>(index);
    const auto rows = co_await (*lease)->query("select $1, pg_sleep(0.001)", make_params(mine));
    if (!rows) co_return false;
    EXPECT_EQ((*rows)[0].get<std::int32_t>(0), mine) << "another's answer";
    const auto more = co_await (*lease)->execute("select 1");
    co_return more.has_value();
  };
  for (std::size_t i = 0; i < count; ++i) {
    asio::co_spawn(loop_.context(), ask(i),
                   asio::bind_cancellation_slot(signals[i].slot(), [&](std::exception_ptr, bool was_answered) {
                     ++ended;
                     answered += was_answered ? 1U : 0U;
                   }));
  }
  std::vector<std::size_t> doomed;
  for (std::size_t i = 0; i < count; ++i) {
    if (random() % 3 == 0) doomed.push_back(i);
  }
  std::shuffle(doomed.begin(), doomed.end(), random);
  for (const std::size_t victim : doomed) {
    const auto enough = ended + random() % 4;
    loop_.run_until([&] { return ended >= std::min(enough, count); });
    signals[victim].emit(asio::cancellation_type::terminal);
  }
  loop_.run_until([&] { return ended == count; });
  EXPECT_GE(answered, count - doomed.size()) << "who was not cancelled was served";
  EXPECT_TRUE(std::is_sorted(served.begin(), served.end())) << "first come, first served";
  loop_.run_until([&] { return pool_->stats().recovering == 0 && pool_->stats().connecting == 0; });
  const PoolStats stats = pool_->stats();
  EXPECT_EQ(stats.waiting, 0U);
  EXPECT_EQ(stats.in_use, 0U);
  EXPECT_EQ(stats.size, stats.idle) << "a connection has leaked";
  EXPECT_LE(stats.size, 4U);
  EXPECT_TRUE(pool_->holders().empty());
  EXPECT_EQ(database_.sql("select count(*) from pg_stat_activity where datname = current_database() and "
                          "application_name = 'support-agent' and state <> 'idle'")[0][0],
            "0");
}

}  // namespace
}  // namespace support::database::tests

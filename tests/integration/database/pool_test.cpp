// The pool on a server that is well: limits, fairness, deadlines, recycling, closing.

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include "fixture.hpp"

namespace support::database::tests {
namespace {

using testing::HasSubstr;

class PoolTest : public testing::Test {
 protected:
  void make(PoolOptions options) { pool_.emplace(loop_.context(), std::move(options)); }
  void make(int size, int overflow) { make(pool_options(database_.url(), size, overflow)); }

  Lease acquire(Deadline deadline = {}) {
    return std::move(loop_.run([&] { return pool_->acquire(deadline); }).value());
  }
  Error failed_acquire(Deadline deadline = {}) {
    return loop_.run([&] { return pool_->acquire(deadline); }).error();
  }
  int pid(Lease& lease) const { return lease->backend_pid(); }
  std::uint64_t closed(CloseReason reason) const { return pool_->stats().closed[static_cast<std::size_t>(reason)]; }
  std::string sessions() const {
    return database_.sql(
        "select count(*) from pg_stat_activity where datname = current_database() "
        "and application_name = 'support-agent'")[0][0];
  }
  // Sessions end a moment after their sockets.
  void expect_sessions(const std::string& wanted) {
    const auto give_up = Clock::now() + 5s;
    while (sessions() != wanted && Clock::now() < give_up) loop_.run([] { return sleep_for(5ms); });
    EXPECT_EQ(sessions(), wanted);
  }

  TestDatabase database_;
  Loop loop_;
  std::optional<Pool> pool_;
};

TEST_F(PoolTest, ConnectsWhenItIsAskedAndReusesWhatCameBack) {
  make(2, 0);
  EXPECT_EQ(sessions(), "0");
  int first = 0;
  {
    Lease lease = acquire();
    first = pid(lease);
    EXPECT_EQ(pool_->stats().in_use, 1U);
  }
  Lease again = acquire();
  EXPECT_EQ(pid(again), first);
  EXPECT_EQ(pool_->stats().created, 1U);
  EXPECT_EQ(pool_->stats().acquired, 2U);
}

TEST_F(PoolTest, QueryAndExecuteBorrowForOneStatement) {
  make(1, 0);
  const auto rows = loop_.run([&] { return pool_->query("select $1 + 1", make_params(std::int32_t{1})); });
  EXPECT_EQ(rows.value().single<std::int32_t>().value(), 2);
  const auto affected = loop_.run([&] { return pool_->execute("select 1 union select 2"); });
  EXPECT_EQ(affected.value(), 2);
  EXPECT_EQ(pool_->stats().in_use, 0U);
}

TEST_F(PoolTest, OverflowServesABurstAndIsClosedAfterIt) {
  make(1, 2);
  {
    Lease a = acquire();
    Lease b = acquire();
    Lease c = acquire();
    EXPECT_EQ(sessions(), "3");
    EXPECT_TRUE(failed_acquire(Deadline::after(50ms)).is_deadline_exceeded());
  }
  EXPECT_EQ(pool_->stats().idle, 1U);
  EXPECT_EQ(closed(CloseReason::surplus), 2U);
  expect_sessions("1");
}

TEST_F(PoolTest, ATimeoutTellsHowThePoolStands) {
  PoolOptions options = pool_options(database_.url(), 1, 0);
  options.timeout = 400ms;
  make(options);
  Lease lease = acquire();
  const auto started = Clock::now();
  const Error error = failed_acquire();
  EXPECT_GE(Clock::now() - started, 399ms);
  EXPECT_TRUE(error.is(Condition::pool_timeout));
  EXPECT_TRUE(error.is_unavailable());
  EXPECT_THAT(error.text(), HasSubstr("within 0.4 s"));
  EXPECT_THAT(error.text(), HasSubstr("1 in use"));
  EXPECT_EQ(pool_->stats().timeouts, 1U);
  EXPECT_EQ(pool_->stats().waiting, 0U);
}

TEST_F(PoolTest, HundredWaitersAreServedInTheirOrder) {
  make(2, 0);
  std::vector<int> order;
  std::optional<Lease> a = acquire();
  std::optional<Lease> b = acquire();
  for (int i = 0; i < 100; ++i) {
    loop_.start([&, i]() -> asio::awaitable<void> {
      auto lease = co_await pool_->acquire();
      EXPECT_TRUE(lease) << lease.error().text();
      order.push_back(i);
      EXPECT_TRUE(co_await (*lease)->query("select 1"));
    });
  }
  loop_.run_until([&] { return pool_->stats().waiting == 100; });
  a.reset();
  b.reset();
  loop_.finish();
  ASSERT_EQ(order.size(), 100U);
  EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
  EXPECT_EQ(pool_->stats().created, 2U);
}

TEST_F(PoolTest, CancelledWaitersTakeNothing) {
  make(1, 0);
  std::optional<Lease> held = acquire();
  constexpr int count = 50;
  std::vector<asio::cancellation_signal> signals(count);
  int cancelled = 0;
  int served = 0;
  for (int i = 0; i < count; ++i) {
    asio::co_spawn(loop_.context(), pool_->acquire(),
                   asio::bind_cancellation_slot(signals[static_cast<std::size_t>(i)].slot(),
                                                [&](std::exception_ptr exception, Result<Lease> lease) {
                                                  EXPECT_FALSE(exception);
                                                  ++(lease ? served : cancelled);
                                                }));
  }
  loop_.run_until([&] { return pool_->stats().waiting == count; });
  for (std::size_t i = 0; i < count; i += 2) signals[i].emit(asio::cancellation_type::terminal);
  held.reset();
  // Now some that were just woken, or are about to be.
  for (std::size_t i = 1; i < 20; i += 4) signals[i].emit(asio::cancellation_type::terminal);
  loop_.run_until([&] { return served + cancelled == count; });
  EXPECT_GE(cancelled, 25);
  EXPECT_GE(served, 15);
  EXPECT_EQ(pool_->stats().waiting, 0U);
  EXPECT_EQ(pool_->stats().in_use, 0U);
  EXPECT_EQ(pool_->stats().idle, 1U);
  EXPECT_EQ(pool_->stats().created, 1U);
}

TEST_F(PoolTest, TheDeadlineOfARequestCapsItsStatements) {
  make(1, 0);
  { Lease warm = acquire(); }
  Lease lease = acquire(Deadline::after(300ms));
  const auto late = loop_.run([&] { return lease->query("select pg_sleep(30)", {}, Deadline::after(1min)); });
  EXPECT_TRUE(late.error().is_deadline_exceeded());
}

TEST_F(PoolTest, TheDeadlineOfOneRequestDoesNotHangOnToTheConnection) {
  make(1, 0);
  { Lease warm = acquire(); }
  { Lease lease = acquire(Deadline::after(300ms)); }
  loop_.run([] { return sleep_for(350ms); });
  Lease lease = acquire();
  EXPECT_TRUE(loop_.run([&] { return lease->query("select 1"); }));
}

TEST_F(PoolTest, AnInterruptedStatementIsCancelledOnTheServerAndItsConnectionReused) {
  make(1, 0);
  int before = 0;
  {
    Lease lease = acquire();
    before = pid(lease);
    EXPECT_TRUE(loop_.run([&] { return lease->query("select pg_sleep(30)", {}, Deadline::after(50ms)); })
                    .error()
                    .is_deadline_exceeded());
  }
  EXPECT_EQ(pool_->stats().recovering, 1U);
  Lease lease = acquire();  // waits for the recovery, not for the sleep
  EXPECT_EQ(pid(lease), before);
  EXPECT_EQ(database_.sql("select count(*) from pg_stat_activity where query like '%pg_sleep(30)%' "
                          "and state = 'active' and pid <> pg_backend_pid()")[0][0],
            "0");
  EXPECT_EQ(pool_->stats().created, 1U);
}

TEST_F(PoolTest, ManyInterruptionsNeverCancelTheWrongStatement) {
  make(2, 0);
  for (int round = 0; round < 30; ++round) {
    {
      Lease lease = acquire();
      (void)loop_.run([&] { return lease->query("select pg_sleep(0.02)", {}, Deadline::after(19ms)); });
    }
    Lease next = acquire();
    const auto fine = loop_.run([&] { return next->query("select pg_sleep(0.003)"); });
    ASSERT_TRUE(fine) << fine.error().text();
  }
}

TEST_F(PoolTest, ConnectionsPastTheirAgeAreReplacedAtAcquire) {
  PoolOptions options = pool_options(database_.url(), 1, 0);
  options.recycle = 200ms;
  make(options);
  int before = 0;
  {
    Lease lease = acquire();
    before = pid(lease);
  }
  loop_.run([] { return sleep_for(250ms); });
  Lease lease = acquire();
  EXPECT_NE(pid(lease), before);
  EXPECT_EQ(closed(CloseReason::recycled), 1U);
}

TEST_F(PoolTest, AMovedLeaseGivesBackOnce) {
  make(1, 0);
  Lease a = acquire();
  Lease b = std::move(a);
  EXPECT_FALSE(a);
  EXPECT_TRUE(b);
  b.release();
  EXPECT_FALSE(b);
  EXPECT_EQ(pool_->stats().idle, 1U);
}

TEST_F(PoolTest, CloseWaitsForTheConnectionsOnLoan) {
  make(2, 0);
  { Lease idle = acquire(); }
  std::optional<Lease> lease = acquire();
  std::optional<bool> closed_clean;
  loop_.start([&]() -> asio::awaitable<void> { closed_clean = co_await pool_->close(Deadline::after(10s)); });
  loop_.run([] { return sleep_for(50ms); });
  EXPECT_FALSE(closed_clean);
  EXPECT_TRUE(failed_acquire().is(Condition::pool_closed));
  EXPECT_TRUE(failed_acquire().is_unavailable());
  EXPECT_TRUE(loop_.run([&] { return (*lease)->query("select 1"); }));
  lease.reset();
  loop_.finish();
  EXPECT_EQ(closed_clean, true);
  expect_sessions("0");
}

TEST_F(PoolTest, CloseGivesUpAtItsDeadline) {
  make(1, 0);
  Lease lease = acquire();
  EXPECT_FALSE(loop_.run([&] { return pool_->close(Deadline::after(50ms)); }));
  lease.release();
  expect_sessions("0");
}

TEST_F(PoolTest, CloseFailsThoseWhoWait) {
  make(1, 0);
  Lease lease = acquire();
  std::optional<Error> error;
  loop_.start([&]() -> asio::awaitable<void> { error = (co_await pool_->acquire()).error(); });
  loop_.run_until([&] { return pool_->stats().waiting == 1; });
  EXPECT_FALSE(loop_.run([&] { return pool_->close(Deadline::after(50ms)); }));
  loop_.finish();
  EXPECT_TRUE(error->is(Condition::pool_closed));
}

TEST_F(PoolTest, ALeaseMayOutliveItsPool) {
  make(1, 0);
  Lease lease = acquire();
  pool_.reset();
  EXPECT_TRUE(loop_.run([&] { return lease->query("select 1"); }));
  lease.release();
  expect_sessions("0");
}

TEST_F(PoolTest, ALoopMayEndInTheMiddleOfEverything) {
  auto loop = std::make_unique<Loop>();
  std::optional<Pool> pool(std::in_place, loop->context(), pool_options(database_.url(), 2, 0));
  for (int i = 0; i < 6; ++i) {
    loop->start([&]() -> asio::awaitable<void> { (void)co_await pool->query("select pg_sleep(30)"); });
  }
  loop->run_until([&] { return pool->stats().in_use == 2 && pool->stats().waiting == 4; });
  loop->run([] { return sleep_for(20ms); });
  pool.reset();
  loop.reset();
  database_.sql("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'support-agent'");
}

TEST_F(PoolTest, ALoopMayEndWhileEverybodyWaits) {
  auto loop = std::make_unique<Loop>();
  std::optional<Pool> pool(std::in_place, loop->context(), pool_options(database_.url(), 1, 0));
  std::optional unstarted = pool->acquire();
  for (int i = 0; i < 3; ++i) {
    loop->start([&]() -> asio::awaitable<void> { (void)co_await pool->acquire(); });
  }
  loop->run_until([&] { return pool->stats().waiting == 3; });
  pool.reset();
  unstarted.reset();
  loop.reset();
}

}  // namespace
}  // namespace support::database::tests

// Several hosts: a primary and its standby, who is chosen, and what a failover does to a pool.
#include "tests/support/standby.hpp"

#include "fixture.hpp"
#include "tcp_gate.hpp"

namespace support::database::tests {
namespace {

using support::tests::Standby;
using testing::HasSubstr;

class HostsTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!Standby::is_possible(TestCluster::instance())) GTEST_SKIP() << "this server comes without pg_basebackup";
  }
  static config::DatabaseUrl url(const std::vector<int>& ports, const std::string& attrs) {
    std::string hosts;
    for (const int port : ports) hosts += (hosts.empty() ? "127.0.0.1:" : ",127.0.0.1:") + std::to_string(port);
    return config::DatabaseUrl::parse("postgresql://support_agent@" + hosts +
                                      "/postgres?target_session_attrs=" + attrs);
  }
  Result<std::unique_ptr<Connection>> connect(const config::DatabaseUrl& to, std::chrono::milliseconds limit = 5s) {
    ConnectOptions options = connect_options(to);
    options.connect_timeout = limit;
    return loop_.run([&] { return Connection::connect(loop_.context(), options); });
  }
  // "primary", "standby", or why there is no connection.
  std::string reached(const config::DatabaseUrl& to, std::chrono::milliseconds limit = 5s) {
    auto made = connect(to, limit);
    if (!made) return made.error().text();
    const auto rows = loop_.run([&] { return (*made)->query("select pg_is_in_recovery()"); });
    return rows.value().single<bool>().value() ? "standby" : "primary";
  }

  Loop loop_;
};

TEST_F(HostsTest, EveryTargetSessionAttributeFindsItsServer) {
  TestCluster primary;
  const Standby standby(primary);
  const int p = primary.tcp_port();
  const int s = standby.tcp_port();
  struct Case {
    const char* attrs;
    const char* primary_first;
    const char* standby_first;
  };
  for (const Case& c : {Case{"any", "primary", "standby"}, Case{"read-write", "primary", "primary"},
                        Case{"read-only", "standby", "standby"}, Case{"primary", "primary", "primary"},
                        Case{"standby", "standby", "standby"}, Case{"prefer-standby", "standby", "standby"}}) {
    EXPECT_EQ(reached(url({p, s}, c.attrs)), c.primary_first) << c.attrs;
    EXPECT_EQ(reached(url({s, p}, c.attrs)), c.standby_first) << c.attrs;
  }
  // With one of them alone.
  for (const auto& [attrs, port, role] :
       {std::tuple{"any", s, "standby"}, {"prefer-standby", p, "primary"}, {"prefer-standby", s, "standby"}}) {
    EXPECT_EQ(reached(url({port}, attrs)), role) << attrs;
    EXPECT_EQ(reached(url({closed_port(), port}, attrs)), role) << attrs;
  }
  for (const auto& [attrs, port] : {std::pair{"read-write", s}, {"read-only", p}, {"primary", s}, {"standby", p}}) {
    EXPECT_THAT(reached(url({port}, attrs)), HasSubstr("No connection to the database")) << attrs;
  }
  // A primary that takes no writes, as it is fenced before a switch, is not read-write.
  primary.sql("alter database postgres set default_transaction_read_only = on");
  EXPECT_EQ(reached(url({p}, "read-only")), "primary");
  EXPECT_EQ(reached(url({p}, "primary")), "primary");
  EXPECT_THAT(reached(url({p}, "read-write")), HasSubstr("No connection"));
  primary.sql("begin; set transaction read write; alter database postgres reset default_transaction_read_only; commit");
  // A host that never answers costs its part of the time, also where the list is gone through twice.
  SilentPort silent;
  EXPECT_EQ(reached(url({silent.port(), s, p}, "read-write"), 3s), "primary");
  EXPECT_EQ(reached(url({silent.port(), p}, "prefer-standby"), 3s), "primary");
  EXPECT_EQ(reached(url({p, silent.port(), s}, "standby"), 3s), "standby");

  // A session that ended up on the standby refuses to write, loudly, and does not go back into a pool.
  Pool pool(loop_.context(), pool_options(url({s, p}, "any"), 1));
  const auto write = loop_.run([&] { return pool.execute("create table t(a int)"); });
  EXPECT_TRUE(write.error().is(sqlstates::read_only_sql_transaction)) << write.error().text();
  EXPECT_EQ(pool.stats().idle, 0U);
  // A transaction that was meant to be read-only is no such sign.
  Pool on_primary(loop_.context(), pool_options(primary.tcp_url(), 1));
  loop_.run([&]() -> asio::awaitable<void> {
    TransactionOptions options;
    options.access = Access::read_only;
    auto transaction = co_await on_primary.begin(options);
    EXPECT_TRUE(transaction);
    const auto refused = co_await (*transaction)->execute("create table t(a int)");
    EXPECT_TRUE(refused.error().is(sqlstates::read_only_sql_transaction));
    EXPECT_TRUE(co_await transaction->rollback());
  });
  EXPECT_EQ(on_primary.stats().idle, 1U);
}

// A standby that takes no sessions, as one does until it has caught up: 57P03.
TEST_F(HostsTest, AServerInRecoveryThatRefusesSessionsIsPassedOver) {
  TestCluster primary;
  Standby standby(primary);
  const int p = primary.tcp_port();
  const int s = standby.tcp_port();
  standby.sql("alter system set hot_standby = off");
  standby.stop();
  standby.start();

  const auto refused = connect(url({s}, "any"));
  ASSERT_FALSE(refused);
  EXPECT_TRUE(refused.error().is_unavailable());
  EXPECT_THAT(refused.error().text(), HasSubstr("not accepting connections"));
  for (const char* attrs : {"any", "read-write", "primary", "prefer-standby"}) {
    EXPECT_EQ(reached(url({s, p}, attrs)), "primary") << attrs;
    EXPECT_EQ(reached(url({p, s}, attrs)), "primary") << attrs;
  }
  Pool pool(loop_.context(), pool_options(url({s, p}, "any"), 3));
  for (int i = 0; i < 10; ++i) {
    EXPECT_TRUE(loop_.run([&] { return pool.query("select 1"); })) << i;
  }

  // The one server there is: refused at once, and found within two seconds once it takes sessions.
  Pool waiting(loop_.context(), pool_options(url({s}, "any"), 1));
  const auto away = loop_.run([&] { return waiting.query("select 1", {}, Deadline::after(5s)); });
  ASSERT_FALSE(away);
  EXPECT_TRUE(away.error().is_unavailable()) << away.error().text();
  standby.promote();
  const auto available = Clock::now();
  loop_.run_until([&] { return loop_.run([&] { return waiting.query("select 1"); }).has_value(); });
  EXPECT_LT(Clock::now() - available, 2s);
}

TEST_F(HostsTest, APoolFollowsTheFailover) {
  TestCluster primary;
  Standby standby(primary);
  primary.sql("create table ledger(n int primary key)");
  PoolOptions options = pool_options(url({primary.tcp_port(), standby.tcp_port()}, "read-write"), 3);
  Pool pool(loop_.context(), options);
  std::vector<std::int32_t> acknowledged;
  std::int32_t next = 0;
  int refused = 0;
  bool stopping = false;
  for (int i = 0; i < 3; ++i) {
    loop_.start([&]() -> asio::awaitable<void> {
      while (!stopping) {
        const std::int32_t n = next++;
        const auto written =
            co_await pool.execute("insert into ledger values ($1)", make_params(n), Deadline::after(5s));
        if (written) {
          acknowledged.push_back(n);
        } else {
          EXPECT_TRUE(written.error().is_unavailable()) << written.error().text();
          ++refused;
          co_await sleep_for(5ms);
        }
        co_await sleep_for(1ms);
      }
    });
  }
  loop_.run_until([&] { return acknowledged.size() > 100; });
  // A planned switch: the primary's shutdown waits until the standby has everything.
  primary.stop();
  loop_.run_until([&] { return refused > 3; });
  standby.promote();
  const auto available = Clock::now();
  const auto before = acknowledged.size();
  loop_.run_until([&] { return acknowledged.size() > before + 100; });
  EXPECT_LT(Clock::now() - available, 2s);
  stopping = true;
  loop_.finish();
  // Nothing that was acknowledged is missing.
  std::string list;
  for (const std::int32_t n : acknowledged) list += (list.empty() ? "" : ",") + std::to_string(n);
  EXPECT_EQ(standby.sql("select count(*) from ledger where n = any ('{" + list + "}')"),
            std::to_string(acknowledged.size()));
}

}  // namespace
}  // namespace support::database::tests

// Making connections: every way in, and every way in which it fails.

#include "app/config/database_url.hpp"

#include "fixture.hpp"
#include "tcp_gate.hpp"

namespace support::database::tests {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class ConnectTest : public testing::Test {
 protected:
  Result<std::unique_ptr<Connection>> connect(const ConnectOptions& options) {
    return loop_.run([&] { return Connection::connect(loop_.context(), options); });
  }
  Result<std::unique_ptr<Connection>> connect(const std::string& url, std::chrono::milliseconds timeout = 5s) {
    ConnectOptions options = connect_options(config::DatabaseUrl::parse(url));
    options.connect_timeout = timeout;
    return connect(options);
  }
  std::string host_list_url(const std::string& hosts) const {
    return "postgresql://support_agent@" + hosts + "/" + database_.name();
  }
  std::string good() const { return "127.0.0.1:" + std::to_string(TestCluster::instance().tcp_port()); }

  std::string name(Connection& connection) {
    return loop_.run([&] { return connection.query("select current_database()"); })
        .value()
        .single<std::string>()
        .value();
  }

  TestDatabase database_;
  Loop loop_;
};

TEST_F(ConnectTest, OverTheUnixSocket) {
  auto made = connect(connect_options(database_.url()));
  ASSERT_TRUE(made) << made.error().text();
  EXPECT_EQ(name(**made), database_.name());
  EXPECT_GE((*made)->server_version(), 150000);
  EXPECT_GT((*made)->backend_pid(), 0);
  EXPECT_EQ((*made)->health(), Connection::Health::idle);
}

TEST_F(ConnectTest, OverTcp) {
  auto made = connect(connect_options(database_.tcp_url()));
  ASSERT_TRUE(made) << made.error().text();
  EXPECT_EQ(name(**made), database_.name());
}

TEST_F(ConnectTest, ByAName) {
  auto made = connect(host_list_url("localhost:" + std::to_string(TestCluster::instance().tcp_port())));
  ASSERT_TRUE(made) << made.error().text();
  EXPECT_EQ(name(**made), database_.name());
}

TEST_F(ConnectTest, TheSessionIsUtf8InUtcAndNamed) {
  database_.sql("alter database " + database_.name() + " set timezone = 'Asia/Tokyo'");
  auto made = connect(connect_options(database_.url()));
  ASSERT_TRUE(made);
  const auto setting = [&](const char* name) {
    return loop_.run([&] { return (*made)->query("select current_setting($1)", make_params(name)); })
        .value()
        .single<std::string>()
        .value();
  };
  EXPECT_EQ(setting("TimeZone"), "UTC");
  EXPECT_EQ(setting("client_encoding"), "UTF8");
  EXPECT_EQ(setting("application_name"), "support-agent");
}

TEST_F(ConnectTest, AnApplicationNameInTheUrlIsKept) {
  auto made = connect(database_.url_text() + (database_.url_text().find('?') == std::string::npos ? "?" : "&") +
                      "application_name=nightly");
  ASSERT_TRUE(made) << made.error().text();
  EXPECT_EQ(loop_.run([&] { return (*made)->query("show application_name"); }).value().single<std::string>().value(),
            "nightly");
}

TEST_F(ConnectTest, AClosedPortFailsAtOnceAndSaysWhere) {
  const int port = closed_port();
  const auto started = Clock::now();
  const auto made = connect(host_list_url("127.0.0.1:" + std::to_string(port)));
  ASSERT_FALSE(made);
  EXPECT_LT(Clock::now() - started, 2s);
  EXPECT_TRUE(made.error().is(Condition::connect_failed));
  EXPECT_TRUE(made.error().is_unavailable());
  EXPECT_THAT(made.error().text(), AllOf(HasSubstr(std::to_string(port)), HasSubstr("refused"), Not(HasSubstr("\n"))));
}

TEST_F(ConnectTest, AServerThatNeverAnswersCostsTheTimeoutAndNoMore) {
  SilentPort silent;
  const auto started = Clock::now();
  const auto made = connect(host_list_url("127.0.0.1:" + std::to_string(silent.port())), 300ms);
  const auto took = Clock::now() - started;
  ASSERT_FALSE(made);
  EXPECT_GE(took, 290ms);
  EXPECT_LT(took, 2s);
  EXPECT_TRUE(made.error().is(Condition::connect_failed));
  EXPECT_THAT(made.error().text(), HasSubstr("127.0.0.1, port " + std::to_string(silent.port()) + " does not answer"));
}

TEST_F(ConnectTest, AHostThatRefusesIsPassedOver) {
  auto made = connect(host_list_url("127.0.0.1:" + std::to_string(closed_port()) + "," + good()));
  ASSERT_TRUE(made) << made.error().text();
  EXPECT_EQ(name(**made), database_.name());
}

TEST_F(ConnectTest, AHostThatNeverAnswersLeavesTimeForTheNext) {
  SilentPort silent;
  auto made = connect(host_list_url("127.0.0.1:" + std::to_string(silent.port()) + "," + good()), 2s);
  ASSERT_TRUE(made) << made.error().text();
  EXPECT_EQ(name(**made), database_.name());
}

TEST_F(ConnectTest, ANameThatDoesNotExistIsPassedOver) {
  auto made = connect(host_list_url("no-such-host.invalid:5432," + good()));
  ASSERT_TRUE(made) << made.error().text();
}

TEST_F(ConnectTest, ANameThatDoesNotExistIsNamed) {
  const auto made = connect(host_list_url("no-such-host.invalid:5432"));
  ASSERT_FALSE(made);
  EXPECT_TRUE(made.error().is(Condition::connect_failed));
  EXPECT_THAT(made.error().text(), HasSubstr("no-such-host.invalid"));
}

TEST_F(ConnectTest, AMissingSocketFails) {
  const auto made = connect("postgresql://u@/d?host=/nonexistent-folder");
  ASSERT_FALSE(made);
  EXPECT_TRUE(made.error().is(Condition::connect_failed));
  EXPECT_THAT(made.error().text(), HasSubstr("/nonexistent-folder"));
}

TEST_F(ConnectTest, AnUnknownDatabaseFailsWithTheServersWords) {
  const auto made = connect("postgresql://support_agent@" + good() + "/no_such_database");
  ASSERT_FALSE(made);
  EXPECT_THAT(made.error().text(), HasSubstr("no_such_database"));
}

TEST_F(ConnectTest, NoServerWithTheRightRoleFailsWithoutWaiting) {
  const auto made = connect(host_list_url(good()) + "?target_session_attrs=standby");
  ASSERT_FALSE(made);
  EXPECT_TRUE(made.error().is(Condition::connect_failed));
}

// A server of its own, because its access rules and its TLS are changed.
class GuardedServerTest : public ConnectTest {
 protected:
  static TestCluster& server() {
    static TestCluster cluster;
    return cluster;
  }
  static void set_up_passwords() {
    const std::string hba = server().sql("show hba_file")[0][0];
    server().sql("create role locked login password 'right pass@word'");
    server().sql(
        "copy (values ('host all locked 127.0.0.1/32 scram-sha-256'), ('local all all trust'), "
        "('host all all 127.0.0.1/32 trust')) to '" +
        hba + "'");
    server().sql("select pg_reload_conf()");
  }
  std::string url(const std::string& user, const std::string& query = "") {
    return "postgresql://" + user + "@127.0.0.1:" + std::to_string(server().tcp_port()) + "/postgres" + query;
  }
};

TEST_F(GuardedServerTest, PasswordsAreCheckedAndNeverRepeated) {
  set_up_passwords();
  auto right = connect(url("locked:right%20pass%40word"));
  EXPECT_TRUE(right) << right.error().text();
  const auto wrong = connect(url("locked:wrong%20pass%40word"));
  ASSERT_FALSE(wrong);
  EXPECT_TRUE(wrong.error().is(Condition::connect_failed));
  EXPECT_THAT(wrong.error().text(), AllOf(HasSubstr("password authentication failed"), Not(HasSubstr("pass@word"))));
  const auto none = connect(url("locked"));
  ASSERT_FALSE(none);
  EXPECT_THAT(none.error().text(), HasSubstr("password"));
}

TEST_F(GuardedServerTest, OverTlsWithLargeValuesBothWays) {
  server().sql(
      "copy (select '') to program 'openssl req -new -x509 -days 2 -nodes -subj /CN=localhost "
      "-out server.crt -keyout server.key 2>/dev/null && chmod 600 server.key'");
  server().sql("alter system set ssl = on");
  server().sql("select pg_reload_conf()");
  auto made = connect(url("support_agent", "?sslmode=require"));
  ASSERT_TRUE(made) << made.error().text();
  const auto tls =
      loop_.run([&] { return (*made)->query("select ssl from pg_stat_ssl where pid = pg_backend_pid()"); });
  EXPECT_TRUE(tls.value().single<bool>().value());
  const std::string large(10'000'000, 'x');
  const auto back = loop_.run([&] { return (*made)->query("select $1", make_params(large)); });
  ASSERT_TRUE(back) << back.error().text();
  EXPECT_EQ(back->single<std::string>().value(), large);
}

TEST_F(GuardedServerTest, TooManyConnectionsAreUnavailable) {
  server().sql("create role crowded login connection limit 1");
  auto first = connect(url("crowded"));
  ASSERT_TRUE(first) << first.error().text();
  const auto second = connect(url("crowded"));
  ASSERT_FALSE(second);
  EXPECT_TRUE(second.error().is_unavailable());
  EXPECT_THAT(second.error().text(), HasSubstr("too many connections"));
}

}  // namespace
}  // namespace support::database::tests

// TLS to the server: whose certificate is believed, and records that are larger than what libpq reads at once.
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <boost/asio/ssl/impl/src.hpp>  // Asio is compiled apart, its TLS only here

#include "app/database/listener.hpp"
#include "app/database/multiplexer.hpp"

#include "tests/support/temporary_folder.hpp"

#include "fixture.hpp"
#include "tls_gate.hpp"

namespace support::database::tests {
namespace {

using support::tests::TemporaryFolder;
using testing::HasSubstr;

// Two certificate authorities, and a certificate of the first for `localhost`.
class Certificates {
 public:
  Certificates() {
    run("openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=Ours -keyout ca.key -out ca.crt");
    run("openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=Others -keyout other.key -out other.crt");
    std::ofstream(at("names")) << "subjectAltName=DNS:localhost\n";
    run("openssl req -newkey rsa:2048 -nodes -subj /CN=database -keyout server.key -out server.csr");
    run("openssl x509 -req -in server.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 -extfile names "
        "-out server.crt");
  }
  std::string at(const std::string& name) const { return folder_ / name; }

 private:
  void run(const std::string& command) const {
    const std::string line = "cd " + folder_.path() + " && " + command + " 2>/dev/null";
    if (std::system(line.c_str()) != 0) throw std::runtime_error("This failed: " + command);
  }
  TemporaryFolder folder_;
};

// $1 rows of 6,500 bytes and a last one of $2.
constexpr std::string_view rows_sql =
    "select repeat('x', 6500) from generate_series(1, $1) union all select repeat('y', $2)";
std::vector<std::pair<std::int32_t, std::int32_t>> every_size() {
  std::vector<std::pair<std::int32_t, std::int32_t>> sizes;
  for (std::int32_t rows = 1; rows <= 8; ++rows) {
    for (std::int32_t last = 0; last < 6500; last += 650) sizes.emplace_back(rows, last);
  }
  return sizes;
}

class TlsTest : public testing::Test {
 protected:
  static const Certificates& certificates() {
    static const Certificates made;
    return made;
  }
  Result<std::unique_ptr<Connection>> connect(const std::string& host, int port, const std::string& query) {
    return loop_.run(
        [&, options = options(host, port, query)] { return Connection::connect(loop_.context(), options); });
  }
  ConnectOptions options(const std::string& host, int port, const std::string& query) const {
    return connect_options(config::DatabaseUrl::parse("postgresql://support_agent@" + host + ":" +
                                                      std::to_string(port) + "/" + database_.name() + query));
  }
  static std::string verify_full(const std::string& authority = "ca.crt") {
    return "?sslmode=verify-full&sslrootcert=" + certificates().at(authority);
  }
  static int server_port() { return TestCluster::instance().tcp_port(); }

  TestDatabase database_;
  Loop loop_;
  TlsGate gate_{server_port(), certificates().at("server.crt"), certificates().at("server.key")};
};

TEST_F(TlsTest, OnlyTheServerThatIsMeantIsBelieved) {
  auto right = connect("localhost", gate_.port(), verify_full());
  ASSERT_TRUE(right) << right.error().text();
  EXPECT_TRUE(loop_.run([&] { return (*right)->ping(Deadline::after(5s)); }));
  const auto other_name = connect("127.0.0.1", gate_.port(), verify_full());
  ASSERT_FALSE(other_name);
  EXPECT_THAT(other_name.error().text(), HasSubstr("does not match host name \"127.0.0.1\""));
  EXPECT_TRUE(connect("127.0.0.1", gate_.port(), "?sslmode=verify-ca&sslrootcert=" + certificates().at("ca.crt")));
  const auto other_authority = connect("localhost", gate_.port(), verify_full("other.crt"));
  ASSERT_FALSE(other_authority);
  EXPECT_THAT(other_authority.error().text(), HasSubstr("certificate verify failed"));
  const auto no_authority = connect("localhost", gate_.port(), verify_full("missing.crt"));
  ASSERT_FALSE(no_authority);
  EXPECT_THAT(no_authority.error().text(), HasSubstr("missing.crt"));
  // A server without TLS is no such server.
  const auto plain = connect("localhost", server_port(), verify_full());
  ASSERT_FALSE(plain);
  EXPECT_THAT(plain.error().text(), HasSubstr("does not support SSL"));
}

// libpq reads into what is free of its 16 KiB buffer, so that the end of a record stays with OpenSSL whenever a part of
// a row stands before it; the socket says nothing of that. Rows stay small, or the buffer would grow beyond a record.
// This one passes also without a look at OpenSSL: a query reads twice after each wait, 8 KiB at least each time, and a
// record has no more than 16.
TEST_F(TlsTest, AnswersOfEverySizeArriveInLargeRecords) {
  auto made = connect("localhost", gate_.port(), verify_full());
  ASSERT_TRUE(made) << made.error().text();
  Connection& connection = **made;
  loop_.run([&]() -> asio::awaitable<void> {
    for (const auto& [rows, last] : every_size()) {
      const auto got = co_await connection.query(rows_sql, make_params(rows, last), Deadline::after(2s));
      EXPECT_TRUE(got) << rows << " rows and " << last << " bytes: " << got.error().text();
      if (!got) co_return;
      EXPECT_EQ(got->size(), static_cast<std::size_t>(rows) + 1);
    }
  });
}

// A stream reads once after each wait, so that what OpenSSL holds back would be waited for in vain.
TEST_F(TlsTest, StreamsOfEverySizeArriveInLargeRecords) {
  auto made = connect("localhost", gate_.port(), verify_full());
  ASSERT_TRUE(made) << made.error().text();
  Connection& connection = **made;
  loop_.run([&]() -> asio::awaitable<void> {
    for (const auto& [rows, last] : every_size()) {
      auto stream = (co_await connection.stream(rows_sql, make_params(rows, last), Deadline::after(5s))).value();
      for (;;) {
        const auto row = co_await stream.next();
        EXPECT_TRUE(row) << rows << " rows and " << last << " bytes: " << row.error().text();
        if (!row) co_return;
        if (!*row) break;
      }
      EXPECT_EQ(stream.count(), rows + 1);
    }
  });
}

TEST_F(TlsTest, SharedReadsOfEverySizeArriveInLargeRecords) {
  MultiplexerOptions sharing;
  sharing.connect = options("localhost", gate_.port(), verify_full());
  sharing.connections = 1;
  Multiplexer shared(loop_.context(), sharing);
  loop_.run([&]() -> asio::awaitable<void> {
    for (const auto& [rows, last] : every_size()) {
      const auto got = co_await shared.read(rows_sql, make_params(rows, last), Deadline::after(5s));
      EXPECT_TRUE(got) << rows << " rows and " << last << " bytes: " << got.error().text();
      if (!got) co_return;
    }
  });
}

TEST_F(TlsTest, StreamsBothWaysGoThroughLargeRecords) {
  auto made = connect("localhost", gate_.port(), verify_full());
  ASSERT_TRUE(made) << made.error().text();
  Connection& connection = **made;
  ASSERT_TRUE(loop_.run([&] { return connection.run("create table t(a text)"); }));
  loop_.run([&]() -> asio::awaitable<void> {
    const auto limit = Deadline::after(20s);
    auto copy = (co_await connection.start_copy_in("copy t from stdin", limit)).value();
    const std::string line = std::string(999, 'x') + '\n';
    for (int i = 0; i < 5000; ++i) EXPECT_TRUE(co_await copy.write(line));
    EXPECT_EQ((co_await copy.finish()).value(), 5000);
    auto rows = (co_await connection.stream("select a from t", {}, limit)).value();
    while ((co_await rows.next()).value()) {
    }
    EXPECT_EQ(rows.count(), 5000);
    auto out = (co_await connection.start_copy_out("copy t to stdout", limit)).value();
    std::size_t bytes = 0;
    for (;;) {
      const auto piece = (co_await out.next()).value();
      if (!piece) break;
      bytes += piece->size();
    }
    EXPECT_EQ(bytes, 5'000'000U);
  });
}

TEST_F(TlsTest, NotificationsGoThroughLargeRecords) {
  ListenerOptions listening;
  listening.connect = options("localhost", gate_.port(), verify_full());
  listening.channels = {"c"};
  auto listener = Listener::open(loop_.context(), listening).value();
  const auto next = [&] { return loop_.run([&] { return listener.next(Deadline::after(5s)); }); };
  ASSERT_TRUE(next());
  database_.sql("select pg_notify('c', n || repeat('x', 7000)) from generate_series(1, 50) n");
  for (int i = 1; i <= 50; ++i) {
    const auto event = next();
    ASSERT_TRUE(event) << i << ": " << event.error().text();
    EXPECT_TRUE(std::get<Notification>(*event).payload.starts_with(std::to_string(i) + "x"));
  }
}

TEST_F(TlsTest, TheServersOwnTlsIsVerified) {
  TestCluster server;
  for (const char* file : {"server.crt", "server.key"}) {
    std::ifstream in(certificates().at(file));
    std::string pem(std::istreambuf_iterator<char>(in), {});
    server.sql("copy (select string_to_table('" + pem + "', E'\\n')) to program 'cat > " + file + " && chmod 600 " +
               file + "'");
  }
  server.sql("alter system set ssl = on");
  server.sql("select pg_reload_conf()");
  const config::DatabaseUrl url = config::DatabaseUrl::parse(
      "postgresql://support_agent@localhost:" + std::to_string(server.tcp_port()) + "/postgres" + verify_full());
  auto made = loop_.run([&] { return Connection::connect(loop_.context(), connect_options(url)); });
  ASSERT_TRUE(made) << made.error().text();
  const auto tls =
      loop_.run([&] { return (*made)->query("select version from pg_stat_ssl where pid = pg_backend_pid()"); });
  EXPECT_THAT(tls.value().single<std::string>().value(), HasSubstr("TLSv1."));
}

}  // namespace
}  // namespace support::database::tests

// The runtime engine beside libpq's blocking calls, beside pgbench and beside asyncpg: point reads on one server, over
// TCP, in turns. Prints medians and their ratios against the limits; exits 1 when one does not hold, 2 when something
// could not be measured.
#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <random>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <fmt/format.h>
#include <libpq-fe.h>

#include "app/database/multiplexer.hpp"
#include "app/database/pool.hpp"

#include "tests/support/temporary_folder.hpp"
#include "tests/support/test_cluster.hpp"

#include "bench/process.hpp"

namespace {

using namespace support::bench;
using namespace support::database;
using support::config::DatabaseUrl;
using support::config::Password;
using support::tests::TemporaryFolder;
using support::tests::TestDatabase;
using Clock = std::chrono::steady_clock;

constexpr int rounds = 7;
constexpr std::chrono::milliseconds turn{1'000};
// Where both contestants are in this process the turns can be short and many, which evens out what else the machine
// does.
constexpr int short_rounds = 41;
constexpr std::chrono::milliseconds short_turn{150};
constexpr int customers = 10'000;
constexpr const char* statement = "SELECT * FROM customers WHERE id = $1";

const char* const schema =
    "CREATE TABLE customers (id serial PRIMARY KEY, customer_id varchar(50) NOT NULL, first_name varchar(100) NOT "
    "NULL, "
    "last_name varchar(100) NOT NULL, email varchar(255) NOT NULL, phone varchar(20), account_number varchar(50), "
    "is_active boolean NOT NULL DEFAULT true, is_verified boolean NOT NULL DEFAULT false, is_vip boolean NOT NULL "
    "DEFAULT false, notes text, created_at timestamptz NOT NULL DEFAULT now(), updated_at timestamptz NOT NULL DEFAULT "
    "now());"
    "INSERT INTO customers(customer_id, first_name, last_name, email, phone, account_number, is_verified) SELECT "
    "'CUST-' || g, 'First' || g, 'Last' || g, 'c' || g || '@example.com', '+4420' || lpad(g::text, 8, '0'), "
    "lpad(g::text, 8, '0'), g % 2 = 0 FROM generate_series(1, 10000) g;";

[[noreturn]] void fail(const std::string& why) {
  throw std::runtime_error(why);
}

// Random customers, the same for every contestant.
class Ids {
 public:
  std::int32_t next() { return static_cast<std::int32_t>(random_() % customers) + 1; }

 private:
  std::minstd_rand random_{1};
};

// Statements a second of a contestant.
class Rate {
 public:
  explicit Rate(std::chrono::milliseconds duration) : end_(start_ + duration) {}
  void count() { ++done_; }
  bool is_over() const { return Clock::now() >= end_; }
  double result() const { return done_ / std::chrono::duration<double>(Clock::now() - start_).count(); }

 private:
  Clock::time_point start_ = Clock::now();
  Clock::time_point end_;
  double done_ = 0;
};

class Blocking {
 public:
  explicit Blocking(const std::string& url) : connection_(PQconnectdb(url.c_str()), PQfinish) {
    const Result prepared(PQprepare(connection_.get(), "point", statement, 1, &type), PQclear);
    if (PQresultStatus(prepared.get()) != PGRES_COMMAND_OK) fail(PQerrorMessage(connection_.get()));
  }
  double measure(std::chrono::milliseconds duration) {
    Ids ids;
    Rate rate(duration);
    for (; !rate.is_over(); rate.count()) {
      const auto id = static_cast<std::uint32_t>(ids.next());
      const std::array<char, 4> bytes{static_cast<char>(id >> 24), static_cast<char>(id >> 16),
                                      static_cast<char>(id >> 8), static_cast<char>(id)};
      const char* const value = bytes.data();
      const int length = 4;
      const int format = 1;
      const Result result(PQexecPrepared(connection_.get(), "point", 1, &value, &length, &format, 1), PQclear);
      if (PQntuples(result.get()) != 1) fail("PQexecPrepared did not find a customer.");
    }
    return rate.result();
  }

 private:
  using Result = std::unique_ptr<PGresult, decltype(&PQclear)>;
  static constexpr ::Oid type = 23;

  std::unique_ptr<PGconn, decltype(&PQfinish)> connection_;
};

// The engine on an io_context of its own.
class Engine {
 public:
  Engine(const DatabaseUrl& url, int pool_size, std::size_t shared)
      : pool_(context_, pool_options(url, pool_size)), shared_(context_, shared_options(url, shared)) {}

  // `coroutines`, each on a connection of its own from the pool.
  double on_own_connections(int coroutines, std::chrono::milliseconds duration = turn) {
    return measure(coroutines, duration, [this](Ids& ids, Rate& rate) { return hold_connection(ids, rate); });
  }
  // `coroutines` on the shared connections.
  double on_shared_connections(int coroutines, std::chrono::milliseconds duration = turn) {
    return measure(coroutines, duration, [this](Ids& ids, Rate& rate) { return read_shared(ids, rate); });
  }
  double statements_a_batch() const {
    const auto stats = shared_.stats();
    return static_cast<double>(stats.statements) / static_cast<double>(stats.batches);
  }

 private:
  static PoolOptions pool_options(const DatabaseUrl& url, int size) {
    PoolOptions options;
    options.connect.keywords = url.keywords();
    options.size = size;
    options.max_overflow = 0;
    return options;
  }
  static MultiplexerOptions shared_options(const DatabaseUrl& url, std::size_t connections) {
    MultiplexerOptions options;
    options.connect.keywords = url.keywords();
    options.connections = connections;
    return options;
  }

  template <class Body>
  double measure(int coroutines, std::chrono::milliseconds duration, Body body) {
    Ids ids;
    Rate rate(duration);
    context_.restart();
    int running = coroutines;
    std::exception_ptr problem;
    for (int i = 0; i < coroutines; ++i) {
      asio::co_spawn(context_, body(ids, rate), [&](const std::exception_ptr& exception) {
        if (exception) problem = exception;
        if (--running == 0) context_.stop();
      });
    }
    context_.run();
    if (problem) std::rethrow_exception(problem);
    return rate.result();
  }
  asio::awaitable<void> hold_connection(Ids& ids, Rate& rate) {
    auto lease = (co_await pool_.acquire()).value();
    while (!rate.is_over()) {
      const auto rows = co_await lease->query(statement, make_params(ids.next()));
      if (rows.value().size() != 1) fail("The engine did not find a customer.");
      rate.count();
    }
  }
  asio::awaitable<void> read_shared(Ids& ids, Rate& rate) {
    while (!rate.is_over()) {
      const auto rows = co_await shared_.read(statement, make_params(ids.next()));
      if (rows.value().size() != 1) fail("The shared connections did not find a customer.");
      rate.count();
    }
  }

  asio::io_context context_{BOOST_ASIO_CONCURRENCY_HINT_UNSAFE_IO};  // as the threads of the service
  Pool pool_;
  Multiplexer shared_;
};

// pgbench -M prepared with the same statement.
class Pgbench {
 public:
  explicit Pgbench(std::string url) : url_(std::move(url)) {
    folder_.write("point.sql", "\\set id random(1, 10000)\nSELECT * FROM customers WHERE id = :id;\n");
  }
  double measure(int clients) const {
    run({{"/usr/lib/postgresql/15/bin/pgbench", "-n", "-M", "prepared", "-f", "point.sql", "-c",
          std::to_string(clients), "-j", "1", "-T", "1", url_},
         folder_.path(),
         {},
         folder_.path() + "/out"});
    const std::string out = folder_.read("out");
    const auto at = out.find("tps = ");
    if (at == std::string::npos) fail("pgbench printed no rate:\n" + out);
    return std::stod(out.substr(at + 6));
  }
  int best_client_count() const {
    int best = 0;
    double most = 0;
    for (const int clients : {1, 2, 4, 8, 16}) {
      const double rate = std::max(measure(clients), measure(clients));
      if (rate > most) {
        most = rate;
        best = clients;
      }
    }
    return best;
  }

 private:
  TemporaryFolder folder_;
  std::string url_;
};

// asyncpg on uvloop, ten connections.
class Asyncpg {
 public:
  explicit Asyncpg(std::string url) : url_(std::move(url)) {}
  // Why there is nothing to compare with; empty: there is.
  std::string missing() const {
    try {
      run({{"/usr/bin/python3", "-c", "import asyncpg, uvloop"}, folder_.path(), {}});
      return {};
    } catch (const std::exception&) {
      return "asyncpg or uvloop is not installed (Debian packages python3-asyncpg, python3-uvloop)";
    }
  }
  double measure() const {
    run({{"/usr/bin/python3", SUPPORT_SOURCE_DIR "/bench/peers/asyncpg_reads.py", url_, "10", "1"},
         folder_.path(),
         {},
         folder_.path() + "/out"});
    return std::stod(folder_.read("out"));
  }

 private:
  TemporaryFolder folder_;
  std::string url_;
};

class Row {
 public:
  Row(std::string what, double limit) : what_(std::move(what)), limit_(limit) {}
  void add(double ours, double peer) {
    ours_.push_back(ours);
    peers_.push_back(peer);
    ratios_.push_back(ours / peer);
  }
  // True when the limit holds; a limit of 0 is none.
  bool print() const {
    const auto [least, most] = std::minmax_element(ratios_.begin(), ratios_.end());
    const double ratio = median(ratios_);
    fmt::print("{:<62} {:>9.0f} {:>9.0f} {:>7.2f} {:>7.2f} {:>7.2f} {:>8} {}\n", what_, median(ours_), median(peers_),
               ratio, *least, *most, limit_ > 0 ? fmt::format(">= {:.3g}", limit_) : "",
               limit_ == 0       ? ""
               : ratio >= limit_ ? "holds"
                                 : "MISSED");
    std::fflush(stdout);
    return ratio >= limit_;
  }

 private:
  std::string what_;
  double limit_;
  std::vector<double> ours_;
  std::vector<double> peers_;
  std::vector<double> ratios_;
};

bool bench_sequential(const DatabaseUrl& url, const std::string& over) {
  Engine engine(url, 1, 1);
  Blocking blocking(url.sync(Password::show));
  Row own(fmt::format("one connection, sequential, {}; blocking PQexecPrepared", over), 0.92);
  Row shared(fmt::format("one shared connection, sequential, {}; the same", over), 0);
  engine.on_own_connections(1, short_turn);
  engine.on_shared_connections(1, short_turn);
  for (int round = 0; round < short_rounds; ++round) {
    const double on_own = engine.on_own_connections(1, short_turn);
    const double peer = blocking.measure(short_turn);
    const double on_shared = engine.on_shared_connections(1, short_turn);
    own.add(on_own, peer);
    shared.add(on_shared, peer);
  }
  const bool holds = own.print();
  shared.print();
  return holds;
}

bool bench_shared(const DatabaseUrl& url) {
  Engine engine(url, 1, 4);
  const Pgbench pgbench(url.sync(Password::show));
  const int clients = pgbench.best_client_count();
  Row row(fmt::format("64 coroutines on 4 shared connections; pgbench, {} clients", clients), 2.5);
  engine.on_shared_connections(64);
  for (int round = 0; round < rounds; ++round) {
    const double ours = engine.on_shared_connections(64);
    row.add(ours, pgbench.measure(clients));
  }
  const bool holds = row.print();
  fmt::print("    {:.1f} statements a batch\n", engine.statements_a_batch());
  return holds;
}

bool bench_ten_connections(const DatabaseUrl& url) {
  const Asyncpg asyncpg(url.sync(Password::show));
  if (const auto missing = asyncpg.missing(); !missing.empty()) {
    fmt::print("10 connections; asyncpg on uvloop: not measured, {}.\n", missing);
    return true;
  }
  Engine engine(url, 10, 10);
  // One statement at a time on each of ten connections is bounded by the server, as pgbench is; sharing them is not.
  Row own("10 coroutines, a connection each; asyncpg on uvloop", 0);
  Row shared("10 coroutines on 10 shared connections; asyncpg on uvloop", 2.5);
  engine.on_own_connections(10);
  engine.on_shared_connections(10);
  for (int round = 0; round < rounds; ++round) {
    const double on_own = engine.on_own_connections(10);
    const double peer = asyncpg.measure();
    const double on_shared = engine.on_shared_connections(10);
    own.add(on_own, peer);
    shared.add(on_shared, peer);
  }
  const bool own_holds = own.print();
  return shared.print() && own_holds;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const std::string only = argc > 1 ? argv[1] : "";
    const TestDatabase database;
    database.sql(schema);
    database.sql("VACUUM ANALYZE customers");
    fmt::print("{:<62} {:>9} {:>9} {:>7} {:>7} {:>7} {:>8}\n", fmt::format("point reads a second, {} rounds", rounds),
               "ours", "peer", "ratio", "min", "max", "limit");
    bool all_hold = true;
    if (only.empty() || only == "sequential") {
      all_hold = bench_sequential(database.url(), "Unix socket") && all_hold;
      all_hold = bench_sequential(database.tcp_url(), "TCP") && all_hold;
    }
    if (only.empty() || only == "shared") all_hold = bench_shared(database.tcp_url()) && all_hold;
    if (only.empty() || only == "ten") all_hold = bench_ten_connections(database.tcp_url()) && all_hold;
    fmt::print("Medians of turns taken alternately; everything over TCP where it does not say otherwise.\n");
    return all_hold ? 0 : 1;
  } catch (const std::exception& error) {
    fmt::print(stderr, "bench: {}\n", error.what());
    return 2;
  }
}

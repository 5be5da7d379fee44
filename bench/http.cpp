// The service over HTTP beside FastAPI, beside pgbench and beside an echo: one PostgreSQL server over TCP, everybody in
// turns. Then what a request and a connection cost. Prints medians and ratios against the limits; exits 1 when one does
// not hold, 2 when something went wrong.
#include <sys/resource.h>

#include <algorithm>
#include <fstream>
#include <functional>
#include <optional>
#include <random>

#include <boost/json/parse.hpp>
#include <fmt/format.h>

#include "tests/support/free_port.hpp"
#include "tests/support/temporary_folder.hpp"

#include "bench/client_socket.hpp"
#include "bench/fastapi_peer.hpp"
#include "bench/process.hpp"
#include "bench/request_costs.hpp"
#include "bench/served_database.hpp"
#include "bench/steady_load.hpp"
#include "bench/wrk.hpp"

namespace {

using namespace support::bench;
using support::tests::RunningService;
using support::tests::TemporaryFolder;

constexpr int rounds = 7;
constexpr int connections = 32;
constexpr const char* customer_sql =
    "SELECT id, customer_id, first_name, last_name, email, phone, account_number, is_active, is_verified, is_vip, "
    "notes, created_at, updated_at FROM customers WHERE id = :id;\n";

bool all_hold = true;

std::string verdict(bool holds) {
  all_hold = all_hold && holds;
  return holds ? "holds" : "MISSED";
}

void print_line(const std::string& line) {
  fmt::print("{}\n", line);
  std::fflush(stdout);
}

// wrk: GET of `before`, a random number from 1 to `most`, and `after`.
std::string get_random(const std::string& before, int most, const std::string& after = {}) {
  return fmt::format(
      "math.randomseed(os.time())\nrequest = function() return wrk.format('GET', '{}' .. math.random(1, {}) .. '{}') "
      "end\n",
      before, most, after);
}

// wrk: POST of a message to a random conversation among those that nobody reads.
std::string post_random(const std::string& before) {
  return fmt::format(
      "math.randomseed(os.time())\nlocal headers = {{['Content-Type'] = 'application/json'}}\nlocal body = "
      "'{{\"role\":\"CUSTOMER\",\"content\":\"My card payment was declined at the shop, can you help?\"}}'\nrequest = "
      "function() return wrk.format('POST', '{}' .. math.random({}, {}) .. '/messages', headers, body) end\n",
      before, ServedDatabase::full_conversations + 1, 2 * ServedDatabase::full_conversations);
}

// Requests a second of the service and of the others, in turns.
class Contest {
 public:
  using Rate = std::function<double()>;

  Contest(std::string what, Rate ours) : what_(std::move(what)), ours_(std::move(ours)) {}
  void against(std::string whom, double limit, Rate rate) {
    peers_.push_back({std::move(whom), limit, std::move(rate)});
  }

  void run() {
    if (peers_.empty()) return;
    ours_();
    for (auto& peer : peers_) peer.rate();
    for (int round = 0; round < rounds; ++round) {
      for (auto& peer : peers_) {
        peer.ours.push_back(ours_());
        peer.theirs.push_back(peer.rate());
        peer.ratios.push_back(peer.ours.back() / peer.theirs.back());
      }
    }
    for (const auto& peer : peers_) print(peer);
  }

 private:
  struct Peer {
    std::string name;
    double limit;
    Rate rate;
    std::vector<double> ours = {};
    std::vector<double> theirs = {};
    std::vector<double> ratios = {};
  };

  void print(const Peer& peer) const {
    const auto [least, most] = std::minmax_element(peer.ratios.begin(), peer.ratios.end());
    const double ratio = median(peer.ratios);
    print_line(fmt::format("{:<58} {:>8.0f} {:>8.0f} {:>7.2f} {:>7.2f} {:>7.2f} {:>8}  {}", what_ + "; " + peer.name,
                           median(peer.ours), median(peer.theirs), ratio, *least, *most,
                           fmt::format(">= {:.3g}", peer.limit), verdict(ratio >= peer.limit)));
  }

  std::string what_;
  Rate ours_;
  std::vector<Peer> peers_;
};

Contest::Rate rate_of(Wrk wrk) {
  return [wrk = std::move(wrk)] { return wrk.run(connections).requests_a_second; };
}

// pgbench -M prepared over TCP with the statement of the service.
class Pgbench {
 public:
  explicit Pgbench(std::string url) : url_(std::move(url)) {
    folder_.write("customer.sql", fmt::format("\\set id random(1, {})\n{}", ServedDatabase::customers, customer_sql));
  }
  double measure() const {
    run({{"/usr/lib/postgresql/15/bin/pgbench", "-n", "-M", "prepared", "-f", "customer.sql", "-c", "10", "-j", "1",
          "-T", "1", url_},
         folder_.path(),
         {},
         folder_ / "out"});
    const std::string out = folder_.read("out");
    const auto at = out.find("tps = ");
    if (at == std::string::npos) throw std::runtime_error("pgbench printed no rate:\n" + out);
    return std::stod(out.substr(at + 6));
  }

 private:
  TemporaryFolder folder_;
  std::string url_;
};

// The service's own answer to /ping, sent to whatever comes.
class Echo {
 public:
  Echo(const TemporaryFolder& folder, std::uint16_t service)
      : port_(support::tests::free_tcp_port()),
        process_({SUPPORT_BINARY_DIR "/bench_canned_echo", std::to_string(port_), answer_of(folder, service)}, {},
                 folder / "echo") {}
  std::uint16_t port() const { return port_; }

 private:
  static std::string answer_of(const TemporaryFolder& folder, std::uint16_t service) {
    ClientSocket socket(service);
    socket.ask(get_request("/ping"));
    return folder.write("ping", socket.answer());
  }

  std::uint16_t port_;
  BackgroundProcess process_;
};

// What both answer, so that nobody is fast by being wrong.
void expect_same_customer(const RunningService& service, std::uint16_t peer, const std::string& path) {
  const auto document = [](std::uint16_t port, const std::string& target) {
    ClientSocket socket(port);
    socket.ask(get_request(target));
    return boost::json::parse(socket.answer().substr(socket.answer().find("\r\n\r\n") + 4)).as_object();
  };
  const auto ours = document(service.port(), "/api/v1/customers/4711");
  const auto theirs = document(peer, path + "4711");
  for (const auto name : {"id", "customer_id", "first_name", "email", "account_number", "is_verified", "notes"}) {
    if (ours.at(name) != theirs.at(name)) throw std::runtime_error(fmt::format("{} differs at {}", path, name));
  }
}

class Bench {
 public:
  Bench() : service_(database_.environment()) {}

  void contests() {
    print_line(fmt::format("{:<58} {:>8} {:>8} {:>7} {:>7} {:>7} {:>8}",
                           fmt::format("requests a second, {} keep-alive connections", connections), "ours", "peer",
                           "ratio", "min", "max", "limit"));
    std::optional<FastapiPeer> fastapi;
    if (const auto missing = FastapiPeer::missing(); !missing.empty()) {
      print_line(fmt::format("FastAPI: not measured, {}.", missing));
    } else {
      fastapi.emplace(database_.url(), folder_.path());
      expect_same_customer(service_, fastapi->port(), "/orm/customers/");
      expect_same_customer(service_, fastapi->port(), "/raw/customers/");
    }
    read_customer(fastapi);
    read_messages(fastapi);
    append_message(fastapi);
    const Echo echo(folder_, service_.port());
    Contest ping("GET /ping", rate_of(own("/ping")));
    ping.against("an echo of the answer", 0.85, rate_of({folder_.path(), echo.port(), "/ping"}));
    ping.run();
  }

  void latencies_at_70_percent() {
    print_line(fmt::format("\n{:<58} {:>8} {:>8} {:>8} {:>8}", "microseconds at 70 % of the most, by open loop", "rate",
                           "p50", "p99", "p99.9"));
    print_latencies("GET /ping", own("/ping"), [] { return get_request("/ping"); });
    print_latencies("GET a customer", customers(), [this] {
      return get_request(fmt::format("/api/v1/customers/{}", random_() % ServedDatabase::customers + 1));
    });
  }

  void growth() {
    const std::vector<int> counts = {1, 8, 32, 128, 512, 2'000};
    std::string head = fmt::format("\n{:<34}", "requests a second, connections:");
    for (const int count : counts) head += fmt::format(" {:>8}", count);
    print_line(head + "  last of best");
    print_growth("GET /ping", own("/ping"), counts);
    print_growth("GET a customer", customers(), counts);
  }

  void costs() {
    const auto ping = get_request("/ping");
    const auto customer = get_request("/api/v1/customers/4711");
    print_line(fmt::format("\n{:<58} {:>8} {:>8}", "what it costs", "", "limit"));
    print_cost("KiB of an idle connection, of 2,000", memory_of_idle_connection(environment(), customer) / 1024, 12);
    print_cost("allocations of GET /ping", allocations_of_request(environment(), ping), 0.05);
    print_cost("allocations of GET a customer", allocations_of_request(environment(), customer), {});
    if (!is_installed("strace")) {
      print_line("system calls: not measured, strace is not installed");
      return;
    }
    print_calls("system calls of GET /ping", ping);
    print_calls("system calls of GET a customer", customer);
  }

 private:
  support::tests::Environment environment() const { return database_.environment(); }
  Wrk own(const std::string& path, const std::string& script = {}) const {
    return {folder_.path(), service_.port(), path, script};
  }
  Wrk customers() const { return own("/", get_random("/api/v1/customers/", ServedDatabase::customers)); }
  Contest::Rate peer_rate(const FastapiPeer& peer, const std::string& script) const {
    return rate_of({folder_.path(), peer.port(), "/", script});
  }

  void read_customer(const std::optional<FastapiPeer>& fastapi) {
    const Pgbench pgbench(database_.url());
    Contest contest("GET a customer", rate_of(customers()));
    if (fastapi) {
      contest.against("FastAPI, SQLAlchemy", 25,
                      peer_rate(*fastapi, get_random("/orm/customers/", ServedDatabase::customers)));
      contest.against("FastAPI, raw asyncpg", 8,
                      peer_rate(*fastapi, get_random("/raw/customers/", ServedDatabase::customers)));
    }
    contest.against("pgbench -M prepared -c 10", 1, [&] { return pgbench.measure(); });
    contest.run();
  }
  void read_messages(const std::optional<FastapiPeer>& fastapi) {
    const auto script = [](const std::string& prefix) {
      return get_random(prefix, ServedDatabase::full_conversations, "/messages");
    };
    Contest contest("GET 50 messages", rate_of(own("/", script("/api/v1/conversations/"))));
    if (fastapi) contest.against("FastAPI, raw asyncpg", 8, peer_rate(*fastapi, script("/raw/conversations/")));
    contest.run();
  }
  void append_message(const std::optional<FastapiPeer>& fastapi) {
    Contest contest("POST a message", rate_of(own("/", post_random("/api/v1/conversations/"))));
    if (fastapi) {
      contest.against("FastAPI, raw asyncpg", 4, peer_rate(*fastapi, post_random("/raw/conversations/")));
    }
    contest.run();
  }

  void print_latencies(const std::string& what, const Wrk& wrk, std::function<std::string()> next_request) {
    std::vector<double> peaks;
    for (int i = 0; i < 3; ++i) peaks.push_back(wrk.run(connections).requests_a_second);
    SteadyLoad load{.port = service_.port(), .connections = connections, .next_request = std::move(next_request)};
    load.requests_a_second = 0.7 * median(peaks);
    const auto took = latencies(load);
    const auto at = [&](double share) {
      return took[static_cast<std::size_t>(share * static_cast<double>(took.size() - 1))].count() * 1e6;
    };
    print_line(fmt::format("{:<58} {:>8.0f} {:>8.0f} {:>8.0f} {:>8.0f}", what, load.requests_a_second, at(0.5),
                           at(0.99), at(0.999)));
  }
  static void print_growth(const std::string& what, const Wrk& wrk, const std::vector<int>& counts) {
    std::vector<std::vector<double>> rates(counts.size());
    for (int round = 0; round < 3; ++round) {
      for (std::size_t i = 0; i < counts.size(); ++i) {
        // Longer where making the connections takes a part of the time.
        rates[i].push_back(wrk.run(counts[i], counts[i] < 512 ? 1 : 4).requests_a_second);
      }
    }
    std::string line = fmt::format("{:<33}", what);
    double best = 0;
    for (const auto& of_count : rates) {
      best = std::max(best, median(of_count));
      line += fmt::format(" {:>8.0f}", median(of_count));
    }
    const double share = median(rates.back()) / best;
    print_line(line + fmt::format("  {:.2f} (>= 0.6) {}", share, verdict(share >= 0.6)));
  }
  static void print_cost(const std::string& what, double cost, std::optional<double> limit) {
    print_line(fmt::format("{:<58} {:>8.2f} {:>8}  {}", what, cost, limit ? fmt::format("<= {:.3g}", *limit) : "",
                           limit ? verdict(cost <= *limit) : ""));
  }
  void print_calls(const std::string& what, const std::string& request) {
    try {
      const auto calls = system_calls_of_request(environment(), request);
      print_line(fmt::format("{:<58} {:>8.2f}  ({})", what, calls.of_request, calls.which));
    } catch (const std::exception& error) {
      print_line(fmt::format("{}: not measured, {}", what, error.what()));
    }
  }

  TemporaryFolder folder_;
  ServedDatabase database_;
  RunningService service_;
  std::minstd_rand random_{1};
};

// wrk and the service need a descriptor a connection; children inherit the limit.
void allow_many_files() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = std::min<rlim_t>(limit.rlim_max, 20'000);
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const std::string only = argc > 1 ? argv[1] : "";
    allow_many_files();
    Bench bench;
    if (!is_installed("wrk")) {
      print_line("requests a second: not measured, wrk is not installed");
    } else {
      if (only.empty() || only == "contests") bench.contests();
      if (only.empty() || only == "latencies") bench.latencies_at_70_percent();
      if (only.empty() || only == "growth") bench.growth();
    }
    if (only.empty() || only == "costs") bench.costs();
    print_line(
        fmt::format("Medians of {} turns of a second taken alternately; the service has one thread for requests, "
                    "FastAPI one process, and the database is on the same machine.",
                    rounds));
    return all_hold ? 0 : 1;
  } catch (const std::exception& error) {
    fmt::print(stderr, "bench: {}\n", error.what());
    return 2;
  }
}

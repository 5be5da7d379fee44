// Large results and COPY beside asyncpg on uvloop, psql's \copy, and libpq's blocking calls, which show what the server
// allows at most: one server over TCP, one connection each, in turns.
// Prints medians and their ratios against the limits; exits 1 when one does not hold, 2 when something could not be
// measured.
#include <algorithm>
#include <chrono>
#include <ctime>
#include <fstream>
#include <functional>
#include <random>
#include <sstream>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <fmt/format.h>

#include "app/database/connection.hpp"
#include "app/database/libpq.hpp"

#include "tests/support/temporary_folder.hpp"
#include "tests/support/test_cluster.hpp"

#include "bench/peer_process.hpp"
#include "bench/process.hpp"

namespace support::database {

struct Message {
  std::int32_t id = 0;
  std::int32_t conversation_id = 0;
  std::string role;
  std::string content;
  Timestamp created_at;
};

template <>
struct RowMapping<Message> {
  static constexpr auto columns = std::tuple{
      column("id", &Message::id), column("conversation_id", &Message::conversation_id), column("role", &Message::role),
      column("content", &Message::content), column("created_at", &Message::created_at)};
};

}  // namespace support::database

namespace {

using namespace support::database;
using namespace support::bench;
using support::tests::TemporaryFolder;
using support::tests::TestDatabase;
using Clock = std::chrono::steady_clock;

constexpr int rounds = 9;
constexpr int times_a_turn = 5;  // so that everybody's memory and caches are as warm as in a busy service
constexpr std::int64_t rows_read = 10'000;
constexpr std::int32_t rows_copied = 100'000;
constexpr std::string_view read_sql = "SELECT id, conversation_id, role, content, created_at FROM messages LIMIT 10000";
constexpr const char* copied_sql = "CREATE TEMP TABLE copied(a int, b text, c float8)";

struct Took {
  double seconds = 0;
  double cpu_seconds = 0;  // of the client's process
};

void expect_count(std::int64_t got, std::int64_t wanted) {
  if (got != wanted) throw std::runtime_error(fmt::format("{} rows where {} were wanted", got, wanted));
}

template <class Work>
Took measure(Work work) {
  const auto start = Clock::now();
  const auto cpu = std::clock();
  work();
  return {std::chrono::duration<double>(Clock::now() - start).count(),
          static_cast<double>(std::clock() - cpu) / CLOCKS_PER_SEC};
}

// Runs a coroutine to its end.
template <class Body>
Took time(asio::io_context& context, Body body) {
  return measure([&] {
    bool done = false;
    std::exception_ptr failure;
    context.restart();
    asio::co_spawn(context, body(), [&](std::exception_ptr exception) {
      failure = exception;
      done = true;
    });
    while (!done) context.run_one();
    if (failure) std::rethrow_exception(failure);
  });
}

class Ours {
 public:
  explicit Ours(const support::config::DatabaseUrl& url) {
    ConnectOptions options;
    options.keywords = url.keywords();
    time(context_, [&]() -> asio::awaitable<void> {
      connection_ = (co_await Connection::connect(context_, options)).value();
      (co_await connection_->run(copied_sql)).value();
    });
    for (std::int32_t i = 0; i < rows_copied; ++i) names_.push_back(fmt::format("row {}", i));
  }

  Took read_whole() {
    return time(context_, [&]() -> asio::awaitable<void> {
      const auto rows = (co_await connection_->query(read_sql)).value();
      expect_count(static_cast<std::int64_t>(rows.into<Message>().value().size()), rows_read);
    });
  }
  Took read_as_they_come() {
    return time(context_, [&]() -> asio::awaitable<void> {
      RecordStream<Message> messages((co_await connection_->stream(read_sql)).value());
      std::vector<Message> read;
      while ((co_await messages.read_some(read)).value()) {
      }
      expect_count(static_cast<std::int64_t>(read.size()), rows_read);
    });
  }
  Took read_row_by_row() {
    return time(context_, [&]() -> asio::awaitable<void> {
      RecordStream<Message> messages((co_await connection_->stream(read_sql)).value());
      std::int64_t count = 0;
      while ((co_await messages.next()).value()) ++count;
      expect_count(count, rows_read);
    });
  }
  Took copy_values() {
    truncate();
    return time(context_, [&]() -> asio::awaitable<void> {
      auto copy = (co_await connection_->start_copy_in("COPY copied FROM STDIN (FORMAT binary)")).value();
      CopyRows rows;
      for (std::int32_t i = 0; i < rows_copied; ++i) {
        rows.add(i, names_[static_cast<std::size_t>(i)], i * 0.5);
        if (rows.is_large()) (co_await copy.write(rows)).value();
      }
      expect_count((co_await copy.finish(rows)).value(), rows_copied);
    });
  }
  Took copy_file(const std::string& path) {
    truncate();
    return time(context_, [&]() -> asio::awaitable<void> {
      std::ifstream file(path, std::ios::binary);
      auto copy = (co_await connection_->start_copy_in("COPY copied FROM STDIN")).value();
      std::string piece(64 * 1024, '\0');
      while (file.read(piece.data(), static_cast<std::streamsize>(piece.size())) || file.gcount() > 0) {
        const std::string_view part(piece.data(), static_cast<std::size_t>(file.gcount()));
        (co_await copy.write(part)).value();
      }
      expect_count((co_await copy.finish()).value(), rows_copied);
    });
  }

 private:
  void truncate() {
    time(context_, [&]() -> asio::awaitable<void> { (co_await connection_->run("TRUNCATE copied")).value(); });
  }

  asio::io_context context_;
  std::unique_ptr<Connection> connection_;
  std::vector<std::string> names_;
};

// libpq's blocking calls, with nothing done to what they bring and everything ready that they send.
class Floor {
 public:
  explicit Floor(const std::string& url) : connection_(PQconnectdb(url.c_str())) {
    do_now(copied_sql);
    ResultHandle(PQprepare(connection_.get(), "read", std::string(read_sql).c_str(), 0, nullptr));
    CopyRows rows;
    for (std::int32_t i = 0; i < rows_copied; ++i) rows.add(i, fmt::format("row {}", i), i * 0.5);
    rows.end();
    rows_ = rows.bytes();
  }

  Took read() {
    return measure([&] {
      const ResultHandle rows(PQexecPrepared(connection_.get(), "read", 0, nullptr, nullptr, nullptr, 1));
      expect_count(PQntuples(rows.get()), rows_read);
    });
  }
  Took copy() {
    do_now("TRUNCATE copied");
    return measure([&] {
      do_now("COPY copied FROM STDIN (FORMAT binary)");
      constexpr std::size_t piece = 64 * 1024;
      for (std::size_t at = 0; at < rows_.size(); at += piece) {
        PQputCopyData(connection_.get(), rows_.data() + at, static_cast<int>(std::min(piece, rows_.size() - at)));
      }
      PQputCopyEnd(connection_.get(), nullptr);
      const ResultHandle done(PQgetResult(connection_.get()));
      expect_count(affected_rows(*done), rows_copied);
      expect_count(ResultHandle(PQgetResult(connection_.get())) ? 1 : 0, 0);
    });
  }

 private:
  void do_now(const char* sql) {
    if (is_error(*ResultHandle(PQexec(connection_.get(), sql)))) throw std::runtime_error(error_message(*connection_));
  }

  ConnectionHandle connection_;
  std::string rows_;
};

Took ask(PeerProcess& peer, const std::string& word, std::int64_t rows) {
  std::istringstream answer(peer.ask(word));
  Took took;
  std::int64_t count = 0;
  answer >> took.seconds >> took.cpu_seconds >> count;
  expect_count(count, rows);
  return took;
}

// By psql's own clock, so that its start and its login do not count.
Took psql_copy(const TemporaryFolder& folder, const std::string& url, const std::string& file) {
  run({{"psql", "-X", "-v", "ON_ERROR_STOP=1", "-c", copied_sql, "-c", "\\timing on", "-c",
        fmt::format("\\copy copied from '{}'", file), url},
       folder.path(),
       {},
       folder / "psql"});
  const std::string said = folder.read("psql");
  const auto at = said.find("Time: ");
  if (said.find(fmt::format("COPY {}", rows_copied)) == std::string::npos || at == std::string::npos) {
    throw std::runtime_error("psql has not copied: " + said);
  }
  return {std::stod(said.substr(at + 6)) / 1000, 0};
}

struct Series {
  std::vector<double> seconds;
  std::vector<double> cpu_seconds;
};

class Table {
 public:
  Table() { fmt::print("{:<56} {:>10} {:>10} {:>9} {:>9}\n", "", "ours", "peer", "ratio", "limit"); }
  // How many times as fast as the peer we are, by the medians.
  void at_least(const std::string& what, const std::vector<double>& ours, const std::vector<double>& peer,
                double limit) {
    const double ratio = median(peer) / median(ours);
    fmt::print("{:<56} {:>10} {:>10} {:>9.2f} {:>9}  {}\n", what, fmt::format("{:.1f} ms", median(ours) * 1000),
               fmt::format("{:.1f} ms", median(peer) * 1000), ratio, fmt::format(">= {}", limit),
               ratio >= limit ? "holds" : "MISSED");
    all_hold_ = all_hold_ && ratio >= limit;
  }
  bool all_hold() const { return all_hold_; }

 private:
  bool all_hold_ = true;
};

void fill(const TestDatabase& database) {
  database.sql(
      "CREATE TABLE messages(id serial PRIMARY KEY, conversation_id int NOT NULL, role varchar(20) NOT NULL, content "
      "text NOT NULL, created_at timestamptz NOT NULL DEFAULT now());"
      "INSERT INTO messages(conversation_id, role, content) SELECT 1 + g % 30000, CASE g % 2 WHEN 0 THEN 'CUSTOMER' "
      "ELSE 'AGENT' END, 'Message number ' || g || ': my card payment was declined at the shop, can you help?' FROM "
      "generate_series(1, 20000) g;"
      "ANALYZE messages");
}

bool bench() {
  const TestDatabase database;
  fill(database);
  const auto url = database.tcp_url().sync(support::config::Password::show);
  const TemporaryFolder folder;
  std::string text;
  for (std::int32_t i = 0; i < rows_copied; ++i) text += fmt::format("{0}\trow {0}\t{1}\n", i, i * 0.5);
  const std::string file = folder.write("rows", text);
  Ours ours(database.tcp_url());
  PeerProcess asyncpg({"/usr/bin/python3", SUPPORT_SOURCE_DIR "/bench/streaming.py", url});
  Floor floor(url);
  Series whole, as_they_come, row_by_row, read_by_asyncpg, read_by_libpq, values, copied_by_asyncpg, copied_by_libpq,
      from_file, psql;
  std::vector<std::pair<Series*, std::function<Took()>>> turns = {
      {&whole, [&] { return ours.read_whole(); }},
      {&read_by_asyncpg, [&] { return ask(asyncpg, "read", rows_read); }},
      {&read_by_libpq, [&] { return floor.read(); }},
      {&as_they_come, [&] { return ours.read_as_they_come(); }},
      {&row_by_row, [&] { return ours.read_row_by_row(); }},
      {&values, [&] { return ours.copy_values(); }},
      {&copied_by_asyncpg, [&] { return ask(asyncpg, "copy", rows_copied); }},
      {&copied_by_libpq, [&] { return floor.copy(); }},
      {&from_file, [&] { return ours.copy_file(file); }},
      {&psql, [&] { return psql_copy(folder, url, file); }}};
  // The first round is not counted: statements are prepared, pages are read.
  std::minstd_rand random(1);
  for (int round = 0; round <= rounds; ++round) {
    std::shuffle(turns.begin(), turns.end(), random);  // so that nobody always follows the same other
    for (const auto& [series, work] : turns) {
      for (int i = 0; i < times_a_turn; ++i) {
        const Took took = work();
        if (round == 0) continue;
        series->seconds.push_back(took.seconds);
        series->cpu_seconds.push_back(took.cpu_seconds);
      }
    }
  }
  Table table;
  table.at_least("reading 10,000 rows as structs, asyncpg's fetch", whole.seconds, read_by_asyncpg.seconds, 2);
  table.at_least("  by read_some()", as_they_come.seconds, read_by_asyncpg.seconds, 2);
  table.at_least("  row by row by next()", row_by_row.seconds, read_by_asyncpg.seconds, 1);
  table.at_least("  the client's CPU", whole.cpu_seconds, read_by_asyncpg.cpu_seconds, 2);
  table.at_least("  blocking libpq, rows left unread", whole.seconds, read_by_libpq.seconds, 0.7);
  table.at_least("COPY in of 100,000 rows of values, asyncpg", values.seconds, copied_by_asyncpg.seconds, 2);
  table.at_least("  the client's CPU", values.cpu_seconds, copied_by_asyncpg.cpu_seconds, 2);
  table.at_least("  blocking libpq, the bytes ready before", values.seconds, copied_by_libpq.seconds, 0.9);
  table.at_least("COPY in of a file of them, psql's \\copy", from_file.seconds, psql.seconds, 1);
  fmt::print("Medians of {} times, in turns on one server over TCP, one connection each.\n", rounds * times_a_turn);
  return table.all_hold();
}

}  // namespace

int main() {
  try {
    return bench() ? 0 : 1;
  } catch (const std::exception& error) {
    fmt::print(stderr, "bench: {}\n", error.what());
    return 2;
  }
}

#include "app/alembic/safety/trace/lock_sampler.hpp"

#include <fmt/format.h>

#include "app/alembic/safety/trace/server_lock_mode.hpp"

namespace support::alembic::safety {
namespace {

// Looks within one query: the way to the server and back is longer than some locks are held.
constexpr int looks_in_a_query = 100;

// So many queries without anything new, and the statement stands still.
constexpr int quiet_queries = 3;

// A function in the list of columns is called anew for each row, one in FROM is not.
std::string sampling_sql(const std::string& backend) {
  return fmt::format(
      "SELECT DISTINCT (l).relation, (l).mode FROM (SELECT pg_lock_status() AS l FROM generate_series(1, {})) looks "
      "WHERE (l).pid = {} AND (l).locktype = 'relation'",
      looks_in_a_query, backend);
}

// While another thread goes on looking: what waited runs at once. The session stays, because its end would take
// processor time away from the two that matter.
std::unique_ptr<Connection> release(std::unique_ptr<Connection> blocker) {
  blocker->execute("ROLLBACK");
  return blocker;
}

// The rows of the attributes of indexes: nothing touches them before an index is dropped, and who drops it has its lock
// by then.
constexpr std::string_view attributes_sql =
    "SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid WHERE c.relkind = 'i' AND c.oid >= 16384 FOR KEY "
    "SHARE OF a";

constexpr std::string_view tables_sql =
    "SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname), c.relkind FROM pg_class c JOIN pg_namespace n ON "
    "n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p', 'm') AND (c.relkind <> 'm' OR c.relispopulated) AND c.oid >= "
    "16384 AND c.relpersistence <> 't' AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')";

}  // namespace

LockSampler::LockSampler(std::unique_ptr<Connection> observer, std::vector<std::unique_ptr<Connection>> blockers,
                         const std::string& backend)
    : observer_(std::move(observer)), blockers_(std::move(blockers)), sql_(sampling_sql(backend)) {
  thread_ = std::thread([this] { watch(); });
  first_look_.wait();
}

LockSampler::~LockSampler() {
  stopped_ = true;
  if (thread_.joinable()) thread_.join();
}

SeenLocks LockSampler::stop() {
  stopped_ = true;
  thread_.join();
  if (error_) std::rethrow_exception(error_);
  return seen_;
}

void LockSampler::watch() {
  bool has_looked = false;
  const auto looked = [&] {
    if (!std::exchange(has_looked, true)) first_look_.count_down();
  };
  try {
    for (int quiet = 0; !stopped_;) {
      quiet = look() ? 0 : quiet + 1;
      looked();
      if (quiet < quiet_queries || blockers_.empty()) continue;
      releases_.push_back(std::async(std::launch::async, release, std::move(blockers_.front())));
      blockers_.erase(blockers_.begin());
      quiet = 0;
    }
  } catch (...) {
    error_ = std::current_exception();
  }
  // Whatever happened, nobody may be left waiting.
  blockers_.clear();
  releases_.clear();
  looked();
}

bool LockSampler::look() {
  bool is_new = false;
  for (const auto& row : observer_->query(sql_)) {
    const auto mode = lock_mode_of(row.at(1).value_or(""));
    if (mode == LockMode::none) continue;
    is_new |= seen_.emplace(static_cast<Oid>(std::stoul(row.at(0).value_or("0"))), mode).second;
  }
  return is_new;
}

std::vector<std::unique_ptr<Connection>> make_blockers(const std::function<std::unique_ptr<Connection>()>& connect) {
  std::vector<std::unique_ptr<Connection>> blockers;
  auto reader = connect();
  auto writer = connect();
  const auto tables = reader->query(std::string(tables_sql));
  reader->execute("BEGIN");
  writer->execute("BEGIN");
  for (const auto& row : tables) {
    const auto table = row.at(0).value_or("");
    // Planning it locks the indexes as well.
    reader->query(fmt::format("SELECT FROM ONLY {} LIMIT 0", table));
    if (row.at(1) != "m") writer->execute(fmt::format("LOCK TABLE ONLY {} IN ROW EXCLUSIVE MODE", table));
  }
  auto snapshot = connect();
  snapshot->execute("BEGIN ISOLATION LEVEL REPEATABLE READ");
  snapshot->query("SELECT 1");
  blockers.push_back(std::move(reader));
  blockers.push_back(std::move(writer));
  blockers.push_back(std::move(snapshot));
  auto catalog = connect();
  try {
    catalog->execute("BEGIN");
    catalog->query(std::string(attributes_sql));
    blockers.push_back(std::move(catalog));
  } catch (const DatabaseError&) {
    // That takes a superuser. Without one, the moment has to be met by chance.
  }
  return blockers;
}

}  // namespace support::alembic::safety

#include "app/alembic/safety/trace/impact.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "app/alembic/safety/trace/server_lock_mode.hpp"

namespace support::alembic::safety {
namespace {

using Key = std::pair<std::string, std::string>;

Key table_of(const TracedRelation& relation) {
  return {relation.schema, relation.name};
}

// Tables that are read or written as a whole.
std::set<Key> worked_tables(const StatementTrace& trace) {
  std::set<Key> tables;
  for (const auto* list : {&trace.rewrites, &trace.scans, &trace.index_builds, &trace.index_rebuilds}) {
    for (const auto& relation : *list) tables.insert(table_of(relation));
  }
  return tables;
}

std::set<Key> locked_tables(const StatementTrace& trace, LockMode mode) {
  std::set<Key> tables;
  for (const auto& lock : trace.locks) {
    if (lock.relation.is_table() && lock.mode == mode) tables.insert(table_of(lock.relation));
  }
  return tables;
}

// A table without its indexes, TOAST included.
double table_bytes(const LiveRelation& table) {
  return static_cast<double>(table.total_bytes - std::min(table.index_bytes, table.total_bytes));
}

class Work {
 public:
  Work(const LiveDatabase& live, const Throughput& throughput) : live_(live), throughput_(throughput) {}

  // A table that the live database has not is one that an earlier step makes: it is empty.
  void rewrite(const TracedRelation& table) { add(table_bytes(found(table)), throughput_.rewritten); }
  void scan(const TracedRelation& table) { add(static_cast<double>(found(table).bytes), throughput_.scanned); }
  void rebuild(const TracedRelation& index) {
    const auto* old = live_.find(index.schema, index.index);
    add(old == nullptr ? 0 : static_cast<double>(old->bytes), throughput_.indexed);
  }
  // How large a new index becomes is not known; its table is an upper limit for most.
  void build(const TracedRelation& index) { add(static_cast<double>(found(index).bytes), throughput_.indexed); }

  double seconds() const { return seconds_; }
  std::uint64_t bytes() const { return static_cast<std::uint64_t>(bytes_); }

 private:
  const LiveRelation& found(const TracedRelation& relation) const {
    static const LiveRelation none{.rows = 0};
    const auto* table = live_.find(relation.schema, relation.name);
    return table == nullptr ? none : *table;
  }
  void add(double bytes, double per_second) {
    bytes_ += bytes;
    seconds_ += bytes / per_second;
  }

  const LiveDatabase& live_;
  const Throughput& throughput_;
  double seconds_ = 0;
  double bytes_ = 0;
};

bool contains(const std::vector<TracedRelation>& list, const TracedRelation& relation) {
  return std::ranges::find(list, relation) != list.end();
}

void add_work(Impact& impact, const LiveDatabase& live, const Throughput& throughput) {
  Work work(live, throughput);
  const auto& trace = impact.trace;
  for (const auto& table : trace.rewrites) work.rewrite(table);
  for (const auto& table : trace.scans) {
    if (!contains(trace.rewrites, table)) work.scan(table);
  }
  for (const auto& index : trace.index_rebuilds) work.rebuild(index);
  for (const auto& index : trace.index_builds) work.build(index);
  impact.seconds = work.seconds();
  impact.bytes = work.bytes();
}

void add_rows(Impact& impact, const LiveDatabase& live) {
  auto tables = worked_tables(impact.trace);
  if (tables.empty()) tables = locked_tables(impact.trace, impact.strongest);
  for (const auto& [schema, name] : tables) {
    const auto* table = live.find(schema, name);
    if (table == nullptr || !table->rows) continue;
    impact.rows = std::max(impact.rows.value_or(0), *table->rows);
  }
}

void add_queues(Impact& impact, const LiveDatabase& live) {
  std::map<std::string, const TracedLock*> strongest;
  for (const auto& lock : impact.trace.locks) {
    if (!lock.relation.is_table()) continue;
    auto& known = strongest[lock.relation.shown];
    if (known == nullptr || known->mode < lock.mode) known = &lock;
  }
  for (const auto& [name, lock] : strongest) {
    if (lock->mode < LockMode::share) continue;
    const auto* table = live.find(lock->relation.schema, lock->relation.name);
    if (table == nullptr) continue;
    Queue queue{.relation = lock->relation, .mode = lock->mode, .statements_per_second = table->writes_per_second};
    if (lock->mode == LockMode::access_exclusive) queue.statements_per_second += table->reads_per_second;
    if (impact.seconds) queue.statements = queue.statements_per_second * *impact.seconds;
    impact.queues.push_back(std::move(queue));
  }
}

// What is waited for: locks that conflict with one of the statement's, and what runs concurrently waits for every
// snapshot that is older than it.
void add_waits(Impact& impact, const LiveDatabase& live) {
  for (const auto& session : live.long_transactions) {
    const WaitsFor* waits = nullptr;
    for (const auto& [relation, held] : session.locks) {
      for (const auto& lock : impact.trace.locks) {
        if (Key(lock.relation.schema, lock.relation.index.empty() ? lock.relation.name : lock.relation.index) !=
                relation ||
            !conflict(lock.mode, held) || waits != nullptr) {
          continue;
        }
        impact.waits_for.push_back({.session = session, .relation = lock.relation.shown, .mode = held});
        waits = &impact.waits_for.back();
      }
    }
    if (waits == nullptr && impact.trace.execution == Execution::sampled && session.holds_snapshot) {
      impact.waits_for.push_back({.session = session, .relation = "", .mode = LockMode::none});
    }
  }
}

}  // namespace

Impact estimate_impact(StatementTrace trace, const LiveDatabase* live, const Throughput& throughput) {
  Impact impact{.trace = std::move(trace), .rows = {}, .bytes = {}, .seconds = {}, .queues = {}, .waits_for = {}};
  for (const auto& lock : impact.trace.locks) {
    if (lock.relation.is_table()) impact.strongest = std::max(impact.strongest, lock.mode);
  }
  if (live == nullptr) return impact;
  add_work(impact, *live, throughput);
  add_rows(impact, *live);
  add_queues(impact, *live);
  add_waits(impact, *live);
  if (impact.bytes > 0 &&
      impact.trace.rewrites.size() + impact.trace.index_rebuilds.size() + impact.trace.index_builds.size() > 0) {
    impact.replicas = live->replicas.size();
  }
  return impact;
}

}  // namespace support::alembic::safety

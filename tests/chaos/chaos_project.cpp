#include "tests/chaos/chaos_project.hpp"

#include <algorithm>
#include <stdexcept>
#include <thread>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "tests/support/catalog_dump.hpp"

namespace support::tests {

namespace {

constexpr auto folder = SUPPORT_SOURCE_DIR "/tests/data/chaos";

bool has_relation(const TestCluster& cluster, const std::string& database, const std::string& name) {
  return !cluster.sql("SELECT to_regclass('" + name + "')", database).front().front().empty();
}

// What is in `lines` and not in `others`; both sorted.
std::string more_than(const std::vector<std::string>& lines, const std::vector<std::string>& others) {
  std::vector<std::string> more;
  std::ranges::set_difference(lines, others, std::back_inserter(more));
  return fmt::format("{}", fmt::join(more, "\n    "));
}

}  // namespace

std::vector<std::string> ChaosProject::command(std::vector<std::string> words, const std::string& driver) {
  words.insert(words.begin(), {"migrate", "--script-location", folder, "--driver", driver});
  return words;
}

Environment ChaosProject::environment(const std::string& database, int port) {
  return {{"DATABASE_URL", fmt::format("postgresql://support_agent@127.0.0.1:{}/{}?sslmode=disable&gssencmode=disable",
                                       port, database)},
          {"MIGRATION_LOCK_TIMEOUT", "30s"}};
}

AgentResult ChaosProject::run(const std::string& database, std::vector<std::string> words) const {
  return run_agent(command(std::move(words)), environment(database, cluster_.tcp_port()));
}

ChaosProject::ChaosProject(TestCluster& cluster) : cluster_(cluster) {
  const TestDatabase clean(cluster);
  states_.push_back(read(clean.name()));
  for (const auto* revision : {"r1", "r2", "r3right", "r3left", "r4", "r5"}) {
    const auto result = run(clean.name(), {"upgrade", revision});
    if (result.exit_code != 0) throw std::runtime_error(result.standard_output + result.standard_error);
    states_.push_back(read(clean.name()));
  }
}

std::string ChaosProject::rows(const std::string& database) const {
  if (!has_relation(cluster_, database, "alembic_version")) return {};
  return cluster_
      .sql("SELECT coalesce(string_agg(version_num, ',' ORDER BY version_num), '') FROM alembic_version", database)
      .front()
      .front();
}

ChaosProject::State ChaosProject::read(const std::string& database) const {
  State state{.rows = rows(database)};
  // Row by row: the text of a function has several lines.
  for (const auto& row : cluster_.sql(catalog_query, database)) {
    auto line = fmt::format("{} {}: {}", row.at(0), row.at(1), row.at(2));
    if (line.find("alembic") == std::string::npos) state.catalog.push_back(std::move(line));
  }
  for (const auto& row : cluster_.sql("SELECT 'invalid index ' || indexrelid::regclass FROM pg_index WHERE NOT "
                                      "indisvalid AND indexrelid::regclass::text !~ '^pg_'",
                                      database)) {
    state.catalog.push_back(row.front());
  }
  std::ranges::sort(state.catalog);
  if (has_relation(cluster_, database, "log")) {
    for (const auto& row : cluster_.sql("SELECT line, count(*) FROM log GROUP BY 1", database)) {
      state.log[row[0]] = std::stoi(row[1]);
    }
    state.data = cluster_
                     .sql(
                         "SELECT (SELECT md5(string_agg(i::text, ',' ORDER BY id)) FROM items i) || (SELECT "
                         "count(*) FROM events)",
                         database)
                     .front()
                     .front();
  }
  return state;
}

std::string ChaosProject::check_consistent(const std::string& database) const {
  const auto found = read(database);
  const auto state = std::ranges::find(states_, found.rows, &State::rows);
  if (state == states_.end()) {
    return fmt::format("  the version table names '{}', where no run stops\n", found.rows);
  }
  std::string problems;
  const auto next = state + 1 == states_.end() ? state : state + 1;
  // Only these leave something before they are done.
  const bool may_be_half_way = next->rows == "r2" || next->rows == "r3left,r3right";
  if (!may_be_half_way) {
    if (found.catalog != state->catalog) {
      problems += fmt::format("  at '{}' the catalog has more:\n    {}\n  and lacks:\n    {}\n", found.rows,
                              more_than(found.catalog, state->catalog), more_than(state->catalog, found.catalog));
    }
    if (found.log != state->log || found.data != state->data) problems += "  the rows are not those of the revision\n";
  } else {
    // What is in both is there; what is in neither is a statement that has been begun.
    std::vector<std::string> both;
    std::ranges::set_intersection(state->catalog, next->catalog, std::back_inserter(both));
    std::erase_if(both, [](const std::string& line) { return line.find("events") != std::string::npos; });
    if (const auto lost = more_than(both, found.catalog); !lost.empty()) {
      problems += fmt::format("  at '{}' the catalog lacks:\n    {}\n", found.rows, lost);
    }
    for (const auto& [line, count] : state->log) {
      if (!found.log.contains(line)) problems += fmt::format("  the row '{}' is missing\n", line);
    }
    for (const auto& [line, count] : found.log) {
      if (count != 1) problems += fmt::format("  the row '{}' was written {} times\n", line, count);
      if (!next->log.contains(line)) problems += fmt::format("  the row '{}' is there too early\n", line);
    }
  }
  if (has_relation(cluster_, database, "alembic.history")) {
    const auto recorded = cluster_.sql(
        "SELECT coalesce((SELECT string_agg(row, ',' ORDER BY row) FROM unnest(rows) row), '') FROM alembic.history "
        "WHERE applied IS NOT NULL ORDER BY position DESC LIMIT 1",
        database);
    const auto last = recorded.empty() ? "" : recorded.front().front();
    if (last != found.rows) {
      problems += fmt::format("  the history ends at '{}', the version table says '{}'\n", last, found.rows);
    }
  } else if (!found.rows.empty()) {
    problems += "  there are revisions and no history\n";
  }
  const auto verified = run(database, {"verify"});
  if (verified.exit_code != 0) problems += "  verify: " + verified.standard_output;
  return problems;
}

std::string ChaosProject::check_complete(const std::string& database) const {
  const auto& head = states_.back();
  const auto found = read(database);
  std::string problems;
  if (found.rows != head.rows) problems += fmt::format("  it is at '{}' and not at head\n", found.rows);
  if (found.catalog != head.catalog) {
    problems += fmt::format("  the catalog has more:\n    {}\n  and lacks:\n    {}\n",
                            more_than(found.catalog, head.catalog), more_than(head.catalog, found.catalog));
  }
  for (const auto& [line, count] : found.log) {
    if (count != 1) problems += fmt::format("  the row '{}' was written {} times\n", line, count);
  }
  if (found.log != head.log) problems += fmt::format("  the log has {} lines\n", found.log.size());
  if (found.data != head.data) problems += "  the rows of the tables differ\n";
  const auto left = cluster_.sql("SELECT count(*) FROM alembic.step_progress", database).front().front();
  if (left != "0") problems += "  step_progress is not empty\n";
  const auto done = cluster_.sql(
      "SELECT count(*), count(DISTINCT revision) FROM alembic.history WHERE outcome = 'done' AND applied", database);
  if (done.front() != std::vector<std::string>{"6", "6"}) {
    problems += fmt::format("  the history has {} records for {} revisions\n", done.front()[0], done.front()[1]);
  }
  const auto verified = run(database, {"verify", "--strict"});
  if (verified.exit_code != 0) problems += "  verify: " + verified.standard_output;
  return problems;
}

bool ChaosProject::is_at_head(const std::string& database) const {
  return rows(database) == states_.back().rows;
}

bool ChaosProject::wait_for_quiet(const std::string& database) const {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (std::chrono::steady_clock::now() < deadline) {
    try {
      const auto sessions = cluster_.sql(
          "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND "
          "backend_type = 'client backend'",
          database);
      if (sessions.front().front() == "0") return true;
    } catch (const std::exception&) {
      // The server is not back yet.
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return false;
}

}  // namespace support::tests

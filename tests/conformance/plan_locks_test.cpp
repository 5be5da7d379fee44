// What a statement locks, writes anew and reads, as it was measured on the real servers.
#include <algorithm>
#include <iostream>
#include <map>
#include <set>

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/alembic/safety/scratch/scratch_database.hpp"
#include "app/alembic/safety/trace/server_lock_mode.hpp"
#include "app/alembic/safety/trace/tracer.hpp"
#include "app/alembic/script/sql_split.hpp"

#include "tests/conformance/graph_cases.hpp"
#include "tests/integration/alembic/database_session.hpp"
#include "tests/support/test_cluster.hpp"

namespace support::tests {
namespace {

namespace json = boost::json;
using namespace alembic::safety;

using Strongest = std::map<std::string, std::string>;

struct Effects {
  Strongest locks;
  std::set<std::string> rewrites;
  std::set<std::string> index_rebuilds;
  std::set<std::string> scans;
};

std::set<std::string> names(const json::value& list) {
  std::set<std::string> result;
  for (const auto& name : list.as_array()) result.insert(text(name));
  return result;
}

void add(const std::vector<TracedRelation>& relations, std::set<std::string>& to) {
  for (const auto& relation : relations) to.insert(relation.shown);
}

Effects together(const std::vector<StatementTrace>& traces) {
  Effects effects;
  std::map<std::string, LockMode> strongest;
  for (const auto& trace : traces) {
    for (const auto& lock : trace.locks) {
      auto& mode = strongest[lock.relation.shown];
      mode = std::max(mode, lock.mode);
    }
    add(trace.rewrites, effects.rewrites);
    add(trace.index_rebuilds, effects.index_rebuilds);
    add(trace.scans, effects.scans);
  }
  for (const auto& [relation, mode] : strongest) effects.locks[relation] = server_lock_name(mode);
  return effects;
}

Effects measured(const json::object& line, const std::string& database_url, const std::string& setup) {
  const auto target = connection_target(database_url);
  DatabaseSession session(database_url);
  ScratchDatabase scratch(target, read_traits(*session));
  scratch.connect()->execute("SET client_min_messages TO error;" + setup);
  Tracer tracer(scratch);
  if (const auto* setting = line.if_contains("session")) tracer.run(text(*setting), {.file = "session"});
  const bool in_transaction = line.at("in_transaction").as_bool();
  if (in_transaction) tracer.begin();
  const auto sql = text(line.at("statement"));
  for (const auto& part : alembic::split_sql(sql)) tracer.run(std::string(part.text), {.file = "case.sql", .line = 1});
  if (in_transaction) tracer.commit();
  return together(tracer.traces());
}

// Which ones a session takes beside those that it needs depends on what it has in its caches, and nobody waits for
// them; they were left out where versions were compared.
bool is_plain_read(const Strongest::value_type& lock) {
  return lock.second == "AccessShareLock";
}

// The planner may read two pages as it likes.
bool depends_on_plan(const std::string& name) {
  return name == "update-indexed";
}

void check(const json::object& line, const json::object& expected, const std::string& url) {
  SCOPED_TRACE(text(line.at("case")) + ": " + text(line.at("statement")));
  Effects effects;
  ASSERT_NO_THROW(effects = measured(line, url, text(line.at("setup"))));
  Strongest locks;
  for (const auto& [relation, mode] : expected.at("strongest").as_object()) locks[std::string(relation)] = text(mode);
  std::erase_if(effects.locks, is_plain_read);
  std::erase_if(locks, is_plain_read);
  EXPECT_EQ(effects.locks, locks);
  EXPECT_EQ(effects.rewrites, names(expected.at("rewrites")));
  EXPECT_EQ(effects.index_rebuilds, names(expected.at("index_rebuilds")));
  const auto& scans = expected.contains("scans") ? expected.at("scans") : line.at("scans");
  if (scans.is_null() || depends_on_plan(text(line.at("case")))) return;
  EXPECT_EQ(effects.scans, names(scans));
}

TEST(PlanLocks, AreWhatWasMeasuredOnTheRealServers) {
  if (!have_cases()) GTEST_SKIP() << "The measured cases are not beside the checkout: " << cases_path("locks.jsonl");
  const TestDatabase database;
  const auto version = TestCluster::instance().version();
  std::size_t compared = 0;
  for (const auto& entry : read_lines("locks.jsonl")) {
    const auto& same_on = entry.at("same_on").as_array();
    const auto* differs = entry.if_contains("differs");
    const auto* other = differs ? differs->as_object().if_contains(std::to_string(version)) : nullptr;
    const bool is_same = std::ranges::any_of(same_on, [&](const auto& v) { return v.as_int64() == version; });
    if (!is_same && other == nullptr) continue;
    check(entry, is_same ? entry : other->as_object(), database.url_text());
    ++compared;
  }
  std::cout << compared << " cases compared on PostgreSQL " << version << '\n';
  EXPECT_GE(compared, 140U);
}

}  // namespace
}  // namespace support::tests

#include "app/alembic/safety/model/table_work.hpp"

#include <algorithm>
#include <iostream>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gmock/gmock.h>

#include "app/alembic/safety/model/replay.hpp"
#include "app/alembic/safety/model/session.hpp"
#include "app/alembic/safety/syntax/script.hpp"

#include "tests/conformance/graph_cases.hpp"

namespace support::tests {
namespace {

using namespace alembic::safety;
namespace json = boost::json;

struct Measured {
  std::set<std::string> scans;  // rewrites and tables whose indexes are rebuilt included
  std::set<std::string> rewrites;
};

// Where the text alone tells something else than the run of one statement on a hundred rows did.
const std::map<std::string, std::string> exceptions{
    {"multi-add-column-and-fk", "more: the foreign key of a column that is added empty has nothing to look up in orgs"},
    {"update-indexed", "less: the planner reads a table of one page as a whole, whatever index there is"},
};

std::set<std::string> names(const json::value& list) {
  std::set<std::string> result;
  if (!list.is_array()) return result;
  for (const auto& name : list.as_array()) result.insert(text(name));
  return result;
}

// A partitioned table has no rows of its own.
void add_with_partitions(const SchemaModel& model, const RelationName& name, bool with_children,
                         std::set<std::string>& to) {
  const auto* relation = model.find(name);
  if (relation == nullptr || !relation->is_partitioned()) to.insert(name.text());
  if (relation == nullptr || !with_children) return;
  for (const auto& partition : relation->partitions) add_with_partitions(model, partition, true, to);
}

Measured said(const json::object& line, std::string& unknown) {
  SchemaModel model;
  const auto setup = read_script(text(line.at("setup")), "setup.sql");
  for (const auto& statement : setup.statements) replay(model, statement.node(), 0);
  model.next_epoch();
  const auto* version = line.if_contains("verified_pg");
  // The recorded sessions ran in UTC.
  const WorkOptions options{.server_version = version->to_number<unsigned>(), .zone = SessionZone::utc};
  Measured result;
  for (const auto& statement : read_script(text(line.at("statement")), "case.sql").statements) {
    const auto work = table_work(statement.node(), model, options);
    unknown += work.unknown;
    for (const auto& table : work.tables) {
      add_with_partitions(model, table.relation, table.with_children, result.scans);
      if (table.work == Work::rewrite) add_with_partitions(model, table.relation, table.with_children, result.rewrites);
    }
    replay(model, statement.node(), 0);
  }
  return result;
}

TEST(TableWork, IsWhatWasMeasuredForEachStatement) {
  if (!have_cases()) GTEST_SKIP() << "no recorded cases at " << cases_path("locks.jsonl");
  const auto lines = read_lines("locks.jsonl");
  std::vector<std::string> complaints;
  std::set<std::string> unused;
  for (const auto& [name, _] : exceptions) unused.insert(name);
  for (const auto& line : lines) {
    const auto name = text(line.at("case"));
    std::string unknown;
    const auto mine = said(line, unknown);
    auto scans = names(line.at("scans"));
    const auto rewrites = names(line.at("rewrites"));
    scans.insert(rewrites.begin(), rewrites.end());
    const bool scans_known = line.at("scans").is_array();
    const bool agrees = mine.rewrites == rewrites && (!scans_known || mine.scans == scans) && unknown.empty();
    if (agrees) continue;
    if (exceptions.contains(name)) {
      unused.erase(name);
      continue;
    }
    complaints.push_back(fmt::format("{}: {}\n  measured: scans {}, rewrites {}\n  said: scans {}, rewrites {} {}",
                                     name, text(line.at("statement")), scans, rewrites, mine.scans, mine.rewrites,
                                     unknown));
  }
  std::cout << lines.size() << " cases, " << complaints.size() << " differ\n";
  EXPECT_TRUE(complaints.empty()) << fmt::format("{}", fmt::join(complaints, "\n"));
  EXPECT_TRUE(unused.empty()) << "exceptions that are none any more: " << fmt::format("{}", unused);
}

// What one statement alone could not be measured to scan: those that work in several transactions.
TEST(TableWork, NamesTheTableOfWhatWorksConcurrently) {
  if (!have_cases()) GTEST_SKIP() << "no recorded cases at " << cases_path("locks.jsonl");
  const auto lines = read_lines("locks.jsonl");
  std::map<std::string, std::set<std::string>> wanted{{"create-index-concurrently", {"users"}},
                                                      {"drop-index-concurrently", {}},
                                                      {"reindex-index-concurrently", {"users"}},
                                                      {"reindex-table-concurrently", {"users"}},
                                                      {"vacuum-full", {"users"}},
                                                      {"vacuum", {"users"}}};
  for (const auto& line : lines) {
    if (line.at("scans").is_array()) continue;
    const auto name = text(line.at("case"));
    ASSERT_TRUE(wanted.contains(name)) << name;
    std::string unknown;
    EXPECT_EQ(said(line, unknown).scans, wanted.at(name)) << name;
    wanted.erase(name);
  }
  EXPECT_TRUE(wanted.empty());
}

}  // namespace
}  // namespace support::tests

#include "app/alembic/safety/guard/lock_request.hpp"

#include <algorithm>
#include <array>

#include "app/alembic/safety/model/schema_model.hpp"
#include "app/alembic/safety/model/table_locks.hpp"

namespace support::alembic::safety {

namespace {

using Partners = LockRequest::Partners;

constexpr std::array<std::string_view, 8> mode_names{
    "AccessShareLock", "RowShareLock",          "RowExclusiveLock", "ShareUpdateExclusiveLock",
    "ShareLock",       "ShareRowExclusiveLock", "ExclusiveLock",    "AccessExclusiveLock"};

// By the mode that is asked for; bit n stands for the n-th mode above.
constexpr std::array<unsigned, 8> conflicts{0b10000000, 0b11000000, 0b11110000, 0b11111000,
                                            0b11101100, 0b11111100, 0b11111110, 0b11111111};

// Foreign keys that a sub-command of ALTER TABLE touches on their other side.
void add_partners(const Node& command, const RelationName& relation, std::vector<LockRequest>& requests) {
  const auto subtype = command.text("subtype");
  const std::string name(command.text("name"));
  if (subtype == "AT_DropColumn" || subtype == "AT_AlterColumnType") {
    requests.push_back({relation, LockMode::access_exclusive, Partners::of_column, name});
  } else if (subtype == "AT_DropConstraint") {
    requests.push_back({relation, LockMode::access_exclusive, Partners::of_constraint, name});
  }
}

}  // namespace

std::vector<std::string> conflicting_modes(LockMode mode) {
  std::vector<std::string> names;
  if (mode == LockMode::none) return names;
  const auto bits = conflicts.at(static_cast<std::size_t>(mode) - 1);
  for (std::size_t held = 0; held < mode_names.size(); ++held) {
    if ((bits >> held & 1U) != 0) names.emplace_back(mode_names[held]);
  }
  return names;
}

bool blocks_application(LockMode mode) {
  return mode >= LockMode::share;
}

std::vector<LockRequest> lock_requests(const Node& statement, const SchemaModel& model) {
  std::vector<LockRequest> requests;
  for (const auto& lock : table_locks(statement, model)) requests.push_back({lock.relation, lock.mode});
  if (statement.is("AlterTableStmt") && statement.text("objtype") == "OBJECT_TABLE") {
    const auto relation = model.resolve(statement["relation"]);
    if (model.is_new(relation)) return requests;
    for (const auto& command : statement.items("cmds")) add_partners(command, relation, requests);
  } else if (statement.is("DropStmt") && statement.text("removeType") == "OBJECT_TABLE") {
    for (auto& request : requests) {
      if (request.mode == LockMode::access_exclusive) request.partners = Partners::all;
    }
  }
  return requests;
}

}  // namespace support::alembic::safety

#include "app/alembic/safety/guard/statement_reader.hpp"

#include <algorithm>
#include <array>

#include "app/alembic/safety/model/replay.hpp"
#include "app/alembic/safety/model/table_locks.hpp"
#include "app/alembic/safety/model/table_work.hpp"
#include "app/alembic/safety/procedural.hpp"
#include "app/alembic/safety/syntax/script.hpp"

namespace support::alembic::safety {

namespace {

// These reach nothing but what they name: when no relation of others is among that, they wait for nobody.
constexpr std::array<std::string_view, 22> kinds_that_say_all{
    "AlterEnumStmt",    "AlterTableStmt",   "CommentStmt",         "CompositeTypeStmt",  "CopyStmt",
    "CreateDomainStmt", "CreateEnumStmt",   "CreateExtensionStmt", "CreateFunctionStmt", "CreatePolicyStmt",
    "CreateRangeStmt",  "CreateSchemaStmt", "CreateSeqStmt",       "CreateStatsStmt",    "CreateStmt",
    "CreateTrigStmt",   "DefineStmt",       "GrantStmt",           "IndexStmt",          "InsertStmt",
    "RenameStmt",       "ViewStmt"};

bool says_all(const Node& node) {
  if (node.is("AlterTableStmt") && node.text("objtype") == "OBJECT_TYPE") return false;
  return std::ranges::find(kinds_that_say_all, node.type()) != kinds_that_say_all.end();
}

}  // namespace

SchemaModel StatementReader::in_new_epoch() {
  SchemaModel model;
  model.next_epoch();
  return model;
}

const ReadStatement& StatementReader::read(const std::string& sql) {
  if (sql == sql_ && !sql.empty()) return read_;
  sql_ = sql;
  trees_.clear();
  read_ = {};
  try {
    const auto script = read_script(sql, "");
    for (const auto& statement : script.statements) {
      trees_.push_back(statement.tree);
      for (auto& inner : executed_by_block(statement.node())) trees_.push_back(std::move(inner));
    }
  } catch (const std::exception&) {
    trees_.clear();
  }
  read_.is_private = trees_.size() == 1 && says_all(trees_.front().root());
  for (const auto& tree : trees_) judge(tree.root());
  read_.is_private = read_.is_private && read_.requests.empty();
  return read_;
}

void StatementReader::judge(const Node& node) {
  read_.is_session = trees_.size() == 1 && is_session_statement(node);
  read_.is_concurrent = read_.is_concurrent || is_concurrent(node);
  read_.builds_index = read_.builds_index || (is_concurrent(node) && (node.is("IndexStmt") || node.is("ReindexStmt")));
  read_.sets_timeout = read_.is_session && node.is("VariableSetStmt") && node.text("name") == "lock_timeout";
  for (auto& work : table_work(node, model_).tables) {
    const bool is_shared = !work.relation.name.empty() && !model_.is_new(work.relation);
    if (work.work == Work::rewrite && is_shared) read_.rewritten.push_back(std::move(work.relation));
  }
  for (auto& request : lock_requests(node, model_)) read_.requests.push_back(std::move(request));
}

void StatementReader::carried_out() {
  for (const auto& tree : trees_) replay(model_, tree.root(), 0);
  sql_.clear();
}

}  // namespace support::alembic::safety

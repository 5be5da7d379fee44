#include "app/alembic/safety/signoff/signoff_gate.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "app/alembic/runtime/connection.hpp"
#include "app/alembic/safety/model/replay.hpp"
#include "app/alembic/safety/procedural.hpp"
#include "app/alembic/safety/syntax/canonical.hpp"

namespace support::alembic::safety {

namespace {

void replay_all(SchemaModel& model, const Node& statement) {
  replay(model, statement, 0);
  for (const auto& inner : executed_by_block(statement)) replay(model, inner.root(), 0);
}

}  // namespace

std::string BigWork::text() const {
  const auto* does = !is_known ? "may do anything to" : work == Work::scan ? "reads all of" : "writes all of";
  return fmt::format("{} {} ({}): {}", does, table.table, size_text(table), why);
}

std::string NeededSignoff::relations() const {
  std::string names;
  for (const auto& big : work) names += fmt::format("{}{}", names.empty() ? "" : ", ", big.table.table);
  return names;
}

SignoffGate::SignoffGate(const SignoffFile& signoffs, TableSizes& sizes, SignoffLimits limits, WorkOptions options)
    : signoffs_(signoffs), sizes_(sizes), limits_(limits), options_(options) {}

bool SignoffGate::has_big_tables() {
  return !sizes_.big_tables({}, limits_).empty();
}

void SignoffGate::assume(const PendingStatement& statement) {
  if (!statement.tree) return;
  follow_names(statement.tree->root());
  replay_all(model_, statement.tree->root());
}

std::optional<NeededSignoff> SignoffGate::examine(const PendingStatement& statement) {
  NeededSignoff needed{.statement = statement};
  StatementWork work;
  if (statement.tree) {
    const auto root = statement.tree->root();
    work = table_work(root, model_, options_);
    needed.locks = table_locks(root, model_);
  } else {
    work.unknown = "can't be read by the parser of PostgreSQL 15";
  }
  for (const auto& table : work.tables) add_big(needed, table, true);
  if (!work.unknown.empty()) add_big(needed, {.work = Work::rewrite, .why = work.unknown}, false);
  assume(statement);
  if (needed.work.empty()) return std::nullopt;
  needed.sha256 = statement_digest(statement.sql);
  needed.is_signed = signoffs_.covers(needed.sha256, statement.revision);
  return needed;
}

void SignoffGate::add_big(NeededSignoff& needed, const TableWork& work, bool is_known) {
  if (!work.relation.name.empty() && model_.is_new(work.relation)) return;
  auto meant = work;
  meant.relation = in_catalog(work.relation);
  for (auto& table : sizes_.big_tables(meant, limits_)) {
    const bool is_there = std::any_of(needed.work.begin(), needed.work.end(),
                                      [&](const BigWork& big) { return big.table.table == table.table; });
    if (is_there) continue;
    needed.work.push_back({.table = std::move(table), .work = work.work, .why = work.why, .is_known = is_known});
  }
}

RelationName SignoffGate::in_catalog(RelationName name) const {
  if (catalog_ == CatalogIs::live) return name;
  for (auto renamed = renamed_.rbegin(); renamed != renamed_.rend(); ++renamed) {
    if (renamed->second == name) name = renamed->first;
  }
  return name;
}

void SignoffGate::follow_names(const Node& statement) {
  const auto relation = statement["relation"];
  if (!relation) return;
  const auto from = model_.resolve(relation);
  if (model_.is_new(from)) return;
  if (statement.is("AlterObjectSchemaStmt")) {
    renamed_.emplace_back(from, RelationName{std::string(statement.text("newschema")), from.name});
  } else if (statement.is("RenameStmt") && statement.text("subname").empty()) {
    renamed_.emplace_back(from, RelationName{from.schema, std::string(statement.text("newname"))});
  }
}

void assume_below(SignoffGate& gate, std::span<const alembic::Node> revisions, const ScriptDirectory& scripts,
                  const Rendering& rendering) {
  const std::set<alembic::Node> own(revisions.begin(), revisions.end());
  std::set<alembic::Node> below;
  for (const auto node : scripts.map().ancestors(revisions)) {
    if (!own.contains(node)) below.insert(node);
  }
  const auto from_heads = scripts.walk_revisions();
  for (auto node = from_heads.rbegin(); node != from_heads.rend(); ++node) {
    if (!below.contains(*node)) continue;
    const auto script = pending_script(scripts.script(*node), Direction::upgrade, rendering);
    for (const auto& statement : script.statements) gate.assume(statement);
  }
}

std::vector<NeededSignoff> examine_all(SignoffGate& gate, std::span<const PendingStatement> statements) {
  std::vector<NeededSignoff> needed;
  for (const auto& statement : statements) {
    if (auto one = gate.examine(statement)) needed.push_back(std::move(*one));
  }
  return needed;
}

std::string signoff_command(const ScriptDirectory& scripts, std::string_view revision) {
  std::string places;
  for (const auto& location : scripts.locations()) {
    places += fmt::format("{}{}", places.empty() ? "" : ":", location.given);
  }
  const bool is_default = places.empty() || places == "builtin";
  return fmt::format("support-agent migrate {}signoff {}",
                     is_default ? "" : fmt::format("--script-location {} ", places), revision);
}

std::string refusal(std::span<const NeededSignoff> statements, const ScriptDirectory& scripts) {
  auto text =
      fmt::format("{} a sign-off for what {} to a big table:",
                  statements.size() == 1 ? "a statement needs" : fmt::format("{} statements need", statements.size()),
                  statements.size() == 1 ? "it does" : "they do");
  std::vector<std::string> commands;
  for (const auto& needed : statements) {
    const auto& statement = needed.statement;
    // What a migration makes up when it runs stands in no file, and has to be given as a whole.
    const bool is_made_up = statement.line == 0;
    text += fmt::format("\n  {}: {}", statement.place(), is_made_up ? statement.sql : shortened(statement.sql));
    for (const auto& big : needed.work) text += fmt::format("\n    {}", big.text());
    text += fmt::format("\n    sha256 {}", needed.sha256);
    auto command = signoff_command(scripts, statement.revision) + (is_made_up ? " --sql 'STATEMENT'" : "");
    if (std::find(commands.begin(), commands.end(), command) == commands.end()) commands.push_back(std::move(command));
  }
  text += "\nReview when and how they are to run there, and record it with";
  for (const auto& command : commands) text += fmt::format("\n  {}", command);
  return text + "\nIts entry in signoffs.toml is part of what is deployed (docs/signoffs.md)";
}

}  // namespace support::alembic::safety

#include "app/alembic/autogenerate/predicted_key.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/format.h>

#include "app/schema/quoting.hpp"

namespace support::alembic::autogenerate {
namespace {

constexpr std::size_t longest_name = 63;

constexpr auto actions =
    std::to_array<std::string_view>({"NO ACTION", "RESTRICT", "CASCADE", "SET NULL", "SET DEFAULT"});

std::string read_action(SqlCursor& cursor) {
  for (const auto action : actions) {
    if (!cursor.take(action)) continue;
    // SET NULL (these)
    if (cursor.take_symbol('(')) throw NotPredictable();
    return std::string(action);
  }
  throw NotPredictable();
}

template <class Words>
void read_deferral(SqlCursor& cursor, Words& words) {
  if (!cursor.take("NOT DEFERRABLE")) words.deferrable = cursor.take("DEFERRABLE");
  if (cursor.take("INITIALLY DEFERRED")) {
    if (!words.deferrable) throw NotPredictable();
    words.initially_deferred = true;
  } else {
    cursor.take("INITIALLY IMMEDIATE");
  }
}

std::string deferral_text(const Constraint& constraint) {
  std::string text;
  if (constraint.deferrable) text += " DEFERRABLE";
  if (constraint.initially_deferred) text += " INITIALLY DEFERRED";
  return text;
}

bool is_key(const Constraint& constraint) {
  return constraint.kind == ConstraintKind::primary_key || constraint.kind == ConstraintKind::unique;
}

// The columns of the key that a foreign key refers to.
Texts referred_columns(const Table& table, const Texts& written) {
  const auto sorted = [](Texts columns) {
    std::ranges::sort(columns);
    return columns;
  };
  for (const auto& key : table.constraints) {
    if (!is_key(key) || key.deferrable) continue;
    if (written.empty() ? key.kind == ConstraintKind::primary_key : sorted(key.columns) == sorted(written)) {
      return written.empty() ? key.columns : written;
    }
  }
  throw NotPredictable();
}

std::string definition_of(const Constraint& constraint) {
  const auto& referent = constraint.referent;
  auto text =
      fmt::format("FOREIGN KEY ({}) REFERENCES {}({})", schema::identifier_list(constraint.columns),
                  schema::qualified_name(referent.table, referent.schema), schema::identifier_list(referent.columns));
  if (constraint.match == "FULL") text += " MATCH FULL";
  if (constraint.on_update != "NO ACTION") text += " ON UPDATE " + constraint.on_update;
  if (constraint.on_delete != "NO ACTION") text += " ON DELETE " + constraint.on_delete;
  return text + deferral_text(constraint);
}

}  // namespace

KeyWords read_key_words(SqlCursor& cursor, std::string name, ConstraintKind kind) {
  KeyWords words{.name = std::move(name), .kind = kind};
  read_deferral(cursor, words);
  return words;
}

ForeignKeyWords read_foreign_key_words(SqlCursor& cursor, std::string name, const PredictionScope& scope) {
  ForeignKeyWords words{.name = std::move(name), .table = resolved(cursor.qualified_name(), scope)};
  if (SqlCursor(cursor).take_symbol('(')) words.columns = cursor.identifiers_in_parentheses();
  if (cursor.take("MATCH FULL")) words.match = "FULL";
  cursor.take("MATCH SIMPLE");
  bool has_update = false;
  bool has_delete = false;
  while (true) {
    if (!has_update && cursor.take("ON UPDATE")) {
      has_update = true;
      words.on_update = read_action(cursor);
    } else if (!has_delete && cursor.take("ON DELETE")) {
      has_delete = true;
      words.on_delete = read_action(cursor);
    } else {
      break;
    }
  }
  read_deferral(cursor, words);
  return words;
}

void add_key(PredictedTable& predicted, const Texts& columns, KeyWords words) {
  auto& table = predicted.table;
  const bool is_primary = words.kind == ConstraintKind::primary_key;
  for (const auto& constraint : table.constraints) {
    // The server makes one index for two keys of the same columns in one statement.
    const bool is_second_primary = is_primary && constraint.kind == ConstraintKind::primary_key;
    if (is_key(constraint) && (is_second_primary || constraint.columns == columns)) throw NotPredictable();
  }
  for (const auto& name : columns) {
    auto& column = column_named(table, name);
    if (is_primary) column.not_null = true;
  }
  if (words.name.empty()) {
    words.name = generated_name(
        predicted, is_primary ? table.name + "_pkey" : fmt::format("{}_{}_key", table.name, fmt::join(columns, "_")));
  }
  Constraint constraint{.name = std::move(words.name), .kind = words.kind, .columns = columns};
  constraint.deferrable = words.deferrable;
  constraint.initially_deferred = words.initially_deferred;
  constraint.definition = fmt::format("{}{} ({}){}", is_primary ? "PRIMARY KEY" : "UNIQUE",
                                      words.nulls_not_distinct ? " NULLS NOT DISTINCT" : "",
                                      schema::identifier_list(columns), deferral_text(constraint));
  add_constraint(table, std::move(constraint));
}

void add_foreign_key(PredictedTable& predicted, const Texts& columns, ForeignKeyWords words,
                     const PredictionScope& scope) {
  auto& table = predicted.table;
  for (const auto& column : columns) column_named(table, column);
  const bool is_itself = words.table == QualifiedName{table.schema, table.name};
  const auto* const other = is_itself ? &predicted : scope.find(words.table);
  if (other == nullptr) throw NotPredictable();
  const auto referred = referred_columns(other->table, words.columns);
  if (words.name.empty()) {
    words.name = generated_name(predicted, fmt::format("{}_{}_fkey", table.name, fmt::join(columns, "_")));
  }
  Constraint constraint{.name = std::move(words.name), .kind = ConstraintKind::foreign_key, .columns = columns};
  constraint.deferrable = words.deferrable;
  constraint.initially_deferred = words.initially_deferred;
  constraint.referent = {.schema = words.table.schema, .table = words.table.name, .columns = referred};
  constraint.match = std::move(words.match);
  constraint.on_update = std::move(words.on_update);
  constraint.on_delete = std::move(words.on_delete);
  constraint.definition = definition_of(constraint);
  add_constraint(table, std::move(constraint));
}

void add_constraint(Table& table, Constraint constraint) {
  const auto at = std::ranges::lower_bound(table.constraints, constraint.name, {}, &Constraint::name);
  if (at != table.constraints.end() && at->name == constraint.name) throw NotPredictable();
  table.constraints.insert(at, std::move(constraint));
}

std::string generated_name(PredictedTable& predicted, std::string name) {
  if (name.size() > longest_name) throw NotPredictable();
  predicted.generated_names.push_back(name);
  return name;
}

}  // namespace support::alembic::autogenerate

#include "app/schema/table.hpp"

#include <algorithm>
#include <ranges>
#include <stdexcept>

#include <fmt/format.h>

#include "app/schema/quoting.hpp"

namespace support::schema {
namespace {

Referent parse_target(const std::string& target) {
  const std::size_t last = target.rfind('.');
  if (last == std::string::npos || last == 0 || last + 1 == target.size()) {
    throw std::invalid_argument(
        fmt::format("A foreign key points at '{}'; write \"table.column\" or \"schema.table.column\".", target));
  }
  const std::string table = target.substr(0, last);
  const std::size_t dot = table.rfind('.');
  if (dot == std::string::npos) return {"", table, {target.substr(last + 1)}};
  return {table.substr(0, dot), table.substr(dot + 1), {target.substr(last + 1)}};
}

Referent parse_targets(const std::vector<std::string>& targets) {
  if (targets.empty()) throw std::invalid_argument("A foreign key names no column that it points at.");
  Referent result = parse_target(targets.front());
  for (std::size_t i = 1; i < targets.size(); ++i) {
    Referent next = parse_target(targets[i]);
    if (next.schema != result.schema || next.table != result.table) {
      throw std::invalid_argument(fmt::format("A foreign key points at '{}' and at '{}'; it can point at one table.",
                                              targets.front(), targets[i]));
    }
    result.columns.push_back(std::move(next.columns.front()));
  }
  return result;
}

void require_columns(const Table& table, std::string_view what, const std::vector<std::string>& names) {
  if (names.empty()) throw std::invalid_argument(fmt::format("Table '{}' has {} without a column.", table.name, what));
  if (!table.inherits.empty()) return;  // the column may be the parent's
  for (const std::string& name : names) {
    if (table.find(name)) continue;
    throw std::invalid_argument(
        fmt::format("Table '{}' has {} over the column '{}', which it does not have.", table.name, what, name));
  }
}

// Expressions are the server's to check.
template <class Elements>
void require_elements(const Table& table, std::string_view what, const Elements& elements) {
  std::vector<std::string> names;
  for (const IndexElement& element : elements) {
    if (!element.is_expression()) names.push_back(element.sql());
  }
  if (std::ranges::empty(elements) || !names.empty()) require_columns(table, what, names);
}

struct ConstraintCheck {
  const Table& table;

  void operator()(const PrimaryKeyConstraint& key) const {
    require_name_fits("constraint", key.name.text());
    require_columns(table, "a primary key", key.columns);
  }
  void operator()(const UniqueConstraint& unique) const {
    require_name_fits("constraint", unique.name.text());
    require_columns(table, "a unique constraint", unique.columns);
  }
  void operator()(const CheckConstraint& check) const { require_name_fits("constraint", check.name.text()); }
  void operator()(const ForeignKeyConstraint& key) const {
    require_name_fits("constraint", key.name.text());
    require_columns(table, "a foreign key", key.columns);
  }
  void operator()(const ExcludeConstraint& exclude) const {
    require_name_fits("constraint", exclude.name.text());
    require_elements(table, "an exclude constraint",
                     exclude.elements | std::views::transform(&ExcludeElement::element));
  }
};

void validate(const Table& table) {
  for (auto column = table.columns.begin(); column != table.columns.end(); ++column) {
    const bool twice =
        std::any_of(table.columns.begin(), column, [&](const Column& c) { return c.name == column->name; });
    if (twice) throw std::invalid_argument(fmt::format("Table '{}' has two columns '{}'.", table.name, column->name));
  }
  for (const Constraint& constraint : table.constraints) std::visit(ConstraintCheck{table}, constraint);
  for (const Index& index : table.indexes) {
    require_name_fits("index", index.name.text());
    require_elements(table, fmt::format("the index '{}'", index.name.text()), index.elements);
  }
}

// A primary key from the list, or from the columns that say so; the columns of the key know it afterwards.
std::optional<PrimaryKeyConstraint> settle_primary_key(Table& table, std::optional<PrimaryKeyConstraint> listed) {
  std::vector<std::string> flagged;
  for (const Column& column : table.columns) {
    if (column.primary_key) flagged.push_back(column.name);
  }
  if (!listed) return flagged.empty() ? std::nullopt : std::optional(PrimaryKeyConstraint(std::move(flagged)));
  for (const std::string& name : flagged) {
    if (std::find(listed->columns.begin(), listed->columns.end(), name) != listed->columns.end()) continue;
    throw std::invalid_argument(
        fmt::format("Column '{}' of table '{}' says primary_key and the table's PrimaryKeyConstraint leaves it out.",
                    name, table.name));
  }
  for (Column& column : table.columns) {
    if (std::find(listed->columns.begin(), listed->columns.end(), column.name) != listed->columns.end()) {
      column.primary_key = true;
    }
  }
  return listed;
}

}  // namespace

ForeignKeyConstraint::ForeignKeyConstraint(std::vector<std::string> local_columns,
                                           const std::vector<std::string>& targets, ForeignKeyOptions options)
    : ForeignKeyConstraint(std::move(local_columns), parse_targets(targets), std::move(options)) {}

ForeignKeyConstraint::ForeignKeyConstraint(std::vector<std::string> local_columns, Referent target,
                                           ForeignKeyOptions options)
    : ForeignKeyOptions(std::move(options)), columns(std::move(local_columns)), referent(std::move(target)) {
  if (columns.size() != referent.columns.size()) {
    throw std::invalid_argument(fmt::format("A foreign key to '{}' has {} columns here and {} there.", referent.table,
                                            columns.size(), referent.columns.size()));
  }
}

ForeignKeyConstraint ForeignKey::as_constraint(const std::string& column) const {
  return ForeignKeyConstraint({column}, parse_target(target), *this);
}

Index column_index(const Column& column, const std::string& table, const std::string& schema) {
  std::string name = schema.empty() ? "" : schema + '_';
  std::replace(name.begin(), name.end(), '.', '_');
  return Index(made_up("ix_" + name + table + '_' + column.name), {IndexElement(column.name)},
               {.unique = column.unique});
}

Table::Table(std::string table_name, const std::vector<TableItem>& items, TableOptions options)
    : TableOptions(std::move(options)), name(std::move(table_name)) {
  std::optional<PrimaryKeyConstraint> listed_key;
  std::vector<Index> listed_indexes;
  for (const TableItem& item : items) {
    if (const auto* a_column = std::get_if<Column>(&item)) {
      columns.push_back(*a_column);
    } else if (const auto* index = std::get_if<Index>(&item)) {
      listed_indexes.push_back(*index);
    } else if (const auto* key = std::get_if<PrimaryKeyConstraint>(&item)) {
      if (listed_key) throw std::invalid_argument(fmt::format("Table '{}' has two primary keys.", name));
      listed_key = *key;
    } else if (const auto* unique = std::get_if<UniqueConstraint>(&item)) {
      constraints.emplace_back(*unique);
    } else if (const auto* check = std::get_if<CheckConstraint>(&item)) {
      constraints.emplace_back(*check);
    } else if (const auto* foreign_key = std::get_if<ForeignKeyConstraint>(&item)) {
      constraints.emplace_back(*foreign_key);
    } else if (const auto* exclude = std::get_if<ExcludeConstraint>(&item)) {
      constraints.emplace_back(*exclude);
    }
  }
  if (auto key = settle_primary_key(*this, std::move(listed_key))) {
    constraints.insert(constraints.begin(), *std::move(key));
  }
  for (const Column& a_column : columns) {
    if (a_column.index) {
      indexes.push_back(column_index(a_column, name, schema));
    } else if (a_column.unique) {
      constraints.emplace_back(UniqueConstraint({a_column.name}));
    }
    if (auto check = type_check(a_column)) constraints.emplace_back(*std::move(check));
    for (const ForeignKey& key : a_column.foreign_key) constraints.emplace_back(key.as_constraint(a_column.name));
  }
  indexes.insert(indexes.end(), listed_indexes.begin(), listed_indexes.end());
  validate(*this);
}

const Column* Table::find(const std::string& column) const {
  const auto found =
      std::find_if(columns.begin(), columns.end(), [&](const Column& candidate) { return candidate.name == column; });
  return found == columns.end() ? nullptr : &*found;
}

const PrimaryKeyConstraint* Table::primary_key() const {
  return constraints.empty() ? nullptr : std::get_if<PrimaryKeyConstraint>(&constraints.front());
}

const Column* Table::autoincrement_column() const {
  const PrimaryKeyConstraint* key = primary_key();
  if (!key) return nullptr;
  for (const Column& candidate : columns) {
    if (!candidate.primary_key || !is_integer(candidate.type) || candidate.server_default ||
        !candidate.sequence.empty()) {
      continue;
    }
    if (candidate.autoincrement.value_or(false)) return &candidate;
    const bool in_foreign_key = std::any_of(constraints.begin(), constraints.end(), [&](const Constraint& constraint) {
      const auto* foreign_key = std::get_if<ForeignKeyConstraint>(&constraint);
      return foreign_key && std::find(foreign_key->columns.begin(), foreign_key->columns.end(), candidate.name) !=
                                foreign_key->columns.end();
    });
    if (!candidate.autoincrement && key->columns.size() == 1 && !in_foreign_key) return &candidate;
  }
  return nullptr;
}

}  // namespace support::schema

#include "app/alembic/autogenerate/renames.hpp"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "app/schema/quoting.hpp"

namespace support::alembic::autogenerate {
namespace {

// Without what may differ between the two names of one column.
Column shape(Column column) {
  column.name.clear();
  column.comment.clear();
  column.not_null_name.clear();
  column.grants.clear();
  if (column.sequence) {
    column.sequence->schema.clear();
    column.sequence->name.clear();
  }
  return column;
}

bool is_alike(const Column& a, const Column& b) {
  return shape(a) == shape(b);
}

// Partitions of one table have the same columns and are none the less not the same.
bool is_alike(const Table& a, const Table& b) {
  return a.kind == b.kind && a.persistence == b.persistence && a.partition_key == b.partition_key &&
         a.partition_bound == b.partition_bound && a.parents == b.parents && !a.columns.empty() &&
         std::ranges::equal(a.columns, b.columns,
                            [](const Column& x, const Column& y) { return x.name == y.name && is_alike(x, y); });
}

std::string reason(const Column& column) {
  auto text = column.type;
  if (column.not_null) text += " NOT NULL";
  if (column.default_sql) {
    const bool is_generated = column.generated != Generated::none;
    text += is_generated ? fmt::format(" GENERATED ALWAYS AS ({})", *column.default_sql)
                         : " DEFAULT " + *column.default_sql;
  }
  if (column.identity != Identity::none) text += " with an identity";
  return "both are " + text;
}

std::string reason(const Table& table) {
  std::vector<std::string> names;
  for (const auto& column : table.columns) names.push_back(column.name);
  return fmt::format("both have the columns {}", fmt::join(names, ", "));
}

const Table* find_table(const CatalogSnapshot& snapshot, const std::string& schema, const std::string& name) {
  const auto found = std::ranges::find_if(
      snapshot.tables, [&](const Table& table) { return table.schema == schema && table.name == name; });
  return found == snapshot.tables.end() ? nullptr : &*found;
}

class Search {
 public:
  Search(const std::vector<Difference>& differences, const CatalogSnapshot& before, const CatalogSnapshot& after)
      : differences_(differences), before_(before), after_(after) {}

  std::vector<LikelyRename> run() const {
    std::vector<LikelyRename> result;
    for (const auto& difference : differences_) {
      if (difference.change != Change::removed) continue;
      if (difference.kind == ObjectKind::table) add<Table>(difference, result);
      if (difference.kind == ObjectKind::column) add<Column>(difference, result);
    }
    return result;
  }

 private:
  using Matches = std::vector<const Difference*>;

  // The differences of the other change that this one may belong to.
  template <class T>
  Matches matches(const Difference& difference) const {
    const bool is_removed = difference.change == Change::removed;
    const auto wanted = is_removed ? Change::added : Change::removed;
    const auto& object = std::get<T>(is_removed ? difference.before : difference.after);
    Matches found;
    for (const auto& other : differences_) {
      const bool is_comparable = other.change == wanted && other.kind == difference.kind &&
                                 other.schema == difference.schema && other.table == difference.table;
      if (!is_comparable) continue;
      if (is_alike(object, std::get<T>(is_removed ? other.after : other.before))) found.push_back(&other);
    }
    return found;
  }

  // Of a column among those of its table.
  std::ptrdiff_t place(const CatalogSnapshot& snapshot, const Difference& difference) const {
    const auto* table = find_table(snapshot, difference.schema, difference.table);
    if (table == nullptr) return -1;
    return std::ranges::find(table->columns, difference.name, &Column::name) - table->columns.begin();
  }

  template <class T>
  const Difference* choose(const Difference& removed) const {
    const auto candidates = matches<T>(removed);
    if (candidates.size() == 1 && matches<T>(*candidates.front()).size() == 1) return candidates.front();
    if (std::is_same_v<T, Table>) return nullptr;
    const auto found = std::ranges::find_if(
        candidates, [&](const Difference* added) { return place(before_, removed) == place(after_, *added); });
    return found == candidates.end() ? nullptr : *found;
  }

  template <class T>
  void add(const Difference& removed, std::vector<LikelyRename>& result) const {
    const auto* added = choose<T>(removed);
    if (added == nullptr) return;
    result.push_back(
        {.rename = {.schema = removed.schema, .table = removed.table, .name = removed.name, .new_name = added->name},
         .reason = reason(std::get<T>(removed.before))});
  }

  const std::vector<Difference>& differences_;
  const CatalogSnapshot& before_;
  const CatalogSnapshot& after_;
};

// Whether the operation drops what the rename would keep.
bool drops(const Operation& operation, const Rename& rename) {
  if (const auto* table = std::get_if<DropTable>(&operation)) {
    return !rename.is_column() && table->table == rename.name && table->schema == rename.schema;
  }
  const auto* column = std::get_if<DropColumn>(&operation);
  return column != nullptr && rename.is_column() && column->column == rename.name && column->table == rename.table &&
         column->schema == rename.schema;
}

}  // namespace

std::vector<LikelyRename> likely_renames(const std::vector<Difference>& differences, const CatalogSnapshot& before,
                                         const CatalogSnapshot& after) {
  return Search(differences, before, after).run();
}

Operation rename_operation(const Rename& rename) {
  if (!rename.is_column()) {
    return RenameTable{.table = rename.name, .new_table = rename.new_name, .schema = rename.schema};
  }
  AlterColumn operation;
  operation.table = rename.table;
  operation.column = rename.name;
  operation.new_column_name = rename.new_name;
  operation.schema = rename.schema;
  return operation;
}

Rename inverse(const Rename& rename) {
  auto result = rename;
  std::swap(result.name, result.new_name);
  return result;
}

Plan with_renames(Plan plan, const std::vector<Rename>& renames) {
  Steps first;
  for (const auto& rename : renames) first.push_back({.operation = rename_operation(rename)});
  plan.upgrade.insert(plan.upgrade.begin(), first.begin(), first.end());
  for (auto rename = renames.rbegin(); rename != renames.rend(); ++rename) {
    plan.downgrade.push_back({.operation = rename_operation(inverse(*rename))});
  }
  return plan;
}

void note_likely_renames(Plan& plan, const std::vector<LikelyRename>& renames, std::string_view default_schema) {
  for (const auto& [rename, why] : renames) {
    const auto step = std::ranges::find_if(
        plan.upgrade, [&](const PlannedStep& planned) { return drops(planned.operation, rename); });
    if (step == plan.upgrade.end()) continue;
    if (!step->note.empty()) step->note += '\n';
    step->note += fmt::format("If it only has a new name, {}, --rename {} keeps its {}.",
                              schema::quote_identifier(rename.new_name), rename_text(rename, default_schema),
                              rename.is_column() ? "values" : "rows");
  }
}

}  // namespace support::alembic::autogenerate

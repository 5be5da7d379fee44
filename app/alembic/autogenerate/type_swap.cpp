// A type that can't be altered in place: the new one takes its name while the old one goes on under another, the
// columns move over, and the old one goes.
#include <algorithm>

#include <fmt/format.h>

#include "app/alembic/autogenerate/column_changes.hpp"
#include "app/alembic/autogenerate/definitions.hpp"
#include "app/alembic/autogenerate/planner.hpp"
#include "app/alembic/autogenerate/type_names.hpp"
#include "app/schema/quoting.hpp"

namespace support::alembic::autogenerate {
namespace {

constexpr std::string_view suffix = "_replaced";
constexpr std::size_t longest_name = 63;

std::string name_of_old(const std::string& name) {
  return name.substr(0, longest_name - suffix.size()) + std::string(suffix);
}

struct UsingColumn {
  const Table* table;  // as it is after
  const Column* before;
  const Column* after;
  bool is_altered;  // by a step of its own
};

// The text of a composite has its attributes by place; where they have other places they are taken by name.
std::string conversion_to(const Column& column, const Item& item) {
  const auto name = schema::quote_identifier(column.name);
  const auto* from = std::get_if<Composite>(&item.before);
  const auto* to = std::get_if<Composite>(&item.after);
  const bool is_by_place =
      from == nullptr || to == nullptr || column.type.ends_with("[]") ||
      std::ranges::equal(from->attributes, to->attributes, {}, &CompositeAttribute::name, &CompositeAttribute::name);
  if (is_by_place) return fmt::format("{}::text::{}", name, column.type);
  std::string values;
  for (const auto& attribute : to->attributes) {
    const auto old = std::ranges::find(from->attributes, attribute.name, &CompositeAttribute::name);
    values += fmt::format("{}{}::{}", values.empty() ? "" : ", ",
                          old == from->attributes.end()
                              ? "NULL"
                              : fmt::format("({}).{}::text", name, schema::quote_identifier(attribute.name)),
                          attribute.type);
  }
  return fmt::format("CASE WHEN {0} IS NOT DISTINCT FROM NULL THEN NULL ELSE ROW({1})::{2} END", name, values,
                     column.type);
}

}  // namespace

bool has_type(const Column& column, const Item& type) {
  std::string_view spelled = column.type;
  if (spelled.ends_with("[]")) spelled.remove_suffix(2);
  if (spelled == schema::qualified_name(type.old_name.name, type.old_name.schema)) return true;
  const auto* range = std::get_if<Range>(&type.before);
  if (range == nullptr) return false;
  const auto multirange = types_of(*range).multirange;
  return spelled == schema::qualified_name(multirange.name, multirange.schema);
}

// Renaming a range type leaves the names alone that came with it: of its multirange type, and of the functions that
// make values of both. Those that the new type takes must be free.
OperationList Planner::free_names_of_range(const Range& range) const {
  const auto [subtype, multirange] = types_of(range);
  const auto multirange_sql = schema::qualified_name(multirange.name, multirange.schema);
  const auto range_sql = schema::qualified_name(range.name, range.schema);
  OperationList operations{
      RenameObject{alembic::ObjectKind::type, multirange.name, name_of_old(multirange.name), multirange.schema, ""}};
  const auto rename = [&](const std::string& function, std::string_view arguments, const std::string& name) {
    operations.emplace_back(Execute{fmt::format("ALTER FUNCTION {}({}) RENAME TO {}", function, arguments,
                                                schema::quote_identifier(name_of_old(name)))});
  };
  rename(multirange_sql, "", multirange.name);
  // Where its name means another type by now, the new functions are no others' doubles.
  const bool is_moved = std::ranges::any_of(items_, [&](const auto& item) {
    return item->swaps && schema::qualified_name(item->old_name.name, item->old_name.schema) == subtype;
  });
  if (is_moved) return operations;
  rename(range_sql, fmt::format("{0}, {0}", subtype), range.name);
  rename(range_sql, fmt::format("{0}, {0}, text", subtype), range.name);
  return operations;
}

OperationList Planner::begin_swap(const Item& item) const {
  const auto& name = item.old_name;
  const auto kind = name.kind == ObjectKind::domain ? alembic::ObjectKind::domain : alembic::ObjectKind::type;
  OperationList operations{RenameObject{kind, name.name, name_of_old(name.name), name.schema, ""}};
  if (const auto* range = std::get_if<Range>(&item.before)) {
    std::ranges::move(free_names_of_range(*range), std::back_inserter(operations));
  }
  std::ranges::move(with_access(item, creation(item)), std::back_inserter(operations));

  std::vector<UsingColumn> columns;
  const auto [first, last] = dependents_.equal_range(name);
  for (auto dependent = first; dependent != last; ++dependent) {
    const auto& user = dependent->second;
    if (user.kind != ObjectKind::column) continue;
    const auto* table_before = parentage_.before({user.schema, user.table});
    const auto* own = before_item(user);
    if (table_before == nullptr || goes_with_relation(user) || (own != nullptr && own->drops)) continue;
    const auto& table = table_after(user);
    const auto* column_before = find_column(*table_before, user.name);
    const auto* column_after = find_column(table, user.name);
    if (column_before == nullptr || column_after == nullptr || !has_type(*column_before, item)) continue;
    if (column_before->type != column_after->type || column_before->generated != Generated::none) continue;
    columns.push_back({&table, column_before, column_after, own != nullptr && own->alters});
  }
  for (const auto& column : columns) {
    if (column.before->default_sql) operations.push_back(drop_default_operation(*column.table, *column.before));
  }
  for (const auto& [table, before, after, _] : columns) {
    const ObjectName column{ObjectKind::column, table->schema, table->name, before->name};
    if (before->origin != Origin::own && is_of_kept_parent(column)) continue;
    AlterColumn change;
    change.table = table->name;
    change.schema = table->schema;
    change.column = after->name;
    change.type_ = type_named(after->type, after->collation);
    change.using_ = conversion_to(*after, item);
    operations.emplace_back(std::move(change));
  }
  for (const auto& column : columns) {
    // Where the default changes, the change of the column says it.
    if (column.is_altered && column.before->default_sql != column.after->default_sql) continue;
    if (column.after->default_sql) operations.push_back(set_default_operation(*column.table, *column.after));
  }
  return operations;
}

OperationList Planner::end_swap(const Item& item) const {
  return std::visit(
      [](auto type) -> OperationList {
        if constexpr (requires { drop_operations(type), type.name, type.schema; }) {
          type.name = name_of_old(type.name);
          return drop_operations(type);
        } else {
          return {};
        }
      },
      item.before);
}

}  // namespace support::alembic::autogenerate

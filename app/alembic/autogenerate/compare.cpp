#include "app/alembic/autogenerate/compare.hpp"

#include <fmt/format.h>

#include "app/alembic/autogenerate/comparison.hpp"

namespace support::alembic::autogenerate {
namespace {

template <ObjectKind kind>
constexpr auto of_schema = [](const auto& object) {
  return ObjectName{kind, object.schema, "", object.name};
};

template <ObjectKind kind>
constexpr auto of_table = [](const auto& object) {
  return ObjectName{kind, object.schema, object.table, object.name};
};

template <ObjectKind kind>
constexpr auto of_database = [](const auto& object) {
  return ObjectName{kind, "", "", object.name};
};

constexpr auto routine_name = [](const Routine& routine) {
  return ObjectName{ObjectKind::routine, routine.schema, "", fmt::format("{}({})", routine.name, routine.arguments)};
};

}  // namespace

std::string_view to_string(ObjectKind kind) {
  switch (kind) {
    case ObjectKind::schema:
      return "schema";
    case ObjectKind::extension:
      return "extension";
    case ObjectKind::enum_type:
      return "enum type";
    case ObjectKind::domain:
      return "domain";
    case ObjectKind::composite_type:
      return "composite type";
    case ObjectKind::range_type:
      return "range type";
    case ObjectKind::sequence:
      return "sequence";
    case ObjectKind::table:
      return "table";
    case ObjectKind::column:
      return "column";
    case ObjectKind::constraint:
      return "constraint";
    case ObjectKind::index:
      return "index";
    case ObjectKind::view:
      return "view";
    case ObjectKind::routine:
      return "routine";
    case ObjectKind::trigger:
      return "trigger";
    case ObjectKind::policy:
      return "policy";
    case ObjectKind::rule:
      return "rule";
    case ObjectKind::statistics:
      return "statistics";
  }
  return {};
}

std::string_view to_string(Change change) {
  switch (change) {
    case Change::added:
      return "added";
    case Change::removed:
      return "removed";
    case Change::changed:
      return "changed";
  }
  return {};
}

CompareOptions CompareOptions::for_models() {
  CompareOptions options;
  options.ignored_kinds = {ObjectKind::schema,         ObjectKind::extension,  ObjectKind::domain,
                           ObjectKind::composite_type, ObjectKind::range_type, ObjectKind::sequence,
                           ObjectKind::view,           ObjectKind::routine,    ObjectKind::trigger,
                           ObjectKind::policy,         ObjectKind::rule,       ObjectKind::statistics};
  options.compare_storage = false;
  options.generated_names = GeneratedNames::any;
  return options;
}

std::vector<Difference> compare(const CatalogSnapshot& before, const CatalogSnapshot& after,
                                const CompareOptions& options) {
  return Comparison(before, after, options).run();
}

bool Comparison::has_schema(const std::string& schema) const {
  return !options_.include_schemas || schema.empty() || options_.include_schemas->contains(schema);
}

bool Comparison::keeps(const ObjectName& object, Side side) const {
  return looks_at(object.kind) && (!options_.include_object || options_.include_object(object, side));
}

bool is_compared(const CompareOptions& options, const ObjectName& object) {
  const auto& schema = object.kind == ObjectKind::schema ? object.name : object.schema;
  if (options.ignored_kinds.contains(object.kind)) return false;
  if (options.include_schemas && !schema.empty() && !options.include_schemas->contains(schema)) return false;
  if (options.include_name && !options.include_name(object)) return false;
  return !options.include_object || options.include_object(object, Side::both);
}

std::vector<Difference> Comparison::run() {
  compare_list(before_.schemas, after_.schemas, of_database<ObjectKind::schema>);
  compare_list(before_.extensions, after_.extensions, of_database<ObjectKind::extension>);
  compare_list(before_.enums, after_.enums, of_schema<ObjectKind::enum_type>);
  compare_list(before_.domains, after_.domains, of_schema<ObjectKind::domain>);
  compare_list(before_.composites, after_.composites, of_schema<ObjectKind::composite_type>);
  compare_list(before_.ranges, after_.ranges, of_schema<ObjectKind::range_type>);
  compare_list(before_.sequences, after_.sequences, of_schema<ObjectKind::sequence>);
  compare_tables();
  compare_views();
  compare_list(before_.routines, after_.routines, routine_name);
  compare_list(before_.triggers, after_.triggers, of_table<ObjectKind::trigger>);
  compare_list(before_.policies, after_.policies, of_table<ObjectKind::policy>);
  compare_list(before_.rules, after_.rules, of_table<ObjectKind::rule>);
  compare_list(before_.statistics, after_.statistics, of_table<ObjectKind::statistics>);
  return std::move(differences_);
}

void Comparison::compare_views() {
  const auto views = matched(before_.views, after_.views, of_schema<ObjectKind::view>);
  const auto name_of = of_schema<ObjectKind::view>;
  for (const auto* view : views.removed) {
    for (const auto& index : view->indexes) emit_index(view->schema, view->name, &index, nullptr);
    emit<View>(name_of(*view), view, nullptr);
  }
  for (const auto& [old_view, new_view] : views.both) {
    auto changes = attribute_changes(*old_view, *new_view, options_);
    if (!changes.empty()) emit(name_of(*new_view), old_view, new_view, std::move(changes));
    compare_columns_of_view(*old_view, *new_view);
    const auto indexes = matched_indexes(*old_view, *new_view);
    for (const auto* index : indexes.removed) emit_index(old_view->schema, old_view->name, index, nullptr);
    for (const auto& [old_index, new_index] : indexes.both) {
      emit_index(old_view->schema, old_view->name, old_index, new_index);
    }
    for (const auto* index : indexes.added) emit_index(old_view->schema, old_view->name, nullptr, index);
  }
  for (const auto* view : views.added) {
    emit<View>(name_of(*view), nullptr, view);
    for (const auto& index : view->indexes) emit_index(view->schema, view->name, nullptr, &index);
  }
}

// Types and names follow from the query; what can be said of a column by itself is its default and its comment, and of
// one that is stored how it is.
void Comparison::compare_columns_of_view(const View& before, const View& after) {
  for (const auto& new_column : after.columns) {
    const auto old_column = std::ranges::find(before.columns, new_column.name, &Column::name);
    if (old_column == before.columns.end()) continue;
    const ObjectName name{ObjectKind::column, after.schema, after.name, new_column.name};
    if (!keeps(name, Side::both)) continue;
    std::vector<AttributeChange> changes;
    for (auto& change : attribute_changes(*old_column, new_column, options_)) {
      const auto& which = change.attribute;
      const bool is_of_storage =
          which == "statistics" || which == "options" || which == "storage" || which == "compression";
      const bool is_stored = before.materialized && after.materialized;
      if (which == "comment" || which == "default" || (is_stored && is_of_storage))
        changes.push_back(std::move(change));
    }
    if (!changes.empty()) emit(name, &*old_column, &new_column, std::move(changes));
  }
}

}  // namespace support::alembic::autogenerate

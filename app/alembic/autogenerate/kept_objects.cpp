#include "app/alembic/autogenerate/kept_objects.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "app/alembic/autogenerate/parentage.hpp"

namespace support::alembic::autogenerate {
namespace {

class Keeper {
 public:
  Keeper(const std::vector<Difference>& differences) {
    for (const auto& difference : differences) {
      if (difference.change != Change::removed) continue;
      removed_.insert({difference.kind, difference.schema, difference.table, difference.name});
    }
  }

  // Adds to `to` what `from` has beyond it.
  template <class T, class Name>
  void keep(const std::vector<T>& from, std::vector<T>& to, Name name_of) {
    keep(from, to, name_of, [this, &name_of](const T& object) { return is_removed(name_of(object)); });
  }
  template <class T, class Name, class IsRemoved>
  void keep(const std::vector<T>& from, std::vector<T>& to, Name name_of, IsRemoved is_gone) {
    std::set<ObjectName> there;
    for (const auto& object : to) there.insert(name_of(object));
    for (const auto& object : from) {
      auto name = name_of(object);
      if (there.contains(name) || is_gone(object)) continue;
      to.push_back(object);
      kept_.insert(std::move(name));
    }
  }

  void keep_parts(const std::vector<Table>& from, std::vector<Table>& to) {
    for (const auto& table : from) tables_[{table.schema, table.name}] = &table;
    for (auto& table : to) {
      const auto before = std::ranges::find_if(
          from, [&](const Table& other) { return other.schema == table.schema && other.name == table.name; });
      if (before == from.end()) continue;
      const auto part = [&](ObjectKind kind) {
        return [kind, &table](const auto& object) { return ObjectName{kind, table.schema, table.name, object.name}; };
      };
      const auto goes = [this, &before](const Column& column) { return goes_with_parent(*before, column); };
      keep(before->columns, table.columns, part(ObjectKind::column), goes);
      keep_unless_renamed(before->constraints, table.constraints, part(ObjectKind::constraint));
      keep_unless_renamed(before->indexes, table.indexes, part(ObjectKind::index));
    }
  }

  void add_dependencies(const CatalogSnapshot& before, CatalogSnapshot& result) const {
    for (const auto& dependency : before.dependencies) {
      if (kept_.contains(dependency.object)) result.dependencies.push_back(dependency);
    }
    std::ranges::sort(result.dependencies);
    const auto repeated = std::ranges::unique(result.dependencies);
    result.dependencies.erase(repeated.begin(), repeated.end());
  }

 private:
  bool is_removed(const ObjectName& name) const {
    if (removed_.contains(name)) return true;
    // What hangs on a table that goes goes with it.
    return !name.table.empty() && (removed_.contains({ObjectKind::table, name.schema, "", name.table}) ||
                                   removed_.contains({ObjectKind::view, name.schema, "", name.table}));
  }

  // The parent's column is all that is reported.
  bool goes_with_parent(const Table& table, const Column& column) const {
    if (is_removed({ObjectKind::column, table.schema, table.name, column.name})) return true;
    if (column.origin != Origin::inherited) return false;
    return std::ranges::any_of(table.parents, [&](const QualifiedName& name) {
      const auto parent = tables_.find(name);
      if (parent == tables_.end()) return false;
      const auto* above = find_column(*parent->second, column.name);
      return above != nullptr && goes_with_parent(*parent->second, *above);
    });
  }

  // Another name of the same is no other object.
  template <class T, class Name>
  void keep_unless_renamed(const std::vector<T>& from, std::vector<T>& to, Name name_of) {
    std::vector<T> others;
    for (const auto& object : from) {
      const bool is_there = std::ranges::any_of(to, [&](T same) {
        same.name = object.name;
        return same == object;
      });
      // What comes from a parent is there or not as the parent has it.
      if (!is_there && object.origin != Origin::inherited) others.push_back(object);
    }
    keep(others, to, name_of);
  }

  std::map<QualifiedName, const Table*> tables_;  // of the side before
  std::set<ObjectName> removed_;
  std::set<ObjectName> kept_;
};

template <ObjectKind kind>
constexpr auto of_schema = [](const auto& object) {
  return ObjectName{kind, object.schema, "", object.name};
};

template <ObjectKind kind>
constexpr auto of_table = [](const auto& object) {
  return ObjectName{kind, object.schema, object.table, object.name};
};

template <class T>
auto key_of(const T& object) {
  if constexpr (requires { object.arguments; }) {
    return std::tie(object.schema, object.name, object.arguments);
  } else if constexpr (requires { object.schema; }) {
    return std::tie(object.schema, object.name);
  } else {
    return std::tie(object.name);
  }
}

template <class T>
void take_rights(const std::vector<T>& from, std::vector<T>& to) {
  using Key = decltype(key_of(std::declval<const T&>()));
  std::map<Key, const T*> there;
  for (const auto& object : from) there.emplace(key_of(object), &object);
  for (auto& object : to) {
    const auto found = there.find(key_of(std::as_const(object)));
    if (found == there.end()) continue;
    if constexpr (requires { object.grants; }) {
      object.grants = found->second->grants;
    } else {
      object.access = found->second->access;
    }
    if constexpr (requires { object.columns; }) take_rights(found->second->columns, object.columns);
  }
}

// A table that is not compared is as it was, but for what comes from its parents.
Table left_out(const Table& before, const Table& after) {
  auto table = before;
  for (auto& column : table.columns) {
    const auto* wanted = find_column(after, column.name);
    if (column.origin == Origin::own || wanted == nullptr || wanted->origin == Origin::own) continue;
    column.type = wanted->type;
    column.collation = wanted->collation;
    column.not_null = wanted->not_null;
  }
  const auto take_inherited = [](auto& parts, const auto& wanted) {
    std::erase_if(parts, [](const auto& part) { return part.origin == Origin::inherited; });
    for (const auto& part : wanted) {
      if (part.origin == Origin::inherited) parts.push_back(part);
    }
  };
  take_inherited(table.constraints, after.constraints);
  take_inherited(table.indexes, after.indexes);
  for (const auto& column : after.columns) {
    if (column.origin == Origin::inherited && find_column(table, column.name) == nullptr)
      table.columns.push_back(column);
  }
  return table;
}

void keep_left_out(const CatalogSnapshot& before, CatalogSnapshot& result, const CompareOptions& options) {
  for (auto& table : result.tables) {
    if (is_compared(options, {ObjectKind::table, table.schema, "", table.name})) continue;
    const auto old = std::ranges::find_if(
        before.tables, [&](const Table& other) { return other.schema == table.schema && other.name == table.name; });
    if (old != before.tables.end()) table = left_out(*old, table);
  }
}

}  // namespace

CatalogSnapshot with_kept_objects(const CatalogSnapshot& before, const CatalogSnapshot& after,
                                  const std::vector<Difference>& differences, const CompareOptions& options) {
  auto result = after;
  keep_left_out(before, result, options);
  Keeper keeper(differences);
  keeper.keep(before.schemas, result.schemas, [](const Schema& schema) {
    return ObjectName{ObjectKind::schema, "", "", schema.name};
  });
  keeper.keep(before.extensions, result.extensions, [](const Extension& extension) {
    return ObjectName{ObjectKind::extension, "", "", extension.name};
  });
  keeper.keep(before.enums, result.enums, of_schema<ObjectKind::enum_type>);
  keeper.keep(before.domains, result.domains, of_schema<ObjectKind::domain>);
  keeper.keep(before.composites, result.composites, of_schema<ObjectKind::composite_type>);
  keeper.keep(before.ranges, result.ranges, of_schema<ObjectKind::range_type>);
  keeper.keep(before.sequences, result.sequences, of_schema<ObjectKind::sequence>);
  keeper.keep(before.tables, result.tables, of_schema<ObjectKind::table>);
  keeper.keep_parts(before.tables, result.tables);
  keeper.keep(before.views, result.views, of_schema<ObjectKind::view>);
  keeper.keep(before.routines, result.routines, [](const Routine& routine) {
    return ObjectName{ObjectKind::routine, routine.schema, "", fmt::format("{}({})", routine.name, routine.arguments)};
  });
  keeper.keep(before.triggers, result.triggers, of_table<ObjectKind::trigger>);
  keeper.keep(before.policies, result.policies, of_table<ObjectKind::policy>);
  keeper.keep(before.rules, result.rules, of_table<ObjectKind::rule>);
  keeper.keep(before.statistics, result.statistics, of_table<ObjectKind::statistics>);
  keeper.add_dependencies(before, result);
  return result;
}

void take_rights(const CatalogSnapshot& from, CatalogSnapshot& to) {
  take_rights(from.schemas, to.schemas);
  take_rights(from.enums, to.enums);
  take_rights(from.domains, to.domains);
  take_rights(from.composites, to.composites);
  take_rights(from.ranges, to.ranges);
  take_rights(from.sequences, to.sequences);
  take_rights(from.tables, to.tables);
  take_rights(from.views, to.views);
  take_rights(from.routines, to.routines);
}

}  // namespace support::alembic::autogenerate

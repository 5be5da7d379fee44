#include "app/alembic/autogenerate/unmet_needs.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "app/alembic/autogenerate/planner.hpp"

namespace support::alembic::autogenerate {
namespace {

std::string spelled(const ObjectName& name, std::string_view default_schema) {
  std::string text = name.schema.empty() || name.schema == default_schema ? "" : name.schema + '.';
  if (!name.table.empty()) text += name.table + '.';
  return fmt::format("{} '{}'", to_string(name.kind), text + name.name);
}

bool is_in(const CatalogSnapshot& snapshot, const ObjectName& name) {
  return !std::holds_alternative<std::monostate>(find_object(snapshot, name));
}

class Needs {
 public:
  Needs(const CatalogSnapshot& before, const CatalogSnapshot& after, const std::vector<Difference>& differences,
        const CompareOptions& options, std::string_view default_schema)
      : before_(before), after_(after), options_(options), default_schema_(default_schema) {
    for (const auto& difference : differences) {
      const ObjectName name{difference.kind, difference.schema, difference.table, difference.name};
      (difference.change == Change::removed ? gone_ : made_).insert(name);
    }
  }

  std::vector<std::string> sentences() {
    for (const auto& name : made_) require_schema(name);
    for (const auto& dependency : after_.dependencies) require_there(dependency);
    for (const auto& dependency : before_.dependencies) require_gone(dependency);
    return {sentences_.begin(), sentences_.end()};
  }

 private:
  // It, or the table or view that it is a part of.
  static bool holds(const std::set<ObjectName>& names, const ObjectName& name) {
    if (names.contains(name)) return true;
    if (name.table.empty()) return false;
    return names.contains(relation_of(name, ObjectKind::table)) || names.contains(relation_of(name, ObjectKind::view));
  }
  // A table is what is spoken of where the object is a part that comes with it.
  static ObjectName spoken_of(const std::set<ObjectName>& names, const ObjectName& name) {
    for (const auto kind : {ObjectKind::table, ObjectKind::view}) {
      if (!name.table.empty() && names.contains(relation_of(name, kind))) return relation_of(name, kind);
    }
    return name;
  }

  void require_schema(const ObjectName& name) {
    const ObjectName schema{ObjectKind::schema, "", "", name.schema};
    if (name.schema.empty() || !name.table.empty() || is_in(before_, schema) || made_.contains(schema)) return;
    if (is_in(after_, schema)) add_missing(name, schema);
  }

  void require_there(const Dependency& dependency) {
    const auto& [object, on] = dependency;
    if (!holds(made_, object) || holds(made_, on) || is_in(before_, on) || !is_left_out(on)) return;
    const auto user = spoken_of(made_, object);
    const auto used = on.table.empty() || is_in(before_, relation_of(on, ObjectKind::table))
                          ? on
                          : relation_of(on, ObjectKind::table);
    if (user != used) add_missing(user, used);
  }
  void add_missing(const ObjectName& user, const ObjectName& used) {
    sentences_.insert(fmt::format(
        "The {} needs the {}, which is not there and is left out of the comparison: the statements can't run "
        "until it is there",
        spelled(user, default_schema_), spelled(used, default_schema_)));
  }

  void require_gone(const Dependency& dependency) {
    const auto& [object, on] = dependency;
    if (!holds(gone_, on) || !is_left_out(object) || goes_along(object, on)) return;
    sentences_.insert(fmt::format(
        "The {} can't be dropped while the {} uses it, which is left out of the comparison: change or drop that first",
        spelled(spoken_of(gone_, on), default_schema_), spelled(object, default_schema_)));
  }
  // With its table or its owner, or with the same of a parent; and a table leaves a parent that goes.
  bool goes_along(const ObjectName& object, const ObjectName& on) const {
    if (object.kind == ObjectKind::sequence || object.kind == ObjectKind::table || holds(gone_, object)) return true;
    if (object.table.empty()) return false;
    const auto& table = on.table.empty() ? on.name : on.table;
    if (object.schema == on.schema && object.table == table) return true;
    return std::visit(
        []<class T>(const T& part) {
          if constexpr (requires { part.origin; }) return part.origin == Origin::inherited;
          return false;
        },
        find_object(before_, object));
  }
  bool is_left_out(const ObjectName& name) const {
    if (!is_compared(options_, name)) return true;
    if (name.table.empty()) return false;
    const auto table = relation_of(name, ObjectKind::table);
    const bool is_of_table = is_in(before_, table) || is_in(after_, table);
    return !is_compared(options_, is_of_table ? table : relation_of(name, ObjectKind::view));
  }

  const CatalogSnapshot& before_;
  const CatalogSnapshot& after_;
  const CompareOptions& options_;
  std::string_view default_schema_;
  std::set<ObjectName> made_;
  std::set<ObjectName> gone_;
  std::set<std::string> sentences_;
};

}  // namespace

std::vector<std::string> unmet_needs(const CatalogSnapshot& before, const CatalogSnapshot& after,
                                     const std::vector<Difference>& differences, const CompareOptions& options,
                                     std::string_view default_schema) {
  return Needs(before, after, differences, options, default_schema).sentences();
}

}  // namespace support::alembic::autogenerate

#include "app/alembic/autogenerate/access_changes.hpp"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>

#include "app/alembic/autogenerate/sql_pieces.hpp"
#include "app/schema/quoting.hpp"

namespace support::alembic::autogenerate {
namespace {

using schema::quote_identifier;

// How SQL names an object in GRANT … ON, and in ALTER … OWNER TO.
struct Target {
  std::string granted;
  std::string altered;
};

Target target_of(const ObjectName& name, const Object& object) {
  const auto sql_name = schema::qualified_name(name.name, name.schema);
  const auto both = [&](std::string_view granted, std::string_view altered) {
    return Target{fmt::format("{} {}", granted, sql_name), fmt::format("{} {}", altered, sql_name)};
  };
  switch (name.kind) {
    case ObjectKind::schema:
      return {"SCHEMA " + quote_identifier(name.name), "SCHEMA " + quote_identifier(name.name)};
    case ObjectKind::sequence:
      return both("SEQUENCE", "SEQUENCE");
    case ObjectKind::domain:
      return both("TYPE", "DOMAIN");
    case ObjectKind::routine: {
      const auto& routine = std::get<Routine>(object);
      const auto signature =
          fmt::format("{}({})", schema::qualified_name(routine.name, routine.schema), routine.arguments);
      return {"ROUTINE " + signature, "ROUTINE " + signature};
    }
    case ObjectKind::view:
      return both("TABLE", std::get<View>(object).materialized ? "MATERIALIZED VIEW" : "VIEW");
    case ObjectKind::table:
      return both("TABLE", "TABLE");
    default:
      return both("TYPE", "TYPE");
  }
}

const Access* access_of(const Object& object) {
  return std::visit(
      []<class T>(const T& known) -> const Access* {
        if constexpr (requires { known.access; }) {
          return &known.access;
        } else {
          return nullptr;
        }
      },
      object);
}

std::string role(std::string_view name) {
  return name == "PUBLIC" ? "PUBLIC" : quote_identifier(name);
}

// "reader=SELECT,UPDATE*" as GRANT on `granted`; with `column` on that column of it.
void grant(const std::string& grantee_and_rights, const std::string& granted, const std::string& column,
           OperationList& operations) {
  const auto equals = grantee_and_rights.rfind('=');
  std::string plain;
  std::string passing_on;
  for (auto right : split_list(grantee_and_rights.substr(equals + 1))) {
    auto& list = right.ends_with('*') ? passing_on : plain;
    if (right.ends_with('*')) right.pop_back();
    list += fmt::format("{}{}{}", list.empty() ? "" : ", ", right, column.empty() ? "" : " (" + column + ")");
  }
  const auto grantee = role(grantee_and_rights.substr(0, equals));
  if (!plain.empty()) {
    operations.emplace_back(Execute{fmt::format("GRANT {} ON {} TO {}", plain, granted, grantee)});
  }
  if (!passing_on.empty()) {
    operations.emplace_back(
        Execute{fmt::format("GRANT {} ON {} TO {} WITH GRANT OPTION", passing_on, granted, grantee)});
  }
}

std::string grantee_of(const std::string& entry) {
  return entry.substr(0, entry.rfind('='));
}

bool grants_to(const Texts& grants, std::string_view grantee) {
  return std::ranges::any_of(grants, [&](const auto& entry) { return grantee_of(entry) == grantee; });
}

// Everybody may use these unless somebody says otherwise.
bool is_public_by_itself(ObjectKind kind) {
  return kind == ObjectKind::routine || kind == ObjectKind::enum_type || kind == ObjectKind::domain ||
         kind == ObjectKind::composite_type || kind == ObjectKind::range_type;
}

const std::vector<Column>* columns_of(const Object& object) {
  if (const auto* view = std::get_if<View>(&object)) return &view->columns;
  if (const auto* table = std::get_if<Table>(&object)) return &table->columns;
  return nullptr;
}

}  // namespace

OperationList change_access(const ObjectName& name, const Object& before, const Object& after) {
  const auto* from = access_of(before);
  const auto* to = access_of(after);
  if (from == nullptr || to == nullptr || from->owner.empty() || to->owner.empty()) return {};
  OperationList operations;
  const auto target = target_of(name, after);
  if (from->owner != to->owner) {
    operations.emplace_back(Execute{fmt::format("ALTER {} OWNER TO {}", target.altered, role(to->owner))});
  }
  for (const auto& entry : from->grants) {
    const auto grantee = grantee_of(entry);
    // A changed owner hands its rights over by itself.
    if (grantee == from->owner && from->owner != to->owner) continue;
    if (std::ranges::find(to->grants, entry) != to->grants.end()) continue;
    operations.emplace_back(Execute{fmt::format("REVOKE ALL ON {} FROM {}", target.granted, role(grantee))});
  }
  for (const auto& entry : to->grants) {
    if (grantee_of(entry) == to->owner && from->owner != to->owner) continue;
    if (std::ranges::find(from->grants, entry) == from->grants.end()) {
      grant(entry, target.granted, "", operations);
    }
  }
  return operations;
}

OperationList change_column_access(const ObjectName& name, const Column& before, const Column& after) {
  OperationList operations;
  const auto granted = "TABLE " + schema::qualified_name(name.table, name.schema);
  const auto column = quote_identifier(name.name);
  for (const auto& entry : before.grants) {
    if (std::ranges::find(after.grants, entry) != after.grants.end()) continue;
    operations.emplace_back(
        Execute{fmt::format("REVOKE ALL ({}) ON {} FROM {}", column, granted, role(grantee_of(entry)))});
  }
  for (const auto& entry : after.grants) {
    if (std::ranges::find(before.grants, entry) == before.grants.end()) grant(entry, granted, column, operations);
  }
  return operations;
}

OperationList restore_access(const ObjectName& name, const Object& object, const std::string& maker) {
  const auto* access = access_of(object);
  if (access == nullptr || access->owner.empty()) return {};
  OperationList operations;
  const auto target = target_of(name, object);
  if (access->owner != maker) {
    operations.emplace_back(Execute{fmt::format("ALTER {} OWNER TO {}", target.altered, role(access->owner))});
  }
  if (is_public_by_itself(name.kind) && !grants_to(access->grants, "PUBLIC")) {
    operations.emplace_back(Execute{fmt::format("REVOKE ALL ON {} FROM PUBLIC", target.granted)});
  }
  for (const auto& entry : access->grants) {
    const auto grantee = grantee_of(entry);
    if (grantee == access->owner || (grantee == "PUBLIC" && is_public_by_itself(name.kind))) continue;
    grant(entry, target.granted, "", operations);
  }
  if (const auto* columns = columns_of(object)) {
    for (const auto& column : *columns) {
      for (const auto& entry : column.grants) {
        grant(entry, target.granted, quote_identifier(column.name), operations);
      }
    }
  }
  return operations;
}

}  // namespace support::alembic::autogenerate

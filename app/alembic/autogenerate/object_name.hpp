#pragma once

#include <compare>
#include <string>
#include <string_view>

namespace support::alembic::autogenerate {

enum class ObjectKind {
  schema,
  extension,
  enum_type,
  domain,
  composite_type,
  range_type,
  sequence,
  table,
  column,
  constraint,
  index,
  view,
  routine,
  trigger,
  policy,
  rule,
  statistics
};

// "table", "enum type"; a view is a "view" whether materialized or not.
std::string_view to_string(ObjectKind kind);

// What identifies an object.
struct ObjectName {
  ObjectKind kind = ObjectKind::table;
  std::string schema = {};  // empty for schemas and extensions
  std::string table = {};   // of columns, constraints, indexes, triggers, policies, rules, statistics: a view's, too
  std::string name = {};    // with the arguments for a routine: "slug(text, integer)"

  auto operator<=>(const ObjectName&) const = default;
};

}  // namespace support::alembic::autogenerate

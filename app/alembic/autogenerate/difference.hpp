#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "app/alembic/autogenerate/catalog.hpp"

namespace support::alembic::autogenerate {

// One side of a difference; monostate where the object is not there.
using Object = std::variant<std::monostate, Schema, Extension, Enum, Domain, Composite, Range, Sequence, Table, Column,
                            Constraint, Index, View, Routine, Trigger, Policy, Rule, Statistics>;

enum class Change { added, removed, changed };

std::string_view to_string(Change change);

// What of a changed object differs, as text: {"type", "integer", "bigint"}.
struct AttributeChange {
  std::string attribute;
  std::string before;
  std::string after;

  bool operator==(const AttributeChange&) const = default;
};

// What must happen to `before`'s database so that it becomes like `after`'s.
struct Difference {
  Change change = Change::changed;
  ObjectKind kind = ObjectKind::table;
  std::string schema;  // empty for schemas and extensions
  std::string table;   // of columns, constraints, indexes, triggers, policies, rules, statistics: a view's name, too
  std::string name;    // with the arguments for a routine: "slug(text, integer)"
  Object before;
  Object after;
  std::vector<AttributeChange> attributes;  // of a changed object, in the order of its members

  // Null when the object has no such change.
  const AttributeChange* find(std::string_view attribute) const;
  bool operator==(const Difference&) const = default;
};

// One line for people, in Alembic's words where it has them: "Detected added column 'users.email'". Names in
// `default_schema` come without it.
std::string description(const Difference& difference, std::string_view default_schema = "public");

}  // namespace support::alembic::autogenerate

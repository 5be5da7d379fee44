#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/alembic/safety/syntax/node.hpp"

namespace support::alembic::safety {

// A column's type in PostgreSQL's own names (int4, varchar, timestamptz); a user's type keeps its schema.
struct TypeName {
  std::string name;
  std::vector<int> modifiers;  // varchar(20): {20}; numeric(10,2): {10, 2}
  bool array = false;

  bool operator==(const TypeName&) const = default;
  std::string text() const;  // for people: "varchar(20)"
};

TypeName read_type(const Node& type_name);

// serial, bigserial, smallserial: an integer with a sequence of its own.
bool is_serial(const TypeName& type);
// The integer type behind a serial; other types as they are.
TypeName without_serial(TypeName type);

// What ALTER COLUMN … TYPE costs, from the two types alone.
enum class TypeChange {
  free,           // the stored bytes stay valid (ATColumnChangeRequiresRewrite)
  index_rebuild,  // the bytes stay, but indexes on the column order them differently
  rewrite,
};
enum class SessionZone { utc, other };
TypeChange type_change(const TypeName& from, const TypeName& to, SessionZone zone);

// Whether values can fail to fit or lose digits: a smaller integer, a shorter varchar, fewer decimals.
bool is_narrowing(const TypeName& from, const TypeName& to);

}  // namespace support::alembic::safety

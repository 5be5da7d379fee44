#pragma once

#include <string>

#include "app/alembic/autogenerate/sql_cursor.hpp"

namespace support::alembic::autogenerate {

// A column's type, as the server's format_type() will spell it.
struct PredictedType {
  std::string name;        // without modifiers: "character varying"
  std::string sql;         // with them: "character varying(40)[]"
  bool is_array = false;   // then `name` is the element's
  bool is_serial = false;  // the integer type with a sequence of its own

  bool operator==(const PredictedType&) const = default;
};

// Reads one of the server's own types in any of its spellings. Throws NotPredictable for every other type, and for
// modifiers that the server would refuse or change.
PredictedType read_type(SqlCursor& cursor);

// Whether it is smallint, integer or bigint.
bool is_integer(const PredictedType& type);

}  // namespace support::alembic::autogenerate

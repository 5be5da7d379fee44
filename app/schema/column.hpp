#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "app/schema/constraint.hpp"
#include "app/schema/several.hpp"
#include "app/schema/text.hpp"
#include "app/schema/types.hpp"

namespace support::schema {

// GENERATED { ALWAYS | BY DEFAULT } AS IDENTITY; what is not set is left to PostgreSQL.
struct Identity {
  bool always = false;
  std::optional<std::int64_t> start = {};
  std::optional<std::int64_t> increment = {};
  std::optional<std::int64_t> minvalue = {};
  std::optional<std::int64_t> maxvalue = {};
  bool nominvalue = false;
  bool nomaxvalue = false;
  std::optional<bool> cycle = {};
  std::optional<std::int64_t> cache = {};

  bool operator==(const Identity&) const = default;
};

// GENERATED ALWAYS AS (sqltext) STORED.
struct Computed {
  explicit Computed(std::string expression) : sqltext(std::move(expression)) {}

  std::string sqltext;
  bool operator==(const Computed&) const = default;
};

// What the server fills in: a constant ("5" prints as '5'), an expression, or a generated value.
using ServerDefault = std::variant<std::string, TextClause, Identity, Computed>;

struct ColumnOptions {
  bool primary_key = false;
  // Unset: a single integer primary key that has no default and no foreign key becomes SERIAL.
  std::optional<bool> autoincrement = {};
  // Unset: NOT NULL for primary keys and identities only.
  std::optional<bool> nullable = {};
  std::optional<ServerDefault> server_default = {};
  // Alembic's Column(Sequence("name")): the column is not SERIAL, and neither the sequence nor a default is created.
  std::string sequence = {};
  Several<ForeignKey> foreign_key = {};
  Several<CheckConstraint> check = {};
  bool unique = false;
  bool index = false;  // with unique: one unique index and no constraint
  std::string comment = {};

  bool operator==(const ColumnOptions&) const = default;
};

struct Column : ColumnOptions {
  // Out of line, all of them: a table is a list of many columns, and each would bring its own copy of this code along.
  Column(std::string column_name, Type column_type, ColumnOptions options = {});
  Column(const Column&);
  Column(Column&&) noexcept;
  Column& operator=(const Column&);
  Column& operator=(Column&&) noexcept;
  ~Column();

  const Identity* identity() const { return generated<Identity>(); }
  const Computed* computed() const { return generated<Computed>(); }
  bool is_nullable() const { return nullable.value_or(!primary_key && !identity()); }

  std::string name;
  Type type;
  bool operator==(const Column&) const = default;

 private:
  template <class T>
  const T* generated() const {
    return server_default ? std::get_if<T>(&*server_default) : nullptr;
  }
};

// The CHECK that the column's type brings along: see type_condition().
std::optional<CheckConstraint> type_check(const Column& column);

Column column(std::string name, Type type, ColumnOptions options = {});

}  // namespace support::schema

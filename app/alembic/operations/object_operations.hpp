#pragma once

#include <string>

// Operations on what a database holds besides tables, columns, constraints and indexes, and those on tables that
// Alembic has no directive for. An empty `schema` means the search path decides.
namespace support::alembic {

// A label more. PostgreSQL has no way back, and shows the label to no statement before the transaction is committed.
struct AddEnumValue {
  std::string type;
  std::string value;
  std::string before = {};  // of two neighbours one at most; without any the label becomes the last
  std::string after = {};
  std::string schema = {};
  bool if_not_exists = false;

  bool operator==(const AddEnumValue&) const = default;
};

struct RenameEnumValue {
  std::string type;
  std::string value;
  std::string new_value;
  std::string schema = {};

  bool operator==(const RenameEnumValue&) const = default;
};

enum class ObjectKind {
  column,  // the first four belong to a table
  constraint,
  policy,
  trigger,
  domain,
  index,
  materialized_view,
  schema,
  sequence,
  statistics,
  type,
  view
};

struct RenameObject {
  ObjectKind kind;
  std::string name;
  std::string new_name;
  std::string schema = {};  // of the table, if the object belongs to one
  std::string table = {};

  bool operator==(const RenameObject&) const = default;
};

// Looks at the rows that a constraint created with not_valid has not looked at.
struct ValidateConstraint {
  std::string constraint;
  std::string table;
  std::string schema = {};

  bool operator==(const ValidateConstraint&) const = default;
};

}  // namespace support::alembic

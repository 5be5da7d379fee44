#pragma once

#include <string>

#include "app/alembic/safety/model/schema_model.hpp"

namespace support::alembic::safety {

// An ADD COLUMN, taken apart.
struct AddedColumn {
  explicit AddedColumn(const Node& column_definition);

  // DEFAULT NULL is none.
  bool has_default() const {
    return is_serial_type || is_identity || generated || (default_value && !default_value.flag("isnull"));
  }
  // The function of its default that gives each row a value of its own; "" when there is none.
  std::string volatile_default(const SchemaModel& model) const;
  // GENERATED … STORED
  bool is_stored() const { return generated && !generated.flag("virtual"); }
  // Whether each row of the table has to be written for it.
  bool fills_rows(const SchemaModel& model, unsigned server_version) const;

  Node definition;
  std::string name;
  TypeName type;
  Node default_value;
  Node generated;
  bool is_serial_type = false;
  bool is_identity = false;
  bool is_not_null = false;
};

}  // namespace support::alembic::safety

#pragma once

#include <source_location>
#include <string>

#include "app/alembic/operations/operation.hpp"
#include "app/alembic/operations/source_line.hpp"

namespace support::alembic {

struct SchemaOption {
  std::string schema = {};
};

// The part of `op` that Alembic has not: see Operations.
class ObjectDirectives {
 public:
  // ALTER TABLE … VALIDATE CONSTRAINT, for a constraint that was created with not_valid.
  void validate_constraint(std::string constraint_name, std::string table_name, SchemaOption options = {},
                           SourceLine at = std::source_location::current());

  void rename_column(std::string table_name, std::string column_name, std::string new_column_name,
                     SchemaOption options = {}, SourceLine at = std::source_location::current());
  void rename_constraint(std::string table_name, std::string constraint_name, std::string new_constraint_name,
                         SchemaOption options = {}, SourceLine at = std::source_location::current());
  void rename_index(std::string index_name, std::string new_index_name, SchemaOption options = {},
                    SourceLine at = std::source_location::current());

 protected:
  ObjectDirectives() = default;
  ObjectDirectives(const ObjectDirectives&) = default;
  ObjectDirectives& operator=(const ObjectDirectives&) = default;
  ~ObjectDirectives() = default;

 private:
  virtual void invoke(const Operation& operation, const SourceLine& at) = 0;
};

}  // namespace support::alembic

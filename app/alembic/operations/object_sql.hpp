#pragma once

#include <string>
#include <vector>

#include "app/alembic/operations/object_operations.hpp"
#include "app/schema/server_features.hpp"

namespace support::alembic {

// to_sql() of the operations in object_operations.hpp, one overload an operation.
struct ObjectWriter {
  using Statements = std::vector<std::string>;

  const schema::ServerFeatures& server;

  Statements operator()(const AddEnumValue& operation) const;
  Statements operator()(const RenameEnumValue& operation) const;
  Statements operator()(const RenameObject& operation) const;
  Statements operator()(const ValidateConstraint& operation) const;
};

}  // namespace support::alembic

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
  Statements operator()(const CreateSchema& operation) const;
  Statements operator()(const DropSchema& operation) const;
  Statements operator()(const CreateSequence& operation) const;
  Statements operator()(const AlterSequence& operation) const;
  Statements operator()(const DropSequence& operation) const;
  Statements operator()(const CreateDomain& operation) const;
  Statements operator()(const AlterDomain& operation) const;
  Statements operator()(const DropDomain& operation) const;
  Statements operator()(const CreateView& operation) const;
  Statements operator()(const DropView& operation) const;
  Statements operator()(const CreateMaterializedView& operation) const;
  Statements operator()(const RefreshMaterializedView& operation) const;
  Statements operator()(const DropMaterializedView& operation) const;
  Statements operator()(const CreateFunction& operation) const;
  Statements operator()(const DropFunction& operation) const;
  Statements operator()(const CreateProcedure& operation) const;
  Statements operator()(const DropProcedure& operation) const;
  Statements operator()(const CreateTrigger& operation) const;
  Statements operator()(const AlterTrigger& operation) const;
  Statements operator()(const DropTrigger& operation) const;
  Statements operator()(const CreatePolicy& operation) const;
  Statements operator()(const AlterPolicy& operation) const;
  Statements operator()(const DropPolicy& operation) const;
  Statements operator()(const AlterRowLevelSecurity& operation) const;
  Statements operator()(const CreateStatistics& operation) const;
  Statements operator()(const DropStatistics& operation) const;
};

}  // namespace support::alembic

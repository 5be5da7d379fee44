#pragma once

#include "app/alembic/operations/operation.hpp"

namespace support::alembic {

// reverse() of the operations in object_operations.hpp, one overload an operation.
struct ObjectReverser {
  Operation operator()(const AddEnumValue& operation) const;
  Operation operator()(const RenameEnumValue& operation) const;
  Operation operator()(const RenameObject& operation) const;
  Operation operator()(const ValidateConstraint& operation) const;
  Operation operator()(const CreateSchema& operation) const;
  Operation operator()(const DropSchema& operation) const;
  Operation operator()(const CreateSequence& operation) const;
  Operation operator()(const AlterSequence& operation) const;
  Operation operator()(const DropSequence& operation) const;
  Operation operator()(const CreateDomain& operation) const;
  Operation operator()(const AlterDomain& operation) const;
  Operation operator()(const DropDomain& operation) const;
  Operation operator()(const CreateView& operation) const;
  Operation operator()(const DropView& operation) const;
  Operation operator()(const CreateMaterializedView& operation) const;
  Operation operator()(const RefreshMaterializedView& operation) const;
  Operation operator()(const DropMaterializedView& operation) const;
  Operation operator()(const CreateFunction& operation) const;
  Operation operator()(const DropFunction& operation) const;
  Operation operator()(const CreateProcedure& operation) const;
  Operation operator()(const DropProcedure& operation) const;
  Operation operator()(const CreateTrigger& operation) const;
  Operation operator()(const AlterTrigger& operation) const;
  Operation operator()(const DropTrigger& operation) const;
  Operation operator()(const CreatePolicy& operation) const;
  Operation operator()(const AlterPolicy& operation) const;
  Operation operator()(const DropPolicy& operation) const;
  Operation operator()(const AlterRowLevelSecurity& operation) const;
  Operation operator()(const CreateStatistics& operation) const;
  Operation operator()(const DropStatistics& operation) const;
};

}  // namespace support::alembic

#pragma once

#include <string>
#include <utility>

#include "app/alembic/autogenerate/source_members.hpp"
#include "app/alembic/operations/operation.hpp"

namespace support::alembic::autogenerate {

// A call of `op`: the name of the directive and its arguments.
struct OpCall {
  std::string directive;  // empty: nothing is to be called
  SourceNodes arguments = {};
};

// One overload an operation; those of object_operations.hpp.
struct ObjectCalls {
  OpCall operator()(const AddEnumValue& operation) const;
  OpCall operator()(const RenameEnumValue& operation) const;
  OpCall operator()(const RenameObject& operation) const;
  OpCall operator()(const ValidateConstraint& operation) const;
  OpCall operator()(const CreateSchema& operation) const;
  OpCall operator()(const DropSchema& operation) const;
  OpCall operator()(const CreateSequence& operation) const;
  OpCall operator()(const AlterSequence& operation) const;
  OpCall operator()(const DropSequence& operation) const;
  OpCall operator()(const CreateDomain& operation) const;
  OpCall operator()(const AlterDomain& operation) const;
  OpCall operator()(const DropDomain& operation) const;
  OpCall operator()(const CreateView& operation) const;
  OpCall operator()(const DropView& operation) const;
  OpCall operator()(const CreateMaterializedView& operation) const;
  OpCall operator()(const RefreshMaterializedView& operation) const;
  OpCall operator()(const DropMaterializedView& operation) const;
  OpCall operator()(const CreateFunction& operation) const;
  OpCall operator()(const DropFunction& operation) const;
  OpCall operator()(const CreateProcedure& operation) const;
  OpCall operator()(const DropProcedure& operation) const;
  OpCall operator()(const CreateTrigger& operation) const;
  OpCall operator()(const AlterTrigger& operation) const;
  OpCall operator()(const DropTrigger& operation) const;
  OpCall operator()(const CreatePolicy& operation) const;
  OpCall operator()(const AlterPolicy& operation) const;
  OpCall operator()(const DropPolicy& operation) const;
  OpCall operator()(const AlterRowLevelSecurity& operation) const;
  OpCall operator()(const CreateStatistics& operation) const;
  OpCall operator()(const DropStatistics& operation) const;
};

// The call that carries the operation out.
OpCall call_of(const Operation& operation);

// The call with its last argument, unless that would be empty.
inline OpCall op_call(std::string directive, SourceNodes arguments, const SourceMembers& options = {}) {
  options.append_to(arguments);
  return {std::move(directive), std::move(arguments)};
}

}  // namespace support::alembic::autogenerate

#pragma once

#include <optional>

#include "app/alembic/autogenerate/catalog.hpp"
#include "app/alembic/autogenerate/object_changes.hpp"
#include "app/schema/constraint.hpp"

// The operations of constraints and indexes; `table` is theirs, of an index a table or a view.
namespace support::alembic::autogenerate {

// As a member of a table that is created; absent: what it says has no value, or it can only be added to a table that
// exists (NOT VALID).
std::optional<schema::Constraint> constraint_value(const Constraint& constraint);

OperationList create_operations(const QualifiedName& table, const Constraint& constraint);
OperationList drop_operations(const QualifiedName& table, const Constraint& constraint);
std::optional<OperationList> alter_operations(const QualifiedName& table, const Constraint& before,
                                              const Constraint& after);

OperationList create_operations(const QualifiedName& table, const Index& index);
OperationList drop_operations(const QualifiedName& table, const Index& index);
std::optional<OperationList> alter_operations(const QualifiedName& table, const Index& before, const Index& after);

// COMMENT ON CONSTRAINT, where there is one.
OperationList comment_operations(const QualifiedName& table, const Constraint& constraint);

}  // namespace support::alembic::autogenerate

#pragma once

#include "app/alembic/autogenerate/object_changes.hpp"

// Owners and grants.
namespace support::alembic::autogenerate {

// What turns the rights on an object into those of `after`; nothing where a side was read without them, or where an
// object of its kind has none.
OperationList change_access(const ObjectName& name, const Object& before, const Object& after);

// The same for the rights on one column.
OperationList change_column_access(const ObjectName& name, const Column& before, const Column& after);

// What gives an object that `maker` has just made the rights that `object` has.
OperationList restore_access(const ObjectName& name, const Object& object, const std::string& maker);

}  // namespace support::alembic::autogenerate

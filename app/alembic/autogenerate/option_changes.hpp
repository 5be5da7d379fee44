#pragma once

#include <string>

#include "app/alembic/autogenerate/catalog.hpp"
#include "app/alembic/autogenerate/object_changes.hpp"

namespace support::alembic::autogenerate {

// RESET of the storage parameters that go and SET of those that come or change, behind `alter` ("ALTER TABLE app.t").
void add_option_changes(const std::string& alter, const Texts& before, const Texts& after, OperationList& operations);

}  // namespace support::alembic::autogenerate

#pragma once

#include "app/alembic/autogenerate/catalog.hpp"

// The names that PostgreSQL makes up for constraints and indexes without one: <table>_<columns>_<label>, shortened to
// 63 bytes, with a number behind it when the name is taken (makeObjectName() in its commands/indexcmds.c).
namespace support::alembic::autogenerate {

bool is_generated_name(const std::string& table, const Constraint& constraint);
bool is_generated_name(const std::string& table, const Index& index);

}  // namespace support::alembic::autogenerate

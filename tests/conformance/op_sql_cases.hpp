#pragma once

#include <span>
#include <string_view>

#include "app/alembic/operations/operations.hpp"

// Calls of op_sql.jsonl in C++, by the id of their case.
namespace support::tests {

struct OpSqlCase {
  std::string_view id;
  void (*calls)(alembic::Operations& op);
};

std::span<const OpSqlCase> table_cases();
std::span<const OpSqlCase> add_column_cases();
std::span<const OpSqlCase> alter_column_cases();
std::span<const OpSqlCase> index_and_constraint_cases();
std::span<const OpSqlCase> data_cases();

}  // namespace support::tests

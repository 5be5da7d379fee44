#pragma once

#include <string>
#include <vector>

#include "app/alembic/autogenerate/catalog.hpp"

namespace support::alembic::safety {

// Columns of a table whose values have to fit each other: what a condition or a foreign key has to do with, and what
// these have in common.
struct ColumnGroup {
  std::vector<const autogenerate::Column*> columns;
  std::vector<std::string> conditions;  // of SQL, over the names of the columns
  std::vector<const autogenerate::Constraint*> foreign_keys;
};

// `more_conditions`: beside the table's constraints, such as what a partition takes. Columns that nothing is said of
// are in no group.
std::vector<ColumnGroup> find_groups(const autogenerate::Table& table, const std::vector<std::string>& more_conditions);

}  // namespace support::alembic::safety

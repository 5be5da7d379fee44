#pragma once

#include "tests/support/random_schema/model.hpp"

namespace support::tests::random_schema {

// Takes away or changes what PostgreSQL would refuse, until nothing is left to do.
void repair(Model& model);

// Parts of repair().
void repair_types(Model& model);
void repair_columns(const Model& model, Table& table);
void repair_parts(const Model& model, Table& table);
void repair_views(Model& model);
void repair_routines(Model& model);
void repair_indexes(const Model& model, std::vector<Index>& indexes, const std::vector<Id>& columns);
void repair_triggers(const Model& model, std::vector<Trigger>& triggers, const std::vector<Id>& columns);
void repair_rules(const Model& model, std::vector<Rule>& rules, const std::vector<Id>& columns);

bool contains(const std::vector<Id>& ids, Id id);
bool contains_all(const std::vector<Id>& ids, const std::vector<Id>& wanted);
// Whether the table is partitioned or a partition.
bool takes_part(const Table& table);

}  // namespace support::tests::random_schema

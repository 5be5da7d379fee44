#pragma once

#include "app/alembic/safety/rules/examination.hpp"

namespace support::alembic::safety {

// The rules, a function a family. Each looks at one statement and reports what it finds; their order is that of
// checks().
void check_added_columns(Examination& examination);
void check_not_null(Examination& examination);
void check_column_types(Examination& examination);
void check_constraints(Examination& examination);
void check_storage(Examination& examination);
void check_created_indexes(Examination& examination);
void check_dropped_indexes(Examination& examination);
void check_foreign_keys(Examination& examination);
void check_partitions(Examination& examination);
void check_types(Examination& examination);
void check_drops(Examination& examination);
void check_renames(Examination& examination);
void check_data_changes(Examination& examination);
void check_definitions(Examination& examination);
void check_rights(Examination& examination);
void check_style(Examination& examination);
void check_settings(Examination& examination);
void check_transactions(Examination& examination);
void check_triggers(Examination& examination);
// These read what the others found, so they come last.
void check_timeouts(Examination& examination);
void check_lock_windows(Examination& examination);

// Whether it is ALTER TABLE of a table that was there before, so that a lock on it hurts.
bool alters_existing_table(const Examination& examination);
// Whether a constraint that holds for all rows keeps the column from being NULL. `dropped`: names that do not count.
bool is_proven_not_null(const Examination& examination, const Relation* relation, const std::string& column,
                        const std::vector<std::string>& dropped = {});
// The steps to NOT NULL without a scan that blocks.
std::string not_null_steps(const Examination& examination, const RelationName& table, const std::string& column);

}  // namespace support::alembic::safety

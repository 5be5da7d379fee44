#include "app/alembic/safety/rules/checks.hpp"

#include <array>

namespace support::alembic::safety {

std::span<const Check> checks() {
  static constexpr std::array<Check, 21> all{
      check_added_columns,   check_not_null,        check_column_types, check_constraints, check_storage,
      check_created_indexes, check_dropped_indexes, check_foreign_keys, check_partitions,  check_types,
      check_drops,           check_renames,         check_data_changes, check_definitions, check_rights,
      check_style,           check_settings,        check_transactions, check_triggers,    check_timeouts,
      check_lock_windows};
  return all;
}

bool alters_existing_table(const Examination& examination) {
  const auto& node = examination.node;
  return node.is("AlterTableStmt") && node.text("objtype") == "OBJECT_TABLE" && !examination.target_is_new() &&
         examination.model.index_owner(examination.target()) == nullptr;
}

}  // namespace support::alembic::safety

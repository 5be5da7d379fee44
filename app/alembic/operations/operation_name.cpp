#include "app/alembic/operations/operation_name.hpp"

#include <utility>

namespace support::alembic {
namespace {

std::string_view word(ObjectKind kind) {
  switch (kind) {
    case ObjectKind::column:
      return "column";
    case ObjectKind::constraint:
      return "constraint";
    case ObjectKind::policy:
      return "policy";
    case ObjectKind::trigger:
      return "trigger";
    case ObjectKind::domain:
      return "domain";
    case ObjectKind::index:
      return "index";
    case ObjectKind::materialized_view:
      return "materialized_view";
    case ObjectKind::schema:
      return "schema";
    case ObjectKind::sequence:
      return "sequence";
    case ObjectKind::statistics:
      return "statistics";
    case ObjectKind::type:
      return "enum";
    case ObjectKind::view:
      return "view";
  }
  return {};
}

struct Name {
  std::string operator()(const CreateTable&) const { return "create_table"; }
  std::string operator()(const DropTable&) const { return "drop_table"; }
  std::string operator()(const AddColumn&) const { return "add_column"; }
  std::string operator()(const DropColumn&) const { return "drop_column"; }
  std::string operator()(const AlterColumn&) const { return "alter_column"; }
  std::string operator()(const CreateIndex&) const { return "create_index"; }
  std::string operator()(const DropIndex&) const { return "drop_index"; }
  std::string operator()(const CreateUniqueConstraint&) const { return "create_unique_constraint"; }
  std::string operator()(const CreateCheckConstraint&) const { return "create_check_constraint"; }
  std::string operator()(const CreateForeignKeyConstraint&) const { return "create_foreign_key"; }
  std::string operator()(const CreatePrimaryKeyConstraint&) const { return "create_primary_key"; }
  std::string operator()(const CreateExcludeConstraint&) const { return "create_exclude_constraint"; }
  std::string operator()(const DropConstraint&) const { return "drop_constraint"; }
  std::string operator()(const RenameTable&) const { return "rename_table"; }
  std::string operator()(const CreateTableComment&) const { return "create_table_comment"; }
  std::string operator()(const DropTableComment&) const { return "drop_table_comment"; }
  std::string operator()(const CreateEnum&) const { return "create_enum"; }
  std::string operator()(const DropEnum&) const { return "drop_enum"; }
  std::string operator()(const CreateExtension&) const { return "create_extension"; }
  std::string operator()(const DropExtension&) const { return "drop_extension"; }
  std::string operator()(const Execute&) const { return "execute"; }
  std::string operator()(const CopyData&) const { return "copy_data"; }
  std::string operator()(const BulkInsert&) const { return "bulk_insert"; }
  std::string operator()(const AddEnumValue&) const { return "add_enum_value"; }
  std::string operator()(const RenameEnumValue&) const { return "rename_enum_value"; }
  std::string operator()(const ValidateConstraint&) const { return "validate_constraint"; }
  std::string operator()(const CreateSchema&) const { return "create_schema"; }
  std::string operator()(const DropSchema&) const { return "drop_schema"; }
  std::string operator()(const CreateSequence&) const { return "create_sequence"; }
  std::string operator()(const AlterSequence&) const { return "alter_sequence"; }
  std::string operator()(const DropSequence&) const { return "drop_sequence"; }
  std::string operator()(const CreateDomain&) const { return "create_domain"; }
  std::string operator()(const AlterDomain&) const { return "alter_domain"; }
  std::string operator()(const DropDomain&) const { return "drop_domain"; }
  std::string operator()(const CreateView&) const { return "create_view"; }
  std::string operator()(const DropView&) const { return "drop_view"; }
  std::string operator()(const CreateMaterializedView&) const { return "create_materialized_view"; }
  std::string operator()(const RefreshMaterializedView&) const { return "refresh_materialized_view"; }
  std::string operator()(const DropMaterializedView&) const { return "drop_materialized_view"; }
  std::string operator()(const CreateFunction&) const { return "create_function"; }
  std::string operator()(const DropFunction&) const { return "drop_function"; }
  std::string operator()(const CreateProcedure&) const { return "create_procedure"; }
  std::string operator()(const DropProcedure&) const { return "drop_procedure"; }
  std::string operator()(const CreateTrigger&) const { return "create_trigger"; }
  std::string operator()(const DropTrigger&) const { return "drop_trigger"; }
  std::string operator()(const CreatePolicy&) const { return "create_policy"; }
  std::string operator()(const AlterPolicy&) const { return "alter_policy"; }
  std::string operator()(const DropPolicy&) const { return "drop_policy"; }
  std::string operator()(const CreateStatistics&) const { return "create_statistics"; }
  std::string operator()(const DropStatistics&) const { return "drop_statistics"; }
  std::string operator()(const CustomOperation& operation) const { return operation.name; }
  std::string operator()(const RenameObject& operation) const { return "rename_" + std::string(word(operation.kind)); }
  std::string operator()(const AlterTrigger& operation) const {
    return operation.firing == TriggerFiring::disabled ? "disable_trigger" : "enable_trigger";
  }
  std::string operator()(const AlterRowLevelSecurity& operation) const {
    switch (operation.action) {
      case RowSecurity::enable:
        return "enable_row_level_security";
      case RowSecurity::disable:
        return "disable_row_level_security";
      case RowSecurity::force:
        return "force_row_level_security";
      case RowSecurity::no_force:
        return "no_force_row_level_security";
    }
    return {};
  }
};

}  // namespace

std::string operation_name(const Operation& operation) {
  return std::visit(Name{}, operation);
}

}  // namespace support::alembic

#pragma once

#include <optional>
#include <source_location>
#include <string>

#include "app/alembic/operations/operation.hpp"
#include "app/alembic/operations/source_line.hpp"

namespace support::alembic {

struct SchemaOption {
  std::string schema = {};
};
struct IfNotExistsOption {
  bool if_not_exists = false;
};
template <class Object>
struct ReplaceOptions {
  bool or_replace = false;
  std::optional<Object> existing = {};  // what is replaced, for reversing
};
template <class Object>
struct DropObjectOptions {
  std::string schema = {};  // of a trigger or a policy: of its table
  bool if_exists = false;
  bool cascade = false;
  std::optional<Object> existing = {};  // what is dropped, for reversing
};
template <class Routine>
struct DropRoutineOptions {
  // Unset: the name alone, which must be the only one. {{}} has none: .arguments = {{Integer(), Text()}}
  std::optional<schema::FunctionArguments> arguments = {};
  std::string schema = {};
  bool if_exists = false;
  bool cascade = false;
  std::optional<Routine> existing = {};
};
struct CreateSchemaOptions {
  std::string authorization = {};
  bool if_not_exists = false;
};
struct DropSchemaOptions {
  bool if_exists = false;
  bool cascade = false;
  std::string existing_authorization = {};
};
struct RefreshMaterializedViewOptions {
  std::string schema = {};
  bool concurrently = false;
  bool with_data = true;
};
struct AlterTriggerOptions {
  TriggerFiring firing = TriggerFiring::origin;  // not disabled
  std::optional<TriggerFiring> existing = {};
  std::string schema = {};
};
struct DisableTriggerOptions {
  std::optional<TriggerFiring> existing = {};
  std::string schema = {};
};

// The part of `op` that Alembic has not; what it has is in Operations, and so are the rules.
class ObjectDirectives {
 public:
  void create_schema(std::string schema_name, CreateSchemaOptions options = {},
                     SourceLine at = std::source_location::current());
  void drop_schema(std::string schema_name, DropSchemaOptions options = {},
                   SourceLine at = std::source_location::current());
  void rename_schema(std::string schema_name, std::string new_schema_name,
                     SourceLine at = std::source_location::current());

  void create_sequence(schema::Sequence sequence, IfNotExistsOption options = {},
                       SourceLine at = std::source_location::current());
  void alter_sequence(std::string sequence_name, AlterSequenceOptions options,
                      SourceLine at = std::source_location::current());
  void drop_sequence(std::string sequence_name, DropObjectOptions<schema::Sequence> options = {},
                     SourceLine at = std::source_location::current());
  void rename_sequence(std::string sequence_name, std::string new_sequence_name, SchemaOption options = {},
                       SourceLine at = std::source_location::current());

  void create_domain(schema::Domain domain, SourceLine at = std::source_location::current());
  void alter_domain(std::string domain_name, AlterDomainOptions options,
                    SourceLine at = std::source_location::current());
  void drop_domain(std::string domain_name, DropObjectOptions<schema::Domain> options = {},
                   SourceLine at = std::source_location::current());
  void rename_domain(std::string domain_name, std::string new_domain_name, SchemaOption options = {},
                     SourceLine at = std::source_location::current());

  // A replaced view keeps its columns, in their order; more may follow. So replacing one back that has fewer fails.
  void create_view(schema::View view, ReplaceOptions<schema::View> options = {},
                   SourceLine at = std::source_location::current());
  void drop_view(std::string view_name, DropObjectOptions<schema::View> options = {},
                 SourceLine at = std::source_location::current());
  void rename_view(std::string view_name, std::string new_view_name, SchemaOption options = {},
                   SourceLine at = std::source_location::current());
  void create_materialized_view(schema::MaterializedView materialized_view, IfNotExistsOption options = {},
                                SourceLine at = std::source_location::current());
  void refresh_materialized_view(std::string materialized_view_name, RefreshMaterializedViewOptions options = {},
                                 SourceLine at = std::source_location::current());
  void drop_materialized_view(std::string materialized_view_name,
                              DropObjectOptions<schema::MaterializedView> options = {},
                              SourceLine at = std::source_location::current());
  void rename_materialized_view(std::string materialized_view_name, std::string new_materialized_view_name,
                                SchemaOption options = {}, SourceLine at = std::source_location::current());

  void create_function(schema::Function function, ReplaceOptions<schema::Function> options = {},
                       SourceLine at = std::source_location::current());
  void drop_function(std::string function_name, DropRoutineOptions<schema::Function> options = {},
                     SourceLine at = std::source_location::current());
  void create_procedure(schema::Procedure procedure, ReplaceOptions<schema::Procedure> options = {},
                        SourceLine at = std::source_location::current());
  void drop_procedure(std::string procedure_name, DropRoutineOptions<schema::Procedure> options = {},
                      SourceLine at = std::source_location::current());

  void create_trigger(schema::Trigger trigger, ReplaceOptions<schema::Trigger> options = {},
                      SourceLine at = std::source_location::current());
  void enable_trigger(std::string trigger_name, std::string table_name, AlterTriggerOptions options = {},
                      SourceLine at = std::source_location::current());
  void disable_trigger(std::string trigger_name, std::string table_name, DisableTriggerOptions options = {},
                       SourceLine at = std::source_location::current());
  void drop_trigger(std::string trigger_name, std::string table_name, DropObjectOptions<schema::Trigger> options = {},
                    SourceLine at = std::source_location::current());
  void rename_trigger(std::string table_name, std::string trigger_name, std::string new_trigger_name,
                      SchemaOption options = {}, SourceLine at = std::source_location::current());

  void create_policy(schema::Policy policy, SourceLine at = std::source_location::current());
  void alter_policy(std::string policy_name, std::string table_name, AlterPolicyOptions options,
                    SourceLine at = std::source_location::current());
  void drop_policy(std::string policy_name, std::string table_name, DropObjectOptions<schema::Policy> options = {},
                   SourceLine at = std::source_location::current());
  void rename_policy(std::string table_name, std::string policy_name, std::string new_policy_name,
                     SchemaOption options = {}, SourceLine at = std::source_location::current());
  void enable_row_level_security(std::string table_name, SchemaOption options = {},
                                 SourceLine at = std::source_location::current());
  void disable_row_level_security(std::string table_name, SchemaOption options = {},
                                  SourceLine at = std::source_location::current());
  void force_row_level_security(std::string table_name, SchemaOption options = {},
                                SourceLine at = std::source_location::current());
  void no_force_row_level_security(std::string table_name, SchemaOption options = {},
                                   SourceLine at = std::source_location::current());

  void create_statistics(schema::Statistics statistics, IfNotExistsOption options = {},
                         SourceLine at = std::source_location::current());
  void drop_statistics(std::string statistics_name, DropObjectOptions<schema::Statistics> options = {},
                       SourceLine at = std::source_location::current());
  void rename_statistics(std::string statistics_name, std::string new_statistics_name, SchemaOption options = {},
                         SourceLine at = std::source_location::current());

  // ALTER TABLE … VALIDATE CONSTRAINT, for a constraint that was created with not_valid.
  void validate_constraint(std::string constraint_name, std::string table_name, SchemaOption options = {},
                           SourceLine at = std::source_location::current());
  void rename_constraint(std::string table_name, std::string constraint_name, std::string new_constraint_name,
                         SchemaOption options = {}, SourceLine at = std::source_location::current());
  void rename_column(std::string table_name, std::string column_name, std::string new_column_name,
                     SchemaOption options = {}, SourceLine at = std::source_location::current());
  void rename_index(std::string index_name, std::string new_index_name, SchemaOption options = {},
                    SourceLine at = std::source_location::current());

 protected:
  ObjectDirectives() = default;
  ObjectDirectives(const ObjectDirectives&) = default;
  ObjectDirectives& operator=(const ObjectDirectives&) = default;
  ~ObjectDirectives() = default;

 private:
  virtual void invoke(const Operation& operation, const SourceLine& at) = 0;
};

}  // namespace support::alembic

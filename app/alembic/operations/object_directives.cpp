#include "app/alembic/operations/object_directives.hpp"

#include <utility>

namespace support::alembic {

void ObjectDirectives::create_schema(std::string schema_name, CreateSchemaOptions options, SourceLine at) {
  invoke(CreateSchema{.schema = std::move(schema_name),
                      .authorization = std::move(options.authorization),
                      .if_not_exists = options.if_not_exists},
         at);
}

void ObjectDirectives::drop_schema(std::string schema_name, DropSchemaOptions options, SourceLine at) {
  invoke(DropSchema{.schema = std::move(schema_name),
                    .if_exists = options.if_exists,
                    .cascade = options.cascade,
                    .existing_authorization = std::move(options.existing_authorization)},
         at);
}

void ObjectDirectives::rename_schema(std::string schema_name, std::string new_schema_name, SourceLine at) {
  invoke(
      RenameObject{.kind = ObjectKind::schema, .name = std::move(schema_name), .new_name = std::move(new_schema_name)},
      at);
}

void ObjectDirectives::create_sequence(schema::Sequence sequence, IfNotExistsOption options, SourceLine at) {
  invoke(CreateSequence{.object = std::move(sequence), .if_not_exists = options.if_not_exists}, at);
}

void ObjectDirectives::alter_sequence(std::string sequence_name, AlterSequenceOptions options, SourceLine at) {
  AlterSequence operation{std::move(options), std::move(sequence_name)};
  invoke(operation, at);
}

void ObjectDirectives::drop_sequence(std::string sequence_name, DropObjectOptions<schema::Sequence> options,
                                     SourceLine at) {
  invoke(DropSequence{.name = std::move(sequence_name),
                      .schema = std::move(options.schema),
                      .if_exists = options.if_exists,
                      .cascade = options.cascade,
                      .existing = std::move(options.existing)},
         at);
}

void ObjectDirectives::rename_sequence(std::string sequence_name, std::string new_sequence_name, SchemaOption options,
                                       SourceLine at) {
  invoke(RenameObject{.kind = ObjectKind::sequence,
                      .name = std::move(sequence_name),
                      .new_name = std::move(new_sequence_name),
                      .schema = std::move(options.schema)},
         at);
}

void ObjectDirectives::create_domain(schema::Domain domain, SourceLine at) {
  invoke(CreateDomain{.domain = std::move(domain)}, at);
}

void ObjectDirectives::alter_domain(std::string domain_name, AlterDomainOptions options, SourceLine at) {
  AlterDomain operation{std::move(options), std::move(domain_name)};
  invoke(operation, at);
}

void ObjectDirectives::drop_domain(std::string domain_name, DropObjectOptions<schema::Domain> options, SourceLine at) {
  invoke(DropDomain{.name = std::move(domain_name),
                    .schema = std::move(options.schema),
                    .if_exists = options.if_exists,
                    .cascade = options.cascade,
                    .existing = std::move(options.existing)},
         at);
}

void ObjectDirectives::rename_domain(std::string domain_name, std::string new_domain_name, SchemaOption options,
                                     SourceLine at) {
  invoke(RenameObject{.kind = ObjectKind::domain,
                      .name = std::move(domain_name),
                      .new_name = std::move(new_domain_name),
                      .schema = std::move(options.schema)},
         at);
}

void ObjectDirectives::create_view(schema::View view, ReplaceOptions<schema::View> options, SourceLine at) {
  invoke(
      CreateView{.object = std::move(view), .or_replace = options.or_replace, .existing = std::move(options.existing)},
      at);
}

void ObjectDirectives::drop_view(std::string view_name, DropObjectOptions<schema::View> options, SourceLine at) {
  invoke(DropView{.name = std::move(view_name),
                  .schema = std::move(options.schema),
                  .if_exists = options.if_exists,
                  .cascade = options.cascade,
                  .existing = std::move(options.existing)},
         at);
}

void ObjectDirectives::rename_view(std::string view_name, std::string new_view_name, SchemaOption options,
                                   SourceLine at) {
  invoke(RenameObject{.kind = ObjectKind::view,
                      .name = std::move(view_name),
                      .new_name = std::move(new_view_name),
                      .schema = std::move(options.schema)},
         at);
}

void ObjectDirectives::create_materialized_view(schema::MaterializedView materialized_view, IfNotExistsOption options,
                                                SourceLine at) {
  invoke(CreateMaterializedView{.object = std::move(materialized_view), .if_not_exists = options.if_not_exists}, at);
}

void ObjectDirectives::refresh_materialized_view(std::string materialized_view_name,
                                                 RefreshMaterializedViewOptions options, SourceLine at) {
  invoke(RefreshMaterializedView{.view = std::move(materialized_view_name),
                                 .schema = std::move(options.schema),
                                 .concurrently = options.concurrently,
                                 .with_data = options.with_data},
         at);
}

void ObjectDirectives::drop_materialized_view(std::string materialized_view_name,
                                              DropObjectOptions<schema::MaterializedView> options, SourceLine at) {
  invoke(DropMaterializedView{.name = std::move(materialized_view_name),
                              .schema = std::move(options.schema),
                              .if_exists = options.if_exists,
                              .cascade = options.cascade,
                              .existing = std::move(options.existing)},
         at);
}

void ObjectDirectives::rename_materialized_view(std::string materialized_view_name,
                                                std::string new_materialized_view_name, SchemaOption options,
                                                SourceLine at) {
  invoke(RenameObject{.kind = ObjectKind::materialized_view,
                      .name = std::move(materialized_view_name),
                      .new_name = std::move(new_materialized_view_name),
                      .schema = std::move(options.schema)},
         at);
}

void ObjectDirectives::create_function(schema::Function function, ReplaceOptions<schema::Function> options,
                                       SourceLine at) {
  invoke(
      CreateFunction{
          .object = std::move(function), .or_replace = options.or_replace, .existing = std::move(options.existing)},
      at);
}

void ObjectDirectives::drop_function(std::string function_name, DropRoutineOptions<schema::Function> options,
                                     SourceLine at) {
  invoke(DropFunction{.name = std::move(function_name),
                      .arguments = std::move(options.arguments),
                      .schema = std::move(options.schema),
                      .if_exists = options.if_exists,
                      .cascade = options.cascade,
                      .existing = std::move(options.existing)},
         at);
}

void ObjectDirectives::create_procedure(schema::Procedure procedure, ReplaceOptions<schema::Procedure> options,
                                        SourceLine at) {
  invoke(
      CreateProcedure{
          .object = std::move(procedure), .or_replace = options.or_replace, .existing = std::move(options.existing)},
      at);
}

void ObjectDirectives::drop_procedure(std::string procedure_name, DropRoutineOptions<schema::Procedure> options,
                                      SourceLine at) {
  invoke(DropProcedure{.name = std::move(procedure_name),
                       .arguments = std::move(options.arguments),
                       .schema = std::move(options.schema),
                       .if_exists = options.if_exists,
                       .cascade = options.cascade,
                       .existing = std::move(options.existing)},
         at);
}

void ObjectDirectives::create_trigger(schema::Trigger trigger, ReplaceOptions<schema::Trigger> options, SourceLine at) {
  invoke(
      CreateTrigger{
          .object = std::move(trigger), .or_replace = options.or_replace, .existing = std::move(options.existing)},
      at);
}

void ObjectDirectives::enable_trigger(std::string trigger_name, std::string table_name, AlterTriggerOptions options,
                                      SourceLine at) {
  invoke(AlterTrigger{.trigger = std::move(trigger_name),
                      .table = std::move(table_name),
                      .firing = options.firing,
                      .existing = options.existing,
                      .schema = std::move(options.schema)},
         at);
}

void ObjectDirectives::disable_trigger(std::string trigger_name, std::string table_name, DisableTriggerOptions options,
                                       SourceLine at) {
  invoke(AlterTrigger{.trigger = std::move(trigger_name),
                      .table = std::move(table_name),
                      .firing = TriggerFiring::disabled,
                      .existing = options.existing,
                      .schema = std::move(options.schema)},
         at);
}

void ObjectDirectives::drop_trigger(std::string trigger_name, std::string table_name,
                                    DropObjectOptions<schema::Trigger> options, SourceLine at) {
  invoke(DropTrigger{.name = std::move(trigger_name),
                     .table = std::move(table_name),
                     .schema = std::move(options.schema),
                     .if_exists = options.if_exists,
                     .cascade = options.cascade,
                     .existing = std::move(options.existing)},
         at);
}

void ObjectDirectives::rename_trigger(std::string table_name, std::string trigger_name, std::string new_trigger_name,
                                      SchemaOption options, SourceLine at) {
  invoke(RenameObject{.kind = ObjectKind::trigger,
                      .name = std::move(trigger_name),
                      .new_name = std::move(new_trigger_name),
                      .schema = std::move(options.schema),
                      .table = std::move(table_name)},
         at);
}

void ObjectDirectives::create_policy(schema::Policy policy, SourceLine at) {
  invoke(CreatePolicy{.policy = std::move(policy)}, at);
}

void ObjectDirectives::alter_policy(std::string policy_name, std::string table_name, AlterPolicyOptions options,
                                    SourceLine at) {
  AlterPolicy operation{std::move(options), std::move(policy_name), std::move(table_name)};
  invoke(operation, at);
}

void ObjectDirectives::drop_policy(std::string policy_name, std::string table_name,
                                   DropObjectOptions<schema::Policy> options, SourceLine at) {
  invoke(DropPolicy{.name = std::move(policy_name),
                    .table = std::move(table_name),
                    .schema = std::move(options.schema),
                    .if_exists = options.if_exists,
                    .cascade = options.cascade,
                    .existing = std::move(options.existing)},
         at);
}

void ObjectDirectives::rename_policy(std::string table_name, std::string policy_name, std::string new_policy_name,
                                     SchemaOption options, SourceLine at) {
  invoke(RenameObject{.kind = ObjectKind::policy,
                      .name = std::move(policy_name),
                      .new_name = std::move(new_policy_name),
                      .schema = std::move(options.schema),
                      .table = std::move(table_name)},
         at);
}

void ObjectDirectives::enable_row_level_security(std::string table_name, SchemaOption options, SourceLine at) {
  invoke(
      AlterRowLevelSecurity{
          .table = std::move(table_name), .action = RowSecurity::enable, .schema = std::move(options.schema)},
      at);
}

void ObjectDirectives::disable_row_level_security(std::string table_name, SchemaOption options, SourceLine at) {
  invoke(
      AlterRowLevelSecurity{
          .table = std::move(table_name), .action = RowSecurity::disable, .schema = std::move(options.schema)},
      at);
}

void ObjectDirectives::force_row_level_security(std::string table_name, SchemaOption options, SourceLine at) {
  invoke(
      AlterRowLevelSecurity{
          .table = std::move(table_name), .action = RowSecurity::force, .schema = std::move(options.schema)},
      at);
}

void ObjectDirectives::no_force_row_level_security(std::string table_name, SchemaOption options, SourceLine at) {
  invoke(
      AlterRowLevelSecurity{
          .table = std::move(table_name), .action = RowSecurity::no_force, .schema = std::move(options.schema)},
      at);
}

void ObjectDirectives::create_statistics(schema::Statistics statistics, IfNotExistsOption options, SourceLine at) {
  invoke(CreateStatistics{.object = std::move(statistics), .if_not_exists = options.if_not_exists}, at);
}

void ObjectDirectives::drop_statistics(std::string statistics_name, DropObjectOptions<schema::Statistics> options,
                                       SourceLine at) {
  invoke(DropStatistics{.name = std::move(statistics_name),
                        .schema = std::move(options.schema),
                        .if_exists = options.if_exists,
                        .cascade = options.cascade,
                        .existing = std::move(options.existing)},
         at);
}

void ObjectDirectives::rename_statistics(std::string statistics_name, std::string new_statistics_name,
                                         SchemaOption options, SourceLine at) {
  invoke(RenameObject{.kind = ObjectKind::statistics,
                      .name = std::move(statistics_name),
                      .new_name = std::move(new_statistics_name),
                      .schema = std::move(options.schema)},
         at);
}

void ObjectDirectives::validate_constraint(std::string constraint_name, std::string table_name, SchemaOption options,
                                           SourceLine at) {
  invoke(ValidateConstraint{.constraint = std::move(constraint_name),
                            .table = std::move(table_name),
                            .schema = std::move(options.schema)},
         at);
}

void ObjectDirectives::rename_constraint(std::string table_name, std::string constraint_name,
                                         std::string new_constraint_name, SchemaOption options, SourceLine at) {
  invoke(RenameObject{.kind = ObjectKind::constraint,
                      .name = std::move(constraint_name),
                      .new_name = std::move(new_constraint_name),
                      .schema = std::move(options.schema),
                      .table = std::move(table_name)},
         at);
}

void ObjectDirectives::rename_column(std::string table_name, std::string column_name, std::string new_column_name,
                                     SchemaOption options, SourceLine at) {
  invoke(RenameObject{.kind = ObjectKind::column,
                      .name = std::move(column_name),
                      .new_name = std::move(new_column_name),
                      .schema = std::move(options.schema),
                      .table = std::move(table_name)},
         at);
}

void ObjectDirectives::rename_index(std::string index_name, std::string new_index_name, SchemaOption options,
                                    SourceLine at) {
  invoke(RenameObject{.kind = ObjectKind::index,
                      .name = std::move(index_name),
                      .new_name = std::move(new_index_name),
                      .schema = std::move(options.schema)},
         at);
}

}  // namespace support::alembic

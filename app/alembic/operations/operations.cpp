#include "app/alembic/operations/operations.hpp"

#include <stdexcept>

#include <fmt/format.h>

#include "app/schema/type_definition.hpp"

namespace support::alembic {
namespace {

// Empty for the kinds that no convention names.
const std::string& pattern_of(ConstraintType type, const schema::NamingConvention& convention) {
  static const std::string none;
  switch (type) {
    case ConstraintType::foreign_key:
      return convention.fk;
    case ConstraintType::primary_key:
      return convention.pk;
    case ConstraintType::unique:
      return convention.uq;
    case ConstraintType::check:
      return convention.ck;
    case ConstraintType::unknown:
    case ConstraintType::exclude:
      break;
  }
  return none;
}

}  // namespace

void Operations::create_table(const std::string& table_name, const std::vector<schema::TableItem>& items,
                              CreateTableOptions options, SourceLine at) {
  schema::Table table(table_name, items,
                      {.schema = std::move(options.schema),
                       .comment = std::move(options.comment),
                       .prefixes = std::move(options.prefixes),
                       .inherits = std::move(options.inherits),
                       .partition_by = std::move(options.partition_by),
                       .using_ = std::move(options.using_),
                       .with_oids = options.with_oids,
                       .on_commit = std::move(options.on_commit),
                       .tablespace = std::move(options.tablespace)});
  for (const schema::TypeDefinition& type : schema::type_definitions(table)) {
    if (created_types_.contains({schema::type_schema(type), schema::type_name(type)})) continue;
    if (const auto* labelled = std::get_if<schema::Enum>(&type)) {
      create_enum(*labelled, at);
    } else {
      create_domain(std::get<schema::Domain>(type), at);
    }
  }
  invoke(CreateTable{.table = schema::named(std::move(table), convention_), .if_not_exists = options.if_not_exists},
         at);
}

void Operations::drop_table(std::string table_name, DropTableOptions options, SourceLine at) {
  if (options.existing) options.existing = schema::named(*std::move(options.existing), convention_);
  invoke(DropTable{.table = std::move(table_name),
                   .schema = std::move(options.schema),
                   .if_exists = options.if_exists,
                   .existing = std::move(options.existing)},
         at);
}

void Operations::rename_table(std::string old_table_name, std::string new_table_name, SchemaOption options,
                              SourceLine at) {
  invoke(RenameTable{.table = std::move(old_table_name),
                     .new_table = std::move(new_table_name),
                     .schema = std::move(options.schema)},
         at);
}

void Operations::create_table_comment(std::string table_name, std::string comment, TableCommentOptions options,
                                      SourceLine at) {
  invoke(CreateTableComment{.table = std::move(table_name),
                            .comment = std::move(comment),
                            .existing_comment = std::move(options.existing_comment),
                            .schema = std::move(options.schema)},
         at);
}

void Operations::drop_table_comment(std::string table_name, TableCommentOptions options, SourceLine at) {
  invoke(DropTableComment{.table = std::move(table_name),
                          .existing_comment = std::move(options.existing_comment),
                          .schema = std::move(options.schema)},
         at);
}

void Operations::add_column(std::string table_name, schema::Column column, AddColumnOptions options, SourceLine at) {
  invoke(AddColumn{.table = std::move(table_name),
                   .column = std::move(column),
                   .schema = std::move(options.schema),
                   .if_not_exists = options.if_not_exists,
                   .inline_references = options.inline_references,
                   .inline_primary_key = options.inline_primary_key,
                   .naming_convention = convention_},
         at);
}

void Operations::drop_column(std::string table_name, std::string column_name, DropColumnOptions options,
                             SourceLine at) {
  invoke(DropColumn{.table = std::move(table_name),
                    .column = std::move(column_name),
                    .schema = std::move(options.schema),
                    .if_exists = options.if_exists,
                    .existing = std::move(options.existing),
                    .naming_convention = convention_},
         at);
}

void Operations::alter_column(std::string table_name, std::string column_name, AlterColumnOptions options,
                              SourceLine at) {
  AlterColumn operation{std::move(options), std::move(table_name), std::move(column_name), convention_};
  invoke(operation, at);
}

void Operations::create_index(schema::Name index_name, std::string table_name,
                              std::vector<schema::IndexElement> columns, CreateIndexOptions options, SourceLine at) {
  if (columns.empty()) {
    throw std::invalid_argument(
        fmt::format("create_index() of '{}' names no column; an index needs one at least.", index_name.text()));
  }
  schema::Index index(std::move(index_name), std::move(columns),
                      {.unique = options.unique,
                       .using_ = std::move(options.using_),
                       .ops = std::move(options.ops),
                       .include = std::move(options.include),
                       .nulls_not_distinct = options.nulls_not_distinct,
                       .with = std::move(options.with),
                       .tablespace = std::move(options.tablespace),
                       .where = std::move(options.where)});
  index = schema::named(std::move(index), table_name, options.schema, convention_);
  invoke(CreateIndex{.table = std::move(table_name),
                     .index = std::move(index),
                     .schema = std::move(options.schema),
                     .if_not_exists = options.if_not_exists,
                     .concurrently = options.concurrently},
         at);
}

void Operations::drop_index(schema::Name index_name, DropIndexOptions options, SourceLine at) {
  const schema::NamedParts parts{.table = options.table_name, .schema = options.schema};
  invoke(DropIndex{.index = schema::conventional_name(convention_.ix, index_name, parts),
                   .table = std::move(options.table_name),
                   .schema = std::move(options.schema),
                   .if_exists = options.if_exists,
                   .concurrently = options.concurrently,
                   .existing = std::move(options.existing)},
         at);
}

void Operations::create_unique_constraint(schema::Name constraint_name, std::string table_name,
                                          std::vector<std::string> columns, CreateUniqueConstraintOptions options,
                                          SourceLine at) {
  schema::UniqueConstraint constraint(std::move(columns), {.name = std::move(constraint_name),
                                                           .deferrable = options.deferrable,
                                                           .initially = std::move(options.initially),
                                                           .nulls_not_distinct = options.nulls_not_distinct,
                                                           .include = std::move(options.include)});
  constraint = schema::named(std::move(constraint), table_name, options.schema, convention_);
  invoke(CreateUniqueConstraint{std::move(table_name), std::move(constraint), std::move(options.schema)}, at);
}

void Operations::create_check_constraint(schema::Name constraint_name, std::string table_name, std::string condition,
                                         CreateCheckConstraintOptions options, SourceLine at) {
  schema::CheckConstraint constraint(std::move(condition), {.name = std::move(constraint_name),
                                                            .deferrable = options.deferrable,
                                                            .initially = std::move(options.initially),
                                                            .not_valid = options.not_valid});
  constraint = schema::named(std::move(constraint), table_name, options.schema, convention_);
  invoke(CreateCheckConstraint{std::move(table_name), std::move(constraint), std::move(options.schema)}, at);
}

void Operations::create_foreign_key(schema::Name constraint_name, std::string source_table, std::string referent_table,
                                    std::vector<std::string> local_cols, std::vector<std::string> remote_cols,
                                    CreateForeignKeyOptions options, SourceLine at) {
  schema::Referent referent(std::move(options.referent_schema), std::move(referent_table), std::move(remote_cols));
  schema::ForeignKeyConstraint constraint(std::move(local_cols), std::move(referent),
                                          {.name = std::move(constraint_name),
                                           .onupdate = std::move(options.onupdate),
                                           .ondelete = std::move(options.ondelete),
                                           .deferrable = options.deferrable,
                                           .initially = std::move(options.initially),
                                           .match = std::move(options.match),
                                           .not_valid = options.not_valid});
  constraint = schema::named(std::move(constraint), source_table, options.source_schema, convention_);
  invoke(CreateForeignKeyConstraint{std::move(source_table), std::move(constraint), std::move(options.source_schema)},
         at);
}

void Operations::create_primary_key(schema::Name constraint_name, std::string table_name,
                                    std::vector<std::string> columns, CreatePrimaryKeyOptions options, SourceLine at) {
  schema::PrimaryKeyConstraint constraint(std::move(columns), {.name = std::move(constraint_name),
                                                               .deferrable = options.deferrable,
                                                               .initially = std::move(options.initially),
                                                               .include = std::move(options.include)});
  constraint = schema::named(std::move(constraint), table_name, options.schema, convention_);
  invoke(CreatePrimaryKeyConstraint{std::move(table_name), std::move(constraint), std::move(options.schema)}, at);
}

void Operations::create_exclude_constraint(schema::Name constraint_name, std::string table_name,
                                           std::vector<schema::ExcludeElement> elements,
                                           CreateExcludeConstraintOptions options, SourceLine at) {
  if (elements.empty()) {
    throw std::invalid_argument(fmt::format(
        "create_exclude_constraint() of table '{}' names no column; give it one with its operator at least.",
        table_name));
  }
  schema::ExcludeConstraint constraint(std::move(elements), {.name = std::move(constraint_name),
                                                             .using_ = std::move(options.using_),
                                                             .where = std::move(options.where),
                                                             .ops = std::move(options.ops),
                                                             .deferrable = options.deferrable,
                                                             .initially = std::move(options.initially)});
  constraint = schema::named(std::move(constraint), table_name, options.schema, convention_);
  invoke(CreateExcludeConstraint{std::move(table_name), std::move(constraint), std::move(options.schema)}, at);
}

void Operations::drop_constraint(schema::Name constraint_name, std::string table_name, DropConstraintOptions options,
                                 SourceLine at) {
  const schema::NamedParts parts{.table = table_name, .schema = options.schema};
  const std::string& pattern = pattern_of(options.type_, convention_);
  invoke(DropConstraint{.constraint = schema::conventional_name(pattern, constraint_name, parts),
                        .table = std::move(table_name),
                        .type_ = options.type_,
                        .schema = std::move(options.schema),
                        .if_exists = options.if_exists,
                        .existing = std::move(options.existing)},
         at);
}

void Operations::invoke(const Operation& operation, const SourceLine& at) {
  sink_.invoke(operation, at);
  remember_types(operation);
}

void Operations::remember_types(const Operation& operation) {
  if (const auto* create = std::get_if<CreateEnum>(&operation)) {
    created_types_.insert({create->type.schema, create->type.name});
  } else if (const auto* drop = std::get_if<DropEnum>(&operation)) {
    created_types_.erase({drop->schema, drop->type});
  } else if (const auto* domain = std::get_if<CreateDomain>(&operation)) {
    created_types_.insert({domain->domain.schema, domain->domain.name});
  } else if (const auto* drop_domain = std::get_if<DropDomain>(&operation)) {
    created_types_.erase({drop_domain->schema, drop_domain->name});
  } else if (const auto* rename = std::get_if<RenameObject>(&operation)) {
    if (rename->kind != ObjectKind::type && rename->kind != ObjectKind::domain) return;
    if (created_types_.erase({rename->schema, rename->name}) > 0) {
      created_types_.insert({rename->schema, rename->new_name});
    }
  }
}

void Operations::create_enum(schema::Enum type, SourceLine at) {
  invoke(CreateEnum{.type = std::move(type)}, at);
}

void Operations::drop_enum(std::string type_name, DropEnumOptions options, SourceLine at) {
  invoke(DropEnum{.type = std::move(type_name),
                  .schema = std::move(options.schema),
                  .if_exists = options.if_exists,
                  .existing = std::move(options.existing)},
         at);
}

void Operations::add_enum_value(std::string type_name, std::string value, AddEnumValueOptions options, SourceLine at) {
  invoke(AddEnumValue{.type = std::move(type_name),
                      .value = std::move(value),
                      .before = std::move(options.before),
                      .after = std::move(options.after),
                      .schema = std::move(options.schema),
                      .if_not_exists = options.if_not_exists},
         at);
}

void Operations::rename_enum_value(std::string type_name, std::string value, std::string new_value,
                                   SchemaOption options, SourceLine at) {
  invoke(RenameEnumValue{.type = std::move(type_name),
                         .value = std::move(value),
                         .new_value = std::move(new_value),
                         .schema = std::move(options.schema)},
         at);
}

void Operations::rename_enum(std::string type_name, std::string new_type_name, SchemaOption options, SourceLine at) {
  invoke(RenameObject{.kind = ObjectKind::type,
                      .name = std::move(type_name),
                      .new_name = std::move(new_type_name),
                      .schema = std::move(options.schema)},
         at);
}

void Operations::create_extension(std::string extension_name, CreateExtensionOptions options, SourceLine at) {
  invoke(CreateExtension{.extension = std::move(extension_name),
                         .schema = std::move(options.schema),
                         .if_not_exists = options.if_not_exists,
                         .if_available = options.if_available},
         at);
}

void Operations::drop_extension(std::string extension_name, DropExtensionOptions options, SourceLine at) {
  invoke(
      DropExtension{
          .extension = std::move(extension_name), .schema = std::move(options.schema), .if_exists = options.if_exists},
      at);
}

void Operations::execute(std::string sql, SourceLine at) {
  invoke(Execute{.sql = std::move(sql)}, at);
}

void Operations::execute(std::string_view sql, const Binds& binds, SourceLine at) {
  invoke(Execute{.sql = with_binds(sql, binds)}, at);
}

void Operations::copy_data(std::string statement, std::string rows, SourceLine at) {
  invoke(CopyData{.statement = std::move(statement), .rows = std::move(rows)}, at);
}

void Operations::bulk_insert(std::string table_name, std::vector<std::string> columns, std::vector<Row> rows,
                             SchemaOption options, SourceLine at) {
  for (const Row& row : rows) {
    if (row.size() == columns.size() && !columns.empty()) continue;
    throw std::invalid_argument(
        fmt::format("bulk_insert() into '{}' names {} columns and has a row of {} values; they must be as many.",
                    table_name, columns.size(), row.size()));
  }
  if (rows.empty()) return;
  invoke(BulkInsert{.table = std::move(table_name),
                    .columns = std::move(columns),
                    .rows = std::move(rows),
                    .schema = std::move(options.schema)},
         at);
}

}  // namespace support::alembic

#include "app/alembic/operations/object_directives.hpp"

#include <utility>

namespace support::alembic {

void ObjectDirectives::validate_constraint(std::string constraint_name, std::string table_name, SchemaOption options,
                                           SourceLine at) {
  invoke(ValidateConstraint{.constraint = std::move(constraint_name),
                            .table = std::move(table_name),
                            .schema = std::move(options.schema)},
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

void ObjectDirectives::rename_constraint(std::string table_name, std::string constraint_name,
                                         std::string new_constraint_name, SchemaOption options, SourceLine at) {
  invoke(RenameObject{.kind = ObjectKind::constraint,
                      .name = std::move(constraint_name),
                      .new_name = std::move(new_constraint_name),
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

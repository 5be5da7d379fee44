#include "app/alembic/operations/add_column_sql.hpp"

#include <fmt/format.h>

#include "app/schema/ddl.hpp"
#include "app/schema/naming_convention.hpp"
#include "app/schema/quoting.hpp"

namespace support::alembic {
namespace {

// REFERENCES within the column; Alembic leaves the foreign key's name out, too.
std::string inline_references(const schema::ForeignKey& foreign_key, const std::string& column) {
  const schema::ForeignKeyConstraint constraint = foreign_key.as_constraint(column);
  return " REFERENCES " + schema::referent_sql(constraint.referent) + schema::foreign_key_actions_sql(constraint);
}

bool is_serial(const schema::Column& column) {
  return column.primary_key && column.autoincrement.value_or(column.foreign_key.empty()) && !column.server_default &&
         column.sequence.empty() && schema::is_integer(column.type);
}

std::string column_statement(const AddColumn& operation, const schema::ServerFeatures& server) {
  schema::Column column = operation.column;
  for (schema::CheckConstraint& check : column.check) {
    check = schema::named(std::move(check), operation.table, operation.schema, operation.naming_convention);
  }
  const auto serial = is_serial(column) ? schema::Serial::yes : schema::Serial::no;
  std::string sql =
      fmt::format("ALTER TABLE {} ADD COLUMN {}{}", schema::qualified_name(operation.table, operation.schema),
                  operation.if_not_exists ? "IF NOT EXISTS " : "", schema::column_sql(column, serial, server));
  if (operation.inline_primary_key && column.primary_key) sql += " PRIMARY KEY";
  if (operation.inline_references) {
    for (const schema::ForeignKey& key : column.foreign_key) sql += inline_references(key, column.name);
  }
  return sql;
}

}  // namespace

std::vector<std::string> add_column_sql(const AddColumn& operation, const schema::ServerFeatures& server) {
  const schema::Column& column = operation.column;
  std::vector<std::string> result{column_statement(operation, server)};
  const auto add_constraint = [&](auto constraint) {
    constraint = schema::named(std::move(constraint), operation.table, operation.schema, operation.naming_convention);
    result.push_back(schema::add_constraint_sql(constraint, operation.table, operation.schema));
  };
  if (auto check = schema::type_check(column)) add_constraint(*std::move(check));
  if (!operation.inline_references) {
    for (const schema::ForeignKey& key : column.foreign_key) add_constraint(key.as_constraint(column.name));
  }
  if (column.index) {
    const schema::Index index = schema::named(schema::column_index(column, operation.table, operation.schema),
                                              operation.table, operation.schema, operation.naming_convention);
    result.push_back(
        schema::create_index_sql(index, operation.table, operation.schema, {.if_not_exists = operation.if_not_exists}));
  } else if (column.unique) {
    add_constraint(schema::UniqueConstraint({column.name}));
  }
  if (!column.comment.empty()) {
    result.push_back(schema::comment_on_column_sql(operation.table, operation.schema, column.name, column.comment));
  }
  return result;
}

}  // namespace support::alembic

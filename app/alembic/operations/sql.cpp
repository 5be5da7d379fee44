#include "app/alembic/operations/sql.hpp"

#include <iterator>
#include <stdexcept>

#include <fmt/format.h>

#include "app/alembic/operations/add_column_sql.hpp"
#include "app/alembic/operations/alter_column_sql.hpp"
#include "app/alembic/operations/object_sql.hpp"
#include "app/schema/ddl.hpp"
#include "app/schema/metadata.hpp"
#include "app/schema/quoting.hpp"

namespace support::alembic {
namespace {

using schema::qualified_name;
using schema::quote_identifier;
using Statements = ObjectWriter::Statements;

constexpr std::string_view if_exists(bool wanted) {
  return wanted ? "IF EXISTS " : "";
}
constexpr std::string_view concurrently(bool wanted) {
  return wanted ? "CONCURRENTLY " : "";
}

// The statement without the blanks and semicolons at its end. A comment that is open in its last line would swallow the
// semicolon that the caller puts after it, so it gets its line end.
std::string one_statement(const std::string& sql) {
  constexpr std::string_view blanks_and_semicolons = " \t\r\n;";
  const std::size_t first = sql.find_first_not_of(blanks_and_semicolons);
  if (first == std::string::npos) {
    throw std::invalid_argument("An operation was given an empty statement; give it one SQL statement.");
  }
  std::string result = sql.substr(first, sql.find_last_not_of(blanks_and_semicolons) - first + 1);
  const std::size_t last_line = result.rfind('\n');
  if (result.find("--", last_line == std::string::npos ? 0 : last_line) != std::string::npos) result += '\n';
  return result;
}

struct Writer : ObjectWriter {
  using ObjectWriter::operator();

  Statements operator()(const CreateTable& operation) const {
    const schema::Table& table = operation.table;
    Statements result{schema::create_table_sql(table, server, {.if_not_exists = operation.if_not_exists})};
    for (const schema::Index& index : table.indexes) {
      result.push_back(
          schema::create_index_sql(index, table.name, table.schema, {.if_not_exists = operation.if_not_exists}));
    }
    Statements comments = schema::comments_sql(table);
    result.insert(result.end(), std::make_move_iterator(comments.begin()), std::make_move_iterator(comments.end()));
    return result;
  }

  Statements operator()(const DropTable& operation) const {
    return {fmt::format("DROP TABLE {}{}", if_exists(operation.if_exists),
                        qualified_name(operation.table, operation.schema))};
  }

  Statements operator()(const AddColumn& operation) const { return add_column_sql(operation, server); }

  Statements operator()(const DropColumn& operation) const {
    return {fmt::format("ALTER TABLE {} DROP COLUMN {}{}", qualified_name(operation.table, operation.schema),
                        if_exists(operation.if_exists), quote_identifier(operation.column))};
  }

  Statements operator()(const AlterColumn& operation) const { return alter_column_sql(operation, server); }

  Statements operator()(const CreateIndex& operation) const {
    return {
        schema::create_index_sql(operation.index, operation.table, operation.schema,
                                 {.if_not_exists = operation.if_not_exists, .concurrently = operation.concurrently})};
  }

  Statements operator()(const DropIndex& operation) const {
    return {fmt::format("DROP INDEX {}{}{}", concurrently(operation.concurrently), if_exists(operation.if_exists),
                        qualified_name(operation.index, operation.schema))};
  }

  template <class C>
  Statements operator()(const CreateConstraint<C>& operation) const {
    return {schema::add_constraint_sql(operation.constraint, operation.table, operation.schema)};
  }

  Statements operator()(const DropConstraint& operation) const {
    return {fmt::format("ALTER TABLE {} DROP CONSTRAINT {}{}", qualified_name(operation.table, operation.schema),
                        if_exists(operation.if_exists), quote_identifier(operation.constraint))};
  }

  Statements operator()(const RenameTable& operation) const {
    return {fmt::format("ALTER TABLE {} RENAME TO {}", qualified_name(operation.table, operation.schema),
                        quote_identifier(operation.new_table))};
  }

  Statements operator()(const CreateTableComment& operation) const {
    return {schema::comment_on_table_sql(operation.table, operation.schema, operation.comment)};
  }

  Statements operator()(const DropTableComment& operation) const {
    return {schema::comment_on_table_sql(operation.table, operation.schema, "")};
  }

  Statements operator()(const CreateEnum& operation) const { return {schema::create_enum_sql(operation.type)}; }

  Statements operator()(const DropEnum& operation) const {
    return {fmt::format("DROP TYPE {}{}", if_exists(operation.if_exists),
                        qualified_name(operation.type, operation.schema))};
  }

  Statements operator()(const CreateExtension& operation) const {
    if (operation.if_available && !server.has_extension(operation.extension)) return {};
    return {schema::create_extension_sql(operation.extension, operation.schema, operation.if_not_exists)};
  }

  Statements operator()(const DropExtension& operation) const {
    return {fmt::format("DROP EXTENSION {}{}", if_exists(operation.if_exists), quote_identifier(operation.extension))};
  }

  Statements operator()(const Execute& operation) const { return {one_statement(operation.sql)}; }

  Statements operator()(const CustomOperation& operation) const {
    Statements result;
    for (const std::string& statement : operation.statements) result.push_back(one_statement(statement));
    return result;
  }

  Statements operator()(const CopyData& operation) const {
    return {fmt::format("{};\n{}\\.", operation.statement, operation.rows)};
  }

  Statements operator()(const BulkInsert& operation) const {
    const std::string head =
        fmt::format("INSERT INTO {} ({}) VALUES (", qualified_name(operation.table, operation.schema),
                    schema::identifier_list(operation.columns));
    Statements result;
    for (const Row& row : operation.rows) {
      std::vector<std::string> values;
      for (const Value& value : row) values.push_back(value_sql(value));
      result.push_back(fmt::format("{}{})", head, fmt::join(values, ", ")));
    }
    return result;
  }
};

}  // namespace

std::vector<std::string> to_sql(const Operation& operation, const schema::ServerFeatures& server) {
  return std::visit(Writer{{server}}, operation);
}

bool needs_autocommit(const Operation& operation) {
  if (const auto* custom = std::get_if<CustomOperation>(&operation)) return custom->needs_autocommit;
  if (const auto* create = std::get_if<CreateIndex>(&operation)) return create->concurrently;
  const auto* drop = std::get_if<DropIndex>(&operation);
  return drop && drop->concurrently;
}

}  // namespace support::alembic

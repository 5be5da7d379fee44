#include "app/alembic/operations/object_sql.hpp"

#include <array>
#include <stdexcept>

#include <fmt/format.h>

#include "app/schema/quoting.hpp"

namespace support::alembic {
namespace {

using schema::qualified_name;
using schema::quote_identifier;
using schema::quote_literal;
using schema::require_name_fits;
using Statements = ObjectWriter::Statements;

// "materialized view": for messages, and in capitals between ALTER and the name.
std::string_view kind_name(ObjectKind kind) {
  constexpr std::array<std::string_view, 12> names{
      "column", "constraint", "policy",     "trigger", "domain", "index", "materialized view",
      "schema", "sequence",   "statistics", "type",    "view"};
  return names.at(static_cast<std::size_t>(kind));
}

std::string kind_sql(ObjectKind kind) {
  std::string result(kind_name(kind));
  for (char& c : result) c = c == ' ' ? c : static_cast<char>(c - 'a' + 'A');
  return result;
}

}  // namespace

Statements ObjectWriter::operator()(const AddEnumValue& operation) const {
  if (!operation.before.empty() && !operation.after.empty()) {
    throw std::invalid_argument(
        fmt::format("The value '{}' of the enum type '{}' is to stand before '{}' and after '{}'; say one of them.",
                    operation.value, operation.type, operation.before, operation.after));
  }
  require_name_fits("enum label", operation.value);
  std::string sql = fmt::format("ALTER TYPE {} ADD VALUE {}{}", qualified_name(operation.type, operation.schema),
                                operation.if_not_exists ? "IF NOT EXISTS " : "", quote_literal(operation.value));
  if (!operation.before.empty()) sql += " BEFORE " + quote_literal(operation.before);
  if (!operation.after.empty()) sql += " AFTER " + quote_literal(operation.after);
  return {std::move(sql)};
}

Statements ObjectWriter::operator()(const RenameEnumValue& operation) const {
  require_name_fits("enum label", operation.new_value);
  return {fmt::format("ALTER TYPE {} RENAME VALUE {} TO {}", qualified_name(operation.type, operation.schema),
                      quote_literal(operation.value), quote_literal(operation.new_value))};
}

Statements ObjectWriter::operator()(const RenameObject& operation) const {
  require_name_fits(kind_name(operation.kind), operation.new_name);
  const std::string new_name = quote_identifier(operation.new_name);
  const std::string name = quote_identifier(operation.name);
  switch (operation.kind) {
    case ObjectKind::column:
      // Without the word COLUMN, as alter_column() has it.
      return {fmt::format("ALTER TABLE {} RENAME {} TO {}", qualified_name(operation.table, operation.schema), name,
                          new_name)};
    case ObjectKind::constraint:
      return {fmt::format("ALTER TABLE {} RENAME CONSTRAINT {} TO {}",
                          qualified_name(operation.table, operation.schema), name, new_name)};
    case ObjectKind::policy:
    case ObjectKind::trigger:
      return {fmt::format("ALTER {} {} ON {} RENAME TO {}", kind_sql(operation.kind), name,
                          qualified_name(operation.table, operation.schema), new_name)};
    default:
      return {fmt::format("ALTER {} {} RENAME TO {}", kind_sql(operation.kind),
                          qualified_name(operation.name, operation.schema), new_name)};
  }
}

Statements ObjectWriter::operator()(const ValidateConstraint& operation) const {
  return {fmt::format("ALTER TABLE {} VALIDATE CONSTRAINT {}", qualified_name(operation.table, operation.schema),
                      quote_identifier(operation.constraint))};
}

}  // namespace support::alembic

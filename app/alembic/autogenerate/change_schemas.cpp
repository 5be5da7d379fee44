// Schemas, extensions, and the comments of everything.
#include <fmt/format.h>

#include "app/alembic/autogenerate/object_comments.hpp"
#include "app/schema/quoting.hpp"

namespace support::alembic::autogenerate {
namespace {

using schema::quote_identifier;

std::string commented(const Schema& object) {
  return "SCHEMA " + quote_identifier(object.name);
}

std::string commented(const Extension& extension) {
  return "EXTENSION " + quote_identifier(extension.name);
}

}  // namespace

Operation comment_operation(std::string_view object, std::string_view comment) {
  return Execute{fmt::format("COMMENT ON {} IS {}", object, comment.empty() ? "NULL" : schema::quote_literal(comment))};
}

OperationList create_operations(const Schema& schema) {
  OperationList operations{CreateSchema{.schema = schema.name}};
  append_comment(operations, commented(schema), schema.comment);
  return operations;
}

OperationList drop_operations(const Schema& schema) {
  return {DropSchema{.schema = schema.name}};
}

std::optional<OperationList> alter_operations(const Schema& before, const Schema& after) {
  OperationList operations;
  append_comment_change(operations, commented(after), before.comment, after.comment);
  return operations;
}

// In the version that the server has, for the vocabulary knows no other.
OperationList create_operations(const Extension& extension) {
  OperationList operations{CreateExtension{.extension = extension.name, .schema = extension.schema}};
  append_comment(operations, commented(extension), extension.comment);
  return operations;
}

OperationList drop_operations(const Extension& extension) {
  return {DropExtension{.extension = extension.name}};
}

std::optional<OperationList> alter_operations(const Extension& before, const Extension& after) {
  OperationList operations;
  const auto alter = "ALTER EXTENSION " + quote_identifier(after.name);
  if (before.version != after.version) {
    operations.push_back(Execute{fmt::format("{} UPDATE TO {}", alter, schema::quote_literal(after.version))});
  }
  if (before.schema != after.schema) {
    operations.push_back(Execute{fmt::format("{} SET SCHEMA {}", alter, quote_identifier(after.schema))});
  }
  append_comment_change(operations, commented(after), before.comment, after.comment);
  return operations;
}

}  // namespace support::alembic::autogenerate

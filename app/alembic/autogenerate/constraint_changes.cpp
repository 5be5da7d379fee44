#include "app/alembic/autogenerate/constraint_changes.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "app/alembic/autogenerate/option_changes.hpp"
#include "app/alembic/autogenerate/sql_pieces.hpp"
#include "app/schema/quoting.hpp"

namespace support::alembic::autogenerate {
namespace {

using schema::quote_identifier;

std::string constraint_sql_name(const QualifiedName& table, const std::string& name) {
  return fmt::format("CONSTRAINT {} ON {}", quote_identifier(name), quoted_name(table));
}

std::optional<bool> deferrable(const Constraint& constraint) {
  return constraint.deferrable ? std::optional(true) : std::nullopt;
}

std::string initially(const Constraint& constraint) {
  return constraint.initially_deferred ? "DEFERRED" : "";
}

bool has_include(const Constraint& constraint) {
  return constraint.definition.find(" INCLUDE (") != std::string::npos;
}

// An action that PostgreSQL does by itself is not said.
std::string action(const std::string& words) {
  return words == "NO ACTION" ? "" : words;
}

schema::ForeignKeyConstraint foreign_key(const Constraint& constraint, bool not_valid) {
  return {constraint.columns,
          schema::Referent(constraint.referent.schema, constraint.referent.table, constraint.referent.columns),
          {.name = constraint.name,
           .onupdate = action(constraint.on_update),
           .ondelete = action(constraint.on_delete),
           .deferrable = deferrable(constraint),
           .initially = initially(constraint),
           .match = constraint.match == "FULL" ? "FULL" : "",
           .not_valid = not_valid}};
}

std::string_view deferrability(const Constraint& constraint) {
  if (!constraint.deferrable) return " NOT DEFERRABLE";
  return constraint.initially_deferred ? " DEFERRABLE INITIALLY DEFERRED" : " DEFERRABLE INITIALLY IMMEDIATE";
}

// The words of schema::constraint_sql() say it; NOT VALID aside.
bool has_value(const Constraint& constraint) {
  if (!constraint.enforced || !constraint.options.empty() || !constraint.tablespace.empty()) return false;
  if (constraint.definition.find(" WITHOUT OVERLAPS") != std::string::npos) return false;
  switch (constraint.kind) {
    case ConstraintKind::primary_key:
      return !has_include(constraint);
    case ConstraintKind::unique:
      return !has_include(constraint);
    case ConstraintKind::check:
      return !constraint.no_inherit;
    case ConstraintKind::foreign_key:
      return constraint.on_delete_columns.empty() && constraint.definition.find("PERIOD ") == std::string::npos;
    case ConstraintKind::exclusion:
      return false;
  }
  return false;
}

schema::Constraint value_of(const Constraint& constraint, bool not_valid) {
  switch (constraint.kind) {
    case ConstraintKind::primary_key:
      return schema::PrimaryKeyConstraint(
          constraint.columns,
          {.name = constraint.name, .deferrable = deferrable(constraint), .initially = initially(constraint)});
    case ConstraintKind::unique:
      return schema::UniqueConstraint(
          constraint.columns,
          {.name = constraint.name,
           .deferrable = deferrable(constraint),
           .initially = initially(constraint),
           .nulls_not_distinct = constraint.definition.find(" NULLS NOT DISTINCT") != std::string::npos});
    case ConstraintKind::foreign_key:
      return foreign_key(constraint, not_valid);
    case ConstraintKind::check:
    case ConstraintKind::exclusion:
      break;
  }
  return schema::CheckConstraint(std::string(without_parentheses(constraint.expression)),
                                 {.name = constraint.name, .not_valid = not_valid});
}

// pg_get_constraintdef() leaves the storage of the index out, which stands before DEFERRABLE.
std::string full_definition(const Constraint& constraint) {
  auto definition = constraint.definition;
  std::string storage;
  if (!constraint.options.empty()) storage += fmt::format(" WITH ({})", parameter_list(constraint.options));
  if (!constraint.tablespace.empty()) {
    storage += " USING INDEX TABLESPACE " + quote_identifier(constraint.tablespace);
  }
  if (storage.empty()) return definition;
  // Of an exclusion, the condition comes after them, too.
  std::size_t at = definition.size();
  if (constraint.kind == ConstraintKind::exclusion) {
    at = end_of_parentheses(definition, definition.find('('));
  } else if (constraint.deferrable) {
    at = definition.rfind(" DEFERRABLE");
  }
  return definition.insert(at, storage);
}

std::string index_sql_name(const QualifiedName& table, const Index& index) {
  return schema::qualified_name(index.name, table.schema);
}

// The keys as the definition spells them: collation, operator class and order included.
std::vector<schema::IndexElement> elements(const Index& index) {
  const auto open = index.body.find('(');
  const auto end = end_of_parentheses(index.body, open);
  std::vector<schema::IndexElement> result;
  for (const auto& key : split_list(std::string_view(index.body).substr(open + 1, end - open - 2))) {
    const auto& known = index.keys.at(result.size());
    const bool is_plain = !known.is_expression && key == quote_identifier(known.sql);
    result.push_back(is_plain ? schema::IndexElement(known.sql) : schema::IndexElement(schema::text(key)));
  }
  return result;
}

schema::NamePairs pairs(const Texts& options) {
  schema::NamePairs result;
  for (const auto& option : options) {
    const auto equals = std::min(option.find('='), option.size());
    result.emplace_back(option.substr(0, equals),
                        schema::quote_literal(equals == option.size() ? "true" : option.substr(equals + 1)));
  }
  return result;
}

schema::Index index_value(const Index& index) {
  return {index.name,
          elements(index),
          {.unique = index.unique,
           .using_ = index.method == "btree" ? "" : index.method,
           .include = index.include,
           .nulls_not_distinct = index.nulls_not_distinct,
           .with = pairs(index.options),
           .tablespace = index.tablespace,
           .where = index.predicate}};
}

}  // namespace

std::optional<schema::Constraint> constraint_value(const Constraint& constraint) {
  if (!constraint.validated || !has_value(constraint)) return std::nullopt;
  return value_of(constraint, false);
}

OperationList comment_operations(const QualifiedName& table, const Constraint& constraint) {
  if (constraint.comment.empty()) return {};
  return {comment_operation(constraint_sql_name(table, constraint.name), constraint.comment)};
}

OperationList create_operations(const QualifiedName& table, const Constraint& constraint) {
  OperationList operations;
  if (has_value(constraint)) {
    const auto value = value_of(constraint, !constraint.validated);
    operations.push_back(std::visit(
        [&]<class C>(const C& known) -> Operation {
          return CreateConstraint<C>{table.name, known, table.schema};
        },
        value));
  } else {
    operations.push_back(Execute{fmt::format("ALTER TABLE {} ADD CONSTRAINT {} {}", quoted_name(table),
                                             quote_identifier(constraint.name), full_definition(constraint))});
  }
  std::ranges::move(comment_operations(table, constraint), std::back_inserter(operations));
  return operations;
}

OperationList drop_operations(const QualifiedName& table, const Constraint& constraint) {
  auto type = ConstraintType::unknown;
  switch (constraint.kind) {
    case ConstraintKind::primary_key:
      type = ConstraintType::primary_key;
      break;
    case ConstraintKind::unique:
      type = ConstraintType::unique;
      break;
    case ConstraintKind::check:
      type = ConstraintType::check;
      break;
    case ConstraintKind::foreign_key:
      type = ConstraintType::foreign_key;
      break;
    case ConstraintKind::exclusion:
      type = ConstraintType::exclude;
      break;
  }
  return {DropConstraint{.constraint = constraint.name, .table = table.name, .type_ = type, .schema = table.schema}};
}

std::optional<OperationList> alter_operations(const QualifiedName& table, const Constraint& before,
                                              const Constraint& after) {
  auto renamed = before;
  renamed.name = after.name;
  renamed.origin = after.origin;
  OperationList operations;
  if (before.name != after.name) {
    operations.push_back(
        RenameObject{alembic::ObjectKind::constraint, before.name, after.name, table.schema, table.name});
  }
  if (!renamed.validated && after.validated) {
    operations.push_back(ValidateConstraint{after.name, table.name, table.schema});
    renamed.validated = true;
    if (renamed.definition.ends_with(" NOT VALID")) renamed.definition.erase(renamed.definition.rfind(" NOT VALID"));
  }
  if (renamed.kind == ConstraintKind::foreign_key && deferrability(renamed) != deferrability(after)) {
    operations.push_back(Execute{fmt::format("ALTER TABLE {} ALTER CONSTRAINT {}{}", quoted_name(table),
                                             quote_identifier(after.name), deferrability(after))});
    renamed.deferrable = after.deferrable;
    renamed.initially_deferred = after.initially_deferred;
    renamed.definition = after.definition;
  }
  if (renamed.options != after.options && renamed.kind != ConstraintKind::check &&
      renamed.kind != ConstraintKind::foreign_key) {
    add_option_changes("ALTER INDEX " + schema::qualified_name(after.name, table.schema), renamed.options,
                       after.options, operations);
    renamed.options = after.options;
  }
  if (renamed.comment != after.comment) {
    operations.push_back(comment_operation(constraint_sql_name(table, after.name), after.comment));
    renamed.comment = after.comment;
  }
  if (renamed != after) return std::nullopt;
  return operations;
}

OperationList create_operations(const QualifiedName& table, const Index& index) {
  OperationList operations{CreateIndex{.table = table.name, .index = index_value(index), .schema = table.schema}};
  if (!index.comment.empty()) {
    operations.push_back(comment_operation("INDEX " + index_sql_name(table, index), index.comment));
  }
  return operations;
}

OperationList drop_operations(const QualifiedName& table, const Index& index) {
  return {DropIndex{.index = index.name, .table = table.name, .schema = table.schema}};
}

std::optional<OperationList> alter_operations(const QualifiedName& table, const Index& before, const Index& after) {
  auto renamed = before;
  renamed.name = after.name;
  renamed.origin = after.origin;
  OperationList operations;
  if (before.name != after.name) {
    operations.push_back(RenameObject{alembic::ObjectKind::index, before.name, after.name, table.schema, ""});
  }
  const auto alter = "ALTER INDEX " + index_sql_name(table, after);
  if (renamed.options != after.options && elements(renamed) == elements(after)) {
    add_option_changes(alter, renamed.options, after.options, operations);
    renamed.options = after.options;
    renamed.body = after.body;
  }
  if (renamed.comment != after.comment) {
    operations.push_back(comment_operation("INDEX " + index_sql_name(table, after), after.comment));
    renamed.comment = after.comment;
  }
  if (renamed != after) return std::nullopt;
  return operations;
}

}  // namespace support::alembic::autogenerate

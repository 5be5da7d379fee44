#include "app/alembic/operations/object_sql.hpp"

#include <array>
#include <stdexcept>

#include <fmt/format.h>

#include "app/schema/quoting.hpp"
#include "app/schema/sql_text.hpp"

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

// `Operation` has if_exists and cascade.
template <class Operation>
std::string drop_sql(std::string_view kind, const std::string& name, const Operation& operation) {
  return fmt::format("DROP {} {}{}{}", kind, operation.if_exists ? "IF EXISTS " : "", name,
                     operation.cascade ? " CASCADE" : "");
}

template <class Routine>
std::string routine_name(const DropRoutine<Routine>& operation, const schema::ServerFeatures& server) {
  const std::string name = qualified_name(operation.name, operation.schema);
  return operation.arguments ? name + schema::signature_sql(*operation.arguments, server) : name;
}

// "policy ON app.t"
template <class Operation>
std::string name_on_table(const std::string& name, const Operation& operation) {
  return fmt::format("{} ON {}", quote_identifier(name), qualified_name(operation.table, operation.schema));
}

std::string condition_of_policy(const std::string& condition) {
  return schema::sql_text("The condition of a policy", condition);
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

Statements ObjectWriter::operator()(const CreateSchema& operation) const {
  require_name_fits("schema", operation.schema);
  return {fmt::format(
      "CREATE SCHEMA {}{}{}", operation.if_not_exists ? "IF NOT EXISTS " : "", quote_identifier(operation.schema),
      operation.authorization.empty() ? "" : " AUTHORIZATION " + schema::role_list({operation.authorization}))};
}

Statements ObjectWriter::operator()(const DropSchema& operation) const {
  return {drop_sql("SCHEMA", quote_identifier(operation.schema), operation)};
}

Statements ObjectWriter::operator()(const CreateSequence& operation) const {
  return {schema::create_sequence_sql(operation.object, operation.if_not_exists, server)};
}

Statements ObjectWriter::operator()(const DropSequence& operation) const {
  return {drop_sql("SEQUENCE", qualified_name(operation.name, operation.schema), operation)};
}

Statements ObjectWriter::operator()(const CreateDomain& operation) const {
  return {schema::create_domain_sql(operation.domain, server)};
}

Statements ObjectWriter::operator()(const DropDomain& operation) const {
  return {drop_sql("DOMAIN", qualified_name(operation.name, operation.schema), operation)};
}

Statements ObjectWriter::operator()(const CreateView& operation) const {
  return {schema::create_view_sql(operation.object, operation.or_replace)};
}

Statements ObjectWriter::operator()(const DropView& operation) const {
  return {drop_sql("VIEW", qualified_name(operation.name, operation.schema), operation)};
}

Statements ObjectWriter::operator()(const CreateMaterializedView& operation) const {
  return {schema::create_materialized_view_sql(operation.object, operation.if_not_exists)};
}

Statements ObjectWriter::operator()(const RefreshMaterializedView& operation) const {
  if (operation.concurrently && !operation.with_data) {
    throw std::invalid_argument(fmt::format(
        "The materialized view '{}' is to be emptied concurrently; PostgreSQL does one or the other.", operation.view));
  }
  return {fmt::format("REFRESH MATERIALIZED VIEW {}{}{}", operation.concurrently ? "CONCURRENTLY " : "",
                      qualified_name(operation.view, operation.schema), operation.with_data ? "" : " WITH NO DATA")};
}

Statements ObjectWriter::operator()(const DropMaterializedView& operation) const {
  return {drop_sql("MATERIALIZED VIEW", qualified_name(operation.name, operation.schema), operation)};
}

Statements ObjectWriter::operator()(const CreateFunction& operation) const {
  return {schema::create_function_sql(operation.object, operation.or_replace, server)};
}

Statements ObjectWriter::operator()(const DropFunction& operation) const {
  return {drop_sql("FUNCTION", routine_name(operation, server), operation)};
}

Statements ObjectWriter::operator()(const CreateProcedure& operation) const {
  return {schema::create_procedure_sql(operation.object, operation.or_replace, server)};
}

Statements ObjectWriter::operator()(const DropProcedure& operation) const {
  return {drop_sql("PROCEDURE", routine_name(operation, server), operation)};
}

Statements ObjectWriter::operator()(const CreateTrigger& operation) const {
  return {schema::create_trigger_sql(operation.object, operation.or_replace)};
}

Statements ObjectWriter::operator()(const AlterTrigger& operation) const {
  constexpr std::array<std::string_view, 4> verbs{"ENABLE", "DISABLE", "ENABLE REPLICA", "ENABLE ALWAYS"};
  return {fmt::format("ALTER TABLE {} {} TRIGGER {}", qualified_name(operation.table, operation.schema),
                      verbs.at(static_cast<std::size_t>(operation.firing)), quote_identifier(operation.trigger))};
}

Statements ObjectWriter::operator()(const DropTrigger& operation) const {
  return {drop_sql("TRIGGER", name_on_table(operation.name, operation), operation)};
}

Statements ObjectWriter::operator()(const CreatePolicy& operation) const {
  return {schema::create_policy_sql(operation.policy)};
}

Statements ObjectWriter::operator()(const AlterPolicy& operation) const {
  std::string changes;
  if (!operation.roles.empty()) changes += " TO " + schema::role_list(operation.roles);
  if (!operation.using_.empty()) changes += fmt::format(" USING ({})", condition_of_policy(operation.using_));
  if (!operation.with_check.empty()) {
    changes += fmt::format(" WITH CHECK ({})", condition_of_policy(operation.with_check));
  }
  if (changes.empty()) return {};
  return {fmt::format("ALTER POLICY {}{}", name_on_table(operation.policy, operation), changes)};
}

Statements ObjectWriter::operator()(const DropPolicy& operation) const {
  return {drop_sql("POLICY", name_on_table(operation.name, operation), operation)};
}

Statements ObjectWriter::operator()(const AlterRowLevelSecurity& operation) const {
  constexpr std::array<std::string_view, 4> verbs{"ENABLE", "DISABLE", "FORCE", "NO FORCE"};
  return {fmt::format("ALTER TABLE {} {} ROW LEVEL SECURITY", qualified_name(operation.table, operation.schema),
                      verbs.at(static_cast<std::size_t>(operation.action)))};
}

Statements ObjectWriter::operator()(const CreateStatistics& operation) const {
  return {schema::create_statistics_sql(operation.object, operation.if_not_exists)};
}

Statements ObjectWriter::operator()(const DropStatistics& operation) const {
  return {drop_sql("STATISTICS", qualified_name(operation.name, operation.schema), operation)};
}

}  // namespace support::alembic

// What ObjectWriter prints for alterations of several parts.
#include <stdexcept>

#include <fmt/format.h>

#include "app/alembic/operations/object_sql.hpp"
#include "app/schema/ddl.hpp"
#include "app/schema/quoting.hpp"

namespace support::alembic {
namespace {

using Statements = ObjectWriter::Statements;

// The value to set; nothing when it is left out or taken away.
template <class T>
std::optional<T> new_value(const Change<T>& change) {
  return change.value() ? std::optional<T>(*change.value()) : std::nullopt;
}
template <class T>
bool is_taken_away(const Change<T>& change) {
  return change.is_given() && !change.value();
}

std::string sequence_changes(const AlterSequence& operation, const schema::ServerFeatures& server) {
  std::string sql = schema::sequence_options_sql({.type = operation.type,
                                                  .start = operation.start,
                                                  .increment = operation.increment,
                                                  .minvalue = new_value(operation.minvalue),
                                                  .maxvalue = new_value(operation.maxvalue),
                                                  .nominvalue = is_taken_away(operation.minvalue),
                                                  .nomaxvalue = is_taken_away(operation.maxvalue),
                                                  .cycle = operation.cycle,
                                                  .cache = operation.cache,
                                                  .owned_by = new_value(operation.owned_by)},
                                                 server);
  const auto append = [&sql](const std::string& words) { sql += (sql.empty() ? "" : " ") + words; };
  if (is_taken_away(operation.owned_by)) append("OWNED BY NONE");
  if (operation.restart.is_given()) {
    append(operation.restart.value() ? fmt::format("RESTART WITH {}", *operation.restart.value()) : "RESTART");
  }
  return sql;
}

}  // namespace

Statements ObjectWriter::operator()(const AlterSequence& operation) const {
  const std::string head = fmt::format("ALTER SEQUENCE {}{} ", operation.if_exists ? "IF EXISTS " : "",
                                       schema::qualified_name(operation.sequence, operation.schema));
  Statements result;
  if (const std::string changes = sequence_changes(operation, server); !changes.empty()) {
    result.push_back(head + changes);
  }
  if (operation.persistence == schema::Persistence::temporary) {
    throw std::invalid_argument(
        fmt::format("The sequence '{}' is to become temporary; PostgreSQL can't change that, so create another one.",
                    operation.sequence));
  }
  if (operation.persistence) {
    result.push_back(head + (operation.persistence == schema::Persistence::unlogged ? "SET UNLOGGED" : "SET LOGGED"));
  }
  return result;
}

Statements ObjectWriter::operator()(const AlterDomain& operation) const {
  const std::string head = "ALTER DOMAIN " + schema::qualified_name(operation.domain, operation.schema) + ' ';
  Statements result;
  if (!operation.drop_constraint.empty()) {
    result.push_back(head + "DROP CONSTRAINT " + schema::quote_identifier(operation.drop_constraint));
  }
  if (operation.add_constraint) result.push_back(head + "ADD " + schema::constraint_sql(*operation.add_constraint));
  if (operation.server_default.is_given()) {
    const schema::DomainDefault* value = operation.server_default.value();
    result.push_back(head + (value ? "SET DEFAULT " + schema::domain_default_sql(*value) : "DROP DEFAULT"));
  }
  if (operation.not_null) result.push_back(head + (*operation.not_null ? "SET NOT NULL" : "DROP NOT NULL"));
  if (!operation.validate_constraint.empty()) {
    result.push_back(head + "VALIDATE CONSTRAINT " + schema::quote_identifier(operation.validate_constraint));
  }
  return result;
}

}  // namespace support::alembic

#include "app/alembic/runtime/version_table.hpp"

#include <fmt/format.h>

#include "app/schema/quoting.hpp"

namespace support::alembic {

VersionTable::VersionTable(std::string name, std::string schema)
    : name_(std::move(name)), schema_(std::move(schema)), qualified_(schema::qualified_name(name_, schema_)) {}

std::string VersionTable::create_sql(std::string_view if_not_exists) const {
  return fmt::format(
      "CREATE TABLE {}{} (\n"
      "    version_num VARCHAR(32) NOT NULL, \n"
      "    CONSTRAINT {} PRIMARY KEY (version_num)\n"
      ")",
      if_not_exists, qualified_, schema::quote_identifier(name_ + "_pkc"));
}

std::string VersionTable::create_sql() const {
  return create_sql("");
}

std::string VersionTable::create_if_missing_sql() const {
  return create_sql("IF NOT EXISTS ");
}

std::string VersionTable::exists_sql() const {
  return fmt::format("SELECT to_regclass({}) IS NOT NULL", schema::quote_literal(qualified_));
}

std::string VersionTable::select_sql() const {
  return fmt::format("SELECT version_num FROM {}", qualified_);
}

std::string VersionTable::delete_all_sql() const {
  return fmt::format("DELETE FROM {}", qualified_);
}

std::string VersionTable::row_sql(const RowOperation& operation) const {
  const auto from = schema::quote_literal(operation.from);
  const auto to = schema::quote_literal(operation.to);
  switch (operation.kind) {
    case RowOperation::Kind::insert:
      return fmt::format("INSERT INTO {0} (version_num) VALUES ({1}) RETURNING {0}.version_num", qualified_, to);
    case RowOperation::Kind::update:
      return fmt::format("UPDATE {0} SET version_num={1} WHERE {0}.version_num = {2}", qualified_, to, from);
    case RowOperation::Kind::remove:
      break;
  }
  return fmt::format("DELETE FROM {0} WHERE {0}.version_num = {1}", qualified_, from);
}

std::string VersionTable::mismatch(const RowOperation& operation, std::size_t found) const {
  const auto what = operation.kind == RowOperation::Kind::remove ? fmt::format("deleting '{}'", operation.from)
                    : operation.kind == RowOperation::Kind::insert
                        ? fmt::format("inserting '{}'", operation.to)
                        : fmt::format("updating '{}' to '{}'", operation.from, operation.to);
  return fmt::format("Online migration expected to match one row when {} in '{}'; {} found", what, name_, found);
}

}  // namespace support::alembic

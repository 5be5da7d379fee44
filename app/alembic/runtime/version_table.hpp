#pragma once

#include <string>

#include "app/alembic/script/migration_step.hpp"

namespace support::alembic {

// The statements about the version table, as Alembic prints them, without the closing semicolon. The shape of the table
// is Alembic's, so that both tools can work on one database.
class VersionTable {
 public:
  explicit VersionTable(std::string name = "alembic_version", std::string schema = {});

  const std::string& name() const { return name_; }
  const std::string& schema() const { return schema_; }

  std::string create_sql() const;
  std::string create_if_missing_sql() const;
  // A boolean: is there such a table where unqualified names are looked up?
  std::string exists_sql() const;
  std::string select_sql() const;
  std::string delete_all_sql() const;
  std::string row_sql(const RowOperation& operation) const;
  // What to say when `operation` touched another number of rows than one.
  std::string mismatch(const RowOperation& operation, std::size_t found) const;

 private:
  std::string create_sql(std::string_view if_not_exists) const;

  std::string name_;
  std::string schema_;
  std::string qualified_;
};

}  // namespace support::alembic

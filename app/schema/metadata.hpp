#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "app/schema/naming_convention.hpp"
#include "app/schema/server_features.hpp"
#include "app/schema/table.hpp"

namespace support::schema {

// An extension that the tables use.
struct Extension {
  std::string name;
  // Whether the tables have a variant for servers without it; create_all_sql() then leaves it out there.
  bool if_available = false;

  bool operator==(const Extension&) const = default;
};

// What a database should look like.
struct MetaData {
  std::vector<Table> tables;
  std::vector<Extension> extensions = {};
  // How unnamed constraints and indexes of the tables, and of migrations that run for this metadata, are called.
  NamingConvention naming_convention = {};

  const Table* find(std::string_view table, std::string_view schema = {}) const;

  bool operator==(const MetaData&) const = default;
};

// The statements that build the schema in an empty database: extensions, enum types and domains, tables, indexes,
// foreign keys, comments. Foreign keys come after all tables, so that tables may refer to each other in any order and
// in circles, and after the indexes, because a foreign key may point at the columns of a unique index. Throws
// std::invalid_argument when two columns declare one type in different ways, or two tables share a name.
std::vector<std::string> create_all_sql(const MetaData& metadata, const ServerFeatures& server);

}  // namespace support::schema

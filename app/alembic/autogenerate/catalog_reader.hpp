#pragma once

#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "app/alembic/autogenerate/inspect.hpp"

// How inspect() and wanted() read, between themselves: a part of the catalogs a function. All run in one transaction
// whose settings begin_reading() has made.
namespace support::alembic::autogenerate {

using Oid = std::uint32_t;

// The values of a row, one after the other.
class Fields {
 public:
  explicit Fields(Connection::Row& row) : row_(row) {}

  std::string text() { return next().value_or(std::string()); }
  std::optional<std::string> maybe() { return std::move(next()); }
  bool flag() { return next().value_or("f") == "t"; }
  char letter();
  std::int64_t number();
  std::optional<int> maybe_number();
  Oid oid() { return static_cast<Oid>(number()); }
  Texts texts();                        // text[]
  Texts sorted_texts();                 // text[] whose order means nothing
  std::vector<std::int64_t> numbers();  // int2vector, oidvector and int2[]

 private:
  std::optional<std::string>& next() { return row_.at(at_++); }

  Connection::Row& row_;
  std::size_t at_ = 0;
};

// A table, view or composite type while it is read: where the parts that refer to it by its oid go.
struct Relation {
  std::string schema;
  std::string name;
  std::vector<Column>* columns = nullptr;
  Table* table = nullptr;
  std::string* cluster_index = nullptr;
  std::vector<Index>* indexes = nullptr;
  Composite* composite = nullptr;
  Texts names_by_number;  // of its columns, from 1
};

class CatalogReader {
 public:
  // Schemas by other names than they have now: those that wanted() moved out of the way.
  using Aliases = std::map<std::string, std::string>;

  CatalogReader(Connection& connection, InspectOptions options, Aliases aliases = {});

  CatalogSnapshot read();

 private:
  std::vector<Connection::Row> query(const std::string& sql) const;
  // SQL that keeps objects of extensions out.
  static std::string not_of_extension(std::string_view catalog, std::string_view oid);
  // LEFT JOIN pg_description AS d …
  static std::string comment_join(std::string_view catalog, std::string_view oid, std::string_view column = "0");
  // Two columns, owner and grants; NULL when they are not asked for.
  std::string access_columns(std::string_view type, std::string_view owner, std::string_view acl) const;
  std::string grants_column(std::string_view type, std::string_view owner, std::string_view acl) const;
  static Access access(Fields& fields);
  std::string in_schemas(std::string_view column) const;

  void read_schemas();
  void read_extensions();
  void read_relations();
  void read_columns();
  void read_sequences();
  void read_constraints();
  void read_indexes();
  void read_enums();
  void read_domains();
  void read_composites();
  void read_ranges();
  void read_routines();
  void read_aggregates();
  void read_triggers();
  void read_policies();
  void read_rules();
  void read_statistics();
  void read_dependencies();

  void add_not_null(Relation& relation, Fields& fields);
  Relation* find(Oid oid);

  Connection& connection_;
  InspectOptions options_;
  Aliases aliases_;
  CatalogSnapshot snapshot_;
  std::string schema_oids_;  // '{2200,16385}'
  std::unordered_map<Oid, Relation> relations_;
};

// The settings that the texts of the deparser depend on, for the rest of the transaction: an empty search path, so that
// every name is qualified whoever asks, and the formats of dates, intervals and bytes in constants.
void begin_reading(Connection& connection);

// The schema of the version table, and where unqualified names go.
std::string current_schema(Connection& connection);

}  // namespace support::alembic::autogenerate

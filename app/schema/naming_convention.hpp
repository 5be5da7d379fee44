#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "app/schema/name.hpp"
#include "app/schema/table.hpp"

namespace support::schema {

// How constraints and indexes without a name are called: SQLAlchemy's naming_convention, with its tokens, each written
// %(token)s, and %% for a percent sign:
//
//   table_name                  the table
//   constraint_name             the name as given; a pattern that holds it applies to named ones, too
//   column_0_name, column_1_…   a column of the key by its place; empty when there are fewer
//   column_0N_name              all columns of the key, run together; column_0_N_name puts underscores between them
//   …_key, …_label              the same in place of …_name; a label is <table>_<column>, the schema before it if any
//   referred_table_name, referred_column_0_name (0N, 0_N)   what a foreign key points at
//
// An empty pattern leaves the naming to PostgreSQL. f("name") is exempt from all patterns.
struct NamingConvention {
  std::string ix = "ix_%(column_0_label)s";
  std::string uq = {};
  std::string ck = {};
  std::string fk = {};
  std::string pk = {};

  bool operator==(const NamingConvention&) const = default;
};

// What the tokens stand for.
struct NamedParts {
  std::string_view table;
  std::string_view schema = {};
  std::vector<std::string> columns = {};  // of the key or index; a CHECK has none
  const Referent* referent = nullptr;     // of a foreign key
};

// The name that the pattern gives in place of the given one; the given one itself where the pattern does not apply.
// Throws std::invalid_argument on an unknown token, and on %(constraint_name)s for a nameless constraint.
Name conventional_name(const std::string& pattern, const Name& given, const NamedParts& parts);

// The same value under the name that the convention gives it on that table.
PrimaryKeyConstraint named(PrimaryKeyConstraint key, std::string_view table, std::string_view schema,
                           const NamingConvention& convention);
UniqueConstraint named(UniqueConstraint unique, std::string_view table, std::string_view schema,
                       const NamingConvention& convention);
CheckConstraint named(CheckConstraint check, std::string_view table, std::string_view schema,
                      const NamingConvention& convention);
ForeignKeyConstraint named(ForeignKeyConstraint key, std::string_view table, std::string_view schema,
                           const NamingConvention& convention);
// SQLAlchemy has no pattern for exclusions.
ExcludeConstraint named(ExcludeConstraint exclude, std::string_view table, std::string_view schema,
                        const NamingConvention& convention);
Index named(Index index, std::string_view table, std::string_view schema, const NamingConvention& convention);
Table named(Table table, const NamingConvention& convention);

}  // namespace support::schema

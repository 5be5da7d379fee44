#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "app/schema/index_element.hpp"
#include "app/schema/name.hpp"

// Constraints as values.
namespace support::schema {

struct PrimaryKeyOptions {
  Name name = {};
  std::optional<bool> deferrable = {};
  std::string initially = {};             // DEFERRED or IMMEDIATE
  std::vector<std::string> include = {};  // columns that only ride along in the index

  bool operator==(const PrimaryKeyOptions&) const = default;
};

struct UniqueOptions {
  Name name = {};
  std::optional<bool> deferrable = {};
  std::string initially = {};
  bool nulls_not_distinct = false;  // PostgreSQL 15 and later
  std::vector<std::string> include = {};

  bool operator==(const UniqueOptions&) const = default;
};

struct CheckOptions {
  Name name = {};
  std::optional<bool> deferrable = {};  // PostgreSQL has the words and refuses what is not NOT DEFERRABLE
  std::string initially = {};
  bool not_valid = false;  // existing rows are not looked at

  bool operator==(const CheckOptions&) const = default;
};

// The actions are SQL's words: CASCADE, SET NULL, SET DEFAULT, RESTRICT, NO ACTION. ON DELETE may say which columns it
// sets: "SET NULL (a)", PostgreSQL 15 and later.
struct ForeignKeyOptions {
  Name name = {};
  std::string onupdate = {};
  std::string ondelete = {};
  std::optional<bool> deferrable = {};
  std::string initially = {};
  std::string match = {};  // SIMPLE or FULL
  bool not_valid = false;

  bool operator==(const ForeignKeyOptions&) const = default;
};

struct ExcludeOptions {
  Name name = {};
  std::string using_ = "gist";  // the access method of the index behind it
  std::string where = {};       // the rows that it holds for
  NamePairs ops = {};           // column → operator class
  std::optional<bool> deferrable = {};
  std::string initially = {};

  bool operator==(const ExcludeOptions&) const = default;
};

struct PrimaryKeyConstraint : PrimaryKeyOptions {
  explicit PrimaryKeyConstraint(std::vector<std::string> key, PrimaryKeyOptions options = {})
      : PrimaryKeyOptions(std::move(options)), columns(std::move(key)) {}

  std::vector<std::string> columns;
  bool operator==(const PrimaryKeyConstraint&) const = default;
};

struct UniqueConstraint : UniqueOptions {
  explicit UniqueConstraint(std::vector<std::string> key, UniqueOptions options = {})
      : UniqueOptions(std::move(options)), columns(std::move(key)) {}

  std::vector<std::string> columns;
  bool operator==(const UniqueConstraint&) const = default;
};

struct CheckConstraint : CheckOptions {
  explicit CheckConstraint(std::string condition, CheckOptions options = {})
      : CheckOptions(std::move(options)), sqltext(std::move(condition)) {}

  std::string sqltext;  // the condition, without the outer parentheses
  bool operator==(const CheckConstraint&) const = default;
};

// No two rows may answer true to every operator at once: ExcludeConstraint({{"room", "="}, {"during", "&&"}}).
struct ExcludeElement {
  IndexElement element;
  std::string with;  // the operator

  bool operator==(const ExcludeElement&) const = default;
};

struct ExcludeConstraint : ExcludeOptions {
  // Braces alone could also mean a copy; a list of elements is the better match.
  ExcludeConstraint(std::initializer_list<ExcludeElement> excluded, ExcludeOptions options = {})
      : ExcludeConstraint(std::vector(excluded), std::move(options)) {}
  explicit ExcludeConstraint(std::vector<ExcludeElement> excluded, ExcludeOptions options = {})
      : ExcludeOptions(std::move(options)), elements(std::move(excluded)) {}

  std::vector<ExcludeElement> elements;
  bool operator==(const ExcludeConstraint&) const = default;
};

// What a foreign key points at.
struct Referent {
  Referent(std::string schema_name, std::string table_name, std::vector<std::string> column_names)
      : schema(std::move(schema_name)), table(std::move(table_name)), columns(std::move(column_names)) {}

  std::string schema;  // empty: the search path decides
  std::string table;
  std::vector<std::string> columns;

  bool operator==(const Referent&) const = default;
};

struct ForeignKeyConstraint : ForeignKeyOptions {
  // Each target is "table.column" or "schema.table.column", all of one table, as many as the columns.
  // Throws std::invalid_argument when they are not.
  ForeignKeyConstraint(std::vector<std::string> local_columns, const std::vector<std::string>& targets,
                       ForeignKeyOptions options = {});
  // For names that hold a dot themselves.
  ForeignKeyConstraint(std::vector<std::string> local_columns, Referent target, ForeignKeyOptions options = {});

  std::vector<std::string> columns;
  Referent referent;
  bool operator==(const ForeignKeyConstraint&) const = default;
};

// The foreign key of one column, written at the column: ForeignKey("users.id", {.ondelete = "CASCADE"}).
struct ForeignKey : ForeignKeyOptions {
  explicit ForeignKey(std::string target_column, ForeignKeyOptions options = {})
      : ForeignKeyOptions(std::move(options)), target(std::move(target_column)) {}

  ForeignKeyConstraint as_constraint(const std::string& column) const;

  std::string target;
  bool operator==(const ForeignKey&) const = default;
};

using Constraint =
    std::variant<PrimaryKeyConstraint, UniqueConstraint, CheckConstraint, ForeignKeyConstraint, ExcludeConstraint>;

}  // namespace support::schema

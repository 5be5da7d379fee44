#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "app/alembic/operations/change.hpp"
#include "app/alembic/operations/object_operations.hpp"
#include "app/alembic/operations/value.hpp"
#include "app/schema/naming_convention.hpp"
#include "app/schema/table.hpp"

// The operations of a migration as values. Running them, printing them as SQL, and whatever else wants to know what a
// migration does, are visitors over `Operation`. An empty `schema` means the search path decides. In all that drops,
// `existing` is what was there, for reversing; what it leaves open of name and schema is taken from the drop.
namespace support::alembic {

// The table, its indexes and its comments. Types are operations of their own, before it.
struct CreateTable {
  schema::Table table;
  bool if_not_exists = false;

  bool operator==(const CreateTable&) const = default;
};

struct DropTable {
  std::string table;
  std::string schema = {};
  bool if_exists = false;
  std::optional<schema::Table> existing = {};

  bool operator==(const DropTable&) const = default;
};

// The column and what it brings along: foreign key, unique constraint, index, comment. Never its type.
struct AddColumn {
  std::string table;
  schema::Column column;
  std::string schema = {};
  bool if_not_exists = false;
  bool inline_references = false;   // REFERENCES within the statement; the foreign key's name is then the server's
  bool inline_primary_key = false;  // PRIMARY KEY within the statement; without it the column is no key
  schema::NamingConvention naming_convention = {};  // names what the column brings along

  bool operator==(const AddColumn&) const = default;
};

struct DropColumn {
  std::string table;
  std::string column;
  std::string schema = {};
  bool if_exists = false;
  std::optional<schema::Column> existing = {};
  schema::NamingConvention naming_convention = {};  // as AddColumn has it, for reversing

  bool operator==(const DropColumn&) const = default;
};

struct AlterColumnOptions {
  std::optional<schema::Type> type_ = {};
  std::optional<bool> nullable = {};
  Change<schema::ServerDefault> server_default = {};
  Change<std::string> comment = {};
  std::string new_column_name = {};
  std::string using_ = {};         // the expression of USING; needs type_
  std::string reverse_using = {};  // the same for the way back
  // What the column is before: for reversing, and for changes of a type with a CHECK and of an identity. Left out means
  // that nobody said it.
  std::optional<schema::Type> existing_type = {};
  std::optional<bool> existing_nullable = {};
  Change<schema::ServerDefault> existing_server_default = {};
  Change<std::string> existing_comment = {};  // std::nullopt: none
  std::string schema = {};

  bool operator==(const AlterColumnOptions&) const = default;
};

struct AlterColumn : AlterColumnOptions {
  std::string table;
  std::string column;
  schema::NamingConvention naming_convention = {};  // names the CHECK that a type brings along

  bool operator==(const AlterColumn&) const = default;
};

struct CreateIndex {
  std::string table;
  schema::Index index;
  std::string schema = {};
  bool if_not_exists = false;
  bool concurrently = false;  // PostgreSQL refuses it inside a transaction

  bool operator==(const CreateIndex&) const = default;
};

struct DropIndex {
  std::string index;
  std::string table = {};  // not needed by PostgreSQL; for reversing
  std::string schema = {};
  bool if_exists = false;
  bool concurrently = false;
  std::optional<schema::Index> existing = {};

  bool operator==(const DropIndex&) const = default;
};

// One shape for all constraints that stand alone: ALTER TABLE … ADD.
template <class C>
struct CreateConstraint {
  std::string table;
  C constraint;
  std::string schema = {};

  bool operator==(const CreateConstraint&) const = default;
};
using CreateUniqueConstraint = CreateConstraint<schema::UniqueConstraint>;
using CreateCheckConstraint = CreateConstraint<schema::CheckConstraint>;
using CreateForeignKeyConstraint = CreateConstraint<schema::ForeignKeyConstraint>;
using CreatePrimaryKeyConstraint = CreateConstraint<schema::PrimaryKeyConstraint>;
using CreateExcludeConstraint = CreateConstraint<schema::ExcludeConstraint>;

enum class ConstraintType { unknown, foreign_key, primary_key, unique, check, exclude };

struct DropConstraint {
  std::string constraint;
  std::string table;
  ConstraintType type_ = ConstraintType::unknown;
  std::string schema = {};
  bool if_exists = false;
  std::optional<schema::Constraint> existing = {};

  bool operator==(const DropConstraint&) const = default;
};

struct RenameTable {
  std::string table;
  std::string new_table;
  std::string schema = {};

  bool operator==(const RenameTable&) const = default;
};

struct CreateTableComment {
  std::string table;
  std::string comment;
  std::string existing_comment = {};
  std::string schema = {};

  bool operator==(const CreateTableComment&) const = default;
};

struct DropTableComment {
  std::string table;
  std::string existing_comment = {};
  std::string schema = {};

  bool operator==(const DropTableComment&) const = default;
};

struct CreateEnum {
  schema::Enum type;

  bool operator==(const CreateEnum&) const = default;
};

struct DropEnum {
  std::string type;
  std::string schema = {};
  bool if_exists = false;
  std::optional<schema::Enum> existing = {};

  bool operator==(const DropEnum&) const = default;
};

struct CreateExtension {
  std::string extension;
  std::string schema = {};
  bool if_not_exists = false;
  bool if_available = false;  // nothing happens on a server that does not offer it

  bool operator==(const CreateExtension&) const = default;
};

struct DropExtension {
  std::string extension;
  std::string schema = {};  // not needed by PostgreSQL; for reversing
  bool if_exists = false;

  bool operator==(const DropExtension&) const = default;
};

// One statement, without the closing semicolon.
struct Execute {
  std::string sql;

  bool operator==(const Execute&) const = default;
};

// `COPY … FROM stdin` with its rows.
struct CopyData {
  std::string statement;  // without the semicolon
  std::string rows;       // each with its line end; without the closing \.

  bool operator==(const CopyData&) const = default;
};

// What Alembic's register_operation() is for: an operation that an author made up, known by its name. A function such
// as `void create_user(Operations& op, …)` builds one and hands it to op.invoke().
struct CustomOperation {
  std::string name;
  std::vector<std::string> statements;          // without the closing semicolons
  std::vector<std::string> reverse_statements;  // empty: it has no reverse
  bool needs_autocommit = false;                // PostgreSQL refuses it inside a transaction

  bool operator==(const CustomOperation&) const = default;
};

struct BulkInsert {
  std::string table;
  std::vector<std::string> columns;
  std::vector<Row> rows;
  std::string schema = {};

  bool operator==(const BulkInsert&) const = default;
};

using Operation =
    std::variant<CreateTable, DropTable, AddColumn, DropColumn, AlterColumn, CreateIndex, DropIndex,
                 CreateUniqueConstraint, CreateCheckConstraint, CreateForeignKeyConstraint, CreatePrimaryKeyConstraint,
                 CreateExcludeConstraint, DropConstraint, RenameTable, CreateTableComment, DropTableComment, CreateEnum,
                 DropEnum, CreateExtension, DropExtension, Execute, CopyData, BulkInsert, CustomOperation,
                 // object_operations.hpp
                 AddEnumValue, RenameEnumValue, RenameObject, ValidateConstraint, CreateSchema, DropSchema,
                 CreateSequence, AlterSequence, DropSequence, CreateDomain, AlterDomain, DropDomain, CreateView,
                 DropView, CreateMaterializedView, RefreshMaterializedView, DropMaterializedView, CreateFunction,
                 DropFunction, CreateProcedure, DropProcedure, CreateTrigger, AlterTrigger, DropTrigger, CreatePolicy,
                 AlterPolicy, DropPolicy, AlterRowLevelSecurity, CreateStatistics, DropStatistics>;

}  // namespace support::alembic

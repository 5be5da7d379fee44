#pragma once

#include <functional>
#include <optional>
#include <set>
#include <source_location>
#include <string>
#include <utility>
#include <vector>

#include "app/alembic/operations/bind.hpp"
#include "app/alembic/operations/object_directives.hpp"
#include "app/alembic/operations/operation.hpp"
#include "app/alembic/operations/run_context.hpp"
#include "app/alembic/operations/source_line.hpp"
#include "app/schema/server_features.hpp"

namespace support::alembic {

// Where the operations of a migration go: to the server, into an SQL script, to a lint.
struct OperationSink {
  virtual ~OperationSink() = default;
  // Called in the order in which the migration asks for them.
  virtual void invoke(const Operation& operation, const SourceLine& at) = 0;
  virtual const schema::ServerFeatures& server() const = 0;
  virtual void autocommit_block(const std::function<void()>& body) = 0;
  virtual Bind& bind() = 0;
  virtual const RunContext& context() const = 0;
  // For the next operation alone.
  virtual void allow(std::string_view /*rule*/, std::string_view /*reason*/) {}
};

struct CreateTableOptions {
  std::string comment = {};
  std::string schema = {};
  bool if_not_exists = false;
  std::vector<std::string> prefixes = {};  // UNLOGGED, TEMPORARY
  std::vector<std::string> inherits = {};
  std::string partition_by = {};  // "RANGE (created_at)"
  std::string using_ = {};
  std::optional<bool> with_oids = {};
  std::string on_commit = {};
  std::string tablespace = {};
};
struct DropTableOptions {
  std::string schema = {};
  bool if_exists = false;
  std::optional<schema::Table> existing = {};  // what is dropped, for reversing; so in all that drop
};
struct AddColumnOptions {
  std::string schema = {};
  bool if_not_exists = false;
  bool inline_references = false;
  bool inline_primary_key = false;
};
struct DropColumnOptions {
  std::string schema = {};
  bool if_exists = false;
  std::optional<schema::Column> existing = {};
};
struct CreateIndexOptions {
  bool unique = false;
  bool if_not_exists = false;
  std::string using_ = {};
  schema::NamePairs ops = {};
  std::vector<std::string> include = {};
  bool nulls_not_distinct = false;
  schema::NamePairs with = {};
  std::string tablespace = {};
  std::string where = {};
  bool concurrently = false;
  std::string schema = {};
};
struct DropIndexOptions {
  std::string table_name = {};
  bool if_exists = false;
  bool concurrently = false;
  std::string schema = {};
  std::optional<schema::Index> existing = {};
};
struct CreateUniqueConstraintOptions {
  std::optional<bool> deferrable = {};
  std::string initially = {};
  bool nulls_not_distinct = false;
  std::vector<std::string> include = {};
  std::string schema = {};
};
struct CreateCheckConstraintOptions {
  std::optional<bool> deferrable = {};
  std::string initially = {};
  bool not_valid = false;
  std::string schema = {};
};
struct CreateForeignKeyOptions {
  std::string onupdate = {};
  std::string ondelete = {};
  std::optional<bool> deferrable = {};
  std::string initially = {};
  std::string match = {};
  std::string source_schema = {};
  std::string referent_schema = {};
  bool not_valid = false;
};
struct CreatePrimaryKeyOptions {
  std::optional<bool> deferrable = {};
  std::string initially = {};
  std::vector<std::string> include = {};
  std::string schema = {};
};
struct CreateExcludeConstraintOptions {
  std::string using_ = "gist";
  std::string where = {};
  schema::NamePairs ops = {};
  std::optional<bool> deferrable = {};
  std::string initially = {};
  std::string schema = {};
};
struct DropConstraintOptions {
  ConstraintType type_ = ConstraintType::unknown;
  std::string schema = {};
  bool if_exists = false;
  std::optional<schema::Constraint> existing = {};
};
struct TableCommentOptions {
  std::string existing_comment = {};
  std::string schema = {};
};
struct DropEnumOptions {
  std::string schema = {};
  bool if_exists = false;
  std::optional<schema::Enum> existing = {};
};
struct AddEnumValueOptions {
  std::string before = {};
  std::string after = {};
  std::string schema = {};
  bool if_not_exists = false;
};
struct CreateExtensionOptions {
  bool if_not_exists = false;
  bool if_available = false;
  std::string schema = {};
};
struct DropExtensionOptions {
  bool if_exists = false;
  std::string schema = {};  // where it is, for reversing
};

// The `op` of a migration. Names and arguments are Alembic's, but for three rules: optional arguments are designated
// initialisers, the prefix postgresql_ is left out (there is no other database), and a name that C++ keeps for itself
// ends in an underscore (using_). None is std::nullopt: an unnamed constraint, a default that is taken away.
//
// Names of constraints and indexes are schema::Name: text, f("text") for one that no naming convention touches
// (Alembic's op.f), quoted("text"), or std::nullopt to leave the naming to the convention or PostgreSQL.
//
// One object serves one call of upgrade() or downgrade(): it remembers which types that call has created, so that two
// tables can share one. Each call hands its place in the source on, for the message when it fails. Not thread-safe.
// Throws what the sink throws, and std::invalid_argument on an operation that contradicts itself.
class Operations final : public ObjectDirectives {
 public:
  // The convention, when there is one, is that of the target metadata.
  explicit Operations(OperationSink& sink, const schema::NamingConvention* convention = nullptr)
      : sink_(sink), convention_(convention ? *convention : schema::NamingConvention{}) {}

  // Accepts what `migrate lint` has to say of the next operation by this rule (docs/linting.md). Runs nothing.
  void allow(std::string_view rule, std::string_view reason) { sink_.allow(rule, reason); }

  // Creates the enum types and domains of its columns first, those that this object has not created and that do not say
  // create_type = false; then the table, its indexes and its comments.
  void create_table(const std::string& table_name, const std::vector<schema::TableItem>& items,
                    CreateTableOptions options = {}, SourceLine at = std::source_location::current());
  void drop_table(std::string table_name, DropTableOptions options = {},
                  SourceLine at = std::source_location::current());
  void rename_table(std::string old_table_name, std::string new_table_name, SchemaOption options = {},
                    SourceLine at = std::source_location::current());
  void create_table_comment(std::string table_name, std::string comment, TableCommentOptions options = {},
                            SourceLine at = std::source_location::current());
  void drop_table_comment(std::string table_name, TableCommentOptions options = {},
                          SourceLine at = std::source_location::current());

  // Never creates a type: create_enum() and create_domain() do.
  void add_column(std::string table_name, schema::Column column, AddColumnOptions options = {},
                  SourceLine at = std::source_location::current());
  void drop_column(std::string table_name, std::string column_name, DropColumnOptions options = {},
                   SourceLine at = std::source_location::current());
  void alter_column(std::string table_name, std::string column_name, AlterColumnOptions options,
                    SourceLine at = std::source_location::current());

  void create_index(schema::Name index_name, std::string table_name, std::vector<schema::IndexElement> columns,
                    CreateIndexOptions options = {}, SourceLine at = std::source_location::current());
  void drop_index(schema::Name index_name, DropIndexOptions options = {},
                  SourceLine at = std::source_location::current());

  void create_unique_constraint(schema::Name constraint_name, std::string table_name, std::vector<std::string> columns,
                                CreateUniqueConstraintOptions options = {},
                                SourceLine at = std::source_location::current());
  void create_check_constraint(schema::Name constraint_name, std::string table_name, std::string condition,
                               CreateCheckConstraintOptions options = {},
                               SourceLine at = std::source_location::current());
  void create_foreign_key(schema::Name constraint_name, std::string source_table, std::string referent_table,
                          std::vector<std::string> local_cols, std::vector<std::string> remote_cols,
                          CreateForeignKeyOptions options = {}, SourceLine at = std::source_location::current());
  void create_primary_key(schema::Name constraint_name, std::string table_name, std::vector<std::string> columns,
                          CreatePrimaryKeyOptions options = {}, SourceLine at = std::source_location::current());
  // {{"room", "="}, {"during", "&&"}}: no two rows may answer true to all of the operators.
  void create_exclude_constraint(schema::Name constraint_name, std::string table_name,
                                 std::vector<schema::ExcludeElement> elements,
                                 CreateExcludeConstraintOptions options = {},
                                 SourceLine at = std::source_location::current());
  void drop_constraint(schema::Name constraint_name, std::string table_name, DropConstraintOptions options = {},
                       SourceLine at = std::source_location::current());

  void create_enum(schema::Enum type, SourceLine at = std::source_location::current());
  void drop_enum(std::string type_name, DropEnumOptions options = {}, SourceLine at = std::source_location::current());

  // PostgreSQL lets nothing use the value before the transaction is committed: see autocommit_block().
  void add_enum_value(std::string type_name, std::string value, AddEnumValueOptions options = {},
                      SourceLine at = std::source_location::current());
  void rename_enum_value(std::string type_name, std::string value, std::string new_value, SchemaOption options = {},
                         SourceLine at = std::source_location::current());
  void rename_enum(std::string type_name, std::string new_type_name, SchemaOption options = {},
                   SourceLine at = std::source_location::current());

  void create_extension(std::string extension_name, CreateExtensionOptions options = {},
                        SourceLine at = std::source_location::current());
  void drop_extension(std::string extension_name, DropExtensionOptions options = {},
                      SourceLine at = std::source_location::current());

  // One statement, as it is: no bind parameters, so a colon needs no escape.
  void execute(std::string sql, SourceLine at = std::source_location::current());
  // The same with :name for each of the values, which are written as constants: see with_binds().
  void execute(std::string_view sql, const Binds& binds, SourceLine at = std::source_location::current());

  // An operation as a value: one that was kept or reversed, or a CustomOperation.
  void invoke(const Operation& operation, const SourceLine& at = std::source_location::current()) override;

  // `COPY … FROM stdin` and its rows, as they would stand in a script between the statement and \.
  void copy_data(std::string statement, std::string rows, SourceLine at = std::source_location::current());

  // The columns are named once, each row gives a constant for each: {{1, "a"}, {2, std::nullopt}}.
  void bulk_insert(std::string table_name, std::vector<std::string> columns, std::vector<Row> rows,
                   SchemaOption options = {}, SourceLine at = std::source_location::current());

  // Commits what the run has done so far, lets `body` run outside of any transaction, each statement on its own, and
  // begins a new transaction for what follows. A failure in `body` can't take back what went before it.
  void autocommit_block(const std::function<void()>& body) { sink_.autocommit_block(body); }

  // The database of the run. Throws std::logic_error offline, where there is none.
  Bind& get_bind() { return sink_.bind(); }
  const RunContext& get_context() const { return sink_.context(); }

  // What the server can do, for a migration that has to differ.
  const schema::ServerFeatures& server() const { return sink_.server(); }

 private:
  using TypeName = std::pair<std::string, std::string>;  // schema, name

  void remember_types(const Operation& operation);

  OperationSink& sink_;
  schema::NamingConvention convention_;
  std::set<TypeName> created_types_;
};

}  // namespace support::alembic

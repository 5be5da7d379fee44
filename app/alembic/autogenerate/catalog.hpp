#pragma once

#include <compare>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "app/alembic/autogenerate/object_name.hpp"

// What a database holds, as values, read from PostgreSQL's catalogs by inspect(). Expressions and definitions are texts
// of the server's own deparser with every name qualified, so that equal texts mean equal things. Names are plain, not
// quoted, unless a member says "as SQL spells it". An empty text means: none, or what PostgreSQL does by itself.
namespace support::alembic::autogenerate {

using Texts = std::vector<std::string>;

struct QualifiedName {
  std::string schema;
  std::string name;

  auto operator<=>(const QualifiedName&) const = default;
};

// Who may do what; read on request only (InspectOptions::access).
struct Access {
  std::string owner;
  Texts grants;  // "role=SELECT,UPDATE*", sorted; * may pass it on; defaults written out

  bool operator==(const Access&) const = default;
};

struct Schema {
  std::string name;
  std::string comment;
  Access access;

  bool operator==(const Schema&) const = default;
};

struct Extension {
  std::string name;
  std::string schema;
  std::string version;
  std::string comment;

  bool operator==(const Extension&) const = default;
};

struct SequenceOptions {
  std::string type = "bigint";
  std::int64_t start = 1;
  std::int64_t minimum = 1;
  std::int64_t maximum = std::numeric_limits<std::int64_t>::max();
  std::int64_t increment = 1;
  std::int64_t cache = 1;
  bool cycle = false;

  bool operator==(const SequenceOptions&) const = default;
};

// The sequence behind an identity or serial column.
struct ColumnSequence {
  std::string schema;
  std::string name;
  SequenceOptions options;
  std::string comment;  // of an identity's

  bool operator==(const ColumnSequence&) const = default;
};

// Whether a column or constraint was declared at its table, comes from a parent, or both.
enum class Origin { own, inherited, both };
enum class Identity { none, always, by_default };
enum class Generated { none, stored, virtual_ };
enum class Persistence { permanent, unlogged };

struct Column {
  std::string name;
  std::string type;       // with its modifiers, as SQL spells it: "numeric(6,2)", "app.mood[]"
  std::string collation;  // as SQL spells it; empty: the type's
  bool not_null = false;
  bool not_null_validated = true;          // false: existing rows may be NULL (PostgreSQL 18)
  bool not_null_inherited = true;          // false: NO INHERIT (18)
  std::string not_null_name;               // 18, when it is not <table>_<column>_not_null
  std::optional<std::string> default_sql;  // or the expression of a generated column; absent for a serial
  Generated generated = Generated::none;
  Identity identity = Identity::none;
  // Of an identity, or of a serial: an integer column whose default is the next value of a sequence that it owns.
  std::optional<ColumnSequence> sequence;
  std::string storage;            // PLAIN, EXTERNAL, EXTENDED, MAIN; empty: the type's
  std::string compression;        // pglz, lz4; empty: the server's default
  std::optional<int> statistics;  // ALTER COLUMN … SET STATISTICS
  Texts options;                  // n_distinct=…, sorted
  Origin origin = Origin::own;
  std::string comment;
  Texts grants;  // of the column alone

  bool is_serial() const { return sequence && identity == Identity::none; }
  bool operator==(const Column&) const = default;
};

// What a foreign key points at.
struct Referent {
  std::string schema;
  std::string table;
  Texts columns;

  bool operator==(const Referent&) const = default;
};

enum class ConstraintKind { primary_key, unique, check, foreign_key, exclusion };

struct Constraint {
  std::string name;
  ConstraintKind kind = ConstraintKind::check;
  Texts columns;           // of the key, or those a CHECK mentions
  std::string definition;  // what follows CONSTRAINT name, NOT VALID and the like included
  std::string expression;  // of a CHECK
  bool deferrable = false;
  bool initially_deferred = false;
  bool validated = true;
  bool enforced = true;  // PostgreSQL 18
  bool no_inherit = false;
  Referent referent;      // of a foreign key, as the four below; the actions are SQL's words
  std::string match;      // SIMPLE, FULL
  std::string on_update;  // NO ACTION, CASCADE, …
  std::string on_delete;
  Texts on_delete_columns;  // SET NULL (these)
  Texts options;            // storage parameters of the index of a key, sorted
  std::string tablespace;
  Origin origin = Origin::own;
  std::string comment;

  bool operator==(const Constraint&) const = default;
};

struct IndexKey {
  std::string sql;  // a column's name, not quoted, or an expression
  bool is_expression = false;
  std::string operator_class;  // as SQL spells it; empty: the type's default
  bool descending = false;
  bool nulls_first = false;  // what a descending key does by itself

  bool operator==(const IndexKey&) const = default;
};

struct Index {
  std::string name;
  std::string method = "btree";
  bool unique = false;
  bool nulls_not_distinct = false;
  std::vector<IndexKey> keys;
  Texts include;
  std::string predicate;
  std::string body;  // the definition from the method on: "btree (lower(a)) WHERE (b > 1)"
  Texts options;     // storage parameters, sorted
  std::string tablespace;
  bool valid = true;  // false: a CREATE INDEX CONCURRENTLY that failed
  Origin origin = Origin::own;
  std::string comment;

  bool operator==(const Index&) const = default;
};

enum class TableKind { ordinary, partitioned, foreign };

struct Table {
  std::string schema;
  std::string name;
  TableKind kind = TableKind::ordinary;
  Persistence persistence = Persistence::permanent;
  std::string partition_key;           // "RANGE (at)"
  std::string partition_bound;         // "FOR VALUES FROM … TO …"
  std::vector<QualifiedName> parents;  // in order; of a partition the partitioned table
  std::string of_type;                 // CREATE TABLE … OF
  std::string access_method;           // empty: heap
  std::string tablespace;
  Texts options;       // storage parameters, those of the TOAST table with "toast." before them, sorted
  std::string server;  // of a foreign table, with the options for it
  Texts server_options;
  bool row_security = false;
  bool row_security_forced = false;
  std::string replica_identity;  // NOTHING, FULL, USING INDEX …; empty: the primary key
  std::string cluster_index;     // CLUSTER ON
  std::string comment;
  Access access;
  std::vector<Column> columns;  // in their order
  std::vector<Constraint> constraints;
  std::vector<Index> indexes;  // without those of constraints

  bool operator==(const Table&) const = default;
};

struct View {
  std::string schema;
  std::string name;
  bool materialized = false;
  std::string definition;
  Texts options;
  bool populated = true;
  std::string access_method;
  std::string tablespace;
  std::string cluster_index;  // CLUSTER ON
  std::string comment;
  Access access;
  std::vector<Column> columns;
  std::vector<Index> indexes;

  bool operator==(const View&) const = default;
};

// Owned sequences that are not those of identity or serial columns are here, too.
struct Sequence {
  std::string schema;
  std::string name;
  SequenceOptions options;
  Persistence persistence = Persistence::permanent;
  std::string owned_by;  // "schema.table.column", as SQL spells it
  std::string comment;
  Access access;

  bool operator==(const Sequence&) const = default;
};

struct Enum {
  std::string schema;
  std::string name;
  Texts labels;  // in their order
  std::string comment;
  Access access;

  bool operator==(const Enum&) const = default;
};

struct DomainCheck {
  std::string name;
  std::string definition;
  bool validated = true;
  std::string comment;

  bool operator==(const DomainCheck&) const = default;
};

struct Domain {
  std::string schema;
  std::string name;
  std::string type;
  std::string collation;
  bool not_null = false;
  std::optional<std::string> default_sql;
  std::vector<DomainCheck> checks;
  std::string comment;
  Access access;

  bool operator==(const Domain&) const = default;
};

struct CompositeAttribute {
  std::string name;
  std::string type;
  std::string collation;
  std::string comment;

  bool operator==(const CompositeAttribute&) const = default;
};

struct Composite {
  std::string schema;
  std::string name;
  std::vector<CompositeAttribute> attributes;
  std::string comment;
  Access access;

  bool operator==(const Composite&) const = default;
};

struct Range {
  std::string schema;
  std::string name;
  std::string definition;  // "(SUBTYPE = …, …)"
  std::string comment;
  Access access;

  bool operator==(const Range&) const = default;
};

enum class RoutineKind { function, procedure, aggregate, window };

struct Routine {
  std::string schema;
  std::string name;
  std::string arguments;  // the types that tell overloads apart: "text, app.mood[]"
  RoutineKind kind = RoutineKind::function;
  std::string definition;  // the whole CREATE statement
  std::string comment;
  Access access;

  bool operator==(const Routine&) const = default;
};

struct Trigger {
  std::string schema;
  std::string table;
  std::string name;
  std::string definition;
  std::string enabled;  // DISABLE, ENABLE REPLICA, ENABLE ALWAYS; empty: on
  std::string comment;

  bool operator==(const Trigger&) const = default;
};

struct Policy {
  std::string schema;
  std::string table;
  std::string name;
  bool permissive = true;
  std::string command = "ALL";
  Texts roles;  // sorted; "public" is everybody
  std::string using_;
  std::string check;
  std::string comment;

  bool operator==(const Policy&) const = default;
};

struct Rule {
  std::string schema;
  std::string table;
  std::string name;
  std::string definition;
  std::string enabled;
  std::string comment;

  bool operator==(const Rule&) const = default;
};

// CREATE STATISTICS.
struct Statistics {
  std::string schema;
  std::string table;
  std::string name;
  std::string definition;
  std::optional<int> target;
  std::string comment;

  bool operator==(const Statistics&) const = default;
};

// What PostgreSQL keeps `object` from being without: a type of a column, a function in a default, a column in a view.
// A default is its column; the index of a constraint and the sequence of a serial or identity column are that
// constraint and that column; a table's row type is the table, a type's array the type, and the multirange type and the
// constructors of a range that range; what belongs to an extension is the extension.
struct Dependency {
  ObjectName object;
  ObjectName on;

  auto operator<=>(const Dependency&) const = default;
};

// Everything but what InspectOptions leaves out. Each list is sorted by schema, (table,) name; routines by arguments,
// too. Operators, casts, collations, text search objects, languages, servers, publications and event triggers are not
// read.
struct CatalogSnapshot {
  int server_version = 0;  // 150005
  std::string role;        // who read it
  std::vector<Schema> schemas;
  std::vector<Extension> extensions;
  std::vector<Enum> enums;
  std::vector<Domain> domains;
  std::vector<Composite> composites;
  std::vector<Range> ranges;
  std::vector<Sequence> sequences;
  std::vector<Table> tables;
  std::vector<View> views;
  std::vector<Routine> routines;
  std::vector<Trigger> triggers;
  std::vector<Policy> policies;
  std::vector<Rule> rules;
  std::vector<Statistics> statistics;
  std::vector<Dependency> dependencies;  // sorted; only with InspectOptions::dependencies

  bool operator==(const CatalogSnapshot&) const = default;
};

}  // namespace support::alembic::autogenerate

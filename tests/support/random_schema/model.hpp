#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

// A schema as a model that is small enough to be edited at random: objects refer to each other by numbers, expressions
// are made from the type of their column when they are printed, and what refers to nothing any more is taken away by
// repair(). So every edit leads to DDL that runs.
namespace support::tests::random_schema {

using Id = int;  // 0: none

// What can be done with a type's values.
enum class Family {
  integer,
  number,
  text,
  flag,
  day,
  moment,
  clock,
  interval,
  jsonb,
  json,
  uuid,
  bytes,
  range,
  network,
  bits,
  search,
  point,
  enumeration,
  composite,
  array
};

struct Type {
  std::string sql = "integer";  // of a built-in type, with its modifiers
  Family family = Family::integer;
  Id user = 0;  // an enum, domain, composite or range; the two above do not count then
  bool array = false;

  bool operator==(const Type&) const = default;
};

struct Named {
  Id id = 0;
  Id schema = 0;
  std::string name;
  std::string comment;

  bool operator==(const Named&) const = default;
};

struct Schema {
  Id id = 0;
  std::string name;
  std::string comment;

  bool operator==(const Schema&) const = default;
};

struct Enum : Named {
  std::vector<std::string> labels;

  bool operator==(const Enum&) const = default;
};

struct DomainCheck {
  std::string name;
  int variant = 0;
  bool not_valid = false;

  bool operator==(const DomainCheck&) const = default;
};

struct Domain : Named {
  Type base;
  bool collated = false;
  bool not_null = false;
  std::optional<int> constant;
  std::vector<DomainCheck> checks;

  bool operator==(const Domain&) const = default;
};

struct Attribute {
  std::string name;
  Type type;
  std::string comment;

  bool operator==(const Attribute&) const = default;
};

struct Composite : Named {
  std::vector<Attribute> attributes;

  bool operator==(const Composite&) const = default;
};

struct Range : Named {
  std::string subtype;

  bool operator==(const Range&) const = default;
};

struct Sequence : Named {
  std::string options;
  bool unlogged = false;
  Id owner = 0;  // a column

  bool operator==(const Sequence&) const = default;
};

// Those of the first two may stand in defaults, checks, indexes and views; the third is the heart of aggregates.
enum class Shape { integer, text, step, trigger, rows, table, atomic, count, plain, procedure, aggregate };

struct Parameter {
  std::string name;
  Type type;
  std::optional<int> constant;

  bool operator==(const Parameter&) const = default;
};

struct Routine : Named {
  Shape shape = Shape::integer;
  int variant = 0;  // of the body
  std::vector<Parameter> parameters;
  Type returns;
  std::string attributes;   // STRICT, COST 7, …
  Id relation = 0;          // that it reads
  std::vector<Id> columns;  // of it
  Id step = 0;              // of an aggregate

  bool operator==(const Routine&) const = default;
};

enum class Fill { none, constant, function, sequence, serial, identity_always, identity_by_default, generated };

struct Column {
  Id id = 0;
  std::string name;
  Type type;
  Id follows = 0;  // the column that a foreign key refers to: it is of that one's type
  Fill fill = Fill::none;
  int variant = 0;  // of the default
  Id source = 0;    // the function, the sequence, or the column that it is generated from
  bool not_null = false;
  bool collated = false;
  std::string storage;
  std::string compression;
  std::optional<int> statistics;
  std::string options;
  std::string comment;

  bool operator==(const Column&) const = default;
};

enum class ConstraintKind { primary_key, unique, check, foreign_key, exclusion };

struct Constraint {
  Id id = 0;
  std::string name;  // empty: PostgreSQL gives one
  ConstraintKind kind = ConstraintKind::check;
  std::vector<Id> columns;
  std::vector<Id> include;
  Id referent = 0;  // a constraint
  Id function = 0;  // that a check uses
  int variant = 0;
  bool nulls_not_distinct = false;
  bool deferrable = false;
  bool deferred = false;
  bool not_valid = false;
  bool no_inherit = false;
  bool match_full = false;
  std::string on_update;
  std::string on_delete;
  std::string options;
  std::string comment;

  bool operator==(const Constraint&) const = default;
};

struct Key {
  Id column = 0;
  std::optional<int> expression;
  Id function = 0;  // of the expression
  bool descending = false;
  bool nulls_moved = false;
  bool pattern = false;  // another operator class where there is one

  bool operator==(const Key&) const = default;
};

struct Index {
  Id id = 0;
  std::string name;  // empty: PostgreSQL gives one
  std::string method = "btree";
  bool unique = false;
  bool nulls_not_distinct = false;
  std::vector<Key> keys;
  std::vector<Id> include;
  Id predicate = 0;
  int predicate_variant = 0;
  std::string options;
  std::string comment;

  bool operator==(const Index&) const = default;
};

struct Trigger {
  std::string name;
  Id function = 0;
  std::string timing;  // BEFORE, AFTER; INSTEAD OF on views
  std::string event;   // INSERT, UPDATE, …
  std::vector<Id> columns;
  bool for_each_row = true;
  bool constraint = false;
  bool transition = false;
  Id when = 0;
  int variant = 0;
  std::string enabled;
  std::string comment;

  bool operator==(const Trigger&) const = default;
};

struct Policy {
  std::string name;
  bool restrictive = false;
  std::string command;
  std::string roles;
  Id column = 0;
  int variant = 0;
  Id other = 0;  // a table that it looks into
  std::string comment;

  bool operator==(const Policy&) const = default;
};

struct Rule {
  std::string name;
  std::string event;
  Id when = 0;
  int variant = 0;
  Id other = 0;  // a table that it deletes from
  bool disabled = false;
  std::string comment;

  bool operator==(const Rule&) const = default;
};

struct Statistics : Named {
  std::string kinds;
  std::vector<Id> columns;
  std::optional<int> expression;
  std::optional<int> target;

  bool operator==(const Statistics&) const = default;
};

enum class Strategy { none, range, list, hash };

// A partition has no columns of its own; a child of another table has more of them.
struct Table : Named {
  Id parent = 0;
  bool is_partition = false;
  int slot = 0;  // which of the bounds; -1: DEFAULT
  Strategy strategy = Strategy::none;
  Id key = 0;
  bool unlogged = false;
  std::string options;
  bool row_security = false;
  bool forced = false;
  std::string replica_identity;  // NOTHING, FULL
  Id replica_index = 0;
  Id cluster_index = 0;
  std::vector<Column> columns;
  std::vector<Constraint> constraints;
  std::vector<Index> indexes;
  std::vector<Trigger> triggers;
  std::vector<Policy> policies;
  std::vector<Rule> rules;
  std::vector<Statistics> statistics;

  bool operator==(const Table&) const = default;
};

enum class Wrap { plain, text, function, call };

struct ViewColumn {
  Id id = 0;
  std::string name;
  Wrap wrap = Wrap::plain;
  Id source = 0;
  Id function = 0;
  std::string comment;
  std::optional<int> constant;  // a default of the view's own

  bool operator==(const ViewColumn&) const = default;
};

enum class Query { plain, distinct, grouped, by_key, united, named, windowed };

// Refers only to relations and routines with a smaller number.
struct View : Named {
  bool materialized = false;
  bool with_data = true;
  Query query = Query::plain;
  Id from = 0;
  Id join = 0;
  std::vector<ViewColumn> columns;
  Id where = 0;
  int variant = 0;
  std::string options;
  std::vector<Index> indexes;
  std::vector<Trigger> triggers;
  std::vector<Rule> rules;

  bool operator==(const View&) const = default;
};

struct Model {
  std::vector<Schema> schemas;
  std::vector<Enum> enums;
  std::vector<Domain> domains;
  std::vector<Composite> composites;
  std::vector<Range> ranges;
  std::vector<Sequence> sequences;
  std::vector<Routine> routines;
  std::vector<Table> tables;
  std::vector<View> views;
  std::set<std::string> names;  // that were given away
  Id last_id = 0;

  Id next_id() { return ++last_id; }

  // Null when there is none of that number.
  const Table* table(Id id) const;
  const View* view(Id id) const;
  const Routine* routine(Id id) const;
  const Table* table_of_column(Id column) const;
  const Table* table_of_constraint(Id constraint) const;
  const Column* column(Id id) const;
  const ViewColumn* view_column(Id id) const;
  const Constraint* constraint(Id id) const;
  bool has_type(Id id) const;
  bool has_relation(Id id) const { return table(id) != nullptr || view(id) != nullptr; }

  // Of a table or view, those of its parents first.
  std::vector<Id> columns_of(Id relation) const;
  Type type_of(Id column) const;
  std::string name_of(Id column) const;
  // Without the domains around it.
  Type base_of(const Type& type) const;
  Family family_of(const Type& type) const { return base_of(type).family; }
  Family family_of(Id column) const { return family_of(type_of(column)); }
  std::vector<std::string> labels_of(const Type& type) const;

  // As SQL spells them.
  std::string spelled(const Type& type) const;
  std::string qualified(const Named& object) const;
  std::string relation(Id id) const;
  std::string schema_name(Id id) const;

  bool operator==(const Model&) const = default;
};

template <class T>
const T* find(const std::vector<T>& list, Id id) {
  for (const auto& object : list) {
    if (object.id == id) return &object;
  }
  return nullptr;
}

bool follows_itself(const Model& model, const Column& column);

}  // namespace support::tests::random_schema

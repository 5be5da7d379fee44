#pragma once

#include <compare>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "app/alembic/safety/model/type_name.hpp"

namespace support::alembic::safety {

struct RelationName {
  std::string schema;
  std::string name;

  auto operator<=>(const RelationName&) const = default;
  std::string text() const;  // as one writes it, without "public."
};

struct Column {
  enum class Generated { no, stored, virtual_column };

  std::string name;
  std::optional<TypeName> type;  // unknown when the chain does not say
  std::string collation;
  bool not_null = false;
  bool has_default = false;
  bool has_sequence = false;  // serial or identity
  Generated generated = Generated::no;
};

// `column op constant`, one of those that a CHECK joins by AND; IN (…) has one value each.
struct Comparison {
  std::string column;
  std::string op;
  std::vector<std::string> values;
};

struct Constraint {
  enum class Kind { check, not_null, unique, primary_key, foreign_key, exclusion };

  std::string name;
  Kind kind = Kind::check;
  bool valid = true;
  bool enforced = true;
  std::vector<std::string> columns;          // of a CHECK: those it mentions
  std::vector<std::string> proves_not_null;  // of a CHECK
  std::vector<Comparison> comparisons;       // of a CHECK
  std::string expression;                    // of a CHECK, canonical
  RelationName referenced;                   // of a foreign key
  std::vector<std::string> referenced_columns;
  RelationName index;     // of a unique or primary key
  unsigned added_in = 0;  // the transaction, when it was added NOT VALID
};

struct IndexKey {
  std::string column;  // empty for an expression
  std::string text;    // canonical, with operator class, collation and order
};

struct Index {
  RelationName name;
  std::vector<IndexKey> keys;
  std::vector<std::string> columns;  // all that it mentions, expressions and predicate included
  std::string predicate;             // canonical; empty for a full index
  std::string method;
  bool unique = false;
};

struct Relation {
  enum class Kind { table, partitioned_table, view, materialized_view, foreign_table, sequence };
  enum class Persistence { permanent, unlogged, temporary };

  RelationName name;
  Kind kind = Kind::table;
  Persistence persistence = Persistence::permanent;
  bool complete = false;  // its CREATE was replayed: what is not listed here does not exist
  unsigned born_in = 0;   // the epoch (SchemaModel::epoch()) that created it; 0: before
  std::vector<Column> columns;
  std::vector<Constraint> constraints;
  std::vector<Index> indexes;
  std::vector<RelationName> parents;  // partitioned table, or inheritance
  std::vector<RelationName> partitions;
  std::optional<RelationName> default_partition;
  std::string partition_strategy;  // "r", "l", "h"
  std::vector<std::string> partition_key;
  std::string of_type;
  std::vector<RelationName> reads;  // of a view
  std::string access_method = "heap";
  std::string replica_identity = "d";  // d, n, f, i
  std::optional<RelationName> replica_index;
  bool row_security = false;
  unsigned policies = 0;
  // Constraints that were validated and whose text the chain does not hold.
  std::vector<std::string> validated_unseen;

  const Column* column(std::string_view column_name) const;
  Column* column(std::string_view column_name);
  const Constraint* constraint(std::string_view constraint_name) const;
  Constraint* constraint(std::string_view constraint_name);
  const Index* index(const RelationName& index_name) const;
  const Constraint* primary_key() const;
  bool is_partitioned() const { return kind == Kind::partitioned_table; }
};

}  // namespace support::alembic::safety

#pragma once

#include <string>

#include "app/alembic/autogenerate/predicted_table.hpp"

namespace support::alembic::autogenerate {

// A PRIMARY KEY or UNIQUE as it is written, but for its columns.
struct KeyWords {
  std::string name;  // empty: the server makes one up
  ConstraintKind kind = ConstraintKind::unique;
  bool nulls_not_distinct = false;
  bool deferrable = false;
  bool initially_deferred = false;
};

// What follows REFERENCES.
struct ForeignKeyWords {
  std::string name;  // empty: the server makes one up
  QualifiedName table;
  Texts columns;  // empty: the primary key's
  std::string match = "SIMPLE";
  std::string on_update = "NO ACTION";
  std::string on_delete = "NO ACTION";
  bool deferrable = false;
  bool initially_deferred = false;
};

// What may stand behind the columns of a key: when it is checked.
KeyWords read_key_words(SqlCursor& cursor, std::string name, ConstraintKind kind);
// "t (a) ON DELETE CASCADE", behind REFERENCES.
ForeignKeyWords read_foreign_key_words(SqlCursor& cursor, std::string name, const PredictionScope& scope);

// Throw NotPredictable for what the server would refuse or put together with another key.
void add_key(PredictedTable& predicted, const Texts& columns, KeyWords words);
void add_foreign_key(PredictedTable& predicted, const Texts& columns, ForeignKeyWords words,
                     const PredictionScope& scope);

// In its place among the others. Throws NotPredictable when one has that name.
void add_constraint(Table& table, Constraint constraint);

// The name, remembered as made up by the server. Throws NotPredictable when the server would have to cut it.
std::string generated_name(PredictedTable& predicted, std::string name);

}  // namespace support::alembic::autogenerate

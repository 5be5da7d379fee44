#pragma once

#include <functional>
#include <string>
#include <vector>

#include "app/alembic/autogenerate/catalog.hpp"
#include "app/alembic/autogenerate/sql_cursor.hpp"

namespace support::alembic::autogenerate {

// A table as the statements so far make it, had they run in an empty database, and what has to be known of it beyond.
struct PredictedTable {
  Table table;
  std::vector<std::size_t> statements;  // the numbers of those that make it
  // Names that the server makes up; it would make up others if somebody else had them.
  Texts generated_names = {};
};

// What a name in a statement means, and what is known so far.
struct PredictionScope {
  std::string default_schema;
  // Null when there is no such table, or it can't be predicted.
  std::function<const PredictedTable*(const QualifiedName& name)> find;
};

// The columns and constraints of CREATE TABLE, from the opening parenthesis to the closing one. Throws NotPredictable.
void read_table_elements(SqlCursor& cursor, PredictedTable& predicted, const PredictionScope& scope);
// "CONSTRAINT name PRIMARY KEY (a)" and the like, as ALTER TABLE … ADD has it, too. Throws NotPredictable.
void read_table_constraint(SqlCursor& cursor, PredictedTable& predicted, const PredictionScope& scope);
// What follows CREATE [UNIQUE] INDEX name ON table. Throws NotPredictable.
void read_index(SqlCursor& cursor, PredictedTable& predicted, Index index);
// "BY DEFAULT AS IDENTITY (START WITH 5)", behind GENERATED. Throws NotPredictable.
void read_identity(SqlCursor& cursor, PredictedTable& predicted, Column& column);

// With its schema written out. Throws NotPredictable when the default one is not known.
QualifiedName resolved(QualifiedName name, const PredictionScope& scope);
// Throws NotPredictable when there is none.
Column& column_named(Table& table, const std::string& name);

}  // namespace support::alembic::autogenerate

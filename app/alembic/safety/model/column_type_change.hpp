#pragma once

#include <optional>
#include <string>

#include "app/alembic/safety/model/schema_model.hpp"

namespace support::alembic::safety {

// One ALTER COLUMN … TYPE, with what the model knows of the column.
struct ColumnTypeChange {
  std::string column;
  TypeName to;
  std::string collation;
  std::optional<TypeName> from;  // unknown when the chain does not say
  const Column* known = nullptr;
  bool plain_using = true;  // USING says no more than what PostgreSQL would do by itself

  // A rewrite where the old type is not known, or USING computes the values.
  TypeChange cost(const SchemaModel& model, SessionZone zone) const;
  // Whether indexes on the column order its values in another way afterwards.
  bool reorders(TypeChange cost) const;
};

// `relation`: null when the model does not know the table.
ColumnTypeChange read_type_change(const Node& command, const Relation* relation);

// The first index on the column, and the first CHECK of it that holds for all rows: both are done anew when its type
// changes, even where the rows stay. Null when there is none.
const Index* index_on(const Relation* relation, const std::string& column);
const Constraint* check_on(const Relation* relation, const std::string& column);

}  // namespace support::alembic::safety

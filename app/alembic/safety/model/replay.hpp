#pragma once

#include "app/alembic/safety/model/schema_model.hpp"

namespace support::alembic::safety {

// Carries a statement out on the model. `transaction` tells the transactions of a run apart, for constraints that are
// added NOT VALID. Statements that change nothing the model holds are ignored.
void replay(SchemaModel& model, const Node& statement, unsigned transaction);

// What one definition in the tree says, read against the model (for LIKE, USING INDEX and default names).
Column read_column(const Node& definition);
Index read_index(const Node& statement, const SchemaModel& model);
// `column`: the one that a column constraint belongs to.
Constraint read_constraint(const Node& definition, const Relation& relation, std::string_view column,
                           const SchemaModel& model);
// Whether it is one of the kinds of Constraint, not DEFAULT, NOT NULL of a column, GENERATED and the like.
bool is_table_constraint(const Node& definition);

}  // namespace support::alembic::safety

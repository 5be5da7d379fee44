#pragma once

#include "app/alembic/safety/model/replay.hpp"

namespace support::alembic::safety {

// ALTER TABLE and its relatives, with what partitions take over from their parent.
void alter_table(SchemaModel& model, const Node& statement, unsigned transaction);
void rename_column(SchemaModel& model, const RelationName& name, const std::string& from, const std::string& to);
void add_constraint(SchemaModel& model, Relation& relation, const Node& definition, std::string_view column,
                    unsigned transaction);

}  // namespace support::alembic::safety

#pragma once

#include <string>

#include "app/alembic/autogenerate/plan.hpp"
#include "app/alembic/command/command.hpp"
#include "app/schema/server_features.hpp"

namespace support::alembic::command {

struct GeneratedSteps {
  autogenerate::Plan plan;
  schema::ServerFeatures server;  // of the database that they are for
};

// What turns the context's database into what the options name: a file, else the models of the program. Each difference
// is logged in Alembic's words. Nothing is changed anywhere. Throws CommandError.
GeneratedSteps generate_steps(const Context& context, const RevisionOptions& options);

// Whether there is something to compare the database with. Throws CommandError in Alembic's words when there is not.
void require_wanted_schema(const Context& context, const RevisionOptions& options);

}  // namespace support::alembic::command

#pragma once

#include <string>

#include "app/alembic/autogenerate/plan.hpp"
#include "app/schema/metadata.hpp"

namespace support::alembic::autogenerate {

// The steps with the types that the models say in place of what a server has instead: a Vector is an array of numbers
// where there is no pgvector, but the migration is for servers that have it, too. Tables without a schema are those of
// `default_schema`.
Steps with_model_types(Steps steps, const schema::MetaData& models, const std::string& default_schema);

}  // namespace support::alembic::autogenerate

#pragma once

#include "app/schema/metadata.hpp"

namespace support::database {

// The schema as the newest migration leaves it: what autogenerate compares a database with, and what a test builds to
// check that the migrations lead there. A change of a table is made in both places, here and in a migration.
struct Base {
  // Built on first use, then constant; thread-safe.
  static const schema::MetaData& metadata();
};

}  // namespace support::database

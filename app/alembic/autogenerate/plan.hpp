#pragma once

#include <string>
#include <vector>

#include "app/alembic/autogenerate/compare.hpp"
#include "app/alembic/operations/operation.hpp"

namespace support::alembic::autogenerate {

struct PlannedStep {
  Operation operation;
  // What a person should know before it runs: data is lost, a table is rewritten, a statement can fail on rows. One or
  // more sentences, one a line; empty: nothing.
  std::string note = {};
  // It has to be committed before what comes after it can use it (a new label of an enum).
  bool outside_transaction = false;

  bool operator==(const PlannedStep&) const = default;
};

using Steps = std::vector<PlannedStep>;

// What makes `before` like `after`, and the way back.
struct Plan {
  Steps upgrade;
  Steps downgrade;

  bool empty() const { return upgrade.empty(); }
};

// The steps for all that compare() finds between the two, in an order that runs: what is used exists before it is used,
// and is gone only after the last use. Objects that stand in the way of a change (a view over a column whose type
// changes) are dropped before it and made again behind it. Pure. Both snapshots must have been read with
// InspectOptions::dependencies.
//
// Renames are no part of this: they are done first, and `before` is what they leave.
Plan plan(const CatalogSnapshot& before, const CatalogSnapshot& after, const CompareOptions& options = {});

}  // namespace support::alembic::autogenerate

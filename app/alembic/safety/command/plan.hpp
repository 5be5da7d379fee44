#pragma once

#include <functional>
#include <string>
#include <vector>

#include "app/alembic/env.hpp"
#include "app/alembic/safety/report/plan_report.hpp"
#include "app/alembic/script/script_directory.hpp"

namespace support::alembic::safety {

struct SqlFile {
  std::string name;  // for people
  std::string text;
};

// What `migrate plan` was asked for.
struct PlanRequest {
  std::vector<SqlFile> files;    // what to run; else revisions
  std::string range;             // "A:B"; empty: those that the database lacks
  std::vector<SqlFile> schemas;  // what is there before, instead of the database's schema
  std::string against;           // the URL of the database whose sizes count
  std::string dev_url;           // the URL of a database on the server to make the scratch database on
  Throughput throughput;
};

// Whether the database of DATABASE_URL is needed: for the revisions that it lacks, for its schema, or because the
// scratch database is made beside it.
bool needs_database(const PlanRequest& request);

// Runs the files or revisions on a scratch copy of the schema, looks what each statement does, and adds the figures of
// the live database, which is only read. `environment` may be one without a target where needs_database() says so.
// `scripts` loads the migrations, where they are needed. Throws CommandError: exit code 2 for what can't be asked or
// prepared, 3 without a connection, 4 for a statement that fails on the copy.
PlanReport make_plan(const PlanRequest& request, const Environment& environment,
                     const std::function<ScriptDirectory()>& scripts);

}  // namespace support::alembic::safety

#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/alembic/autogenerate/inspect.hpp"
#include "app/alembic/env.hpp"
#include "app/alembic/safety/roundtrip/contents.hpp"
#include "app/alembic/safety/roundtrip/row_seeder.hpp"
#include "app/alembic/safety/scratch/scratch_database.hpp"
#include "app/alembic/script/script_directory.hpp"

namespace support::alembic::safety {

// A scratch database that migrations run on one by one, and what there is to see in it. It can be made anew from the
// migrations that are to be in it. Not thread-safe.
class TrialDatabase {
 public:
  TrialDatabase(const ScriptDirectory& scripts, const Environment& environment, const ConnectionTarget& server);

  // One way, by the engine. Throws CommandError as OnlineContext does.
  void upgrade(alembic::Node node) { run({node}, MigrationStep::Kind::upgrade); }
  void downgrade(alembic::Node node) { run({node}, MigrationStep::Kind::downgrade); }
  // Several, as one run.
  void upgrade(const Nodes& nodes) { run(nodes, MigrationStep::Kind::upgrade); }

  // Throws the database away; the next one has these migrations and no made-up rows.
  void make_anew(const Nodes& applied);

  // Without the tables of the engine's own schema.
  autogenerate::CatalogSnapshot inspect();
  Contents read(const autogenerate::CatalogSnapshot& schema) { return read_contents(connection(), schema); }
  RowSeeder& seeder() { return *seeder_; }
  const std::string& default_schema() const { return default_schema_; }

 private:
  void make();
  void run(const Nodes& nodes, MigrationStep::Kind kind);
  Connection& connection() { return *connection_; }

  const ScriptDirectory& scripts_;
  Environment environment_;  // whose target is the scratch database
  ConnectionTarget server_;
  DatabaseTraits traits_;
  std::optional<ScratchDatabase> scratch_;
  std::unique_ptr<Connection> connection_;  // to look, between the runs
  std::optional<RowSeeder> seeder_;
  std::string default_schema_;
};

}  // namespace support::alembic::safety

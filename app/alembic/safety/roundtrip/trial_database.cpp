#include "app/alembic/safety/roundtrip/trial_database.hpp"

#include <fmt/format.h>

#include "app/alembic/autogenerate/catalog_reader.hpp"
#include "app/alembic/autogenerate/comparison_options.hpp"
#include "app/alembic/runtime/online_context.hpp"
#include "app/alembic/runtime/pqxx_connection.hpp"
#include "app/schema/quoting.hpp"

namespace support::alembic::safety {

TrialDatabase::TrialDatabase(const ScriptDirectory& scripts, const Environment& environment,
                             const ConnectionTarget& server)
    : scripts_(scripts), environment_(environment), server_(server) {
  // The traits are those of the database that the migrations are for, where that is at hand.
  traits_ = read_traits(*connect_pqxx(environment.target ? *environment.target : server));
  environment_.connect = connect_pqxx;
  environment_.run.mode = Mode::online;
  // Nobody else is here, and nothing is to be remembered.
  environment_.guard = nullptr;
  environment_.history = nullptr;
  environment_.history_schema.clear();
  make();
}

void TrialDatabase::make() {
  scratch_.emplace(server_, traits_);
  environment_.target = scratch_->target();
  connection_ = scratch_->connect();
  connection_->execute("SET client_min_messages TO error");
  seeder_.emplace(*connection_);
  // Nobody's migrations make the schema of the version table.
  if (!environment_.version_table_schema.empty()) {
    connection_->execute("CREATE SCHEMA IF NOT EXISTS " + schema::quote_identifier(environment_.version_table_schema));
  }
  default_schema_ = autogenerate::current_schema(*connection_);
}

void TrialDatabase::make_anew(const Nodes& applied) {
  seeder_.reset();
  connection_.reset();
  scratch_.reset();
  make();
  upgrade(applied);
}

void TrialDatabase::run(const Nodes& nodes, MigrationStep::Kind kind) {
  if (nodes.empty()) return;
  OnlineContext(scripts_, environment_).run_migrations([&](const RevisionIds&) {
    Plan plan;
    for (const auto node : nodes) {
      plan.steps.push_back(
          MigrationStep::of_script(scripts_.map(), node, kind, std::string(scripts_.script(node).doc())));
    }
    return plan;
  });
}

autogenerate::CatalogSnapshot TrialDatabase::inspect() {
  auto snapshot = autogenerate::inspect(connection(), {.version_table = environment_.version_table,
                                                       .version_table_schema = environment_.version_table_schema,
                                                       .access = autogenerate::InspectOptions::AccessRights::read});
  // What the engine keeps of its runs is none of the migrations'.
  std::erase_if(snapshot.tables, [](const auto& table) { return table.schema == autogenerate::tool_schema; });
  return snapshot;
}

}  // namespace support::alembic::safety

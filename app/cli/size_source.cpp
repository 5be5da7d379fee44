#include "app/cli/size_source.hpp"

#include <fmt/format.h>

#include "app/alembic/errors.hpp"
#include "app/alembic/runtime/pqxx_connection.hpp"
#include "app/alembic/runtime/server_features.hpp"
#include "app/alembic/safety/signoff/signoff_guard.hpp"
#include "app/config/database_url.hpp"
#include "app/database/models/base.hpp"

namespace support::cli {

namespace safety = alembic::safety;

namespace {

void require_sizes(const std::string& against, const config::Settings& settings, const safety::SignoffFile& file) {
  if (!against.empty() || settings.has_database_url() || !file.tables.empty()) return;
  throw alembic::CommandError(
      "Nothing says how big the tables are: set DATABASE_URL, give --against URL, or list the big ones in the [tables] "
      "of "
      "signoffs.toml");
}

}  // namespace

bool names_database(const std::string& against, const config::Settings& settings) {
  return !against.empty() || settings.has_database_url();
}

alembic::ConnectionTarget size_target(const std::string& against, const config::Settings& settings) {
  if (against.empty()) return *alembic::make_environment(settings, alembic::Mode::online).target;
  try {
    return alembic::make_target(config::DatabaseUrl::parse(against), settings->database_connect_timeout, "--against");
  } catch (const config::DatabaseUrlError& error) {
    throw alembic::CommandError(fmt::format("--against: {}", error.what()));
  }
}

SizeSource open_size_source(const std::string& against, const config::Settings& settings,
                            const MigrateArguments& general, const safety::SignoffFile& file) {
  require_sizes(against, settings, file);
  SizeSource source;
  source.rendering.context = {.mode = alembic::Mode::offline, .x_arguments = general.x_arguments, .tag = general.tag};
  source.rendering.naming_convention = &database::Base::metadata().naming_convention;
  if (!names_database(against, settings)) {
    source.sizes = std::make_unique<safety::DeclaredSizes>(file);
    source.description = "the [tables] of signoffs.toml";
    return source;
  }
  const auto target = size_target(against, settings);
  source.description = target.description;
  source.connection = alembic::connect_pqxx(target);
  source.connection->execute("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY");
  source.sizes = std::make_unique<safety::CatalogSizes>(*source.connection);
  source.options = safety::work_options(*source.connection);
  source.rendering.features = alembic::server_features(*source.connection);
  // What a migration asks of the run is asked online.
  source.rendering.context.mode = alembic::Mode::online;
  return source;
}

}  // namespace support::cli

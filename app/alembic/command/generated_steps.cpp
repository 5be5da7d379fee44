#include "app/alembic/command/generated_steps.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>

#include <fmt/format.h>

#include "app/alembic/autogenerate/catalog_reader.hpp"
#include "app/alembic/autogenerate/wanted.hpp"
#include "app/alembic/runtime/pqxx_connection.hpp"
#include "app/alembic/runtime/server_features.hpp"
#include "app/alembic/script/sql_split.hpp"
#include "app/config/database_url.hpp"
#include "app/config/logging.hpp"
#include "app/schema/metadata.hpp"

namespace support::alembic::command {
namespace {

using autogenerate::CatalogSnapshot;

constexpr auto logger = "alembic.autogenerate.compare";

bool has_models(const Context& context) {
  const auto is_builtin = [](const auto& location) { return location.kind == ScriptLocation::Kind::builtin; };
  return context.environment.target_metadata && std::ranges::any_of(context.scripts.locations(), is_builtin);
}

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  if (!file) throw CommandError(fmt::format("{} can't be read; does it exist, and may you read it?", path));
  return text;
}

config::DatabaseUrl parse_development_url(const std::string& text) {
  try {
    return config::DatabaseUrl::parse(text);
  } catch (const config::DatabaseUrlError& error) {
    throw CommandError(fmt::format("--dev-url can't be used: {}", error.what()));
  }
}

std::unique_ptr<Connection> open_development_server(const std::string& text) {
  const auto url = parse_development_url(text);
  const auto masked = url.sync(config::Password::mask);
  return connect_pqxx({.conninfo = url.sync(config::Password::show),
                       .password = std::string(url.keyword("password")),
                       .masked_url = masked,
                       .description = fmt::format("the database of --dev-url, {}", masked)});
}

class Comparison {
 public:
  Comparison(const Context& context, const RevisionOptions& options)
      : context_(context),
        options_(options),
        inspect_{.version_table = context.environment.version_table,
                 .version_table_schema = context.environment.version_table_schema,
                 .dependencies = autogenerate::InspectOptions::Dependencies::read} {}

  GeneratedSteps run() {
    const auto connection = context_.environment.connect(*context_.environment.target);
    const auto before = autogenerate::inspect(*connection, inspect_);
    const auto after = wanted(*connection);
    const auto compare_options =
        options_.to.empty() ? autogenerate::CompareOptions::for_models() : autogenerate::CompareOptions();
    log_differences(autogenerate::compare(before, after, compare_options), autogenerate::current_schema(*connection));
    return {.plan = autogenerate::plan(before, after, compare_options), .server = server_features(*connection)};
  }

 private:
  CatalogSnapshot wanted(Connection& live) const {
    std::unique_ptr<Connection> development;
    if (!options_.dev_url.empty()) development = open_development_server(options_.dev_url);
    auto& server = development ? *development : live;
    if (options_.to.empty()) {
      return autogenerate::wanted_from_metadata(server, *context_.environment.target_metadata, {.inspect = inspect_});
    }
    return autogenerate::wanted_from_sql(server, read_file(options_.to), {.inspect = inspect_, .source = options_.to});
  }

  static void log_differences(const std::vector<autogenerate::Difference>& differences,
                              const std::string& default_schema) {
    for (const auto& difference : differences) {
      config::log_event(spdlog::level::info, logger, autogenerate::description(difference, default_schema));
    }
  }

  const Context& context_;
  const RevisionOptions& options_;
  autogenerate::InspectOptions inspect_;
};

}  // namespace

void require_wanted_schema(const Context& context, const RevisionOptions& options) {
  if (!options.to.empty() || has_models(context)) return;
  throw CommandError(
      "Can't proceed with --autogenerate option; migrations in a folder come without a MetaData object to compare the "
      "database with; name a file with the SQL of what the database should be: --to FILE");
}

GeneratedSteps generate_steps(const Context& context, const RevisionOptions& options) {
  try {
    return Comparison(context, options).run();
  } catch (const SqlSyntaxError& error) {
    throw CommandError(fmt::format("{}:{}: {}", options.to, error.line(), error.what()));
  } catch (const DatabaseError& error) {
    throw CommandError(fmt::format("The database can't be compared: {}", error.explanation()));
  } catch (const ConnectionLost& error) {
    throw CommandError(fmt::format("The connection was lost while the database was compared: {}", error.what()),
                       ExitCode::unreachable);
  }
}

}  // namespace support::alembic::command

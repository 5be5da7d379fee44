#include "app/alembic/command/side_reader.hpp"

#include <algorithm>
#include <fstream>
#include <iostream>
#include <iterator>
#include <sstream>

#include <fmt/format.h>

#include "app/alembic/autogenerate/wanted.hpp"
#include "app/alembic/runtime/offline_context.hpp"
#include "app/alembic/runtime/pqxx_connection.hpp"
#include "app/alembic/runtime/server_features.hpp"
#include "app/alembic/script/sql_split.hpp"

namespace support::alembic::command {
namespace {

std::string read_file(const Side& side) {
  if (side.is_standard_input()) return {std::istreambuf_iterator<char>(std::cin), {}};
  std::ifstream file(side.text, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  if (!file) throw CommandError(fmt::format("{} can't be read; does it exist, and may you read it?", side.text));
  return text;
}

// From one revision to the next; each adds what the ones before it have not.
Plan steps_to(const ScriptDirectory& scripts, const RevisionIds& revisions, RevisionIds rows) {
  Plan plan;
  for (const auto& revision : revisions) {
    auto more = scripts.upgrade_revs(revision, rows);
    std::ranges::move(more.steps, std::back_inserter(plan.steps));
    rows.push_back(revision);
  }
  return plan;
}

}  // namespace

void run_reporting(const std::string& what, const std::function<void()>& work) {
  try {
    work();
  } catch (const SqlSyntaxError& error) {
    throw CommandError(fmt::format("{}, line {}, column {}: {}", what, error.line(), error.column(), error.what()));
  } catch (const DatabaseError& error) {
    throw CommandError(fmt::format("{}: the database refused: {}", what, error.explanation()));
  } catch (const ConnectionLost& error) {
    throw CommandError(fmt::format("{}: the connection was lost: {}", what, error.what()), ExitCode::unreachable);
  }
}

SideReader::SideReader(const Context& context, Side from, Side to, const ComparisonRequest& request,
                       autogenerate::InspectOptions options)
    : context_(context),
      from_(std::move(from)),
      to_(std::move(to)),
      options_(std::move(options)),
      cache_(request.cache_folder) {
  const auto& dev_url = request.dev_url;
  if (dev_url.empty()) return;
  if (dev_url.find("://") == std::string::npos) {
    throw CommandError(
        fmt::format("--dev-url {}: this is no URL; write one such as postgresql://user@host/database", dev_url));
  }
  dev_ = parse_side(dev_url, "--dev-url");
}

Connection& SideReader::connect(const Side& side, const std::string& option) {
  const auto& environment = context_.environment;
  auto& connection = connections_[side.text];
  if (connection) return *connection;
  if (side.url) {
    connection = connect_pqxx(make_target(*side.url, environment.connect_timeout, option));
  } else if (environment.target) {
    connection = environment.connect(*environment.target);
  } else {
    throw CommandError("DATABASE_URL is not set, so there is no database to go to; set it, or name one by its URL");
  }
  return *connection;
}

Connection& SideReader::server() {
  if (from_.kind == Side::Kind::database) return connect(from_, "--from");
  if (to_.kind == Side::Kind::database) return connect(to_, "--to");
  return scratch();
}

Connection& SideReader::scratch() {
  if (dev_) return connect(*dev_, "--dev-url");
  if (from_.kind == Side::Kind::database) return connect(from_, "--from");
  if (to_.kind == Side::Kind::database) return connect(to_, "--to");
  return connect({}, "");
}

autogenerate::CatalogSnapshot SideReader::read_to(const autogenerate::CatalogSnapshot& from) {
  const bool is_beside = from_.kind == Side::Kind::database && !dev_;
  return read(to_, "--to", is_beside ? &from : nullptr);
}

autogenerate::CatalogSnapshot SideReader::read(const Side& side, const std::string& option,
                                               const autogenerate::CatalogSnapshot* live) {
  autogenerate::CatalogSnapshot snapshot;
  run_reporting(side.name(), [&] {
    snapshot =
        side.kind == Side::Kind::database ? autogenerate::inspect(connect(side, option), options_) : build(side, live);
  });
  return snapshot;
}

autogenerate::CatalogSnapshot SideReader::build(const Side& side, const autogenerate::CatalogSnapshot* live) {
  const autogenerate::WantedOptions options{.inspect = options_, .source = side.name(), .live = live};
  if (side.kind == Side::Kind::metadata) {
    const auto* models = context_.environment.target_metadata;
    if (models == nullptr) throw CommandError("There are no models to compare with; name another side");
    const auto sql = autogenerate::wanted_statements(*models, server_features(scratch()));
    return cache_.get(scratch(), fmt::format("{}", fmt::join(sql, ";\n")), options_, [&] {
      const std::vector<autogenerate::WantedStatement> statements(sql.begin(), sql.end());
      return autogenerate::wanted_from_sql(scratch(), statements, options);
    });
  }
  const auto sql = side.kind == Side::Kind::file ? read_file(side) : offline_sql(side);
  return cache_.get(scratch(), sql, options_, [&] { return autogenerate::wanted_from_sql(scratch(), sql, options); });
}

std::string SideReader::offline_sql(const Side& side) {
  std::optional<ScriptDirectory> others;
  const auto& scripts = side.kind == Side::Kind::revisions
                            ? context_.scripts
                            : others.emplace(ScriptDirectory::open(parse_script_locations(side.text)));
  auto environment = context_.environment;
  environment.run.mode = Mode::offline;
  std::ostringstream sql;
  OfflineContext(scripts, environment, sql,
                 {.server = server_features(scratch()), .narration = OfflineOptions::Narration::silent})
      .run_migrations(std::nullopt, [&](const RevisionIds& rows) {
        return side.kind == Side::Kind::revisions ? steps_to(scripts, side.revisions, rows)
                                                  : scripts.upgrade_revs("heads", rows);
      });
  return sql.str();
}

}  // namespace support::alembic::command

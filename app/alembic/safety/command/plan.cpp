#include "app/alembic/safety/command/plan.hpp"

#include <functional>
#include <ostream>
#include <set>

#include <fmt/format.h>

#include "app/alembic/command/read_rows.hpp"
#include "app/alembic/errors.hpp"
#include "app/alembic/runtime/pqxx_connection.hpp"
#include "app/alembic/runtime/version_table.hpp"
#include "app/alembic/safety/revisions.hpp"
#include "app/alembic/safety/scratch/made_up_rows.hpp"
#include "app/alembic/safety/scratch/schema_copy.hpp"
#include "app/alembic/safety/scratch/scratch_database.hpp"
#include "app/alembic/safety/trace/trace_migrations.hpp"
#include "app/config/logging.hpp"

namespace support::alembic::safety {
namespace {

constexpr std::string_view logger = "alembic.safety.plan";

ConnectionTarget named_target(const std::string& url, const Environment& environment, const std::string& option) {
  try {
    return make_target(config::DatabaseUrl::parse(url), environment.connect_timeout, option);
  } catch (const config::DatabaseUrlError& error) {
    throw CommandError(fmt::format("{}: {}", option, error.what()));
  }
}

std::unique_ptr<Connection> connect_to_read(const ConnectionTarget& target) {
  auto connection = connect_pqxx(target);
  connection->execute("SET default_transaction_read_only = on");
  return connection;
}

// Which revisions, and from which rows.
struct Steps {
  RevisionIds from;
  std::vector<MigrationStep> steps;
};

// One run of the command.
class Planning {
 public:
  Planning(const PlanRequest& request, const Environment& environment) : request_(request), environment_(environment) {
    if (environment.target) live_ = connect_to_read(*environment.target);
  }

  PlanReport run(const std::function<ScriptDirectory()>& scripts) {
    read_figures();
    if (request_.files.empty()) {
      const auto loaded = scripts();
      const auto rows = live_rows(loaded);
      const auto wanted = wanted_steps(loaded, rows);
      if (!wanted.steps.empty()) with_rows_if_they_let([&] { plan_revisions(loaded, rows, wanted); });
    } else {
      with_rows_if_they_let([&] { plan_files(); });
    }
    return report();
  }

 private:
  void plan_files() {
    make_scratch();
    if (request_.schemas.empty()) copy_live();
    add_rows();
    tracer_.emplace(*scratch_);
    for (const auto& file : request_.files) trace_file(*tracer_, file.text, file.name);
  }

  // A statement can fail for what made-up rows hold; then it is measured without any.
  void with_rows_if_they_let(const std::function<void()>& work) {
    try {
      work();
    } catch (const TraceFailure& failure) {
      if (!has_made_up_rows_ || !failure.is_about_rows()) throw;
      config::log_event(spdlog::level::warn, logger,
                        fmt::format("Once more without the rows that were made up for the copy, because of them: {}",
                                    failure.what()));
      makes_up_rows_ = false;
      tracer_.reset();
      scratch_.reset();
      work();
    }
  }

  void plan_revisions(const ScriptDirectory& scripts, const RevisionIds& rows, const Steps& wanted) {
    make_scratch();
    if (request_.schemas.empty() && wanted.from != rows) {
      replay(scripts, wanted.from);
    } else if (request_.schemas.empty()) {
      copy_or_replay(scripts, rows);
    }
    add_rows();
    if (!tracer_) tracer_.emplace(*scratch_);
    make_version_table(tracer_->connection(), wanted.from);
    trace_revisions(*tracer_, scripts, wanted.steps, environment_);
  }

  RevisionIds live_rows(const ScriptDirectory& scripts) const {
    std::ostream nowhere(nullptr);
    alembic::command::Context context{.scripts = scripts, .environment = environment_, .out = nowhere, .sql = nowhere};
    if (!environment_.target) return {};
    return alembic::command::read_rows(context, alembic::command::VersionTableIfMissing::leave);
  }

  Steps wanted_steps(const ScriptDirectory& scripts, const RevisionIds& rows) const {
    if (request_.range.empty()) return {rows, scripts.upgrade_revs("heads", rows).steps};
    const auto range = parse_revision_range(request_.range);
    Steps wanted;
    for (const auto& from : range.from) {
      for (const auto& id : scripts.as_revision_number(from)) wanted.from.push_back(id);
    }
    wanted.steps = scripts.upgrade_revs(range.to, wanted.from).steps;
    return wanted;
  }

  // Beside the live database, unless another server is named.
  void make_scratch() {
    if (request_.dev_url.empty() && !environment_.target) {
      throw CommandError(
          "DATABASE_URL is not set, so there is no server to make a scratch database on; set it, or name "
          "a database of one with --dev-url URL");
    }
    const auto server =
        request_.dev_url.empty() ? *environment_.target : named_target(request_.dev_url, environment_, "--dev-url");
    const auto traits = read_traits(live_ ? *live_ : *connect_to_read(server));
    scratch_.emplace(server, traits);
    const auto connection = scratch_->connect();
    for (const auto& schema : request_.schemas) run_schema_script(*connection, schema.text, schema.name);
  }

  // Into the tables that hold some in the live database; what --schema makes is as full as it makes it.
  void add_rows() {
    if (!makes_up_rows_ || !request_.schemas.empty() || !figures_) return;
    std::set<std::pair<std::string, std::string>> tables;
    for (const auto& [name, relation] : figures_->relations) {
      if (relation.bytes > 0) tables.insert(name);
    }
    make_up_rows(*scratch_->connect(), tables);
    has_made_up_rows_ = true;
  }

  void copy_live() {
    if (!live_) {
      throw CommandError(
          "DATABASE_URL is not set, so there is no schema that the statements find; set it, or give the "
          "schema with --schema FILE.sql");
    }
    const auto connection = scratch_->connect();
    copy_schema(*live_, *connection);
    copy_version_table(*connection);
  }

  // The live schema, because it need not be what the revisions make; where that can't be copied, what they make.
  void copy_or_replay(const ScriptDirectory& scripts, const RevisionIds& rows) {
    try {
      copy_live();
    } catch (const CommandError& error) {
      if (rows.empty()) throw;
      config::log_event(spdlog::level::warn, logger,
                        fmt::format("{} The plan begins with what the applied revisions make, and does not see what "
                                    "was changed past them",
                                    error.what()));
      scratch_.reset();
      make_scratch();
      replay(scripts, rows);
    }
  }

  void replay(const ScriptDirectory& scripts, const RevisionIds& rows) {
    tracer_.emplace(*scratch_);
    tracer_->looking(Tracer::Looking::off);
    RevisionIds applied;
    for (const auto& row : rows) {
      trace_revisions(*tracer_, scripts, scripts.upgrade_revs(row, applied).steps, environment_);
      applied.push_back(row);
    }
    tracer_->looking(Tracer::Looking::on);
  }

  // The schema copy leaves it out; migrations may look at it, and SQL that `--sql` wrote changes its rows.
  void make_version_table(Connection& connection, const RevisionIds& rows) const {
    const VersionTable table(environment_.version_table, environment_.version_table_schema);
    if (connection.scalar(table.exists_sql()) == "t") return;
    connection.execute(table.create_if_missing_sql());
    for (const auto& row : rows) {
      connection.execute(table.row_sql({.kind = RowOperation::Kind::insert, .from = "", .to = row}));
    }
  }

  void copy_version_table(Connection& to) {
    const VersionTable table(environment_.version_table, environment_.version_table_schema);
    if (live_->scalar(table.exists_sql()) != "t") return;
    RevisionIds rows;
    for (const auto& row : live_->query(table.select_sql())) rows.push_back(row.at(0).value_or(""));
    make_version_table(to, rows);
  }

  void read_figures() {
    if (!request_.against.empty()) {
      const auto target = named_target(request_.against, environment_, "--against");
      figures_ = read_live_database(*connect_to_read(target));
      sizes_of_ = target.description;
    } else if (live_) {
      figures_ = read_live_database(*live_);
      sizes_of_ = environment_.target->description;
    }
  }

  PlanReport report() {
    PlanReport report{.statements = {}, .sizes_of = sizes_of_, .throughput = request_.throughput};
    if (!tracer_) return report;
    for (auto& trace : tracer_->take()) {
      report.statements.push_back(
          estimate_impact(std::move(trace), figures_ ? &*figures_ : nullptr, request_.throughput));
    }
    return report;
  }

  const PlanRequest& request_;
  const Environment& environment_;
  std::unique_ptr<Connection> live_;
  std::optional<LiveDatabase> figures_;
  std::string sizes_of_;
  bool makes_up_rows_ = true;
  bool has_made_up_rows_ = false;
  std::optional<ScratchDatabase> scratch_;
  std::optional<Tracer> tracer_;
};

}  // namespace

bool needs_database(const PlanRequest& request) {
  const bool has_schema = !request.schemas.empty();
  const bool asks_for_rows = request.files.empty() && request.range.empty();
  const bool asks_for_schema = !request.files.empty() && !has_schema;
  return asks_for_rows || asks_for_schema || request.dev_url.empty();
}

PlanReport make_plan(const PlanRequest& request, const Environment& environment,
                     const std::function<ScriptDirectory()>& scripts) {
  try {
    return Planning(request, environment).run(scripts);
  } catch (const DatabaseError& error) {
    throw CommandError(fmt::format("The database refused: {}", error.explanation()));
  } catch (const ConnectionLost& error) {
    throw CommandError(fmt::format("The connection to the database was lost: {}", error.what()), ExitCode::unreachable);
  }
}

}  // namespace support::alembic::safety

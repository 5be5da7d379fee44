#include "app/alembic/safety/history/snapshot.hpp"

#include <fmt/format.h>

#include "app/alembic/errors.hpp"
#include "app/alembic/runtime/migration_lock.hpp"
#include "app/schema/metadata.hpp"

namespace support::alembic::safety {

namespace {

HistorySnapshot read(Connection& connection, const Environment& environment) {
  const auto versions = version_table_of(environment);
  HistorySnapshot snapshot;
  connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
  if (connection.scalar(versions.exists_sql()) == "t") {
    for (const auto& row : connection.query(versions.select_sql())) snapshot.rows.push_back(row.at(0).value_or(""));
  }
  if (!environment.history_schema.empty()) {
    const auto table = history_table_of(environment);
    const auto state = table.state(connection);
    snapshot.has_history = state.exists;
    snapshot.is_guarded = state.is_guarded;
    if (state.exists) snapshot.history = table.read(connection, state.version_table);
  }
  const auto key = migration_lock_key(connection.scalar("SELECT coalesce(current_schema(), '')"), versions);
  snapshot.lock_holder = migration_lock_holder(connection, key);
  connection.execute("ROLLBACK");
  return snapshot;
}

}  // namespace

VersionTable version_table_of(const Environment& environment) {
  return VersionTable(environment.version_table, environment.version_table_schema);
}

HistoryTable history_table_of(const Environment& environment) {
  return {environment.history_schema, version_table_of(environment)};
}

const schema::NamingConvention* naming_convention_of(const Environment& environment) {
  return environment.target_metadata == nullptr ? nullptr : &environment.target_metadata->naming_convention;
}

HistorySnapshot read_history(const Environment& environment) {
  const auto& target = *environment.target;
  try {
    return read(*environment.connect(target), environment);
  } catch (const DatabaseError& error) {
    throw CommandError(
        fmt::format("The history of migrations in {} can't be read: {}", target.description, error.explanation()));
  } catch (const ConnectionLost& error) {
    throw CommandError(fmt::format("The connection to {} was lost: {}", target.description, error.what()),
                       ExitCode::unreachable);
  }
}

std::vector<HistoryFinding> verify(const HistorySnapshot& snapshot, PresentMigrations& present) {
  auto findings = verify(snapshot.history, snapshot.rows, present);
  if (snapshot.has_history && !snapshot.is_guarded) {
    findings.push_back({.kind = HistoryFinding::Kind::unprotected,
                        .revision = {},
                        .message = "The triggers that refuse to change the history are gone or switched off."});
  }
  return findings;
}

}  // namespace support::alembic::safety

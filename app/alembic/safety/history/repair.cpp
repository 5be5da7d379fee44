// `migrate repair`.
#include <algorithm>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "app/alembic/command/json_report.hpp"
#include "app/alembic/runtime/migration_lock.hpp"
#include "app/alembic/runtime/transaction.hpp"
#include "app/alembic/safety/history/commands.hpp"
#include "app/alembic/safety/history/recorder.hpp"
#include "app/alembic/safety/history/snapshot.hpp"

namespace support::alembic::safety {

namespace {

void require_sense(const RepairOptions& options) {
  if (options.reason.find_first_not_of(" \t\n") == std::string::npos) {
    throw CommandError("A repair needs its reason, which the history keeps; say it with --reason TEXT");
  }
  if (options.revisions.empty() && !options.unrecorded && !options.chain) {
    throw CommandError("Name the revisions to accept as they are now, or say --unrecorded or --chain");
  }
}

// What is to be accepted, each once.
Nodes wanted_nodes(const command::Context& context, const HistorySnapshot& snapshot, const RepairOptions& options,
                   PresentMigrations& present) {
  const auto applied = present.applied(snapshot.rows);
  Nodes wanted;
  const auto want = [&](Node node) {
    if (std::ranges::find(wanted, node) == wanted.end()) wanted.push_back(node);
  };
  for (const auto& revision : options.revisions) {
    for (const auto node : context.scripts.get_revisions(Target(revision))) {
      if (std::ranges::find(applied, node) == applied.end()) {
        throw CommandError(fmt::format("Revision {} is not applied to this database, so there is nothing to accept",
                                       context.scripts.map().id(node)));
      }
      want(node);
    }
  }
  if (options.unrecorded) {
    const auto accepted = accepted_records(snapshot.history);
    for (const auto node : applied) {
      if (!accepted.contains(context.scripts.map().id(node))) want(node);
    }
  }
  return wanted;
}

// Leaves out what agrees with its record already.
Nodes changed_nodes(const Nodes& wanted, const HistorySnapshot& snapshot, PresentMigrations& present) {
  const auto accepted = accepted_records(snapshot.history);
  Nodes changed;
  for (const auto node : wanted) {
    const auto record = accepted.find(present.scripts().map().id(node));
    if (record == accepted.end() || compare(record->second->checksums, present, node) != Agreement::same) {
      changed.push_back(node);
    }
  }
  return changed;
}

void write(Connection& connection, const command::Context& context, const HistorySnapshot& snapshot, const Nodes& nodes,
           const RepairOptions& options, const Author& author) {
  const auto& environment = context.environment;
  HistoryRecorder recorder(history_table_of(environment), author, naming_convention_of(environment));
  Transaction transaction(connection);
  // Without steps nothing is refused.
  recorder.begin(connection, context.scripts, snapshot.rows, {});
  if (!recorder.is_kept()) {
    throw CommandError("The repair can't be recorded, for the reason above", ExitCode::refused);
  }
  if (options.chain) recorder.repair(std::nullopt, snapshot.rows, options.reason);
  for (const auto node : nodes) recorder.repair(node, snapshot.rows, options.reason);
  transaction.commit(recorder.statements());
}

}  // namespace

ExitCode repair(command::Context& context, const RepairOptions& options, const Author& author) {
  require_sense(options);
  context.has_run_environment = true;
  const auto& environment = context.environment;
  if (environment.history_schema.empty()) {
    throw CommandError("No history is kept, because MIGRATION_HISTORY_SCHEMA is empty; there is nothing to repair");
  }
  const auto& target = *environment.target;
  const MigrationLock lock(environment.connect(target), target, version_table_of(environment),
                           environment.lock_timeout);
  const auto snapshot = read_history(environment);
  PresentMigrations present(context.scripts, naming_convention_of(environment));
  const auto nodes = changed_nodes(wanted_nodes(context, snapshot, options, present), snapshot, present);
  if (!nodes.empty() || options.chain) {
    try {
      write(*environment.connect(target), context, snapshot, nodes, options, author);
    } catch (const DatabaseError& error) {
      throw CommandError(fmt::format("The repair was not recorded: {}", error.explanation()), ExitCode::rolled_back);
    } catch (const ConnectionLost& error) {
      throw CommandError(fmt::format("The connection to {} was lost: {}; look with `support-agent migrate verify` "
                                     "whether the repair was recorded",
                                     target.description, error.what()),
                         ExitCode::unreachable);
    }
  }
  const auto ids = context.scripts.map().ids(nodes);
  if (context.format == command::OutputFormat::json) {
    command::print(context, {{"repaired", boost::json::value_from(ids)}, {"chain", options.chain}});
    return ExitCode::done;
  }
  for (const auto& id : ids) context.out << fmt::format("Accepted revision {} as it is now.\n", id);
  if (options.chain) context.out << "Accepted what was changed in the history before now.\n";
  if (ids.empty() && !options.chain) context.out << "Nothing to repair: all agree with their records.\n";
  return ExitCode::done;
}

}  // namespace support::alembic::safety

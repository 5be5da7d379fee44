#include "app/alembic/runtime/invalid_index.hpp"

#include <fmt/format.h>

#include "app/alembic/errors.hpp"
#include "app/alembic/runtime/messages.hpp"
#include "app/alembic/script/statement_words.hpp"
#include "app/schema/quoting.hpp"

namespace support::alembic {

namespace {

// Names of invalid indexes, as SQL spells them, and the pid of the session that builds each, if one does.
std::vector<Connection::Row> invalid_indexes(Connection& connection, const std::string& condition) {
  return connection.query(
      "SELECT i.indexrelid::regclass, p.pid FROM pg_index i LEFT JOIN pg_stat_progress_create_index p ON "
      "p.index_relid = i.indexrelid WHERE NOT i.indisvalid AND " +
      condition + " ORDER BY 1");
}

std::string is_index(const std::string& name) {
  return fmt::format("i.indexrelid = to_regclass({})", schema::quote_literal(name));
}

std::string joined_names(const std::vector<Connection::Row>& rows) {
  std::string names;
  for (const auto& row : rows) names += (names.empty() ? "" : ", ") + row.at(0).value_or("?");
  return names;
}

}  // namespace

void drop_leftover(Connection& connection, const std::string& statement) {
  const auto concurrent = concurrent_index(statement);
  if (!concurrent || concurrent->index.empty()) return;
  for (const auto& row : invalid_indexes(connection, is_index(concurrent->index))) {
    const auto name = row.at(0).value_or("");
    if (row.at(1)) {
      throw CommandError(fmt::format("Index {} is being built by another session, pid {}; wait until that is over, and "
                                     "run the migration again",
                                     name, *row.at(1)),
                         ExitCode::refused);
    }
    log_migration(fmt::format("Dropping index {}: an earlier try to build it failed and left it invalid", name));
    connection.execute("DROP INDEX CONCURRENTLY " + name);
  }
}

void require_valid(Connection& connection, const std::string& statement) {
  const auto concurrent = concurrent_index(statement);
  if (!concurrent || concurrent->index.empty()) return;
  const auto rows = invalid_indexes(connection, is_index(concurrent->index));
  if (rows.empty()) return;
  throw std::runtime_error(
      fmt::format("index {} is there and invalid, so it serves no query: drop it with DROP INDEX CONCURRENTLY and run "
                  "the migration again",
                  joined_names(rows)));
}

std::string describe_leftover(Connection& connection, const std::string& statement) {
  if (const auto concurrent = concurrent_index(statement)) {
    const auto condition = concurrent->index.empty()
                               ? fmt::format("i.indrelid = to_regclass({})", schema::quote_literal(concurrent->table))
                               : is_index(concurrent->index);
    const auto rows = invalid_indexes(connection, condition);
    if (rows.empty()) return {};
    const auto names = joined_names(rows);
    if (concurrent->index.empty()) {
      return fmt::format(
          "; it left an invalid index behind that serves no query: {}. Drop it with DROP INDEX "
          "CONCURRENTLY, give the index a name, and run the migration again",
          names);
    }
    return fmt::format(
        "; it left the invalid index {} behind, which serves no query. Mend the cause and run the "
        "migration again: it drops that index and builds it anew",
        names);
  }
  if (!is_concurrent_reindex(statement)) return {};
  const auto rows = invalid_indexes(connection, "i.indexrelid::regclass::text ~ '_cc(new|old)[0-9]*\"?$'");
  if (rows.empty()) return {};
  return fmt::format("; it left invalid indexes behind: {}. Drop them with DROP INDEX CONCURRENTLY",
                     joined_names(rows));
}

}  // namespace support::alembic

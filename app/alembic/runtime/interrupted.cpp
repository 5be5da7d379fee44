#include "app/alembic/runtime/interrupted.hpp"

#include <fmt/format.h>

#include "app/alembic/runtime/messages.hpp"
#include "app/alembic/script/statement_words.hpp"
#include "app/schema/quoting.hpp"

namespace support::alembic {

namespace {

using schema::quote_literal;

bool is_true(Connection& connection, const std::string& condition) {
  return connection.scalar("SELECT " + condition) == "t";
}

// Of pg_inherits.
std::string is_partition(const ConcurrentDetach& detach) {
  return fmt::format("inhparent = to_regclass({}) AND inhrelid = to_regclass({})", quote_literal(detach.parent),
                     quote_literal(detach.partition));
}

InterruptedOutcome done_if(bool is_done) {
  return is_done ? InterruptedOutcome::done : InterruptedOutcome::repeatable;
}

}  // namespace

InterruptedOutcome outcome_of(Connection& connection, const std::string& statement) {
  if (const auto index = concurrent_index(statement)) {
    if (index->index.empty()) return InterruptedOutcome::unknown;
    return done_if(
        is_true(connection, fmt::format("EXISTS (SELECT FROM pg_index WHERE indexrelid = to_regclass({}) AND "
                                        "indrelid = to_regclass({}) AND indisvalid)",
                                        quote_literal(index->index), quote_literal(index->table))));
  }
  if (const auto index = concurrently_dropped_index(statement)) {
    return done_if(is_true(connection, fmt::format("to_regclass({}) IS NULL", quote_literal(*index))));
  }
  if (const auto detach = concurrent_detach(statement)) {
    return done_if(
        !is_true(connection, fmt::format("EXISTS (SELECT FROM pg_inherits WHERE {})", is_partition(*detach))));
  }
  const auto words = leading_words(statement, 1);
  for (const auto* repeatable : {"REINDEX", "VACUUM", "ANALYZE", "CLUSTER", "CHECKPOINT"}) {
    if (begins_with(words, {repeatable})) return InterruptedOutcome::repeatable;
  }
  return InterruptedOutcome::unknown;
}

std::optional<std::string> remaining_part(Connection& connection, const std::string& statement) {
  const auto detach = concurrent_detach(statement);
  if (!detach) return std::nullopt;
  const auto is_pending =
      fmt::format("EXISTS (SELECT FROM pg_inherits WHERE {} AND inhdetachpending)", is_partition(*detach));
  if (!is_true(connection, is_pending)) return std::nullopt;
  log_migration(fmt::format("Finishing the DETACH PARTITION of {} that an earlier try has begun", detach->partition));
  return fmt::format("ALTER TABLE {} DETACH PARTITION {} FINALIZE", detach->parent, detach->partition);
}

}  // namespace support::alembic

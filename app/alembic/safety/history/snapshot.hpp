#pragma once

#include <string>
#include <vector>

#include "app/alembic/command/command.hpp"
#include "app/alembic/safety/history/history_table.hpp"
#include "app/alembic/safety/history/verification.hpp"

namespace support::alembic::safety {

// What the database says of its migrations, all of one moment.
struct HistorySnapshot {
  RevisionIds rows;          // of the version table
  bool has_history = false;  // there is such a table
  bool is_guarded = false;
  std::vector<Record> history;  // in order
  std::string lock_holder;      // empty: nobody migrates
};

VersionTable version_table_of(const Environment& environment);
HistoryTable history_table_of(const Environment& environment);
const schema::NamingConvention* naming_convention_of(const Environment& environment);

// In a read-only transaction. Throws CommandError.
HistorySnapshot read_history(const Environment& environment);

// What is to be said of it; nothing of the history where none is kept.
std::vector<HistoryFinding> verify(const HistorySnapshot& snapshot, PresentMigrations& present);

}  // namespace support::alembic::safety

#pragma once

namespace support::bench {

// Seconds of whole processes that find nothing, medians of rounds in turns.
struct CheckTimes {
  double first = 0;  // ours, which builds what is wanted
  double again = 0;  // ours with the same wanted schema once more
  double alembic = 0;
};

// A database of so many tables against the same schema: `migrate diff` with it as a file of SQL, and what Alembic's
// `check` does (Debian's Alembic is older than the command) with it as models of SQLAlchemy. Ours keeps what it built
// in a cache folder of its own. Throws std::runtime_error when one of the two finds a difference or can't run.
CheckTimes time_checks(int tables);

}  // namespace support::bench

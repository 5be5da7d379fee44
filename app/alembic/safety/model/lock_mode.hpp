#pragma once

#include <string_view>

namespace support::alembic::safety {

// PostgreSQL's table locks, weakest first (manual, 13.3.1).
enum class LockMode {
  none,
  access_share,
  row_share,
  row_exclusive,
  share_update_exclusive,
  share,
  share_row_exclusive,
  exclusive,
  access_exclusive
};

// How long a lock is kept for the work that needs it: for a change of the catalog, while all rows are read, or while
// all rows are written anew.
enum class Held { instant, scan, rewrite };

// As SQL spells it: "ACCESS EXCLUSIVE"; "" for none.
std::string_view lock_name(LockMode mode);
// What waits meanwhile: "reads and writes", "writes", "other schema changes and VACUUM", "".
std::string_view blocked_by(LockMode mode);

}  // namespace support::alembic::safety

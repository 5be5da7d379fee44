#include "app/alembic/safety/model/lock_mode.hpp"

namespace support::alembic::safety {

std::string_view lock_name(LockMode mode) {
  switch (mode) {
    case LockMode::none:
      break;
    case LockMode::access_share:
      return "ACCESS SHARE";
    case LockMode::row_share:
      return "ROW SHARE";
    case LockMode::row_exclusive:
      return "ROW EXCLUSIVE";
    case LockMode::share_update_exclusive:
      return "SHARE UPDATE EXCLUSIVE";
    case LockMode::share:
      return "SHARE";
    case LockMode::share_row_exclusive:
      return "SHARE ROW EXCLUSIVE";
    case LockMode::exclusive:
      return "EXCLUSIVE";
    case LockMode::access_exclusive:
      return "ACCESS EXCLUSIVE";
  }
  return "";
}

std::string_view blocked_by(LockMode mode) {
  if (mode == LockMode::access_exclusive) return "reads and writes";
  if (mode >= LockMode::share) return "writes";
  if (mode == LockMode::share_update_exclusive) return "other schema changes and VACUUM";
  return "";
}

}  // namespace support::alembic::safety

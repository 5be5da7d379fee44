#include "app/alembic/command/at_head.hpp"

#include <algorithm>

#include "app/alembic/command/read_rows.hpp"

namespace support::alembic::command {

void require_database_at_head(Context& context) {
  const auto rows = read_rows(context, VersionTableIfMissing::create);
  auto current = context.scripts.get_revisions(Target(rows));
  auto heads = context.scripts.map().real_heads();
  std::ranges::sort(current);
  std::ranges::sort(heads);
  if (current != heads) throw CommandError("Target database is not up to date.");
}

}  // namespace support::alembic::command

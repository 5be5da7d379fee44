#include "app/alembic/command/drift.hpp"

#include <fmt/format.h>

#include "app/alembic/command/comparison_report.hpp"
#include "app/alembic/command/read_rows.hpp"

namespace support::alembic::command {

ExitCode drift(Context& context, const ComparisonRequest& request) {
  const auto rows = read_rows(context, VersionTableIfMissing::leave);
  const auto result = compare_sides(context, request, Side::of_revisions(rows), {});
  const auto lines = descriptions(result);
  const auto sentence = lines.empty() ? fmt::format("No drift: the database is what {} make of it.", result.from)
                                      : fmt::format("The database has drifted: {} difference{} from what {} make of it",
                                                    lines.size(), lines.size() == 1 ? "" : "s", result.from);
  return report_comparison(context, result, sentence);
}

}  // namespace support::alembic::command

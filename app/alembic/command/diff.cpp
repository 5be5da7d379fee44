#include "app/alembic/command/diff.hpp"

#include <fmt/format.h>

#include "app/alembic/autogenerate/render.hpp"
#include "app/alembic/command/at_head.hpp"
#include "app/alembic/command/comparison_report.hpp"
#include "app/alembic/command/json_report.hpp"

namespace support::alembic::command {

ExitCode diff(Context& context, const ComparisonRequest& request) {
  const auto result = compare_sides(context, request);
  log_differences(result);
  if (context.format == OutputFormat::json) {
    print(context, to_json(result));
  } else {
    context.sql << autogenerate::render_sql(result.plan.upgrade, result.server);
  }
  return result.empty() ? ExitCode::done : ExitCode::found;
}

ExitCode check(Context& context, const ComparisonRequest& request) {
  require_database_at_head(context);
  const auto result = compare_sides(context, request);
  const auto count = descriptions(result).size();
  return report_comparison(context, result,
                           count == 0 ? "No new upgrade operations detected."
                                      : fmt::format("New upgrade operations detected: {} difference{} of {} and {}",
                                                    count, count == 1 ? "" : "s", result.from, result.to));
}

}  // namespace support::alembic::command

#include <algorithm>

#include <fmt/format.h>

#include "app/alembic/autogenerate/render.hpp"
#include "app/alembic/autogenerate/source_text.hpp"
#include "app/alembic/operations/sql.hpp"

namespace support::alembic::autogenerate {
namespace {

constexpr std::size_t column_limit = 120;

// COPY brings its semicolon and its rows along.
std::string closed(const Operation& operation, const std::string& statement) {
  return std::holds_alternative<CopyData>(operation) ? statement + '\n' : statement + ";\n";
}

}  // namespace

std::string render_sql(const Steps& steps, const schema::ServerFeatures& server) {
  std::string result;
  for (const auto& step : steps) {
    const auto statements = to_sql(step.operation, server);
    for (const auto& statement : statements) {
      if (!result.empty()) result += '\n';
      if (&statement == &statements.front()) {
        for (const auto& line : comment_lines(step.note, "--", column_limit)) result += line + '\n';
      }
      result += closed(step.operation, statement);
    }
  }
  return result;
}

bool needs_autocommit(const Steps& steps) {
  return std::ranges::any_of(steps, [](const PlannedStep& step) {
    return step.outside_transaction || alembic::needs_autocommit(step.operation);
  });
}

}  // namespace support::alembic::autogenerate

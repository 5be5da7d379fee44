#include <algorithm>
#include <ranges>

#include <fmt/format.h>

#include "app/alembic/autogenerate/op_calls.hpp"
#include "app/alembic/autogenerate/render.hpp"
#include "app/alembic/autogenerate/source_text.hpp"

namespace support::alembic::autogenerate {
namespace {

constexpr std::size_t column_limit = 120;
constexpr std::size_t function_indent = 2;
constexpr std::size_t block_indent = 4;

std::string with_note(const PlannedStep& step, std::size_t indent) {
  const auto asked = call_of(step.operation);
  if (asked.directive.empty()) return {};
  std::string lines;
  for (const auto& line : comment_lines(step.note, "//", column_limit - indent)) {
    lines += fmt::format("{:{}}{}\n", "", indent, line);
  }
  return lines + statement("op." + asked.directive, asked.arguments, indent);
}

// A block of one short statement stands on one line.
std::string autocommit_block(const std::string& body) {
  if (std::ranges::count(body, '\n') == 1) {
    const auto line = fmt::format("  op.autocommit_block([&] {{ {} }});\n",
                                  std::string_view(body).substr(block_indent, body.size() - block_indent - 1));
    if (width_of(line) <= column_limit + 1) return line;
  }
  return fmt::format("  op.autocommit_block([&] {{\n{}  }});\n", body);
}

}  // namespace

std::string render_cpp(const Steps& steps) {
  std::string result;
  for (auto step = steps.begin(); step != steps.end();) {
    if (!step->outside_transaction) {
      result += with_note(*step++, function_indent);
      continue;
    }
    std::string body;
    for (; step != steps.end() && step->outside_transaction; ++step) body += with_note(*step, block_indent);
    if (!body.empty()) result += autocommit_block(body);
  }
  return result;
}

}  // namespace support::alembic::autogenerate

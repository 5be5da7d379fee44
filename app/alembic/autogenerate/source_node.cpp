#include "app/alembic/autogenerate/source_node.hpp"

#include <algorithm>
#include <optional>
#include <ranges>
#include <utility>

#include <fmt/format.h>

#include "app/alembic/autogenerate/source_text.hpp"

namespace support::alembic::autogenerate {
namespace {

using Kind = SourceNode::Kind;

constexpr std::size_t column_limit = 120;
constexpr std::size_t step = 4;  // ContinuationIndentWidth

// Stands for the line ends within a raw literal until all is laid out: what is between them has any width.
constexpr char raw_line_end = '\x01';
constexpr std::string_view line_ends = "\n\x01";

std::string blanks(std::size_t count) {
  return std::string(count, ' ');
}

std::string_view first_line(std::string_view lines) {
  return lines.substr(0, lines.find_first_of(line_ends));
}

std::string_view last_line(std::string_view lines) {
  return lines.substr(lines.find_last_of(line_ends) + 1);
}

bool is_broken(std::string_view lines) {
  return lines.find_first_of(line_ends) != std::string_view::npos;
}

bool all_fit(std::string_view lines) {
  return std::ranges::all_of(std::views::split(lines, '\n'), [](const auto& range) {
    const std::string_view line(range.begin(), range.end());
    return width_of(first_line(line)) <= column_limit && width_of(last_line(line)) <= column_limit;
  });
}

std::vector<std::string> literals(const SourceNode& text) {
  auto result = literals_of(text.head);
  for (auto& literal : result) std::ranges::replace(literal, '\n', raw_line_end);
  return result;
}

std::string designator(const SourceItem& item) {
  return item.name.empty() ? "" : fmt::format(".{} = ", item.name);
}

// The whole on one line; absent when a text in it needs several.
std::optional<std::string> flat(const SourceNode& node) {
  if (node.kind == Kind::code) return node.head;
  if (node.kind == Kind::text) {
    auto written = literals(node);
    if (written.size() > 1 || is_broken(written.front())) return std::nullopt;
    return std::move(written.front());
  }
  std::vector<std::string> parts;
  for (const auto& item : node.items) {
    auto part = flat(item.node);
    if (!part) return std::nullopt;
    parts.push_back(designator(item) + *part);
  }
  const auto joined = fmt::to_string(fmt::join(parts, ", "));
  if (node.brackets == SourceNode::Brackets::braces) return fmt::format("{}{{{}}}", node.head, joined);
  return fmt::format("{}({})", node.head, joined);
}

// The node from a column on, with `tail` more columns needed behind its last line. Its further lines are as far in as
// the column says.
std::string from_column(const SourceNode& node, std::size_t column, std::size_t tail);

std::string broken_group(const SourceNode& group, std::size_t column) {
  const auto inner = column + step;
  auto lines = fmt::format("{}{{\n", group.broken_head);
  for (const auto& item : group.items) {
    lines += blanks(inner);
    const auto name = designator(item);
    const auto whole = flat(item.node);
    const bool fits = whole && inner + width_of(name) + width_of(*whole) + 1 <= column_limit;
    if (!name.empty() && item.node.kind == Kind::group && !fits) {
      lines += fmt::format("{}\n{}{}", name.substr(0, name.size() - 1), blanks(inner + step),
                           broken_group(item.node, inner + step));
    } else {
      lines += name + from_column(item.node, inner + width_of(name), 1);
    }
    lines += ",\n";
  }
  return lines + blanks(column) + '}';
}

std::string from_column(const SourceNode& node, std::size_t column, std::size_t tail) {
  if (auto whole = flat(node); whole && column + width_of(*whole) + tail <= column_limit) return *std::move(whole);
  switch (node.kind) {
    case Kind::code:
      return node.head;
    case Kind::text:
      return fmt::to_string(fmt::join(literals(node), '\n' + blanks(column)));
    case Kind::call: {
      const auto argument = from_column(node.items.front().node, column + width_of(node.head) + 1, tail + 1);
      return fmt::format("{}({})", node.head, argument);
    }
    case Kind::group:
      break;
  }
  return broken_group(node, column);
}

// A raw literal begins on the line where it stands; other texts of several lines begin one of their own.
bool begins_inline(const SourceNode& node, std::size_t column, std::size_t tail) {
  if (auto whole = flat(node)) return column + width_of(*whole) + tail <= column_limit;
  const auto* innermost = &node;
  while (innermost->kind == Kind::call) innermost = &innermost->items.front().node;
  if (innermost->kind != Kind::text || literals(*innermost).size() > 1) return false;
  return column + width_of(first_line(from_column(node, column, tail))) <= column_limit;
}

constexpr std::string_view statement_end = ");";

// The arguments below each other from a column on, as many on a line as fit. What follows an argument of several lines
// begins a new one; so does everything when the first has several.
std::string filled(std::string lines, const SourceNodes& arguments, std::size_t column) {
  bool is_after_broken = false;
  bool one_a_line = false;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const bool is_last = i + 1 == arguments.size();
    const auto tail = is_last ? statement_end.size() : 1;
    if (i > 0) {
      const bool goes_on =
          !is_after_broken && !one_a_line && begins_inline(arguments[i], width_of(last_line(lines)) + 1, tail);
      lines += goes_on ? " " : '\n' + blanks(column);
    }
    const auto argument = from_column(arguments[i], width_of(last_line(lines)), tail);
    is_after_broken = is_broken(argument);
    if (i == 0) one_a_line = is_after_broken;
    lines += argument;
    lines += is_last ? statement_end : ",";
  }
  return lines;
}

// `op.f(a, {` with the list hanging from where it is opened. `begun` is what stands before the first argument.
std::optional<std::string> hanging(const std::string& begun, const SourceNodes& arguments) {
  if (arguments.size() != 2 || arguments[1].kind != Kind::group) return std::nullopt;
  const auto first = flat(arguments[0]);
  if (!first) return std::nullopt;
  const auto whole = flat(arguments[1]);
  const auto column = width_of(last_line(begun));
  if (whole && column + width_of(*whole) + statement_end.size() <= column_limit) return std::nullopt;
  auto lines = fmt::format("{}{}, ", begun, *first);
  lines += broken_group(arguments[1], width_of(last_line(lines)));
  lines += statement_end;
  return all_fit(lines) ? std::optional(std::move(lines)) : std::nullopt;
}

std::string broken_statement(const std::string& head, const SourceNodes& arguments, std::size_t indent) {
  const auto& first = arguments.front();
  const auto below = fmt::format("{}\n{}", head, blanks(indent + step));
  const auto column = width_of(head);
  if (arguments.size() == 1) {
    if (first.kind == Kind::group) return fmt::format("{}{}{}", head, broken_group(first, indent), statement_end);
    if (first.kind == Kind::text && literals(first).size() > 1) return filled(below, arguments, indent + step);
  }
  if (auto lines = hanging(head, arguments)) return *std::move(lines);
  const auto tail = arguments.size() == 1 ? statement_end.size() : 1;
  if (begins_inline(first, column, tail) || !is_broken(from_column(first, column, tail))) {
    if (auto lines = filled(head, arguments, column); all_fit(lines)) return lines;
  }
  if (auto lines = hanging(below, arguments)) return *std::move(lines);
  return filled(below, arguments, indent + step);
}

}  // namespace

SourceNode code(std::string text) {
  return {.kind = Kind::code, .head = std::move(text)};
}

SourceNode text_node(std::string text) {
  return {.kind = Kind::text, .head = std::move(text)};
}

SourceNode call(std::string function, SourceNode argument) {
  SourceNode node{.kind = Kind::call, .head = std::move(function), .brackets = SourceNode::Brackets::round};
  node.items.push_back({{}, std::move(argument)});
  return node;
}

SourceNode list(SourceNodes nodes) {
  SourceNode group{.kind = Kind::group, .head = {}};
  for (auto& node : nodes) group.items.push_back({{}, std::move(node)});
  return group;
}

SourceNode object(std::string type, SourceNodes arguments, std::string function) {
  auto group = list(std::move(arguments));
  group.head = function.empty() ? type : std::move(function);
  group.broken_head = std::move(type);
  group.brackets = SourceNode::Brackets::round;
  return group;
}

SourceNode designated(std::vector<SourceItem> members, std::string type) {
  return {.kind = Kind::group, .head = type, .broken_head = std::move(type), .items = std::move(members)};
}

std::string statement(const std::string& function, const SourceNodes& arguments, std::size_t indent) {
  const auto head = fmt::format("{}{}(", blanks(indent), function);
  if (auto whole = flat(object(function, arguments)); whole && indent + width_of(*whole) + 1 <= column_limit) {
    return fmt::format("{}{};\n", blanks(indent), *whole);
  }
  auto lines = broken_statement(head, arguments, indent) + '\n';
  std::ranges::replace(lines, raw_line_end, '\n');
  return lines;
}

}  // namespace support::alembic::autogenerate

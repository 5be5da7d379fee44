#include "tests/conformance/alembic_181.hpp"

#include <algorithm>
#include <array>
#include <regex>
#include <sstream>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace support::tests {

namespace {

std::vector<std::string> lines_of(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

std::string sorted_list(const std::string& list) {
  static const std::regex comma(", ");
  std::vector<std::string> words(std::sregex_token_iterator(list.begin(), list.end(), comma, -1), {});
  std::ranges::sort(words);
  return fmt::format("{}", fmt::join(words, ", "));
}

// "(b, a)" as "(a, b)".
std::string sort_parentheses(const std::string& line) {
  static const std::regex list(R"(\(([^()]*, [^()]*)\))");
  std::string result;
  auto rest = line.cbegin();
  for (std::sregex_iterator found(line.begin(), line.end(), list), end; found != end; ++found) {
    result.append(rest, (*found)[0].first);
    result += "(" + sorted_list((*found)[1]) + ")";
    rest = (*found)[0].second;
  }
  return result.append(rest, line.cend());
}

std::string normalised_line(const std::string& line) {
  if (line.starts_with("Path: ")) return "Path: (a file)";
  if (line.starts_with("Current revision(s) for ")) return "Current revision(s) for (a database):";
  for (const std::string name : {"Branches into: ", "Branch names: "}) {
    if (line.starts_with(name)) return name + sorted_list(line.substr(name.size()));
  }
  return sort_parentheses(line);
}

// The blocks that begin with such lines, sorted; what stands before the first one stays in front.
std::string sort_blocks(const std::vector<std::string>& lines, const auto& begins) {
  std::string front;
  std::vector<std::string> blocks;
  for (const auto& line : lines) {
    if (begins(line)) blocks.emplace_back();
    (blocks.empty() ? front : blocks.back()) += line + '\n';
  }
  std::ranges::sort(blocks);
  return fmt::format("{}{}", front, fmt::join(blocks, ""));
}

// The children between one branch point and the next.
void sort_children(std::vector<std::string>& lines) {
  const auto is_child = [](const std::string& line) {
    const auto begin = line.find_first_not_of(' ');
    return begin != std::string::npos && line.compare(begin, 3, "-> ") == 0;
  };
  for (auto at = lines.begin(); at != lines.end();) {
    at = std::find_if(at, lines.end(), is_child);
    const auto end = std::find_if_not(at, lines.end(), is_child);
    std::sort(at, end);
    at = end;
  }
}

// In sentences about a range Alembic prints the rows of the database as a Python tuple.
std::string without_tuples(const std::string& text) {
  static const std::regex tuple(R"(\('([^()]*?)',?\))");
  static const std::regex separator("', '");
  return std::regex_replace(std::regex_replace(text, tuple, "$1"), separator, ", ");
}

bool is_sentence(const std::string& output) {
  constexpr std::string_view begin = "FAILED: ";
  const auto at = output.rfind(begin);
  return at != std::string::npos && output.size() > at + begin.size() + 10 && output.back() == '\n';
}

}  // namespace

std::string normalised(std::string_view command, const std::string& report) {
  auto lines = lines_of(report);
  for (auto& line : lines) line = normalised_line(line);
  if (command == "branches") sort_children(lines);
  if (command == "current") {
    const bool verbose = !lines.empty() && lines.front().starts_with("Current revision(s)");
    return sort_blocks(lines, [&](const std::string& line) { return !verbose || line.starts_with("Rev: "); });
  }
  return fmt::format("{}\n", fmt::join(lines, "\n"));
}

std::optional<std::string> known_difference(const Exchange& exchange) {
  static const std::regex below_base("(^|.*[ :@])base-[0-9]+(:.*)?");
  if (std::regex_match(exchange.argument, below_base)) {
    return "Alembic walks down from the heads when asked for base-N; here it is an error "
           "(docs/migrating-from-alembic.md)";
  }
  static const std::regex relative_start("-r ([^ @:]+@)?-[0-9]+:.*");
  if (std::regex_match(exchange.argument, relative_start) && exchange.theirs.error.starts_with("Can't locate")) {
    return "Alembic looks for the name of the other end when a start of -N runs off the graph; both are errors";
  }
  return std::nullopt;
}

bool keeps_an_implied_row(const std::string& command, const alembic::RevisionMap& map,
                          const alembic::RevisionIds& our_rows, const alembic::RevisionIds& their_rows) {
  if (command != "downgrade" || our_rows.size() >= their_rows.size()) return false;
  const auto implied = map.ids(map.ancestors(map.get_revisions(our_rows)));
  return std::ranges::all_of(their_rows, [&](const auto& row) { return std::ranges::count(implied, row) > 0; }) &&
         std::ranges::all_of(our_rows, [&](const auto& row) { return std::ranges::count(their_rows, row) > 0; });
}

void expect_equal_answers(const Exchange& exchange) {
  const auto& theirs = exchange.theirs;
  const auto question = exchange.command + " " + exchange.argument;
  if (!theirs.defect.empty()) {
    EXPECT_TRUE(exchange.our_exit_code == 0 || is_sentence(exchange.our_output))
        << question << "\nours: " << exchange.our_output;
    return;
  }
  const auto their_output =
      theirs.error.empty() ? theirs.output : theirs.output + "FAILED: " + without_tuples(theirs.error) + "\n";
  if (normalised(exchange.command, their_output) == normalised(exchange.command, exchange.our_output)) return;
  if (known_difference(exchange)) {
    EXPECT_TRUE(is_sentence(exchange.our_output)) << question << "\nours: " << exchange.our_output;
    return;
  }
  ADD_FAILURE() << question << "\ntheirs:\n" << their_output << "\nours:\n" << exchange.our_output;
}

}  // namespace support::tests

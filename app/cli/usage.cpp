#include "app/cli/usage.hpp"

#include <algorithm>
#include <cctype>
#include <numeric>

#include <fmt/format.h>

namespace support::cli {

namespace {

// Insertions, deletions and replacements that turn the one into the other (Levenshtein).
std::size_t distance(std::string_view from, std::string_view to) {
  std::vector<std::size_t> row(to.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < from.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < to.size(); ++j) {
      const auto replaced = diagonal + (from[i] == to[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, diagonal + 1});
    }
  }
  return row.back();
}

std::vector<std::string> commands_of(const CLI::App& app) {
  std::vector<std::string> names;
  for (const auto* command : app.get_subcommands(nullptr)) names.push_back(command->get_name());
  return names;
}

std::vector<std::string> options_of(const std::vector<const CLI::App*>& apps) {
  std::vector<std::string> names;
  for (const auto* app : apps) {
    for (const auto* option : app->get_options(nullptr)) {
      for (const auto& name : option->get_lnames()) names.push_back("--" + name);
    }
  }
  return names;
}

// The option an argument names, in the command itself or in those whose options it takes as well.
const CLI::Option* option_of(const std::string& argument, const std::vector<const CLI::App*>& apps) {
  const bool is_long = argument.starts_with("--");
  const auto name = is_long ? argument.substr(0, argument.find('=')) : argument.substr(0, 2);
  for (const auto* app : apps) {
    if (const auto* option = app->get_option_no_throw(name)) return option;
  }
  return nullptr;
}

bool takes_next(const CLI::Option& option, const std::string& argument) {
  if (option.get_items_expected_max() == 0) return false;
  return argument.starts_with("--") ? argument.find('=') == std::string::npos : argument.size() == 2;
}

bool looks_like_option(const std::string& argument) {
  return argument.size() > 1 && argument[0] == '-' && std::isdigit(static_cast<unsigned char>(argument[1])) == 0;
}

class Reading {
 public:
  explicit Reading(const CLI::App& program) : apps_{&program}, place_(program.get_name()) {}

  // The sentence, when a command or option is not one of those that there are.
  std::string read(std::span<const std::string> arguments) {
    for (std::size_t i = 0; i < arguments.size(); ++i) {
      const auto& argument = arguments[i];
      if (argument == "--") break;
      if (looks_like_option(argument)) {
        const auto* option = option_of(argument, apps_);
        if (option == nullptr) return unknown("option", argument.substr(0, argument.find('=')), options_of(apps_));
        if (takes_next(*option, argument)) ++i;
      } else if (const auto commands = commands_of(*apps_.front()); !commands.empty()) {
        if (std::ranges::find(commands, argument) == commands.end()) return unknown("command", argument, commands);
        enter(argument);
      }
    }
    return {};
  }

  const std::string& place() const { return place_; }

 private:
  void enter(const std::string& name) {
    for (const auto* sub : apps_.front()->get_subcommands(nullptr)) {
      if (sub->get_name() != name) continue;
      if (!sub->get_fallthrough()) apps_.clear();
      apps_.insert(apps_.begin(), sub);
      break;
    }
    place_ += " " + name;
  }

  std::string unknown(std::string_view what, const std::string& word,
                      const std::vector<std::string>& candidates) const {
    const auto meant = nearest(word, candidates);
    const auto hint = meant.empty() ? "" : fmt::format("; did you mean '{}'?", meant);
    return fmt::format("{} has no {} '{}'{}", place_, what, word, hint);
  }

  std::vector<const CLI::App*> apps_;  // the command that was reached, then those whose options it takes
  std::string place_;
};

}  // namespace

std::string nearest(std::string_view word, const std::vector<std::string>& candidates) {
  std::string best;
  auto best_distance = std::max<std::size_t>(2, word.size() / 3) + 1;
  for (const auto& candidate : candidates) {
    const auto is = distance(word, candidate);
    if (is >= best_distance || is >= candidate.size()) continue;
    best_distance = is;
    best = candidate;
  }
  return best;
}

std::string usage_sentence(const CLI::App& program, std::span<const std::string> arguments,
                           const CLI::ParseError& error) {
  Reading reading(program);
  auto sentence = reading.read(arguments);
  const std::string_view said = error.what();
  if (sentence.empty() && said == "A subcommand is required") sentence = reading.place() + " needs a command";
  if (sentence.empty()) sentence = fmt::format("{}: {}", reading.place(), said);
  return fmt::format("{}\nRun {} --help for what it takes.", sentence, reading.place());
}

}  // namespace support::cli

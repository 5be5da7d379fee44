#include "app/cli/completion.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "app/cli/completion_scripts.hpp"

namespace support::cli {

namespace {

// What may stand there: one of the type names, words, or nothing that could be known.
std::string kind_of(const CLI::Option& option) {
  const auto type = option.get_type_name();
  for (const std::string_view known : {type_revision, type_folder, type_file}) {
    if (type.starts_with(known)) return std::string(known);
  }
  const auto open = type.find('{');
  const auto close = type.rfind('}');
  if (open == std::string::npos || close == std::string::npos) return "";
  auto words = type.substr(open + 1, close - open - 1);
  std::ranges::replace(words, ',', ' ');
  return words;
}

std::vector<std::string> names_of(const CLI::Option& option) {
  std::vector<std::string> names;
  for (const auto& name : option.get_snames()) names.push_back("-" + name);
  for (const auto& name : option.get_lnames()) names.push_back("--" + name);
  return names;
}

// The answers to completion_questions: one line of a `case` for each place.
class Answers {
 public:
  explicit Answers(const CLI::App& program) { visit(program, {&program}, "support-agent"); }

  std::string text() const {
    return fmt::format(fmt::runtime(completion_questions), commands_, options_, arguments_, values_);
  }

 private:
  using Reach = std::vector<const CLI::App*>;  // the command, then those whose options it takes as well

  static void add(std::string& answers, std::string_view place, std::string_view words) {
    answers += fmt::format("  '{}') echo '{}' ;;\n", place, words);
  }

  void visit(const CLI::App& app, const Reach& reach, const std::string& place) {
    std::vector<std::string> commands;
    for (const auto* command : app.get_subcommands(nullptr)) commands.push_back(command->get_name());
    if (!commands.empty()) add(commands_, place, fmt::format("{}", fmt::join(commands, " ")));
    std::vector<std::string> names;
    for (const auto* source : reach) add_options(*source, place, names);
    add(options_, place, fmt::format("{}", fmt::join(names, " ")));
    for (const auto* command : app.get_subcommands(nullptr)) {
      Reach reached = {command};
      if (command->get_fallthrough()) reached.insert(reached.end(), reach.begin(), reach.end());
      visit(*command, reached, place + " " + command->get_name());
    }
  }

  // An option without a group is not offered, but its value is still a value.
  void add_options(const CLI::App& app, const std::string& place, std::vector<std::string>& names) {
    for (const auto* option : app.get_options(nullptr)) {
      if (option->get_positional() && !option->nonpositional()) {
        add(arguments_, place, kind_of(*option));
        continue;
      }
      for (const auto& name : names_of(*option)) {
        if (std::ranges::find(names, name) != names.end()) continue;
        if (!option->get_group().empty()) names.push_back(name);
        if (option->get_items_expected_max() > 0) add(values_, place + " " + name, kind_of(*option));
      }
    }
  }

  std::string commands_;
  std::string options_;
  std::string arguments_;
  std::string values_;
};

}  // namespace

std::string completion_script(const CLI::App& program, Shell shell) {
  const auto script = shell == Shell::bash ? bash_completion : zsh_completion;
  return fmt::format(fmt::runtime(script), Answers(program).text());
}

std::string examples_footer(std::string_view prefix, const std::vector<std::string>& examples) {
  std::string footer = "Examples:";
  for (const auto& example : examples) {
    const bool is_whole_line = example.find("support-agent") != std::string::npos;
    footer += is_whole_line ? fmt::format("\n  {}", example) : fmt::format("\n  {} {}", prefix, example);
  }
  return footer;
}

}  // namespace support::cli

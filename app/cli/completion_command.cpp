#include "app/cli/completion_command.hpp"

#include <cstdio>

#include <fmt/format.h>

#include "app/cli/completion.hpp"
#include "app/cli/exit_code.hpp"

namespace support::cli {

void add_completion_command(CLI::App& program, int& exit_code) {
  auto* completion = program.add_subcommand("completion", "The script that completes this command line in a shell");
  completion->require_subcommand(1);
  completion->footer(examples_footer(
      "", {"source <(support-agent completion bash)", "support-agent completion zsh > ~/.zfunc/_support_agent"}));
  const auto add = [&](const std::string& name, Shell shell) {
    completion->add_subcommand(name, "For " + name)->callback([&program, &exit_code, shell] {
      fmt::print("{}", completion_script(program, shell));
      exit_code = exit_done;
    });
  };
  add("bash", Shell::bash);
  add("zsh", Shell::zsh);
}

}  // namespace support::cli

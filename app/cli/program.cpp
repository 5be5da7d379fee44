#include "app/cli/program.hpp"

#include <signal.h>
#include <unistd.h>

#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "app/cli/cluster_command.hpp"
#include "app/cli/completion_command.hpp"
#include "app/cli/config_command.hpp"
#include "app/cli/exit_code.hpp"
#include "app/cli/migrate_command.hpp"
#include "app/cli/probe_command.hpp"
#include "app/cli/seed_command.hpp"
#include "app/cli/serve_command.hpp"
#include "app/cli/usage.hpp"
#include "app/cli/version.hpp"
#include "app/config/settings.hpp"
#include "app/http/server.hpp"

namespace support::cli {
namespace {

// As the first process of a container we would be deaf to a signal without a handler (kill(2)). Ending at once is safe:
// what a migration has not committed, the server rolls back. `serve` and `cluster run` take these signals over.
extern "C" void end_on_signal(int signal) {
  ::_exit(128 + signal);
}

void install_signal_handlers() {
  struct sigaction action {};
  action.sa_handler = end_on_signal;
  for (const int signal : {SIGINT, SIGTERM}) {
    struct sigaction inherited {};
    ::sigaction(signal, nullptr, &inherited);
    if (inherited.sa_handler != SIG_IGN) ::sigaction(signal, &action, nullptr);
  }
}

void say(std::string_view message) {
  fmt::print(stderr, "support-agent: {}\n", message);
}

int parse_and_run(int argc, char** argv) {
  CLI::App program("Back end of a customer-support agent: the HTTP service and its database migrations",
                   "support-agent");
  program.set_version_flag("--version", fmt::format("support-agent {}", version()));
  program.require_subcommand(1);
  program.footer("Configuration comes from the environment, then .env, then defaults: support-agent config show");
  int exit_code = exit_done;
  add_serve_command(program, exit_code);
  add_migrate_command(program, exit_code);
  add_config_command(program, exit_code);
  add_seed_command(program, exit_code);
  add_probe_command(program, exit_code);
  add_cluster_command(program, exit_code);
  add_completion_command(program, exit_code);
  try {
    program.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    // --help and --version arrive here, too, with code 0.
    if (error.get_exit_code() == 0) return program.exit(error);
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    fmt::print(stderr, "{}\n", usage_sentence(program, arguments, error));
    return exit_bad_request;
  }
  return exit_code;
}

}  // namespace

int run_program_line(int argc, char** argv) {
  install_signal_handlers();
  try {
    return parse_and_run(argc, argv);
  } catch (const config::SettingsError& error) {
    fmt::print(stderr, "support-agent: the configuration can't be used:\n{}\n", error.what());
    return exit_bad_request;
  } catch (const http::BindError& error) {
    say(error.what());
    return exit_bad_request;
  } catch (const std::exception& error) {
    say(error.what());
    return exit_internal_error;
  }
}

}  // namespace support::cli

#include "app/cli/cluster_command.hpp"

#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <memory>
#include <system_error>
#include <vector>

#include <fmt/format.h>

#include "app/cli/exit_code.hpp"
#include "app/cli/start_up.hpp"

extern char** environ;

namespace support::cli {
namespace {

sigset_t forwarded_signals() {
  sigset_t set;
  ::sigemptyset(&set);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGCHLD}) ::sigaddset(&set, signal);
  return set;
}

pid_t start(const std::vector<std::string>& command, const sigset_t& original_mask) {
  std::vector<char*> argv;
  for (const auto& argument : command) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  posix_spawnattr_t attributes;
  ::posix_spawnattr_init(&attributes);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
  ::posix_spawnattr_setsigmask(&attributes, &original_mask);
  pid_t pid = 0;
  const int error = ::posix_spawnp(&pid, argv[0], nullptr, &attributes, argv.data(), environ);
  ::posix_spawnattr_destroy(&attributes);
  if (error != 0) throw std::system_error(error, std::generic_category(), "Can't start " + command.front());
  return pid;
}

// Ctrl-C reaches the command by itself (same terminal); a signal sent to us alone is passed on.
int wait_and_forward(pid_t pid, const sigset_t& signals) {
  for (;;) {
    int status = 0;
    const pid_t ended = ::waitpid(pid, &status, WNOHANG);
    if (ended == pid) return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    siginfo_t info{};
    if (::sigwaitinfo(&signals, &info) < 0) continue;
    const bool from_terminal = info.si_code == SI_KERNEL;
    if (info.si_signo != SIGCHLD && !from_terminal) ::kill(pid, info.si_signo);
  }
}

int run_with_cluster(const std::vector<std::string>& command) {
  const sigset_t signals = forwarded_signals();
  sigset_t original;
  ::sigprocmask(SIG_BLOCK, &signals, &original);
  const StartUp start_up(config::TextStyle::service, DatabaseUse::required);
  if (start_up.embedded()) {
    const std::string url = start_up.settings().database_url().sync(config::Password::show);
    ::setenv("DATABASE_URL", url.c_str(), 1);
  }
  return wait_and_forward(start(command, original), signals);
}

}  // namespace

void add_cluster_command(CLI::App& program, int& exit_code) {
  auto* cluster = program.add_subcommand("cluster", "The private PostgreSQL cluster that development uses by default");
  cluster->require_subcommand(1);
  auto* run = cluster->add_subcommand(
      "run", "Run a command with the cluster up and DATABASE_URL set: support-agent cluster run -- psql …");
  auto command = std::make_shared<std::vector<std::string>>();
  run->add_option("command", *command, "the command and its arguments")->required();
  run->callback([command, &exit_code] { exit_code = run_with_cluster(*command); });
}

}  // namespace support::cli

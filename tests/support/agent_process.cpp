#include "tests/support/agent_process.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>

#include "tests/support/free_port.hpp"
#include "tests/support/http_client.hpp"

namespace support::tests {
namespace fs = std::filesystem;
namespace {

using Clock = std::chrono::steady_clock;

std::string slurp(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string new_folder() {
  std::string name = "/tmp/support-agent-process-XXXXXX";
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp failed");
  return name;
}

Environment with_port(Environment environment, std::uint16_t port) {
  environment["HTTP_PORT"] = std::to_string(port);
  return environment;
}

}  // namespace

AgentProcess::AgentProcess(std::vector<std::string> arguments, Environment environment, std::string working_folder)
    : folder_(new_folder()) {
  if (working_folder.empty()) working_folder = folder_;
  arguments.insert(arguments.begin(), SUPPORT_BINARY_DIR "/support-agent");
  for (const char* name : {"PATH", "TSAN_OPTIONS"}) {
    if (const char* value = std::getenv(name)) environment.emplace(name, value);
  }
  std::vector<std::string> assignments;
  for (const auto& [name, value] : environment) assignments.push_back(name + "=" + value);
  std::vector<char*> argv;
  for (auto& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  std::vector<char*> envp;
  for (auto& assignment : assignments) envp.push_back(assignment.data());
  envp.push_back(nullptr);

  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_addopen(&actions, 1, (folder_ + "/stdout").c_str(), O_WRONLY | O_CREAT, 0600);
  ::posix_spawn_file_actions_addopen(&actions, 2, (folder_ + "/stderr").c_str(), O_WRONLY | O_CREAT, 0600);
  ::posix_spawn_file_actions_addchdir_np(&actions, working_folder.c_str());
  const int error = ::posix_spawn(&pid_, argv[0], &actions, nullptr, argv.data(), envp.data());
  ::posix_spawn_file_actions_destroy(&actions);
  if (error != 0) throw std::runtime_error("Can't start " + arguments.front());
}

AgentProcess::~AgentProcess() {
  if (pid_ > 0) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

void AgentProcess::signal(int number) const {
  ::kill(pid_, number);
}

int AgentProcess::wait(int seconds) {
  const auto deadline = Clock::now() + std::chrono::seconds(seconds);
  while (Clock::now() < deadline) {
    int status = 0;
    if (::waitpid(pid_, &status, WNOHANG) == pid_) {
      pid_ = -1;
      return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return -1;
}

std::string AgentProcess::standard_output() const {
  return slurp(folder_ + "/stdout");
}
std::string AgentProcess::standard_error() const {
  return slurp(folder_ + "/stderr");
}

AgentResult run_agent(std::vector<std::string> arguments, Environment environment, std::string working_folder) {
  AgentProcess process(std::move(arguments), std::move(environment), std::move(working_folder));
  AgentResult result;
  result.exit_code = process.wait(120);
  result.standard_output = process.standard_output();
  result.standard_error = process.standard_error();
  return result;
}

RunningService::RunningService(Environment environment, Until until, std::string working_folder)
    : port_(free_tcp_port()), process_({"serve"}, with_port(std::move(environment), port_), std::move(working_folder)) {
  const char* target = until == Until::ready ? "/ready" : "/live";
  const auto deadline = Clock::now() + std::chrono::seconds(30);
  while (Clock::now() < deadline) {
    try {
      HttpClient client(port_);
      if (client.get(target).status == 200) return;
    } catch (const std::exception&) {
      // Not listening yet.
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  throw std::runtime_error("The service did not become ready; it wrote:\n" + process_.standard_error());
}

}  // namespace support::tests

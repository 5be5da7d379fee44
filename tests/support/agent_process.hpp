#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace support::tests {

// The environment of a child: what is named here, PATH and nothing else.
using Environment = std::map<std::string, std::string>;

// The built binary as a child process, in a folder of its own unless one is given, so that no .env of the checkout gets
// in.
class AgentProcess {
 public:
  AgentProcess(std::vector<std::string> arguments, Environment environment, std::string working_folder = {});
  ~AgentProcess();  // kills it if it still runs
  AgentProcess(const AgentProcess&) = delete;
  AgentProcess& operator=(const AgentProcess&) = delete;

  void signal(int number) const;
  // Waits for its end; the exit code, 128 + signal when it was killed. -1 when it does not end in time.
  int wait(int seconds = 60);
  pid_t pid() const { return pid_; }
  // All it has written so far.
  std::string standard_output() const;
  std::string standard_error() const;

 private:
  std::string folder_;
  pid_t pid_ = -1;
};

struct AgentResult {
  int exit_code = -1;
  std::string standard_output;
  std::string standard_error;
};

// Runs the binary to its end.
AgentResult run_agent(std::vector<std::string> arguments, Environment environment, std::string working_folder = {});

// `support-agent serve` on a free port, ready when constructed. Fails the test, with what the process wrote, otherwise.
class RunningService {
 public:
  enum class Until { ready, listening };

  explicit RunningService(Environment environment, Until until = Until::ready, std::string working_folder = {});

  std::uint16_t port() const { return port_; }
  AgentProcess& process() { return process_; }

 private:
  std::uint16_t port_;
  AgentProcess process_;
};

}  // namespace support::tests

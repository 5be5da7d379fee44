#pragma once

#include <sys/types.h>

#include <csignal>
#include <string>
#include <vector>

namespace support::bench {

// A program that runs until the object's end, which terminates it (SIGTERM) and waits for it.
class BackgroundProcess {
 public:
  // `command`: the program, found in PATH, and its arguments; `environment`: NAME=value, besides PATH. What it writes
  // goes to the file `output`. Throws std::runtime_error when it can't be started.
  BackgroundProcess(std::vector<std::string> command, std::vector<std::string> environment, const std::string& output);
  ~BackgroundProcess();
  BackgroundProcess(const BackgroundProcess&) = delete;
  BackgroundProcess& operator=(const BackgroundProcess&) = delete;

  // Sends the signal and waits for the end. Once.
  void end(int signal = SIGTERM);

 private:
  pid_t pid_ = 0;
};

}  // namespace support::bench

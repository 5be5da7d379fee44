#pragma once

#include <sys/types.h>

#include <cstdio>
#include <string>
#include <vector>

namespace support::bench {

// A program that is asked line by line and answers each with a line; ended with the object.
class PeerProcess {
 public:
  // `command`: the program's path and its arguments. Throws std::runtime_error when it can't be started.
  explicit PeerProcess(std::vector<std::string> command);
  ~PeerProcess();
  PeerProcess(const PeerProcess&) = delete;
  PeerProcess& operator=(const PeerProcess&) = delete;

  // The answer without its line end. Throws std::runtime_error when the program has ended.
  std::string ask(const std::string& line);

 private:
  pid_t pid_ = 0;
  std::FILE* in_ = nullptr;
  std::FILE* out_ = nullptr;
  std::string name_;
};

}  // namespace support::bench

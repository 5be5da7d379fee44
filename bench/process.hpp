#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace support::bench {

// What a program took, from before exec to after its end.
struct Cost {
  std::chrono::duration<double> elapsed{};
  double peak_mib = 0;  // its largest resident set (wait4(2)); never below that of the caller, which it is born from
};

struct Program {
  std::vector<std::string> command;           // found in PATH
  std::string folder;                         // where it runs
  std::vector<std::string> environment = {};  // NAME=value, besides PATH
  std::string output = "/dev/null";           // file of its standard output
};

// Runs it to its end. Throws std::runtime_error, with what it wrote to standard error, unless it exits with 0.
Cost run(const Program& program);

double median(std::vector<double> values);

}  // namespace support::bench

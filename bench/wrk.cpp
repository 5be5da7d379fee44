#include "bench/wrk.hpp"

#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>
#include <vector>

#include "bench/process.hpp"

namespace support::bench {

namespace {

// The number that follows `label`; 0 when the label is not there.
double number_after(const std::string& text, const std::string& label) {
  const auto at = text.find(label);
  return at == std::string::npos ? 0 : std::stod(text.substr(at + label.size()));
}

// "  12345 requests in 1.01s, 2.00MB read"
double requests_in(const std::string& text) {
  const auto end = text.find(" requests in");
  if (end == std::string::npos) return 0;
  const auto line = text.rfind('\n', end) + 1;
  return std::stod(text.substr(line, end - line));
}

}  // namespace

bool is_installed(const std::string& program) {
  std::istringstream folders(std::getenv("PATH"));
  for (std::string folder; std::getline(folders, folder, ':');) {
    if (::access((folder + '/' + program).c_str(), X_OK) == 0) return true;
  }
  return false;
}

Wrk::Wrk(std::string folder, std::uint16_t port, std::string path, std::string script)
    : folder_(std::move(folder)),
      url_("http://127.0.0.1:" + std::to_string(port) + std::move(path)),
      script_(std::move(script)) {}

Wrk::Result Wrk::run(int connections, int seconds) const {
  std::vector<std::string> command = {"wrk", "-t1", "-c" + std::to_string(connections),
                                      "-d" + std::to_string(seconds) + "s"};
  if (!script_.empty()) {
    std::ofstream(folder_ + "/wrk.lua") << script_;
    command.insert(command.end(), {"-s", folder_ + "/wrk.lua"});
  }
  command.push_back(url_);
  bench::run({command, folder_, {}, folder_ + "/wrk"});
  std::ifstream file(folder_ + "/wrk");
  const std::string said(std::istreambuf_iterator<char>(file), {});
  const Result result{requests_in(said), number_after(said, "Requests/sec:")};
  if (result.requests == 0 || said.find("Non-2xx") != std::string::npos ||
      said.find("Socket errors") != std::string::npos) {
    throw std::runtime_error("wrk of " + url_ + " did not have an answer to every request:\n" + said);
  }
  return result;
}

}  // namespace support::bench

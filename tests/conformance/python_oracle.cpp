#include "tests/conformance/python_oracle.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <stdexcept>

extern char** environ;

namespace support::tests {

namespace json = boost::json;

namespace {

constexpr auto python = "/usr/bin/python3";
constexpr auto script = SUPPORT_SOURCE_DIR "/tests/conformance/alembic_oracle.py";

struct Pipe {
  Pipe() {
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("No pipe to Python could be made");
  }
  std::array<int, 2> ends{};
};

}  // namespace

bool PythonOracle::is_installed() {
  static const bool installed =
      std::system((std::string(python) + " -c 'import alembic, sqlalchemy, psycopg2' 2>/dev/null").c_str()) == 0;
  return installed;
}

PythonOracle& PythonOracle::instance() {
  static PythonOracle oracle;
  return oracle;
}

PythonOracle::PythonOracle() {
  const Pipe to_python;
  const Pipe from_python;
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, to_python.ends[0], STDIN_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, from_python.ends[1], STDOUT_FILENO);
  // -X utf8: the answers are UTF-8 under any locale.
  const std::array<const char*, 5> arguments{python, "-X", "utf8", script, nullptr};
  const int error =
      ::posix_spawn(&pid_, python, &actions, nullptr, const_cast<char* const*>(arguments.data()), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  ::close(to_python.ends[0]);
  ::close(from_python.ends[1]);
  requests_ = ::fdopen(to_python.ends[1], "w");
  answers_ = ::fdopen(from_python.ends[0], "r");
  if (error != 0) throw std::runtime_error("Python could not be started");
}

PythonOracle::~PythonOracle() {
  std::fclose(requests_);  // the end of its input ends it
  std::fclose(answers_);
  ::waitpid(pid_, nullptr, 0);
}

PythonOracle::Answer PythonOracle::ask(const json::object& request) {
  const auto line = json::serialize(request) + '\n';
  std::fwrite(line.data(), 1, line.size(), requests_);
  std::fflush(requests_);
  char* text = nullptr;
  std::size_t capacity = 0;
  const auto length = ::getline(&text, &capacity, answers_);
  const std::string answer(text == nullptr ? "" : text, length < 0 ? 0 : static_cast<std::size_t>(length));
  std::free(text);
  if (answer.empty()) throw std::runtime_error("Python's Alembic ended without an answer to " + line);
  const auto parsed = json::parse(answer);
  const auto field = [&](const char* name) { return std::string(parsed.at(name).as_string()); };
  return {field("output"), field("error"), field("defect")};
}

}  // namespace support::tests

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <system_error>

#include <fmt/format.h>

#include "app/alembic/command/command.hpp"
#include "app/alembic/command/read_rows.hpp"

namespace support::alembic::command {

namespace {

bool is_installed(const std::string& program) {
  const char* path = std::getenv("PATH");
  std::string_view folders = path == nullptr ? "/usr/local/bin:/usr/bin:/bin" : path;
  while (!folders.empty()) {
    const auto end = std::min(folders.find(':'), folders.size());
    const auto candidate = fmt::format("{}/{}", folders.substr(0, end), program);
    if (::access(candidate.c_str(), X_OK) == 0) return true;
    folders.remove_prefix(std::min(end + 1, folders.size()));
  }
  return false;
}

// A command of the shell, which may have arguments: EDITOR="code --wait".
std::string editor() {
  for (const auto* variable : {"VISUAL", "EDITOR"}) {
    const char* value = std::getenv(variable);
    if (value != nullptr && *value != '\0') return value;
  }
  for (const auto* program : {"sensible-editor", "editor", "nano", "vim", "vi"}) {
    if (is_installed(program)) return program;
  }
  throw CommandError("No suitable editor found. Please set the \"EDITOR\" or \"VISUAL\" environment variables");
}

void open_in_editor(const std::string& path) {
  const auto program = editor();
  const auto fail = [&](const std::string& reason) {
    throw CommandError(fmt::format("Error executing editor ({} {}: {})", program, path, reason));
  };
  std::string script = program + " \"$1\"";
  std::string shell = "/bin/sh";
  std::string option = "-c";
  std::string file = path;
  const std::array<char*, 6> arguments{shell.data(), option.data(), script.data(), shell.data(), file.data(), nullptr};
  pid_t child = -1;
  if (const int error = ::posix_spawn(&child, shell.c_str(), nullptr, nullptr, arguments.data(), environ)) {
    fail(std::generic_category().message(error));
  }
  int status = 0;
  while (::waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) fail(std::generic_category().message(errno));
  }
  if (WIFSIGNALED(status)) fail(fmt::format("ended by signal {}", WTERMSIG(status)));
  if (WEXITSTATUS(status) != 0) fail(fmt::format("exit code {}", WEXITSTATUS(status)));
}

// The file of a script; one that is compiled in has its own among the sources.
std::string file_of(const Context& context, const Script& script) {
  if (script.path.starts_with('/')) return script.path;
  if (context.sources) return context.sources->absolute(script.path);
  throw CommandError(fmt::format(
      "{} is compiled into this program, whose sources are not here; run the command in them", script.path));
}

}  // namespace

void edit(Context& context, const std::string& revision) {
  Target target = revision;
  if (revision == "current") {
    const auto rows = read_rows(context, VersionTableIfMissing::create);
    if (rows.empty()) throw CommandError("No current revisions");
    target = rows;
  }
  const auto nodes = context.scripts.get_revisions(target);
  if (nodes.empty()) throw CommandError(fmt::format("No revision files indicated by symbol '{}'", revision));
  for (const auto node : nodes) open_in_editor(file_of(context, context.scripts.script(node)));
}

}  // namespace support::alembic::command

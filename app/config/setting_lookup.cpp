#include "app/config/setting_lookup.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include <fmt/format.h>

#include "app/config/ascii.hpp"
#include "app/config/dotenv.hpp"
#include "app/config/text_values.hpp"

namespace support::config {
namespace {

constexpr std::size_t longest_file = 1024 * 1024;

struct FileText {
  std::string text;
  int error = 0;  // errno
  bool too_long = false;
};

FileText read_whole(const std::string& path) {
  FileText file;
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    file.error = errno;
    return file;
  }
  char buffer[16 * 1024];
  for (;;) {
    const ssize_t count = ::read(fd, buffer, sizeof buffer);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) file.error = errno;
    if (count <= 0) break;
    file.text.append(buffer, static_cast<std::size_t>(count));
    file.too_long = file.text.size() > longest_file;
    if (file.too_long) break;
  }
  ::close(fd);
  return file;
}

std::string reason(const FileText& file) {
  if (file.too_long) return fmt::format("it has more than {} bytes", longest_file);
  return std::generic_category().message(file.error);
}

}  // namespace

SettingLookup::SettingLookup(const SettingsSources& sources, std::vector<std::string>& problems) : problems_(problems) {
  for (const auto& [name, value] : sources.environment)
    environment_.push_back({.name = name, .value = value, .origin = {}});
  if (!sources.dotenv_path.empty()) read_dotenv(sources.dotenv_path);
}

std::string SettingLookup::Variable::shown() const {
  const std::string upper = upper_case(name);
  return upper == name ? name + origin : fmt::format("{} (written {}){}", upper, name, origin);
}

void SettingLookup::read_dotenv(const std::string& path) {
  const FileText file = read_whole(path);
  if (file.error == ENOENT) return;
  if (file.error != 0 || file.too_long) {
    problems_.push_back(fmt::format("The file {} can't be read: {}.", path, reason(file)));
    return;
  }
  DotenvFile parsed = parse_dotenv(file.text);
  for (const std::string& problem : parsed.problems) problems_.push_back(fmt::format("{}: {}", path, problem));
  for (DotenvEntry& entry : parsed.entries) {
    dotenv_.push_back({.name = std::move(entry.name),
                       .value = std::move(entry.value),
                       .origin = fmt::format(" ({}, line {})", path, entry.line),
                       .expands = entry.expands});
  }
}

SettingLookup::Outcome SettingLookup::find(std::string_view name) {
  Outcome outcome = find_at(Level::environment, name);
  if (!outcome.value && !outcome.problem) outcome = find_at(Level::dotenv, name);
  return outcome;
}

SettingLookup::Outcome SettingLookup::find_at(Level level, std::string_view name) {
  const auto& variables = level == Level::environment ? environment_ : dotenv_;
  const Single plain = single(variables, name);
  const Single file = single(variables, fmt::format("{}_FILE", name));
  if (plain.problem || file.problem) return {.value = std::nullopt, .problem = true};
  if (plain.variable != nullptr && file.variable != nullptr) {
    return refuse(
        fmt::format("{} and {} are both set; leave one of them out.", plain.variable->shown(), file.variable->shown()));
  }
  if (file.variable != nullptr) return read_file(*file.variable);
  if (plain.variable == nullptr) return {};
  return {.value = FoundValue{.text = plain.variable->value,
                              .name = plain.variable->shown(),
                              .source = level == Level::environment ? "environment" : ".env"}};
}

SettingLookup::Single SettingLookup::single(const std::vector<Variable>& variables, std::string_view name) {
  const Variable* found = nullptr;
  for (const Variable& variable : variables) {
    if (!equal_ignoring_case(variable.name, name)) continue;
    if (found != nullptr && found->value != variable.value) {
      refuse(fmt::format("{}{} and {}{} are the same setting, {}, with two different values; leave one of them out.",
                         found->name, found->origin, variable.name, variable.origin, name));
      return {.variable = nullptr, .problem = true};
    }
    found = found == nullptr ? &variable : found;
  }
  if (found != nullptr && found->expands) {
    refuse(fmt::format(
        "{} holds '${{', which is not replaced here; write the value itself, or put it in single quotes where "
        "it is meant as it stands.",
        found->shown()));
    return {.variable = nullptr, .problem = true};
  }
  return {.variable = found};
}

SettingLookup::Outcome SettingLookup::read_file(const Variable& variable) {
  const std::string where = variable.shown();
  if (variable.value.empty()) return refuse(fmt::format("{} is empty; write the path of a file.", where));
  FileText file = read_whole(variable.value);
  if (file.error != 0 || file.too_long) {
    return refuse(
        fmt::format("{} names the file {}, which can't be read: {}.", where, printable(variable.value), reason(file)));
  }
  // Editors and `echo` end a file with a newline; only that one is not meant.
  if (file.text.ends_with('\n')) file.text.pop_back();
  if (file.text.ends_with('\r')) file.text.pop_back();
  if (file.text.empty()) {
    return refuse(fmt::format("{} names the file {}, which is empty.", where, printable(variable.value)));
  }
  return {.value = FoundValue{.text = std::move(file.text),
                              .name = where,
                              .source = fmt::format("file {}", variable.value),
                              .from_file = true}};
}

SettingLookup::Outcome SettingLookup::refuse(std::string problem) {
  problems_.push_back(std::move(problem));
  return {.value = std::nullopt, .problem = true};
}

}  // namespace support::config

#include "app/cli/comparison_options.hpp"

#include <unistd.h>

#include <cstdlib>
#include <iostream>

#include <fmt/format.h>
#include <fmt/ostream.h>

#include "app/alembic/errors.hpp"
#include "app/cli/completion.hpp"

namespace support::cli {

namespace {

namespace autogenerate = alembic::autogenerate;

constexpr auto group = "What is compared";

// What the engine refuses is a mistake of the command line here.
template <class Work>
void checked(Work work) {
  try {
    work();
  } catch (const alembic::CommandError& error) {
    throw CLI::ValidationError(error.what());
  }
}

void add_switch(CLI::App& app, const std::string& name, const std::string& help, std::function<void()> use) {
  app.add_flag_callback(name, std::move(use), help)->group(group);
}

// May be given again.
CLI::Option* add_list(CLI::App& app, const std::string& name, const std::string& type, const std::string& help,
                      std::function<void(const std::string&)> take) {
  return app
      .add_option_function<std::vector<std::string>>(
          name,
          [take = std::move(take)](const std::vector<std::string>& values) {
            for (const auto& value : values) checked([&] { take(value); });
          },
          help)
      ->allow_extra_args(false)
      ->type_name(type)
      ->group(group);
}

// "enum-type" and "enum type" are enum_type.
std::string canonical_kind(std::string word) {
  for (auto& c : word) {
    if (c == '-' || c == ' ') c = '_';
  }
  for (const auto& kind : autogenerate::object_kind_words()) {
    if (kind == word + "_type") return kind;
  }
  return word;
}

// As the XDG base directory specification says. Empty where there is no such place.
std::filesystem::path cache_folder() {
  constexpr auto own_folder = "support-agent";
  const char* cache = std::getenv("XDG_CACHE_HOME");
  if (cache != nullptr && cache[0] == '/') return std::filesystem::path(cache) / own_folder;
  const char* home = std::getenv("HOME");
  if (home != nullptr && home[0] == '/') return std::filesystem::path(home) / ".cache" / own_folder;
  return {};
}

}  // namespace

void add_comparison_options(CLI::App& app, autogenerate::ComparisonOptions& options) {
  add_switch(app, "--no-compare-type", "Take columns of different types for the same",
             [&options] { options.compare_type = false; });
  add_switch(app, "--no-compare-server-default", "Likewise defaults, identities and generated columns",
             [&options] { options.compare_server_default = false; });
  add_switch(app, "--no-compare-comments", "Likewise comments", [&options] { options.compare_comments = false; });
  add_switch(app, "--compare-storage",
             "Look at storage parameters, tablespaces and access methods, next to models as well",
             [&options] { options.compare_storage = true; });
  add_switch(app, "--no-compare-storage", "Don't", [&options] { options.compare_storage = false; });
  add_switch(app, "--compare-access", "Look at owners and grants, too", [&options] { options.compare_access = true; });
  add_switch(app, "--compare-column-order", "Look at the order of columns, too",
             [&options] { options.compare_column_order = true; });
  add_list(app, "--ignore", "KIND", "Leave out a kind of objects; may be given again",
           [&options](const std::string& word) { options.ignored_kinds.insert(autogenerate::parse_object_kind(word)); })
      ->delimiter(',')
      ->check(CLI::IsMember(autogenerate::object_kind_words(), canonical_kind));
  add_list(app, "--schema", "NAME", "Look at this schema alone; may be given again",
           [&options](const std::string& name) { options.schemas.insert(name); })
      ->delimiter(',');
  add_switch(app, "--include-schemas", "Next to models look at all schemas, not only at theirs and the default one",
             [&options] { options.include_schemas = true; });
  add_list(
      app, "--include-name", "PATTERN",
      "Leave out what has no such name: app.*, or of one kind table:user*; may be given again",
      [&options](const std::string& text) { options.include_names.push_back(autogenerate::parse_name_pattern(text)); });
  add_list(
      app, "--exclude-name", "PATTERN", "Leave out what has such a name: tmp_*, index:ix_old_?; may be given again",
      [&options](const std::string& text) { options.exclude_names.push_back(autogenerate::parse_name_pattern(text)); });
}

void add_comparison_options(CLI::App& app, alembic::command::ComparisonRequest& request) {
  add_comparison_options(app, request.options);
  add_list(app, "--rename", "OLD:NEW",
           "A table or column with a new name: users:people, users.mail:email; may be given again",
           [&request](const std::string& text) {
             autogenerate::parse_rename(text);
             request.renames.push_back(text);
           });
  add_building_options(app, request);
}

void add_building_options(CLI::App& app, alembic::command::ComparisonRequest& request) {
  app.add_option("--dev-url", request.dev_url,
                 "A server where SQL and models may be built, in a transaction that is rolled back; without it the "
                 "database on the other side, or DATABASE_URL")
      ->type_name("URL")
      ->group(group);
  request.cache_folder = cache_folder();
  add_switch(app, "--no-cache",
             "Build what is wanted even if it was built before; that is kept in $XDG_CACHE_HOME/support-agent, or "
             "~/.cache/support-agent",
             [&request] { request.cache_folder.clear(); });
}

CLI::Option* add_side(CLI::App& app, const std::string& name, std::string& side, const std::string& help) {
  // A variable of the shell that is not set would be the database itself.
  const CLI::Validator is_given(
      [](const std::string& value) {
        return value.empty() ? "it is empty; name a URL, a file of SQL, a folder of migrations, `builtin`, `metadata`, "
                               "or - for standard input"
                             : "";
      },
      "");
  return app.add_option(name, side, help)->type_name(std::string(type_file) + "|DIR|URL|metadata")->check(is_given);
}

std::function<bool(const std::string& question)> confirm_on_terminal() {
  if (::isatty(STDIN_FILENO) != 1 || ::isatty(STDERR_FILENO) != 1) return {};
  return [](const std::string& question) {
    fmt::print(std::cerr, "{} [y/N] ", question);
    std::cerr.flush();
    std::string answer;
    std::getline(std::cin, answer);
    return answer == "y" || answer == "Y" || answer == "yes";
  };
}

}  // namespace support::cli

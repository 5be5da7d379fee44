// The commands that begin a project: init, list_templates.
#include <array>
#include <filesystem>

#include <fmt/format.h>

#include "app/alembic/command/command.hpp"
#include "app/alembic/command/json_report.hpp"
#include "app/alembic/script/new_file.hpp"
#include "app/config/settings_reference.hpp"

namespace support::alembic::command {

namespace fs = std::filesystem;
namespace json = boost::json;

namespace {

struct TemplateSynopsis {
  std::string_view name;
  std::string_view synopsis;
};

constexpr std::array<TemplateSynopsis, 2> templates{
    TemplateSynopsis{"cpp", "C++ migrations, compiled into the program; they stand in app/alembic/versions."},
    TemplateSynopsis{"sql", "SQL migrations in a folder, which need no compiler."}};

constexpr unsigned private_file = 0600;  // it will hold a password

std::string readme(const std::string& directory) {
  return fmt::format(R"(SQL migrations, run by support-agent.

  support-agent migrate --script-location {0} revision -m "create a table"   # a new file in versions/
  support-agent migrate --script-location {0} upgrade head
  support-agent migrate --script-location {0} history

versions/      the migrations; they load in the order of their names
script.sql.in  what new migrations are made from
)",
                     directory);
}

void check_template(const std::string& name) {
  if (name == "sql") return;
  if (name == "cpp") {
    throw CommandError(
        "C++ migrations are compiled into this program and have their place in its sources, "
        "app/alembic/versions; `revision -m MESSAGE` writes them there, and init makes folders of SQL "
        "migrations");
  }
  throw CommandError(
      fmt::format("No such template {}; support-agent migrate list_templates shows those that there are", name));
}

class Initialisation {
 public:
  explicit Initialisation(Context& context) : context_(context) {}

  void folder(const fs::path& path) {
    make_folder(path.string());
    done("Creating directory", path);
  }

  void file(const fs::path& path, std::string_view text, unsigned mode = 0666) {
    write_new_file(path.string(), text, mode);
    done("Generating", path);
  }

  void settings(const fs::path& path) {
    std::error_code ignored;
    if (fs::exists(path, ignored)) {
      say(context_, fmt::format("File {} already exists, skipping", path.string()));
    } else {
      file(path, config::settings_as_dotenv(), private_file);
    }
    say(context_,
        fmt::format("Please edit configuration/connection/logging settings in {} before proceeding.", path.string()));
  }

  void report() {
    if (context_.format == OutputFormat::json) print(context_, {{"created", std::move(created_)}});
  }

 private:
  void done(std::string_view what, const fs::path& path) {
    say(context_, fmt::format("{} {} ...  done", what, path.string()));
    created_.emplace_back(path.string());
  }

  Context& context_;
  json::array created_;
};

}  // namespace

void init(Context& context, const InitOptions& options) {
  check_template(options.template_);
  const auto directory = fs::absolute(options.directory).lexically_normal();
  std::error_code error;
  if (fs::exists(directory, error) && (!fs::is_directory(directory, error) || !fs::is_empty(directory, error))) {
    throw CommandError(fmt::format("Directory {} already exists and is not empty", options.directory));
  }
  Initialisation made(context);
  if (!fs::exists(directory, error)) made.folder(directory);
  made.folder(directory / "versions");
  made.file(directory / "script.sql.in", template_text(ScriptKind::sql));
  made.file(directory / "README", readme(options.directory));
  made.settings(fs::absolute(".env").lexically_normal());
  made.report();
}

void list_templates(Context& context) {
  if (context.format == OutputFormat::json) {
    json::array list;
    for (const auto& [name, synopsis] : templates) list.push_back({{"name", name}, {"synopsis", synopsis}});
    print(context, {{"templates", std::move(list)}});
    return;
  }
  say(context, "Available templates:\n");
  for (const auto& [name, synopsis] : templates) say(context, fmt::format("{} - {}", name, synopsis));
  say(context, "\nTemplates are used via the 'init' and 'revision' commands, e.g.:");
  say(context, "\n  support-agent migrate init --template sql ./migrations");
}

}  // namespace support::alembic::command

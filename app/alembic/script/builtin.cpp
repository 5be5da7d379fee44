// The migrations that are compiled in: the registry behind SUPPORT_MIGRATION and what is embedded beside it.
#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "app/alembic/errors.hpp"
#include "app/alembic/migration.hpp"
#include "app/alembic/script/embedded.hpp"
#include "app/alembic/script/script_location.hpp"
#include "app/alembic/script/sql_script.hpp"

namespace support::alembic {

namespace {

std::vector<CompiledMigration>& registry() {
  static std::vector<CompiledMigration> migrations;
  return migrations;
}

std::span<const EmbeddedFile>& embedded() {
  static std::span<const EmbeddedFile> files;
  return files;
}

std::string_view& signoffs() {
  static std::string_view text;
  return text;
}

std::string_view file_name(std::string_view path) {
  return path.substr(path.rfind('/') + 1);
}

// Looks whether a body asks for anything.
class Watcher : public OperationSink {
 public:
  void invoke(const Operation&, const SourceLine&) override { is_used_ = true; }
  const schema::ServerFeatures& server() const override { return features_; }
  void autocommit_block(const std::function<void()>& body) override { body(); }
  Bind& bind() override {
    is_used_ = true;
    throw std::logic_error("nobody answers");
  }
  const RunContext& context() const override { return context_; }

  bool is_used() const { return is_used_; }

 private:
  schema::ServerFeatures features_;
  RunContext context_{.mode = Mode::offline};
  bool is_used_ = false;
};

bool does_something(void (*body)(Operations&)) {
  Watcher watcher;
  try {
    Operations op(watcher);
    body(op);
  } catch (const std::exception&) {
    return true;
  }
  return watcher.is_used();
}

Script compiled_script(const CompiledMigration& migration, const EmbeddedFile& file) {
  Revision declared{.revision = std::string(migration.revision),
                    .down_revisions = migration.down_revision,
                    .branch_labels = migration.branch_labels,
                    .depends_on = migration.depends_on};
  auto script = make_script(std::move(declared), parse_comment(file.text, file.path), std::string(file.path),
                            migration.upgrade, migration.downgrade);
  if (!file.sha256.empty()) script.checksum = [digest = file.sha256] { return std::string(digest); };
  if (!migration.loses.empty()) script.loses = migration.loses;
  if (!migration.irreversible.empty()) {
    if (script.loses) {
      throw CommandError(
          fmt::format("{}: Revision {} declares that it is irreversible and what its way back loses; keep one of the "
                      "two",
                      place(script, script.lines.revision), migration.revision));
    }
    script.irreversible = migration.irreversible;
    script.downgrade = {};
  } else {
    script.check_downgrade = [bodies = std::pair(migration.upgrade, migration.downgrade),
                              at = place(script, script.lines.revision), id = std::string(migration.revision)] {
      if (does_something(bodies.second) || !does_something(bodies.first)) return;
      throw CommandError(
          fmt::format("{}: The downgrade of revision {} does nothing, and its upgrade does something; write the way "
                      "back, or declare `constexpr std::string_view irreversible = \"why there is none\";`",
                      at, id));
    };
  }
  return script;
}

// In a folder a duplicate is a warning, as in Alembic. A program is never shipped with one of two migrations left out.
void refuse_duplicates(const std::vector<Script>& scripts) {
  std::map<std::string_view, std::string_view> paths;
  for (const auto& script : scripts) {
    const auto [first, is_new] = paths.emplace(script.declared.revision, script.path);
    if (is_new) continue;
    throw CommandError(
        fmt::format("Revision {} is present more than once, in {} and in {}; give one of them an "
                    "identifier of its own",
                    script.declared.revision, first->second, script.path));
  }
}

}  // namespace

const std::vector<CompiledMigration>& compiled_migrations() {
  return registry();
}

MigrationRegistrar::MigrationRegistrar(CompiledMigration migration) {
  registry().push_back(std::move(migration));
}

std::span<const EmbeddedFile> embedded_files() {
  return embedded();
}

EmbeddedFilesRegistrar::EmbeddedFilesRegistrar(std::span<const EmbeddedFile> files) {
  embedded() = files;
}

std::string_view embedded_signoffs() {
  return signoffs();
}

EmbeddedSignoffsRegistrar::EmbeddedSignoffsRegistrar(std::string_view text) {
  signoffs() = text;
}

std::vector<Script> load_builtin() {
  std::map<std::string_view, const EmbeddedFile*> files;
  for (const auto& file : embedded_files()) files.emplace(file_name(file.path), &file);
  // Sorted by name, as a folder is read.
  std::map<std::string_view, Script> scripts;
  for (const auto& migration : compiled_migrations()) {
    const auto name = file_name(migration.file);
    const auto file = files.find(name);
    if (file == files.end()) {
      throw CommandError(
          fmt::format("The leading comment of migration {} is not embedded in this program; configure "
                      "and build it anew",
                      name));
    }
    if (!scripts.emplace(name, compiled_script(migration, *file->second)).second) {
      throw CommandError(fmt::format("Migration {} closes with SUPPORT_MIGRATION twice; keep one", name));
    }
  }
  for (const auto& [name, file] : files) {
    if (scripts.contains(name)) continue;
    if (!name.ends_with(".sql")) {
      throw CommandError(fmt::format("Migration {} registers nothing; close it with SUPPORT_MIGRATION;", file->path));
    }
    scripts.emplace(name, parse_sql_script(std::string(file->path), std::string(file->text)));
  }
  std::vector<Script> in_order;
  for (auto& [name, script] : scripts) in_order.push_back(std::move(script));
  refuse_duplicates(in_order);
  return in_order;
}

}  // namespace support::alembic

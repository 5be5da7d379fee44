#pragma once

#include <optional>
#include <ostream>
#include <string>

#include "app/alembic/env.hpp"
#include "app/alembic/errors.hpp"
#include "app/alembic/script/new_script.hpp"
#include "app/alembic/script/script_directory.hpp"
#include "app/alembic/script/source_tree.hpp"

// The commands of `support-agent migrate`, one function each, with Alembic's arguments and output. They throw
// CommandError; run_reporting() turns that into what the user sees and the exit code.
namespace support::alembic::command {

enum class OutputFormat { text, json };

struct Context {
  const ScriptDirectory& scripts;
  const Environment& environment;  // its run says whether a command runs online or prints SQL
  std::ostream& out;               // reports and failures
  std::ostream& sql;               // the SQL of offline runs
  OutputFormat format = OutputFormat::text;
  std::optional<SourceTree> sources = {};  // of this program; where there are none, it can't be given new migrations
  bool has_run_environment = false;        // set by the commands: from then on a failure is logged as well
};

void upgrade(Context& context, const std::string& revision);
void downgrade(Context& context, const std::string& revision);

struct StampOptions {
  bool purge = false;
};
void stamp(Context& context, const RevisionIds& revisions, StampOptions options = {});

void ensure_version(Context& context);

struct CurrentOptions {
  bool check_heads = false;
  bool verbose = false;
};
// ExitCode::found when the heads were checked and the database is not at them; in text format that is thrown.
ExitCode current(Context& context, CurrentOptions options = {});

struct HistoryOptions {
  std::optional<std::string> range = {};  // "[start]:[end]"
  bool verbose = false;
  bool indicate_current = false;
};
void history(Context& context, const HistoryOptions& options = {});
// Whether history() with these options reads the database.
bool needs_database(const HistoryOptions& options);

struct HeadsOptions {
  bool verbose = false;
  bool resolve_dependencies = false;
};
void heads(Context& context, HeadsOptions options = {});

struct BranchesOptions {
  bool verbose = false;
};
void branches(Context& context, BranchesOptions options = {});

void show(Context& context, const std::string& revision);

// What `revision` and `merge` have in common.
struct NewRevisionOptions {
  std::optional<std::string> message = {};
  bool splice = false;  // on revisions that are no heads, too
  std::string branch_label = {};
  std::string rev_id = {};        // empty: a random one
  std::string version_path = {};  // the folder of the file; empty: beside its parent
  std::vector<std::string> depends_on = {};
  std::optional<ScriptKind> template_ = {};  // absent: what the place holds
};

struct RevisionOptions : NewRevisionOptions {
  std::string head = "head";
  bool autogenerate = false;  // bodies that turn the database into what it should be
  bool sql = false;
};
// What autogenerate compares: comparison.hpp.
struct ComparisonRequest;
// Writes a migration, with empty bodies unless they are generated; the database must then be at head.
void revision(Context& context, const RevisionOptions& options, const ComparisonRequest& comparison);
// Writes a migration that has `revisions` as its parents.
void merge(Context& context, const RevisionIds& revisions, const NewRevisionOptions& options);

// Opens the files of a revision in the user's editor and waits for it.
void edit(Context& context, const std::string& revision);

struct InitOptions {
  std::string directory;
  std::string template_ = "sql";
};
// Makes a folder for SQL migrations, and .env in the working folder.
void init(Context& context, const InitOptions& options);
void list_templates(Context& context);

// Prints "FAILED: …" as the command's context says (and logs it, once the environment was run); the exit code.
ExitCode report_failure(const Context& context, const CommandError& error);

}  // namespace support::alembic::command

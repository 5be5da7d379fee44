// The command line of `migrate`: every command with its arguments and examples. The type names in capitals tell the
// completion of the shells (app/cli/completion.hpp) what to offer.
#include <algorithm>
#include <memory>

#include <fmt/format.h>

#include "app/cli/comparison_options.hpp"
#include "app/cli/completion.hpp"
#include "app/cli/migrate_command.hpp"
#include "app/cli/version.hpp"

namespace support::cli {

namespace {

namespace command = alembic::command;
using Command = MigrateArguments::Command;

// What the parser fills, and what to do then.
struct Invocation {
  MigrateArguments& arguments;
  std::function<void()> run;
};

struct CommandText {
  std::string name;
  std::string help;
  std::vector<std::string> examples;  // what stands behind `support-agent migrate`
};

CLI::App* add_command(CLI::App& migrate, const Invocation& invocation, const CommandText& text, Command which) {
  auto* app = migrate.add_subcommand(text.name, text.help);
  app->fallthrough();  // -x, -q and --format may come after the command as well
  app->footer(examples_footer("support-agent migrate", text.examples));
  app->callback([invocation, which] {
    invocation.arguments.command = which;
    invocation.run();
  });
  return app;
}

void add_revision(CLI::App& app, MigrateArguments& arguments) {
  app.add_option("revision", arguments.revisions,
                 "Identifier, part of one, symbol or relative step (head, ae10, +1, -1)")
      ->required()
      ->expected(1)
      ->type_name(type_revision);
}

void add_sql(CLI::App& app, MigrateArguments& arguments) {
  app.add_flag("--sql", arguments.sql, "Print the SQL instead of running it; no database is contacted");
}

void add_tag(CLI::App& app, MigrateArguments& arguments) {
  app.add_option("--tag", arguments.tag, "A word of your own for the environment of the run")->type_name("WORD");
}

void add_verbose(CLI::App& app, bool& flag) {
  app.add_flag("-v,--verbose", flag, "Say more");
}

// An option whose value is one of a few words.
template <class Value>
void add_choice(CLI::App& app, const std::string& names, std::optional<Value>& value,
                std::map<std::string, Value> choices, const std::string& help) {
  std::vector<std::string> words;
  for (const auto& [word, meaning] : choices) words.push_back(word);
  app.add_option_function<std::string>(
         names, [&value, choices](const std::string& word) { value = choices.at(word); }, help)
      ->check(CLI::IsMember(words))
      ->type_name("WORD");
}

void add_changing_commands(CLI::App& migrate, const Invocation& invocation) {
  auto& arguments = invocation.arguments;
  auto* upgrade =
      add_command(migrate, invocation,
                  {"upgrade",
                   "Upgrade to a later revision",
                   {"upgrade head", "upgrade +1", "upgrade ae1027a6acf4", "upgrade head --sql > upgrade.sql",
                    "upgrade ae10:head --sql", "--script-location ./migrations upgrade head"}},
                  Command::upgrade);
  add_revision(*upgrade, arguments);
  add_sql(*upgrade, arguments);
  add_tag(*upgrade, arguments);

  auto* downgrade = add_command(migrate, invocation,
                                {"downgrade",
                                 "Revert to an earlier revision",
                                 {"downgrade -1", "downgrade base", "downgrade ae10", "downgrade head:ae10 --sql"}},
                                Command::downgrade);
  add_revision(*downgrade, arguments);
  add_sql(*downgrade, arguments);
  add_tag(*downgrade, arguments);

  auto* stamp = add_command(migrate, invocation,
                            {"stamp",
                             "Write the revision to the version table; run nothing",
                             {"stamp head", "stamp ae10 27c6", "stamp --purge head", "stamp ae10:head --sql"}},
                            Command::stamp);
  stamp->add_option("revisions", arguments.revisions, "One or more revisions, heads, or base")
      ->required()
      ->type_name(type_revision);
  stamp->add_flag("--purge", arguments.purge, "Empty the version table first");
  add_sql(*stamp, arguments);
  add_tag(*stamp, arguments);

  auto* ensure = add_command(
      migrate, invocation,
      {"ensure_version", "Create the version table if it is not there", {"ensure_version", "ensure_version --sql"}},
      Command::ensure_version);
  add_sql(*ensure, arguments);
}

void add_reporting_commands(CLI::App& migrate, const Invocation& invocation) {
  auto& arguments = invocation.arguments;
  auto* current = add_command(migrate, invocation,
                              {"current",
                               "Show the revision of the database",
                               {"current", "current -v", "current --check-heads || echo 'not at head'"}},
                              Command::current);
  current->add_flag("-c,--check-heads", arguments.current.check_heads, "Exit with 1 unless it is at all heads");
  add_verbose(*current, arguments.current.verbose);

  auto* history = add_command(
      migrate, invocation,
      {"history",
       "List the revisions, newest first",
       {"history", "history -r ae10:head", "history -r -3:current", "history -i -v", "history --format json"}},
      Command::history);
  history->add_option("-r,--rev-range", arguments.history.range, "[start]:[end], where each end may be `current`")
      ->type_name(type_revision);
  history->add_flag("-i,--indicate-current", arguments.history.indicate_current, "Mark what the database is at");
  add_verbose(*history, arguments.history.verbose);

  auto* heads = add_command(
      migrate, invocation,
      {"heads", "Show the newest revision of each branch", {"heads", "heads -v", "heads --resolve-dependencies"}},
      Command::heads);
  heads->add_flag("--resolve-dependencies", arguments.heads.resolve_dependencies,
                  "Leave out heads that other revisions depend on");
  add_verbose(*heads, arguments.heads.verbose);

  auto* branches = add_command(migrate, invocation,
                               {"branches", "Show the revisions where branches begin", {"branches", "branches -v"}},
                               Command::branches);
  add_verbose(*branches, arguments.branches.verbose);

  auto* show = add_command(migrate, invocation,
                           {"show", "Show one revision", {"show head", "show ae10", "show current"}}, Command::show);
  add_revision(*show, arguments);

  auto* check = add_command(migrate, invocation,
                            {"check",
                             "Tell whether the database lacks migrations that the models ask for",
                             {"check", "check --format json", "check --ignore index --exclude-name 'tmp_*'",
                              "--script-location ./migrations check --to schema.sql"}},
                            Command::check);
  add_side(*check, "--to", arguments.comparison.to, "What the database should be; the models unless given");
  add_comparison_options(*check, arguments.comparison);

  auto* drift = add_command(migrate, invocation,
                            {"drift",
                             "Tell what somebody changed in the database past the migrations that are applied",
                             {"drift", "drift --format json", "drift --ignore index --exclude-name 'tmp_*'",
                              "--script-location ./migrations drift --dev-url postgresql://localhost/scratch"}},
                            Command::drift);
  add_comparison_options(*drift, arguments.comparison.options);
  add_building_options(*drift, arguments.comparison);
}

void add_new_revision_options(CLI::App& app, command::NewRevisionOptions& options) {
  app.add_option("-m,--message", options.message, "What it does, in a few words; they become the file's name, too")
      ->type_name("TEXT");
  app.add_flag("--splice", options.splice, "Allow a parent that is no head, and so begin a branch");
  app.add_option("--branch-label", options.branch_label, "A name for the branch that begins here")->type_name("WORD");
  app.add_option("--rev-id", options.rev_id, "The identifier, instead of a random one")->type_name("WORD");
}

void add_writing_commands(CLI::App& migrate, const Invocation& invocation) {
  auto& arguments = invocation.arguments;
  auto& options = arguments.revision;
  auto* revision =
      add_command(migrate, invocation,
                  {"revision",
                   "Write a new migration, with empty bodies or generated ones",
                   {"revision -m 'add a phone index'", "revision --autogenerate -m 'follow the models'",
                    "revision -m 'fix names' --template sql", "revision -m billing --head base --branch-label billing",
                    "revision -m more --head billing@head --depends-on ae10",
                    "--script-location ./migrations revision -m 'create a table'",
                    "--script-location ./migrations revision --autogenerate --to schema.sql"}},
                  Command::revision);
  add_new_revision_options(*revision, options);
  revision->add_option("--head", options.head, "What it follows, instead of the only head")->type_name(type_revision);
  revision->add_option("--depends-on", options.depends_on, "What must be applied first; may be given again")
      ->type_name(type_revision)
      ->allow_extra_args(false);
  revision->add_option("--version-path", options.version_path, "The script location that gets the file")
      ->type_name(type_folder);
  add_choice<alembic::ScriptKind>(*revision, "--template", options.template_,
                                  {{"cpp", alembic::ScriptKind::cpp}, {"sql", alembic::ScriptKind::sql}},
                                  "cpp (default for the program's own migrations) or sql (default for folders)");
  auto* autogenerate = revision->add_flag("--autogenerate", options.autogenerate,
                                          "Fill in what turns the database into what the models say");
  const auto before = revision->get_options();
  add_side(*revision, "--to", arguments.comparison.to, "With --autogenerate: what it should be, instead of the models");
  add_comparison_options(*revision, arguments.comparison);
  for (auto* option : revision->get_options()) {
    if (std::ranges::find(before, option) == before.end()) option->needs(autogenerate);
  }
  revision->add_flag("--sql", options.sql, "Of Alembic, where it goes with a revision environment");

  auto* merge = add_command(
      migrate, invocation,
      {"merge", "Write a migration that joins branches", {"merge heads -m 'join billing and main'", "merge ae10 27c6"}},
      Command::merge);
  merge->add_option("revisions", arguments.revisions, "One or more revisions, or heads")
      ->required()
      ->type_name(type_revision);
  add_new_revision_options(*merge, options);

  auto* edit = add_command(migrate, invocation,
                           {"edit",
                            "Open the file of a revision in $VISUAL or $EDITOR",
                            {"edit head", "edit current", "EDITOR='code --wait' support-agent migrate edit ae10"}},
                           Command::edit);
  add_revision(*edit, arguments);

  auto* init =
      add_command(migrate, invocation,
                  {"init", "Make a folder for SQL migrations, and .env in the working folder", {"init ./migrations"}},
                  Command::init);
  init->add_option("directory", arguments.init.directory, "The folder; it must not be there, or be empty")
      ->required()
      ->type_name(type_folder);
  init->add_option("-t,--template", arguments.init.template_, "sql, the only kind that needs no compiler")
      ->type_name("WORD");
  init->add_flag("--package")->description("Of Alembic, where it marks Python packages; a folder of SQL needs no mark");

  add_command(migrate, invocation, {"list_templates", "List the kinds of migrations", {"list_templates"}},
              Command::list_templates);
}

// Alembic's options that point to its ini file have no counterpart, and must not be taken for something else.
void add_ini_option(CLI::App& migrate, const std::string& names) {
  migrate
      .add_option_function<std::string>(
          names,
          [names](const std::string& value) {
            throw CLI::ValidationError(fmt::format(
                "{} {}: there is no ini file here; the database is DATABASE_URL's (support-agent config show "
                "lists every setting), and the migrations are those of --script-location",
                names, value));
          },
          "Of Alembic; here the configuration is DATABASE_URL and these options")
      ->type_name("WORD")
      ->trigger_on_parse()
      ->group("");
}

void add_general_options(CLI::App& migrate, MigrateArguments& arguments) {
  migrate.add_option("-x", arguments.x_arguments, "key=value for the environment of the run; may be given again")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
  migrate.add_flag("-q,--quiet", arguments.quiet, "Print no reports and no failures; SQL is printed still");
  migrate
      .add_option_function<std::string>(
          "--format",
          [&arguments](const std::string& word) {
            arguments.format = word == "json" ? command::OutputFormat::json : command::OutputFormat::text;
          },
          "text, or json: one document on standard output")
      ->check(CLI::IsMember({"text", "json"}))
      ->type_name("WORD");
  migrate.add_flag("--transaction-per-migration", arguments.transaction_per_migration,
                   "Commit after each migration instead of once for all");
  migrate
      .add_option_function<std::string>(
          "--driver",
          [&arguments](const std::string& word) {
            arguments.driver = word == "async" ? MigrateArguments::Driver::async : MigrateArguments::Driver::libpqxx;
          },
          "libpqxx, or async: the one of the service")
      ->check(CLI::IsMember({"libpqxx", "async"}))
      ->type_name("WORD");
  migrate
      .add_option("--script-location", arguments.script_location,
                  "builtin (the default), a folder of SQL migrations, or several of these between colons")
      ->type_name(type_folder);
  add_ini_option(migrate, "-c,--config");
  add_ini_option(migrate, "-n,--name");
  migrate.add_flag("--raiseerr")
      ->description("Of Alembic, where it adds a traceback; failures are told in full anyway")
      ->group("");
  migrate.set_version_flag("--version", fmt::format("support-agent {}", version()));
}

}  // namespace

void add_migrate_command(CLI::App& program, MigrateArguments& arguments, std::function<void()> run) {
  auto* migrate = program.add_subcommand("migrate", "Database migrations, with Alembic's commands");
  migrate->require_subcommand(1);
  migrate->footer(examples_footer(
      "support-agent migrate",
      {"upgrade head", "history", "revision -m 'add a phone index'", "--script-location ./migrations upgrade head"}));
  add_general_options(*migrate, arguments);
  const Invocation invocation{arguments, std::move(run)};
  add_changing_commands(*migrate, invocation);
  add_reporting_commands(*migrate, invocation);
  add_writing_commands(*migrate, invocation);
}

}  // namespace support::cli

// Sessions at Alembic's command line, step by step on a database: what is printed, what is logged, what the version
// table holds afterwards, and how the command ends.
#include <algorithm>
#include <filesystem>
#include <regex>
#include <set>
#include <sstream>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/alembic/script/slug.hpp"
#include "app/cli/migrate_command.hpp"
#include "app/config/logging.hpp"

#include "tests/conformance/graph_cases.hpp"
#include "tests/support/migration_scripts.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/support/test_cluster.hpp"

namespace support::tests {
namespace {

namespace json = boost::json;
using alembic::Revision;

struct Sample {
  Revision declared;
  std::string message;
  ScriptBody body = {};
};

std::string lines_of(const std::string& text, const std::regex& wanted, bool keep) {
  std::istringstream in(text);
  std::string result;
  for (std::string line; std::getline(in, line);) {
    if (std::regex_search(line, wanted) == keep) result += line + '\n';
  }
  return result;
}

// The sample project of a session, told again: the same graph and messages, bodies of our own.
std::vector<Sample> linear_project() {
  return {{{.revision = "1a2b3c4d5e01"},
           "create account table",
           {{"CREATE TABLE account (id serial)"}, {"DROP TABLE account"}}},
          {{.revision = "1a2b3c4d5e02", .down_revisions = {"1a2b3c4d5e01"}},
           "Add a column",
           {{"ALTER TABLE account ADD COLUMN at date"}, {"ALTER TABLE account DROP COLUMN at"}}},
          {{.revision = "1a2b3c4d5e03", .down_revisions = {"1a2b3c4d5e02"}}, "orders, fk; and data!"},
          {{.revision = "1a2b3c4d5e04", .down_revisions = {"1a2b3c4d5e03"}}, "tighten description"},
          {{.revision = "1a2b3c4d5e05", .down_revisions = {"1a2b3c4d5e04"}}, "empty revision"}};
}

std::vector<Sample> two_heads_project() {
  return {{{.revision = "aaaa00000001"}, "root"},
          {{.revision = "bbbb00000001", .down_revisions = {"aaaa00000001"}, .branch_labels = {"leftbranch"}}, "left 1"},
          {{.revision = "bbbb00000002", .down_revisions = {"bbbb00000001"}}, "left 2"},
          {{.revision = "cccc00000001", .down_revisions = {"aaaa00000001"}, .branch_labels = {"rightbranch"}},
           "right 1",
           {{"CREATE TABLE right1 (x integer)"}, {"DROP TABLE right1"}}},
          {{.revision = "cccc00000002", .down_revisions = {"cccc00000001"}},
           "right 2",
           {{"ALTER TABLE right1 ADD COLUMN y integer"}, {"ALTER TABLE right1 DROP COLUMN y"}}}};
}

std::vector<Sample> depends_project() {
  return {{{.revision = "a10000000001", .branch_labels = {"core"}}, "core base"},
          {{.revision = "a10000000002", .down_revisions = {"a10000000001"}}, "core two"},
          {{.revision = "b10000000001", .branch_labels = {"plugin"}, .depends_on = {"a10000000001"}}, "plugin base"},
          {{.revision = "b10000000002", .down_revisions = {"b10000000001"}, .depends_on = {"core"}}, "plugin two"},
          {{.revision = "c10000000001", .branch_labels = {"lone", "solo"}}, "lone base"}};
}

std::string file_name(const Sample& sample) {
  return fmt::format("migrations/versions/{}_{}.sql", sample.declared.revision, alembic::slug_of(sample.message));
}

std::string statements(const std::vector<std::string>& list) {
  std::string text;
  for (const auto& statement : list) text += statement + ";\n";
  return text;
}

std::string file_text(const Sample& sample) {
  const auto& declared = sample.declared;
  return fmt::format(
      "-- {}\n--\n-- revision: {}\n-- down_revision: {}\n-- branch_labels: {}\n-- depends_on: {}\n"
      "-- create_date: 2026-01-18 03:38:38\n\n-- migrate:upgrade\n{}\n-- migrate:downgrade\n{}",
      sample.message, declared.revision, fmt::join(declared.down_revisions, ", "),
      fmt::join(declared.branch_labels, ", "), fmt::join(declared.depends_on, ", "), statements(sample.body.upgrade),
      statements(sample.body.downgrade));
}

// "Branches into: b, a" with its list in order: in Alembic it comes from a set.
std::string with_sorted_list(const std::string& line) {
  static const std::regex list("(Branches into|Branch names): (.*)");
  std::smatch match;
  if (!std::regex_match(line, match, list)) return line;
  std::vector<std::string> names;
  const auto all = match[2].str();
  const std::regex name("[^, ]+");
  for (std::sregex_iterator it(all.begin(), all.end(), name), end; it != end; ++it) names.push_back(it->str());
  std::ranges::sort(names);
  return fmt::format("{}: {}", match[1].str(), fmt::join(names, ", "));
}

// In Alembic, the order of labels comes from a set as well: "b (right, left) (head)".
std::string with_sorted_labels(const std::string& line) {
  static const std::regex labels(R"(^((?:.* -> )?\S+) \((\w+), (\w+)\)(.*)$)");
  std::smatch match;
  if (!std::regex_match(line, match, labels) || match[2] < match[3]) return line;
  return fmt::format("{} ({}, {}){}", match[1].str(), match[3].str(), match[2].str(), match[4].str());
}

// Folders, dates, generated identifiers and the kind of file are each tool's own.
std::string normalised(const std::string& printed, const std::string& folder = "{project}") {
  std::istringstream in(printed);
  std::string result;
  for (std::string line; std::getline(in, line);) {
    for (auto at = line.find(folder); at != std::string::npos && folder != "{project}"; at = line.find(folder)) {
      line.replace(at, folder.size(), "{project}");
    }
    line = std::regex_replace(line, std::regex(R"(\.py\b)"), ".sql");
    line = std::regex_replace(line, std::regex("Create Date: .*"), "Create Date: …");
    line = std::regex_replace(line, std::regex("Current revision\\(s\\) for .*:"), "Current revision(s) for …:");
    result += with_sorted_labels(with_sorted_list(line)) + '\n';
  }
  return result;
}

// Alembic prints these from Python sets, whose order is different from run to run.
bool is_unordered(const std::string& command) {
  return std::regex_search(command, std::regex("alembic (current|branches)"));
}

std::vector<std::string> sorted_lines(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  std::ranges::sort(lines);
  return lines;
}

// Of stderr, what scripts read: the lines of the loggers, without Python's warnings and tracebacks.
std::string log_lines(const std::string& text) {
  return lines_of(text, std::regex(R"(^(INFO  \[alembic.runtime.migration\]|ERROR \[alembic.util))"), true);
}

// Sessions whose migrations make no graph. Alembic finds out late, in the middle of a run or with a traceback; here no
// database has been contacted then.
bool is_refused_at_once(const std::string& session) {
  return session == "cycle" || session == "missing_parent";
}

class Session {
 public:
  explicit Session(const std::vector<Sample>& samples)
      : settings_(config::Settings::load({.environment = {{"DATABASE_URL", database_.url_text()}}})) {
    config::set_up_logging(settings_, config::TextStyle::alembic);
    for (const auto& sample : samples) folder_.write(file_name(sample), file_text(sample));
    std::filesystem::current_path(folder_.path());
  }
  ~Session() { std::filesystem::current_path("/"); }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  void step(const json::object& c) {
    const auto command = text(c.at("command"));
    SCOPED_TRACE(command);
    testing::internal::CaptureStderr();
    std::ostringstream out;
    const int exit_code = run(command.substr(std::string("alembic ").size()), out);
    const auto log = testing::internal::GetCapturedStderr();
    EXPECT_EQ(exit_code, expected_exit_code(c)) << out.str();
    compare_output(c, command, normalised(out.str(), folder_.path()));
    compare_log(c, log);
    if (const auto* expected = c.if_contains("version_rows_after")) {
      EXPECT_EQ(rows(), *expected);
    }
  }

  const TemporaryFolder& folder() const { return folder_; }

 private:
  int run(const std::string& arguments, std::ostream& out) {
    CLI::App program;
    cli::MigrateArguments parsed;
    int exit_code = -1;
    cli::add_migrate_command(program, parsed, [&] { exit_code = cli::load_and_run_migrate(settings_, parsed, out); });
    const bool has_scripts = std::filesystem::exists(folder_ / "migrations");
    try {
      program.parse(fmt::format("migrate {} {}", has_scripts ? "--script-location migrations" : "", arguments));
    } catch (const CLI::CallForVersion& version) {
      out << version.what() << '\n';
      return 0;
    } catch (const CLI::ParseError&) {
      return static_cast<int>(alembic::ExitCode::request);
    }
    return exit_code;
  }

  // Alembic ends with 255 whatever was wrong, and with 1 when it did not foresee it; we tell apart (DESIGN.md,
  // "Contracts").
  static int expected_exit_code(const json::object& c) {
    if (c.at("exit_code").as_int64() == 0) return 0;
    const auto command = text(c.at("command"));
    if (command == "alembic current -c") return 1;
    return text(c.at("stderr")).find("psycopg2.errors") == std::string::npos ? 2 : 4;
  }

  void compare_output(const json::object& c, const std::string& command, const std::string& ours) {
    auto theirs = normalised(text(c.at("stdout")));
    if (command == "alembic --version") {
      EXPECT_THAT(ours, testing::MatchesRegex("support-agent [0-9.]+\n"));
    } else if (c.at("exit_code") == 1) {  // a traceback there
      EXPECT_THAT(ours, testing::StartsWith("FAILED: "));
    } else if (is_unordered(command)) {
      EXPECT_EQ(sorted_lines(ours), sorted_lines(theirs));
    } else {
      EXPECT_EQ(with_known_ids(ours, theirs), theirs);
    }
  }

  // Ours with their generated identifiers instead, from the line that told them on.
  std::string with_known_ids(std::string ours, const std::string& theirs) {
    static const std::regex generated(R"(Generating .*/([0-9a-f]{12})_[^/]* \.\.\.  done\n)");
    std::smatch our_id;
    std::smatch their_id;
    if (std::regex_match(ours, our_id, generated) && std::regex_match(theirs, their_id, generated)) {
      their_ids_[our_id[1]] = their_id[1];
    }
    for (const auto& [id, known] : their_ids_) ours = std::regex_replace(ours, std::regex(id), known);
    return ours;
  }

  static void compare_log(const json::object& c, const std::string& log) {
    if (is_refused_at_once(text(c.at("session")))) {
      EXPECT_EQ(log_lines(log), "");
      return;
    }
    auto ours = log_lines(log);
    // There the failure is a traceback, here a line of the log.
    if (c.at("exit_code") == 1) ours = lines_of(ours, std::regex("^INFO"), true);
    EXPECT_EQ(ours, log_lines(text(c.at("stderr"))));
  }

  json::value rows() const {
    if (database_.sql("SELECT to_regclass('alembic_version')").front().front().empty()) return {};
    json::array rows;
    for (const auto& row : database_.sql("SELECT version_num FROM alembic_version ORDER BY 1"))
      rows.emplace_back(row.at(0));
    return rows;
  }

  TestDatabase database_;
  TemporaryFolder folder_;
  config::Settings settings_;
  std::map<std::string, std::string> their_ids_;
};

// argparse takes `-r -2:current` for two options; ours takes it for what it says.
bool is_better_here(const std::string& command) {
  return command == "alembic history -r -2:current";
}

void replay(const std::string& session, const std::vector<Sample>& samples, std::size_t at_least) {
  if (!have_cases()) GTEST_SKIP() << "no shared/cases folder beside the checkout";
  Session ours(samples);
  std::size_t steps = 0;
  for (const auto& c : read_lines("cli_transcripts.jsonl")) {
    if (text(c.at("session")) != session || is_better_here(text(c.at("command")))) continue;
    ours.step(c);
    ++steps;
  }
  EXPECT_GE(steps, at_least);
}

TEST(Transcript, ALinearHistory) {
  replay("linear", linear_project(), 67);
}

TEST(Transcript, TwoBranches) {
  replay("twoheads", two_heads_project(), 58);
}

TEST(Transcript, BranchesThatDependOnEachOther) {
  replay("depends", depends_project(), 29);
}

TEST(Transcript, ACycleIsASentenceInEveryCommand) {
  auto samples = linear_project();
  samples.front().declared.down_revisions = {"1a2b3c4d5e05"};
  replay("cycle", samples, 3);
}

TEST(Transcript, AMissingParentIsASentenceInEveryCommand) {
  auto samples = linear_project();
  samples.erase(samples.begin() + 1);
  replay("missing_parent", samples, 2);
}

TEST(Transcript, AFailingMigrationLeavesNothingBehind) {
  auto samples = linear_project();
  samples.at(2).body = {{"INSERT INTO account (id, name) VALUES (1, 'acme', 'boom')"}, {"DELETE FROM account"}};
  replay("failing_migration_one_tx", samples, 2);
}

// init makes the same folders and files, but for what is Python: there is no env.py and no __init__.py, the template is
// one of SQL, and the settings are in .env. Alembic's other templates are other kinds of env.py.
TEST(Transcript, InitMakesAFolderForMigrations) {
  if (!have_cases()) GTEST_SKIP() << "no shared/cases folder beside the checkout";
  Session ours({});
  std::size_t steps = 0;
  for (auto c : read_lines("cli_transcripts.jsonl")) {
    if (text(c.at("session")) != "init_package") continue;
    ++steps;
    if (text(c.at("command")).find("-t ") != std::string::npos) {
      const auto name = std::regex_replace(text(c.at("command")), std::regex("^.* -t (\\w+) .*$"), "$1");
      c["exit_code"] = 255;
      c["stdout"] = fmt::format(
          "FAILED: No such template {}; support-agent migrate list_templates shows those that there are\n", name);
    } else {
      auto printed = lines_of(text(c.at("stdout")), std::regex("env\\.py|__init__\\.py"), false);
      printed = std::regex_replace(printed, std::regex("script\\.py\\.mako"), "script.sql.in");
      c["stdout"] = std::regex_replace(printed, std::regex("alembic\\.ini"), ".env");
    }
    ours.step(c);
  }
  EXPECT_EQ(steps, 4U);
  EXPECT_TRUE(std::filesystem::is_directory(ours.folder() / "mig/versions"));
  EXPECT_FALSE(std::filesystem::exists(ours.folder() / "mig2"));
}

TEST(Transcript, NoSessionIsLeftOut) {
  if (!have_cases()) GTEST_SKIP() << "no shared/cases folder beside the checkout";
  std::set<std::string> sessions;
  for (const auto& c : read_lines("cli_transcripts.jsonl")) sessions.insert(text(c.at("session")));
  EXPECT_THAT(sessions, testing::ElementsAre("cycle", "depends", "failing_migration_one_tx", "init_package", "linear",
                                             "missing_parent", "twoheads"));
}

}  // namespace
}  // namespace support::tests

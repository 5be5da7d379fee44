// Sessions at Alembic's command line, step by step on a database: what is printed, what is logged, what the version
// table holds afterwards, and how the command ends.
#include <algorithm>
#include <regex>
#include <sstream>

#include <CLI/CLI.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/cli/migrate_command.hpp"
#include "app/config/logging.hpp"

#include "tests/conformance/graph_cases.hpp"
#include "tests/support/migration_scripts.hpp"
#include "tests/support/test_cluster.hpp"

namespace support::tests {
namespace {

namespace json = boost::json;
using alembic::Revision;
using alembic::Script;

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
  return {
      {{.revision = "aaaa00000001"}, "root"},
      {{.revision = "bbbb00000001", .down_revisions = {"aaaa00000001"}, .branch_labels = {"leftbranch"}}, "left 1"},
      {{.revision = "bbbb00000002", .down_revisions = {"bbbb00000001"}}, "left 2"},
      {{.revision = "cccc00000001", .down_revisions = {"aaaa00000001"}, .branch_labels = {"rightbranch"}}, "right 1"},
      {{.revision = "cccc00000002", .down_revisions = {"cccc00000001"}}, "right 2"}};
}

std::vector<Sample> depends_project() {
  return {{{.revision = "a10000000001", .branch_labels = {"core"}}, "core base"},
          {{.revision = "a10000000002", .down_revisions = {"a10000000001"}}, "core two"},
          {{.revision = "b10000000001", .branch_labels = {"plugin"}, .depends_on = {"a10000000001"}}, "plugin base"},
          {{.revision = "b10000000002", .down_revisions = {"b10000000001"}, .depends_on = {"core"}}, "plugin two"},
          {{.revision = "c10000000001", .branch_labels = {"lone", "solo"}}, "lone base"}};
}

alembic::ScriptDirectory directory(const std::vector<Sample>& samples) {
  std::vector<Script> scripts;
  for (const auto& sample : samples) {
    scripts.push_back(make_script(sample.declared, sample.message, sample.body));
  }
  return alembic::ScriptDirectory(std::move(scripts));
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

std::string normalised(const std::string& printed) {
  std::istringstream in(printed);
  std::string result;
  for (std::string line; std::getline(in, line);) {
    line = std::regex_replace(line, std::regex("Path: .*"), "Path: …");
    line = std::regex_replace(line, std::regex("Create Date: .*"), "Create Date: …");
    line = std::regex_replace(line, std::regex("Current revision\\(s\\) for .*:"), "Current revision(s) for …:");
    result += with_sorted_list(line) + '\n';
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

class Session {
 public:
  explicit Session(const std::vector<Sample>& samples)
      : scripts_(directory(samples)),
        settings_(config::Settings::load({.environment = {{"DATABASE_URL", database_.url_text()}}})) {
    config::set_up_logging(settings_, config::TextStyle::alembic);
  }

  void step(const json::object& c) {
    const auto command = text(c.at("command"));
    SCOPED_TRACE(command);
    testing::internal::CaptureStderr();
    std::ostringstream out;
    const int exit_code = run(command.substr(std::string("alembic ").size()), out);
    const auto log = testing::internal::GetCapturedStderr();
    EXPECT_EQ(exit_code, expected_exit_code(c));
    compare(command, normalised(out.str()), normalised(text(c.at("stdout"))));
    EXPECT_EQ(log_lines(log), log_lines(text(c.at("stderr"))));
    EXPECT_EQ(rows(), c.at("version_rows_after"));
  }

 private:
  int run(const std::string& arguments, std::ostream& out) {
    CLI::App program;
    cli::MigrateArguments parsed;
    int exit_code = -1;
    cli::add_migrate_command(program, parsed, [&] { exit_code = cli::run_migrate(settings_, parsed, scripts_, out); });
    try {
      program.parse("migrate " + arguments);
    } catch (const CLI::ParseError&) {
      return static_cast<int>(alembic::ExitCode::request);
    }
    return exit_code;
  }

  // Alembic ends with 255 whatever was wrong; we tell apart (DESIGN.md, "Contracts").
  static int expected_exit_code(const json::object& c) {
    const auto theirs = c.at("exit_code").as_int64();
    if (theirs == 0) return 0;
    if (text(c.at("command")) == "alembic current -c") return 1;
    return 2;
  }

  static void compare(const std::string& command, const std::string& ours, const std::string& theirs) {
    if (is_unordered(command)) {
      EXPECT_EQ(sorted_lines(ours), sorted_lines(theirs));
    } else {
      EXPECT_EQ(ours, theirs);
    }
  }

  json::value rows() const {
    if (database_.sql("SELECT to_regclass('alembic_version')").front().front().empty()) return {};
    json::array rows;
    for (const auto& row : database_.sql("SELECT version_num FROM alembic_version ORDER BY 1"))
      rows.emplace_back(row.at(0));
    return rows;
  }

  TestDatabase database_;
  alembic::ScriptDirectory scripts_;
  config::Settings settings_;
};

// Commands of later parts of the engine; none of them changes the database.
bool is_left_out(const std::string& command) {
  return std::regex_search(command, std::regex("alembic (check|edit|--version|nosuchcmd)"));
}

// From here on a session writes new scripts.
bool writes_scripts(const std::string& command) {
  return std::regex_search(command, std::regex("alembic (revision|merge)"));
}

// argparse takes `-r -2:current` for two options; ours takes it for what it says.
bool is_better_here(const std::string& command) {
  return command == "alembic history -r -2:current";
}

void replay(const std::string& session, const std::vector<Sample>& samples, std::size_t at_least) {
  if (!have_cases()) GTEST_SKIP() << "no shared/cases folder beside the checkout";
  Session ours(samples);
  std::size_t steps = 0;
  for (const auto& c : read_lines("cli_transcripts.jsonl")) {
    const auto command = text(c.at("command"));
    if (text(c.at("session")) != session || is_left_out(command) || is_better_here(command)) continue;
    if (writes_scripts(command) && c.at("exit_code") == 0) break;
    if (writes_scripts(command)) continue;
    ours.step(c);
    ++steps;
  }
  EXPECT_GE(steps, at_least);
}

TEST(Transcript, ALinearHistory) {
  replay("linear", linear_project(), 55);
}

TEST(Transcript, TwoBranches) {
  replay("twoheads", two_heads_project(), 38);
}

TEST(Transcript, BranchesThatDependOnEachOther) {
  replay("depends", depends_project(), 24);
}

TEST(Transcript, ACycleIsASentenceInEveryCommand) {
  auto samples = linear_project();
  samples.front().declared.down_revisions = {"1a2b3c4d5e05"};
  EXPECT_THAT(
      [&] { directory(samples); },
      testing::ThrowsMessage<alembic::CommandError>(
          "Cycle is detected in revisions (1a2b3c4d5e01, 1a2b3c4d5e02, 1a2b3c4d5e03, 1a2b3c4d5e04, 1a2b3c4d5e05)"));
}

TEST(Transcript, AMissingParentIsASentenceInEveryCommand) {
  auto samples = linear_project();
  samples.erase(samples.begin() + 1);
  EXPECT_THAT([&] { directory(samples); }, testing::ThrowsMessage<alembic::CommandError>(testing::HasSubstr(
                                               "Revision 1a2b3c4d5e02 referenced from 1a2b3c4d5e03 is not present")));
}

}  // namespace
}  // namespace support::tests

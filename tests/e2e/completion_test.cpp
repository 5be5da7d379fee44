// The completion scripts, in the shells that they are for.
#include <cstdio>
#include <filesystem>
#include <sstream>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/agent_process.hpp"
#include "tests/support/temporary_folder.hpp"

namespace support::tests {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsSupersetOf;
using testing::Not;
using testing::UnorderedElementsAre;
using Words = std::vector<std::string>;

std::string output_of(const std::string& command) {
  std::string text;
  auto* pipe = ::popen(command.c_str(), "r");
  for (int c = ::getc(pipe); c != EOF; c = ::getc(pipe)) text += static_cast<char>(c);
  EXPECT_EQ(::pclose(pipe), 0) << command;
  return text;
}

Words lines(const std::string& text) {
  std::istringstream in(text);
  Words words;
  for (std::string line; std::getline(in, line);) words.push_back(line);
  return words;
}

// What a shell offers for the last word of a line. bash is asked as readline asks it, with words cut at : and =; zsh's
// own functions for the line are replaced by such that print.
class Completion : public testing::TestWithParam<const char*> {
 protected:
  Completion() {
    folder_.write("script", run_agent({"completion", GetParam()}, {}).standard_output);
    folder_.write("mig/a1_.sql", "-- one\n--\n-- revision: a100\n-- migrate:upgrade\n-- migrate:downgrade\n");
    folder_.write("mig/b2_.sql",
                  "-- two\n--\n-- revision: b200\n-- down_revision: a100\n-- branch_labels: lib\n-- "
                  "migrate:upgrade\n-- migrate:downgrade\n");
    std::filesystem::create_directory(folder_ / "mig/sub");
    std::filesystem::create_symlink(SUPPORT_BINARY_DIR "/support-agent", folder_ / "support-agent");
  }

  bool is_bash() const { return GetParam() == std::string("bash"); }

  Words complete(const Words& typed) {
    std::string quoted;
    for (const auto& word : typed) quoted += fmt::format(" '{}'", word);
    folder_.write("ask", is_bash() ? ask_bash(quoted) : ask_zsh(quoted));
    return lines(output_of(fmt::format("cd {0} && PATH={0}:$PATH {1} {2} {0}/ask", folder_.path(), GetParam(),
                                       is_bash() ? "--norc" : "-f")));
  }

  TemporaryFolder folder_;

 private:
  std::string ask_bash(const std::string& words) const {
    return fmt::format(
        "source {}/script\nCOMP_WORDS=(support-agent{})\nCOMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))\n"
        "_support_agent\nprintf '%s\\n' \"${{COMPREPLY[@]}}\"\n",
        folder_.path(), words);
  }
  std::string ask_zsh(const std::string& typed) const {
    return fmt::format(
        "compdef() {{ :; }}\ncompadd() {{ print -l -- ${{(M)candidates:#$PREFIX*}} }}\n"
        "compset() {{ PREFIX=${{PREFIX##${{~2}}}} }}\n"
        "_files() {{ [[ $1 == -/ ]] && print -l -- $PREFIX*(/N) || print -l -- $PREFIX*(N) }}\n"
        "source {}/script\nwords=(support-agent{})\nCURRENT=$#words\nPREFIX=$words[-1]\n_support_agent\n",
        folder_.path(), typed);
  }
};

TEST_P(Completion, IsAScriptWithoutErrors) {
  EXPECT_EQ(output_of(fmt::format("{} -n {}/script", GetParam(), folder_.path())), "");
}

TEST_P(Completion, OffersTheCommands) {
  EXPECT_THAT(complete({"mig"}), ElementsAre("migrate"));
  EXPECT_THAT(complete({"migrate", ""}),
              IsSupersetOf({"upgrade", "downgrade", "revision", "list_templates", "history"}));
  EXPECT_THAT(complete({"migrate", "h"}), UnorderedElementsAre("history", "heads"));
  EXPECT_THAT(complete({"completion", ""}), UnorderedElementsAre("bash", "zsh"));
  EXPECT_THAT(complete({"migrate", "-q", "--format", "json", "he"}), ElementsAre("heads"));
}

TEST_P(Completion, OffersTheOptionsOfTheCommandAndThoseAboveIt) {
  const auto options = complete({"migrate", "revision", "--"});
  EXPECT_THAT(options, IsSupersetOf({"--message", "--head", "--splice", "--depends-on", "--help", "--format"}));
  EXPECT_THAT(options, Not(Contains("--purge")));
  EXPECT_THAT(options, Not(Contains("--raiseerr")));
  EXPECT_THAT(complete({"migrate", "upgrade", "--sq"}), ElementsAre("--sql"));
}

TEST_P(Completion, OffersTheWordsThatAnOptionTakes) {
  EXPECT_THAT(complete({"migrate", "--format", ""}), UnorderedElementsAre("text", "json"));
  EXPECT_THAT(complete({"migrate", "revision", "--template", "s"}), ElementsAre("sql"));
  EXPECT_THAT(complete({"migrate", "diff", "--format", "s"}), ElementsAre("sql"));
  EXPECT_THAT(complete({"migrate", "check", "--ignore", "ro"}), ElementsAre("routine"));
}

TEST_P(Completion, OffersFilesForTheSidesOfAComparison) {
  folder_.write("schema.sql", "");
  EXPECT_THAT(complete({"migrate", "diff", "--to", "sche"}), ElementsAre("schema.sql"));
}

TEST_P(Completion, OffersTheRevisionsOfTheLocationOnTheLine) {
  EXPECT_THAT(complete({"migrate", "--script-location", "mig", "upgrade", ""}),
              UnorderedElementsAre("head", "heads", "base", "a100", "b200"));
  EXPECT_THAT(complete({"migrate", "--script-location", "mig", "show", "b2"}), ElementsAre("b200"));
  EXPECT_THAT(complete({"migrate", "--script-location", "mig", "revision", "-m", "upgrade", "--head", "a"}),
              ElementsAre("a100"));
  EXPECT_THAT(complete({"migrate", "show", "f57c936"}), ElementsAre("f57c936ded09"));
}

TEST_P(Completion, OffersTheSecondRevisionOfARange) {
  const auto typed = is_bash() ? Words{"migrate", "--script-location", "=", "mig", "history", "-r", "a100", ":", "b"}
                               : Words{"migrate", "--script-location=mig", "history", "-r", "a100:b"};
  EXPECT_THAT(complete(typed), UnorderedElementsAre("base", "b200"));
}

TEST_P(Completion, OffersFoldersForAScriptLocation) {
  EXPECT_THAT(complete({"migrate", "--script-location", "m"}), ElementsAre("mig"));
  EXPECT_THAT(complete({"migrate", "init", "mig/"}), ElementsAre("mig/sub"));
}

INSTANTIATE_TEST_SUITE_P(Bash, Completion, testing::Values("bash"));
// Debian: zsh.
INSTANTIATE_TEST_SUITE_P(Zsh, Completion,
                         testing::ValuesIn(std::system("command -v zsh >/dev/null") == 0
                                               ? std::vector<const char*>{"zsh"}
                                               : std::vector<const char*>{}));
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(Completion);

}  // namespace
}  // namespace support::tests

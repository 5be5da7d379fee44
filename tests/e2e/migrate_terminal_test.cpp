// What a person at a terminal sees of a run.
#include <fmt/format.h>

#include "app/cli/cluster/command_line.hpp"

#include "tests/e2e/migrate_fixture.hpp"

namespace support::tests {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class MigrateTerminal : public MigrateTest {
 protected:
  // Standard output and error of the program are a terminal: script(1) makes one.
  cli::ProgramResult at_terminal(const std::string& words) const {
    const auto command = fmt::format("{} migrate --script-location {}/mig {}", SUPPORT_BINARY_DIR "/support-agent",
                                     folder_.path(), words);
    return cli::run_program({"env", "DATABASE_URL=" + database_.url_text(), "TERM=xterm", "script", "--quiet",
                             "--return", "--command", command, "/dev/null"});
  }
};

constexpr auto start_of_line = "\r\x1b[K";

TEST_F(MigrateTerminal, ALongStatementIsALineThatChangesAndGoes) {
  write("a1", "", "CREATE TABLE early (id integer);", "DROP TABLE early;");
  write("a2", "a1", "SELECT pg_sleep(3.5), 'für später';", "SELECT 1;");
  const auto run = at_terminal("upgrade head");
  EXPECT_EQ(run.status, 0) << run.output;
  EXPECT_THAT(run.output, AllOf(HasSubstr(std::string(start_of_line) + "revision 2 of 2, a2: "), HasSubstr(" so far"),
                                HasSubstr("SELECT pg_sleep(3.5)"), Not(HasSubstr("Still running"))));
  const auto last = run.output.rfind(start_of_line);
  EXPECT_EQ(run.output.find("so far", last), std::string::npos) << "the line is left behind";
}

TEST_F(MigrateTerminal, AnyOtherPlaceGetsNoControlCharacters) {
  write("a1", "", "SELECT pg_sleep(2.5);", "SELECT 1;");
  const auto run = on_folder({"upgrade", "head"});
  EXPECT_EQ(run.exit_code, 0);
  EXPECT_THAT(run.standard_error, Not(HasSubstr("\x1b")));
}

}  // namespace
}  // namespace support::tests

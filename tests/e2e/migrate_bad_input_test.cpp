// What can be wrong with migrations and with what is asked of them: a sentence that names the place and the remedy, the
// exit code of the contract, and a database that nobody has written to.
#include <sys/stat.h>

#include <filesystem>

#include "tests/e2e/migrate_fixture.hpp"

namespace support::tests {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;

class MigrateBadInput : public MigrateTest {
 protected:
  MigrateBadInput() { write("r1", "", "CREATE TABLE t1 (a integer);", "DROP TABLE t1;"); }

  // `upgrade head` fails with exit code 2 and these words, before anything is written.
  void expect_refused(const testing::Matcher<std::string>& words,
                      std::vector<std::string> arguments = {"upgrade", "head"}) {
    const auto result = on_folder(std::move(arguments));
    EXPECT_EQ(result.exit_code, 2) << result.standard_output << result.standard_error;
    EXPECT_THAT(result.standard_output, AllOf(testing::StartsWith("FAILED: "), words));
    expect_nothing_written();
  }

  void expect_nothing_written() const {
    EXPECT_THAT(relations(), IsEmpty());
    EXPECT_THAT(rows(), IsEmpty());
  }
};

TEST_F(MigrateBadInput, AMissingParent) {
  const auto path = write("r3", "r2", "SELECT 1;", "SELECT 1;");
  expect_refused(AllOf(HasSubstr(path + ":4: Revision r2 referenced from r3 is not present"), HasSubstr("restore")));
}

TEST_F(MigrateBadInput, ADuplicateIdentifierIsNamedWithBothPlacesAndTheLastOneCounts) {
  const auto first = folder_ / "mig/r1_.sql";
  const auto second = folder_.write("mig/r1_again.sql", folder_.read("mig/r1_.sql"));
  const auto result = on_folder({"heads"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(result.standard_error, AllOf(HasSubstr("Revision r1 is present more than once"), HasSubstr(first + ":3"),
                                           HasSubstr(second + ":3")));
}

TEST_F(MigrateBadInput, AMalformedHeader) {
  const auto path = write("r2", "r1", "SELECT 1;", "SELECT 1;", "-- transactional: maybe\n");
  expect_refused(AllOf(HasSubstr(path + ":5: transactional is 'maybe'; it must be true or false")));
}

TEST_F(MigrateBadInput, AnEmptyDowngrade) {
  const auto path = write("r2", "r1", "SELECT 1;", "");
  expect_refused(AllOf(HasSubstr(path + ":8: The downgrade is empty"), HasSubstr("-- migrate:irreversible REASON")));
}

TEST_F(MigrateBadInput, AnIrreversibleMigrationOnTheWayDown) {
  write("r2", "r1", "SELECT 1;", "-- migrate:irreversible The rows are gone.\n");
  ASSERT_EQ(on_folder({"upgrade", "head"}).exit_code, 0);
  const auto result = on_folder({"downgrade", "base"});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.standard_output,
              HasSubstr("r2_.sql:3: Revision r2 can't be downgraded, it is irreversible: The rows "
                        "are gone."));
  EXPECT_THAT(rows(), testing::ElementsAre("r2"));
}

TEST_F(MigrateBadInput, ABodyThatIsNoSqlStopsTheRunBeforeItsFirstStep) {
  const auto path = write("r2", "r1", "SELECT 1;\nSELECT 'open;", "SELECT 1;");
  expect_refused(HasSubstr(path + ":8:8: The string that begins in line 8 is not closed"));
}

TEST_F(MigrateBadInput, AFolderThatIsNotOne) {
  const auto result = migrate({"--script-location", "mig/r1_.sql", "upgrade", "head"});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.standard_output, AllOf(HasSubstr("mig/r1_.sql: Not a directory"), HasSubstr("migrate init")));
  expect_nothing_written();
}

TEST_F(MigrateBadInput, AFileThatCannotBeRead) {
  fs::create_symlink("gone", folder_ / "mig/r2_.sql");
  expect_refused(HasSubstr(folder_ / "mig/r2_.sql: No such file or directory"));
}

TEST_F(MigrateBadInput, AnUnknownCommandOrOption) {
  for (const auto& [arguments, words] : std::vector<std::pair<std::vector<std::string>, std::string>>{
           {{"upgarde", "head"}, "has no command 'upgarde'; did you mean 'upgrade'?"},
           {{"ensure-version"}, "has no command 'ensure-version'; did you mean 'ensure_version'?"},
           {{"zzzzzzzz"}, "has no command 'zzzzzzzz'\n"},
           {{"upgrade", "head", "--sqll"}, "has no option '--sqll'; did you mean '--sql'?"},
           {{"upgrade"}, "revision is required"},
           {{}, "support-agent migrate needs a command"},
           {{"-c", "alembic.ini", "current"}, "there is no ini file here; the database is DATABASE_URL's"},
           {{"--name=x", "current"}, "there is no ini file here"}}) {
    const auto result = migrate(arguments);
    EXPECT_EQ(result.exit_code, 2);
    EXPECT_EQ(result.standard_output, "");
    EXPECT_THAT(result.standard_error, AllOf(HasSubstr(words), HasSubstr("--help")));
  }
  expect_nothing_written();
}

TEST_F(MigrateBadInput, ARowOfTheDatabaseThatNoScriptHas) {
  database_.sql(
      "CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY); "
      "INSERT INTO alembic_version VALUES ('stranger')");
  const auto result = on_folder({"upgrade", "head"});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.standard_output, HasSubstr("Can't locate revision identified by 'stranger'"));
  EXPECT_THAT(result.standard_error,
              AllOf(HasSubstr("The version table alembic_version has the row 'stranger'"), HasSubstr("stamp --purge")));
  EXPECT_THAT(rows(), testing::ElementsAre("stranger"));
  EXPECT_THAT(relations(), IsEmpty());
}

TEST_F(MigrateBadInput, AFolderThatIsNotReadAndAPipe) {
  folder_.write("mig/2026/deep_.sql", "-- Deep\n");
  const auto warned = on_folder({"heads"});
  EXPECT_EQ(warned.exit_code, 0);
  EXPECT_THAT(warned.standard_error,
              AllOf(HasSubstr("mig/2026 holds .sql files and is not read"), HasSubstr(": --script-location ")));
  ASSERT_EQ(::mkfifo((folder_ / "mig/pipe.sql").c_str(), 0600), 0);
  const auto refused = on_folder({"heads"});
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_THAT(refused.standard_output, HasSubstr("mig/pipe.sql is no regular file; take it out of the folder"));
}

TEST_F(MigrateBadInput, ANewRevisionThatCannotBe) {
  const auto before = std::distance(fs::directory_iterator(folder_ / "mig"), fs::directory_iterator());
  for (const auto& [arguments, words] : std::vector<std::pair<std::vector<std::string>, std::string>>{
           {{"--rev-id", "x@y"}, "Character(s) '@' not allowed in revision identifier 'x@y'"},
           {{"--rev-id", "a/b"}, "can't be part of a file's name"},
           {{"--rev-id", "heads"}, "'heads' means something else"},
           {{"--branch-label", "base"}, "'base' means something else"},
           {{"--rev-id", std::string(33, 'a')}, "longer than the 32 characters"},
           {{"--branch-label", "r1"}, "Branch name 'r1' in revision"},
           {{"--branch-label", "a,b"}, "Branch label 'a,b' can't be written"},
           {{"--head", "nope"}, "Can't locate revision identified by 'nope'"},
           {{"--depends-on", "nope"}, "Can't locate revision identified by 'nope'"},
           {{"--template", "cpp"}, "C++ migrations are compiled into this program"},
           {{"-m", "migrate:upgrade"}, "migrate:upgrade"}}) {
    auto all = arguments;
    all.insert(all.begin(), "revision");
    const auto result = on_folder(all);
    EXPECT_EQ(result.exit_code, 2);
    EXPECT_THAT(result.standard_output, AllOf(testing::StartsWith("FAILED: "), HasSubstr(words)));
  }
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_ / "mig"), fs::directory_iterator()), before);
}

TEST_F(MigrateBadInput, AFolderThatCannotBeWrittenTo) {
  fs::create_directory(folder_ / "mig/r9_.sql.d");
  folder_.write("mig/r9_x.sql", "taken");
  const auto result = migrate({"--script-location", "mig/r9_.sql.d", "revision", "--rev-id", "r9", "-m", "x"});
  EXPECT_EQ(result.exit_code, 0);
  const auto again =
      migrate({"--script-location", "mig/r9_.sql.d", "revision", "--rev-id", "r9", "-m", "x", "--head", "base"});
  EXPECT_EQ(again.exit_code, 2);
  EXPECT_THAT(again.standard_output, HasSubstr("already there, and nothing is written over it"));
}

}  // namespace
}  // namespace support::tests

#include "app/alembic/script/script_location.hpp"

#include <chrono>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/alembic/errors.hpp"
#include "app/alembic/script/script_directory.hpp"

#include "tests/support/temporary_folder.hpp"

namespace support::alembic {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::ThrowsMessage;
using tests::TemporaryFolder;
using Kind = ScriptLocation::Kind;

std::string file_of(const std::string& revision, const std::string& parents = "", const std::string& more = "") {
  return fmt::format(
      "-- Message of {0}\n--\n-- revision: {0}\n-- down_revision: {1}\n{2}-- create_date: d\n\n"
      "-- migrate:upgrade\nSELECT 1;\n-- migrate:downgrade\nSELECT 2;\n",
      revision, parents, more);
}

ScriptDirectory open(const std::string& locations) {
  return ScriptDirectory::open(parse_script_locations(locations));
}

std::vector<std::string> ids(const ScriptDirectory& scripts) {
  std::vector<std::string> result;
  for (Node node = 0; node < scripts.map().size(); ++node) result.push_back(scripts.map().id(node));
  return result;
}

TEST(ScriptLocation, IsTheProgramAFolderOrSeveral) {
  const TemporaryFolder folder;
  const auto locations = parse_script_locations("builtin:" + folder.path() + "/");
  ASSERT_EQ(locations.size(), 2U);
  EXPECT_EQ(locations[0].kind, Kind::builtin);
  EXPECT_EQ(locations[1].kind, Kind::folder);
  EXPECT_EQ(locations[1].folder, folder.path());
  EXPECT_EQ(locations[1].given, folder.path() + "/");
}

TEST(ScriptLocation, AnEmptyPartIsASentence) {
  for (const auto* text : {"", ":", "builtin:", ":builtin"}) {
    EXPECT_THAT([&] { parse_script_locations(text); },
                ThrowsMessage<CommandError>(AllOf(HasSubstr(fmt::format("'{}'", text)), HasSubstr("empty part"))));
  }
}

TEST(ScriptLocation, AFolderThatCannotBeReadIsASentenceWithTheReason) {
  const TemporaryFolder folder;
  folder.write("file", "");
  EXPECT_THAT([&] { open(folder / "gone"); },
              ThrowsMessage<CommandError>(AllOf(HasSubstr(folder / "gone"), HasSubstr("No such file or directory"),
                                                HasSubstr("migrate init"))));
  EXPECT_THAT([&] { open(folder / "file"); },
              ThrowsMessage<CommandError>(AllOf(HasSubstr(folder / "file"), HasSubstr("Not a directory"))));
}

TEST(ScriptLocation, AFileThatCannotBeReadIsASentenceWithTheReason) {
  const TemporaryFolder folder;
  std::filesystem::create_symlink("gone", folder / "a.sql");
  EXPECT_THAT([&] { open(folder.path()); },
              ThrowsMessage<CommandError>(AllOf(HasSubstr(folder / "a.sql"), HasSubstr("No such file or directory"))));
  std::filesystem::remove(folder / "a.sql");
  std::filesystem::create_directory(folder / "b.sql");
  EXPECT_THAT([&] { open(folder.path()); },
              ThrowsMessage<CommandError>(AllOf(HasSubstr(folder / "b.sql"), HasSubstr("Is a directory"))));
}

TEST(ScriptLocation, AnEmptyFolderIsAnEmptyHistory) {
  const TemporaryFolder folder;
  EXPECT_THAT(ids(open(folder.path())), IsEmpty());
}

TEST(ScriptLocation, FilesLoadInTheOrderOfTheirNamesAndOthersAreLeftAlone) {
  const TemporaryFolder folder;
  folder.write("b_two.sql", file_of("r2", "r1"));
  folder.write("a_three.sql", file_of("r3", "r2"));
  folder.write("c_one.sql", file_of("r1"));
  folder.write(".hidden.sql", "nothing");
  folder.write("README.md", "nothing");
  folder.write("d.sql~", "nothing");
  folder.write("e.SQL", "nothing");
  const auto scripts = open(folder.path());
  EXPECT_THAT(ids(scripts), ElementsAre("r3", "r2", "r1"));
  EXPECT_EQ(scripts.script(0).path, folder / "a_three.sql");
  EXPECT_EQ(scripts.script(0).doc(), "Message of r3");
}

TEST(ScriptLocation, LocationsLoadOneAfterTheOtherAndOneGivenTwiceOnce) {
  const TemporaryFolder one;
  const TemporaryFolder two;
  one.write("z.sql", file_of("r1"));
  two.write("a.sql", file_of("r2", "r1"));
  EXPECT_THAT(ids(open(one.path() + ":" + two.path())), ElementsAre("r1", "r2"));
  EXPECT_THAT(ids(open(two.path() + ":" + one.path())), ElementsAre("r2", "r1"));
  const auto twice = open(one.path() + ":" + one.path() + "/");
  EXPECT_THAT(ids(twice), ElementsAre("r1"));
  EXPECT_THAT(twice.warnings(), ElementsAre(HasSubstr("given twice")));
}

TEST(ScriptLocation, TheBuiltinOnesMayBeMixedIn) {
  const TemporaryFolder folder;
  const auto builtin = ScriptDirectory::builtin();
  folder.write("a.sql", file_of("plugin", builtin.get_heads().front()));
  const auto scripts = open("builtin:" + folder.path());
  EXPECT_EQ(scripts.map().size(), builtin.map().size() + 1);
  EXPECT_THAT(scripts.get_heads(), ElementsAre("plugin"));
}

TEST(ScriptLocation, AFolderAsInitMakesItStandsForItsVersions) {
  const TemporaryFolder folder;
  folder.write("versions/a.sql", file_of("r1"));
  EXPECT_EQ(parse_script_locations(folder.path()).front().folder, folder / "versions");
  EXPECT_THAT(ids(open(folder.path())), ElementsAre("r1"));
  folder.write("b.sql", file_of("r2"));
  EXPECT_THAT([&] { open(folder.path()); }, ThrowsMessage<CommandError>(HasSubstr("keep them in one place")));
  std::filesystem::remove(folder / "versions/a.sql");
  EXPECT_THAT(ids(open(folder.path())), ElementsAre("r2"));
}

TEST(ScriptLocation, ADuplicateIsAWarningThatNamesBothPlaces) {
  const TemporaryFolder folder;
  folder.write("a.sql", file_of("r1"));
  folder.write("b.sql", "-- Other\n" + file_of("r1"));
  const auto scripts = open(folder.path());
  EXPECT_THAT(scripts.warnings(), ElementsAre(AllOf(HasSubstr("Revision r1 is present more than once"),
                                                    HasSubstr(folder / "a.sql:3"), HasSubstr(folder / "b.sql:4"))));
  EXPECT_EQ(scripts.script(0).path, folder / "b.sql");
}

TEST(ScriptLocation, AMissingParentIsNamedWithFileAndLine) {
  const TemporaryFolder folder;
  folder.write("a.sql", file_of("r1"));
  folder.write("b.sql", file_of("r3", "r2"));
  EXPECT_THAT([&] { open(folder.path()); },
              ThrowsMessage<CommandError>(AllOf(HasSubstr(folder / "b.sql:4: Revision r2 referenced from r3"),
                                                HasSubstr("restore the script"))));
  folder.write("b.sql", file_of("r3", "r1", "-- depends_on: r0\n"));
  EXPECT_THAT([&] { open(folder.path()); },
              ThrowsMessage<CommandError>(HasSubstr(folder / "b.sql:5: Revision r0 referenced from r3")));
}

TEST(ScriptLocation, APlanIsRefusedBeforeItRunsWhenABodyCannotBeRead) {
  const TemporaryFolder folder;
  folder.write("a.sql", file_of("r1"));
  folder.write("b.sql",
               "-- m\n--\n-- revision: r2\n-- down_revision: r1\n-- migrate:upgrade\nSELECT 'x;\n-- "
               "migrate:downgrade\nSELECT 2;");
  const auto scripts = open(folder.path());
  EXPECT_EQ(scripts.upgrade_revs("r1", {}).steps.size(), 1U);
  EXPECT_THAT([&] { scripts.upgrade_revs("head", {}); },
              ThrowsMessage<CommandError>(HasSubstr(folder / "b.sql:6:8: The string that begins in line 6")));
}

TEST(ScriptLocation, NoPlanGoesDownPastAnIrreversibleScript) {
  const TemporaryFolder folder;
  folder.write("a.sql", file_of("r1"));
  folder.write("b.sql",
               "-- m\n--\n-- revision: r2\n-- down_revision: r1\n-- migrate:upgrade\nDROP TABLE x;\n-- "
               "migrate:irreversible The rows of x are gone.\n");
  folder.write("c.sql", file_of("r3", "r2"));
  const auto scripts = open(folder.path());
  EXPECT_EQ(scripts.upgrade_revs("head", {}).steps.size(), 3U);
  EXPECT_EQ(scripts.downgrade_revs("r2", {"r3"}).steps.size(), 1U);
  EXPECT_THAT([&] { scripts.downgrade_revs("base", {"r3"}); },
              ThrowsMessage<CommandError>(AllOf(HasSubstr(folder / "b.sql:3: Revision r2 can't be downgraded"),
                                                HasSubstr("The rows of x are gone."))));
}

}  // namespace
}  // namespace support::alembic

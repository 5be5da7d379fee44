// What cmake/EmbedMigrations.cmake makes of tests/data/embedded, compiled into this test.
#include "app/alembic/script/embedded.hpp"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/alembic/errors.hpp"
#include "app/alembic/script/script_directory.hpp"
#include "app/alembic/script/sha256.hpp"

namespace support::alembic {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string slurp(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(Embedded, TheFileOfSignoffsIsInTheProgramByteByByte) {
  EXPECT_EQ(embedded_signoffs(), slurp(SUPPORT_SOURCE_DIR "/tests/data/embedded/signoffs.toml"));
  EXPECT_THAT(embedded_signoffs(), HasSubstr("umlauts"));
}

TEST(Embedded, SqlIsInTheProgramByteByByteAndOfCppTheComment) {
  std::vector<std::string_view> paths;
  for (const auto& file : embedded_files()) {
    paths.push_back(file.path);
    const auto text = slurp(SUPPORT_SOURCE_DIR "/" + std::string(file.path));
    if (file.path.ends_with(".sql")) {
      EXPECT_EQ(file.text, text);
    } else {
      EXPECT_EQ(file.text, text.substr(0, text.find("\n\n") + 1));
      EXPECT_EQ(file.sha256, sha256(text));
    }
  }
  EXPECT_THAT(
      paths,
      ElementsAre("tests/data/embedded/aaaa00000001_last.sql", "tests/data/embedded/bbbb00000001_in_the_middle.cpp",
                  "tests/data/embedded/cccc00000001_first.sql", "tests/data/embedded/dddd00000001_no_way_back.cpp",
                  "tests/data/embedded/eeee00000001_irreversible.cpp"));
}

TEST(Embedded, BothKindsLoadTogetherInTheOrderOfTheirNames) {
  const auto scripts = ScriptDirectory::builtin();
  ASSERT_EQ(scripts.map().size(), 5U);
  EXPECT_EQ(scripts.map().id(0), "aaaa00000001");
  EXPECT_EQ(scripts.map().id(1), "bbbb00000001");
  EXPECT_EQ(scripts.map().id(2), "cccc00000001");
  EXPECT_EQ(scripts.script(0).path, "tests/data/embedded/aaaa00000001_last.sql");
  EXPECT_THAT(std::string(scripts.script(0).doc()), HasSubstr("[lists] $vars @vars@ \\n"));
  EXPECT_EQ(scripts.upgrade_revs("head", {}).steps.size(), 5U);
}

TEST(Embedded, AMigrationInEitherLanguageDeclaresWhatItLoses) {
  const auto scripts = ScriptDirectory::builtin();
  EXPECT_EQ(scripts.script(1).loses, "what was in the middle");
  EXPECT_EQ(scripts.script(2).loses, std::nullopt);
}

TEST(Embedded, TheWayDownIsLookedAtBeforeItBegins) {
  const auto scripts = ScriptDirectory::builtin();
  const auto refusal = [&](const std::string& target, const std::string& from) -> std::string {
    try {
      scripts.downgrade_revs(target, {from});
    } catch (const CommandError& error) {
      return error.what();
    }
    return "none";
  };
  EXPECT_EQ(refusal("-1", "eeee00000001"),
            "tests/data/embedded/eeee00000001_irreversible.cpp:3: Revision eeee00000001 can't be downgraded, it is "
            "irreversible: the notes were printed and burnt");
  EXPECT_THAT(refusal("-2", "dddd00000001"),
              HasSubstr("tests/data/embedded/dddd00000001_no_way_back.cpp:3: The downgrade of revision dddd00000001 "
                        "does nothing, and its upgrade does something"));
  EXPECT_EQ(refusal("-1", "bbbb00000001"), "none");
}

}  // namespace
}  // namespace support::alembic

// A C++ migration all the way: written by the program into a source tree, taken by the next build, run by what is
// built.
#include <cstdlib>
#include <filesystem>

#include <fmt/format.h>

#include "tests/e2e/migrate_fixture.hpp"

namespace support::tests {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

// Of the migrations, the first one alone is copied: each more is one more to compile.
class MigrateRebuild : public MigrateTest {
 protected:
  MigrateRebuild() {
    fs::create_directories(versions());
    fs::copy(SUPPORT_SOURCE_DIR "/app/alembic/migration.hpp", folder_ / "app/alembic/migration.hpp");
    const std::string first = "f57c936ded09_initial_migration_create_customers.cpp";
    fs::copy(SUPPORT_SOURCE_DIR "/app/alembic/versions/" + first, versions() + "/" + first);
    fs::create_directories(folder_ / "build");
  }

  std::string versions() const { return folder_ / "app/alembic/versions"; }

  void run(const std::string& command) const {
    ASSERT_EQ(std::system(fmt::format("{} >{}", command, folder_ / "output").c_str()), 0)
        << command << folder_.read("output");
  }
  void configure() const {
    run(
        fmt::format("{} -G Ninja -S {}/tests/e2e/rebuild -B {} -D CMAKE_MAKE_PROGRAM={} -D CMAKE_CXX_COMPILER={} "
                    "-D SUPPORT_SOURCE_DIR={} -D SUPPORT_BINARY_DIR={} -D MIGRATIONS_ROOT={}",
                    SUPPORT_CMAKE, SUPPORT_SOURCE_DIR, folder_ / "build", SUPPORT_NINJA, SUPPORT_COMPILER,
                    SUPPORT_SOURCE_DIR, SUPPORT_BINARY_DIR, folder_.path()));
  }
  void build() const { run(fmt::format("{} --build {}", SUPPORT_CMAKE, folder_ / "build")); }
  // Its exit code; what it writes is in the files output and errors.
  int run_built(const std::string& command) const {
    return std::system(fmt::format("cd {} && DATABASE_URL='{}' build/support-agent migrate {} >output 2>errors",
                                   folder_.path(), database_.url_text(), command)
                           .c_str());
  }
};

TEST_F(MigrateRebuild, TakesAMigrationThatRevisionHasWrittenAndNobodyHasListed) {
  configure();
  build();
  ASSERT_EQ(run_built("history"), 0) << folder_.read("errors");
  EXPECT_EQ(folder_.read("output"),
            "<base> -> f57c936ded09 (head), Initial migration: create customers, conversations, messages tables\n");

  ASSERT_EQ(run_built("revision -m 'Add a phone index' --rev-id abcdef012345"), 0) << folder_.read("output");
  ASSERT_TRUE(fs::exists(versions() + "/abcdef012345_add_a_phone_index.cpp"));
  build();
  ASSERT_EQ(run_built("history"), 0) << folder_.read("errors");
  EXPECT_THAT(folder_.read("output"), HasSubstr("f57c936ded09 -> abcdef012345 (head), Add a phone index\n"));
  EXPECT_THAT(folder_.read("errors"), Not(HasSubstr("Rebuild")));

  EXPECT_EQ(run_built("upgrade head"), 0) << folder_.read("errors");
  EXPECT_THAT(rows(), testing::ElementsAre("abcdef012345"));
}

}  // namespace
}  // namespace support::tests

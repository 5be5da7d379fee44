// C++ migrations: written into the sources, and the program says when it is older than they are.
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <fmt/format.h>

#include "tests/e2e/migrate_fixture.hpp"

namespace support::tests {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

// In a copy of the sources' folders, so that nothing is written into the checkout. The program finds it from the
// working folder.
class MigrateSources : public MigrateTest {
 protected:
  MigrateSources() {
    fs::create_directories(folder_ / "app/alembic");
    fs::copy(SUPPORT_SOURCE_DIR "/app/alembic/migration.hpp", folder_ / "app/alembic/migration.hpp");
    fs::copy(SUPPORT_SOURCE_DIR "/app/alembic/versions", versions(), fs::copy_options::recursive);
    const auto past = fs::file_time_type::clock::now() - std::chrono::hours(24 * 365);
    for (const auto& entry : fs::directory_iterator(versions())) fs::last_write_time(entry.path(), past);
  }

  std::string versions() const { return folder_ / "app/alembic/versions"; }
};

TEST_F(MigrateSources, OfTheProgramAreNotMentioned) {
  const auto result = migrate({"heads"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(result.standard_error, Not(HasSubstr("Rebuild")));
}

TEST_F(MigrateSources, GetANewFileThatTheNextBuildTakesAndThatEveryCommandAsksToBeBuilt) {
  const auto made = migrate({"revision", "-m", "Add a phone index", "--rev-id", "abcdef012345"});
  ASSERT_EQ(made.exit_code, 0) << made.standard_output;
  const auto path = versions() + "/abcdef012345_add_a_phone_index.cpp";
  EXPECT_EQ(made.standard_output, fmt::format("Generating {} ...  done\n", path));
  ASSERT_TRUE(fs::exists(path));

  const auto heads = migrate({"heads"});
  EXPECT_THAT(heads.standard_error, HasSubstr("WARNI [alembic.script] Rebuild this program: it does not have "
                                              "app/alembic/versions/abcdef012345_add_a_phone_index.cpp"));
  // Its parent would be the wrong one.
  const auto second = migrate({"revision", "-m", "more"});
  EXPECT_EQ(second.exit_code, 2);
  EXPECT_THAT(second.standard_output,
              HasSubstr("abcdef012345_add_a_phone_index.cpp; until then a new revision would not "
                        "know what to follow"));
}

TEST_F(MigrateSources, TakeSqlAsWell) {
  const auto made = migrate({"revision", "-m", "plain", "--template", "sql", "--rev-id", "abcdef012345"});
  ASSERT_EQ(made.exit_code, 0) << made.standard_output;
  EXPECT_TRUE(fs::exists(versions() + "/abcdef012345_plain.sql"));
}

TEST_F(MigrateSources, RefuseASecondFileOfOneRevision) {
  const auto result = migrate({"revision", "-m", "again", "--rev-id", "f57c936ded09"});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.standard_output, HasSubstr("Revision f57c936ded09 is present already"));
}

TEST_F(MigrateSources, ThatAreNewerThanTheProgramAreNamed) {
  const auto path = versions() + "/f57c936ded09_initial_migration_create_customers.cpp";
  fs::last_write_time(path, fs::file_time_type::clock::now() + std::chrono::hours(1));
  EXPECT_THAT(migrate({"history"}).standard_error,
              HasSubstr("Rebuild this program: it is older than app/alembic/versions/f57c936ded09_"));
}

TEST_F(MigrateSources, AreOpenedByEdit) {
  folder_.write("editor", "#!/bin/sh\necho '// edited' >> \"$1\"\n");
  fs::permissions(folder_ / "editor", fs::perms::owner_all);
  EXPECT_EQ(migrate({"edit", "f57c936ded09"}, {{"EDITOR", folder_ / "editor"}}).exit_code, 0);
  std::ifstream file(versions() + "/f57c936ded09_initial_migration_create_customers.cpp");
  const std::string text(std::istreambuf_iterator<char>(file), {});
  EXPECT_THAT(text, testing::EndsWith("// edited\n"));
}

// With the compiler and the warnings of this build.
void expect_compiles(const std::string& path) {
  const auto command = fmt::format(
      "{} -std=c++20 -fsyntax-only -Wall -Wextra -Wpedantic -Wshadow=local -Wconversion "
      "-Werror -Wno-missing-field-initializers -I{}/rooms/alembic -I{}/rooms/schema "
      "-I{}/rooms/config {}",
      SUPPORT_COMPILER, SUPPORT_BINARY_DIR, SUPPORT_BINARY_DIR, SUPPORT_BINARY_DIR, path);
  EXPECT_EQ(std::system(command.c_str()), 0) << command;
}

TEST_F(MigrateSources, ANewFileCompilesAsItIs) {
  ASSERT_EQ(migrate({"revision", "-m", "first line\nsecond, with \"quotes\"", "--rev-id", "abcdef012345",
                     "--branch-label", "billing", "--depends-on", "f57c936ded09"})
                .exit_code,
            0);
  expect_compiles(versions() + "/abcdef012345_first_line_second_with_quotes.cpp");
}

TEST_F(MigrateSources, AutogenerateFollowsTheModelsAndCompiles) {
  EXPECT_EQ(migrate({"revision", "--autogenerate"}).standard_output, "FAILED: Target database is not up to date.\n");
  ASSERT_EQ(migrate({"upgrade", "head"}).exit_code, 0);
  database_.sql("DROP INDEX ix_products_product_type");
  database_.sql("ALTER TABLE faqs DROP COLUMN answer, ADD COLUMN more integer");
  database_.sql("DROP TABLE document_chunks");
  const auto made = migrate({"revision", "--autogenerate", "-m", "follow", "--rev-id", "abcdef012345"});
  ASSERT_EQ(made.exit_code, 0) << made.standard_output;
  EXPECT_THAT(made.standard_error,
              AllOf(HasSubstr("Detected added column 'faqs.answer'"), HasSubstr("Detected removed column 'faqs.more'"),
                    HasSubstr("Detected added table 'document_chunks'")));
  const auto path = versions() + "/abcdef012345_follow.cpp";
  std::ifstream file(path);
  const std::string text(std::istreambuf_iterator<char>(file), {});
  EXPECT_THAT(text,
              AllOf(HasSubstr("void upgrade(Operations& op) {\n  // Generated by comparison"),
                    HasSubstr("op.create_index(f(\"ix_products_product_type\"), \"products\", {\"product_type\"}"),
                    HasSubstr("op.drop_column(\"faqs\", \"more\""), HasSubstr("\"document_chunks\"")));
  expect_compiles(path);
}

TEST_F(MigrateSources, AutogenerateWithoutADifferenceWritesEmptyBodies) {
  ASSERT_EQ(migrate({"upgrade", "head"}).exit_code, 0);
  const auto made = migrate({"revision", "--autogenerate", "-m", "nothing", "--rev-id", "abcdef012345"});
  ASSERT_EQ(made.exit_code, 0) << made.standard_output << made.standard_error;
  std::ifstream file(versions() + "/abcdef012345_nothing.cpp");
  const std::string text(std::istreambuf_iterator<char>(file), {});
  EXPECT_THAT(text, HasSubstr("void upgrade([[maybe_unused]] Operations& op) {}\n"));
}

}  // namespace
}  // namespace support::tests

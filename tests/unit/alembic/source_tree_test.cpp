#include "app/alembic/script/source_tree.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/alembic/errors.hpp"
#include "app/alembic/script/new_file.hpp"

#include "tests/support/temporary_folder.hpp"

namespace support::alembic {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::ThrowsMessage;
using tests::TemporaryFolder;

class Sources : public testing::Test {
 protected:
  Sources() {
    folder_.write("app/alembic/migration.hpp", "");
    folder_.write("app/alembic/versions/a.cpp", "// a");
    folder_.write("app/alembic/versions/b.sql", "-- b");
    fs::create_directories(folder_ / "build/dev");
  }

  StaleMigrations stale(const std::vector<EmbeddedFile>& embedded,
                        fs::file_time_type built = fs::file_time_type::clock::now() + std::chrono::hours(1)) {
    return find_stale_migrations(SourceTree(folder_.path()), embedded, built);
  }

  TemporaryFolder folder_;
  std::vector<EmbeddedFile> embedded_ = {{"app/alembic/versions/a.cpp", "// a"},
                                         {"app/alembic/versions/b.sql", "-- b"}};
};

TEST_F(Sources, AreFoundUpwardsFromTheWorkingFolderOrFromTheProgram) {
  const TemporaryFolder elsewhere;
  const auto versions = folder_ / "app/alembic/versions";
  EXPECT_EQ(SourceTree::find(folder_.path(), "/nowhere/program")->versions(), versions);
  EXPECT_EQ(SourceTree::find(folder_ / "build/dev", "/nowhere/program")->versions(), versions);
  EXPECT_EQ(SourceTree::find(elsewhere.path(), folder_ / "build/dev/support-agent")->versions(), versions);
  EXPECT_FALSE(SourceTree::find(elsewhere.path(), elsewhere / "support-agent"));
  EXPECT_FALSE(SourceTree::find("", ""));
}

TEST_F(Sources, ThatAreCompiledInSayNothing) {
  EXPECT_TRUE(stale(embedded_).empty());
  folder_.write("app/alembic/versions/.b.sql.swp.sql", "");
  folder_.write("app/alembic/versions/README", "");
  EXPECT_TRUE(stale(embedded_).empty());
}

TEST_F(Sources, AreComparedWithTheProgram) {
  folder_.write("app/alembic/versions/new.cpp", "");
  folder_.write("app/alembic/versions/new.sql", "");
  folder_.write("app/alembic/versions/b.sql", "-- b, changed");
  embedded_.push_back({"app/alembic/versions/old.cpp", ""});
  const auto found = stale(embedded_);
  EXPECT_THAT(found.missing, ElementsAre("app/alembic/versions/new.cpp", "app/alembic/versions/new.sql"));
  EXPECT_THAT(found.changed, ElementsAre("app/alembic/versions/b.sql"));
  EXPECT_THAT(found.gone, ElementsAre("app/alembic/versions/old.cpp"));
  EXPECT_EQ(rebuild_sentence(found),
            "Rebuild this program: it does not have app/alembic/versions/new.cpp, app/alembic/versions/new.sql; it is "
            "older than app/alembic/versions/b.sql; it still has app/alembic/versions/old.cpp");
}

TEST_F(Sources, InCppAreOldByTheirTime) {
  const auto past = fs::file_time_type::clock::now() - std::chrono::hours(1);
  EXPECT_THAT(stale(embedded_, past).changed, ElementsAre("app/alembic/versions/a.cpp"));
}

TEST(NewFile, IsWrittenWholeAndNeverOverAnother) {
  const TemporaryFolder folder;
  write_new_file(folder / "a", "text");
  EXPECT_EQ(folder.read("a"), "text");
  EXPECT_THAT([&] { write_new_file(folder / "a", "other"); },
              ThrowsMessage<CommandError>(HasSubstr("already there, and nothing is written over it")));
  EXPECT_EQ(folder.read("a"), "text");
  EXPECT_THAT([&] { write_new_file(folder / "gone/a", "text"); },
              ThrowsMessage<CommandError>(HasSubstr("No such file or directory")));
  std::vector<std::string> left;
  for (const auto& entry : fs::directory_iterator(folder.path())) left.push_back(entry.path().filename());
  EXPECT_THAT(left, ElementsAre("a"));
}

TEST(NewFile, AFolderThatCannotBeMadeIsASentence) {
  const TemporaryFolder folder;
  folder.write("file", "");
  make_folder(folder / "a/b");
  EXPECT_TRUE(fs::is_directory(folder / "a/b"));
  EXPECT_THAT([&] { make_folder(folder / "file/b"); }, ThrowsMessage<CommandError>(HasSubstr("Not a directory")));
}

}  // namespace
}  // namespace support::alembic

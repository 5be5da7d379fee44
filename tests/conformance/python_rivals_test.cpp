// Python's Alembic and this tool upgrade one database at the same time, by mistake: Alembic takes no lock, so nothing
// but the database keeps the two apart. Nothing may be half done after it, or done twice.
#include <chrono>
#include <future>
#include <iostream>
#include <thread>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/conformance/python_alembic.hpp"
#include "tests/integration/alembic/engine.hpp"
#include "tests/support/migration_scripts.hpp"

namespace support::tests {
namespace {

constexpr int length = 12;

std::vector<std::string> statements(int number) {
  return {fmt::format("CREATE TABLE t{} (id integer)", number), fmt::format("INSERT INTO journal VALUES ({})", number)};
}

alembic::Revision revision(int number) {
  alembic::Revision declared{.revision = fmt::format("c{}", number)};
  if (number > 0) declared.down_revisions = {fmt::format("c{}", number - 1)};
  return declared;
}

alembic::ScriptDirectory our_scripts() {
  std::vector<alembic::Script> scripts;
  for (int i = 0; i < length; ++i) {
    scripts.push_back(make_sql_script(revision(i), {statements(i), {fmt::format("DROP TABLE t{}", i)}}));
  }
  return alembic::ScriptDirectory(std::move(scripts));
}

std::vector<PythonAlembic::Step> their_scripts() {
  std::vector<PythonAlembic::Step> steps;
  for (int i = 0; i < length; ++i) steps.push_back({revision(i), fmt::format("Step {}", i), statements(i), {}});
  return steps;
}

// How far the database is by its version table, its tables and the lines that the migrations wrote.
struct Progress {
  int version = 0;
  int tables = 0;
  int lines = 0;
  int different_lines = 0;
};

Progress progress_of(const TestDatabase& database) {
  const auto number = [&](const std::string& sql) { return std::stoi(database.sql(sql).front().front()); };
  Progress progress;
  progress.tables = number("SELECT count(*) FROM pg_tables WHERE tablename ~ '^t[0-9]+$'");
  progress.lines = number("SELECT count(*) FROM journal");
  progress.different_lines = number("SELECT count(DISTINCT number) FROM journal");
  if (database.sql("SELECT to_regclass('alembic_version')").front().front().empty()) return progress;
  EXPECT_LE(number("SELECT count(*) FROM alembic_version"), 1);
  progress.version = number("SELECT coalesce(max(substr(version_num, 2)::integer) + 1, 0) FROM alembic_version");
  return progress;
}

void expect_whole(const Progress& progress) {
  EXPECT_EQ(progress.tables, progress.version);
  EXPECT_EQ(progress.lines, progress.version);
  EXPECT_EQ(progress.different_lines, progress.version);
}

TEST(PythonRivals, BothAtOnceLeaveNothingHalfDoneOrDoneTwice) {
  if (!PythonOracle::is_installed()) {
    GTEST_SKIP() << "Python's Alembic is not installed (Debian: alembic, python3-psycopg2)";
  }
  const auto scripts = our_scripts();
  const PythonAlembic python("postgresql://nobody@localhost/none", their_scripts());
  int ours_done = 0;
  int theirs_done = 0;
  for (int round = 0; round < 12; ++round) {
    SCOPED_TRACE(round);
    const TestDatabase database;
    database.sql("CREATE TABLE journal (number integer)");
    auto theirs = std::async(std::launch::async, [&] {
      return python.run({"upgrade", {{"revision", "head"}}}, database.tcp_url().sync(config::Password::show));
    });
    std::this_thread::sleep_for(std::chrono::milliseconds(6 * round));
    const auto ours = Engine(database).upgrade(scripts, "head");
    const auto answer = theirs.get();
    ours_done += ours.exit_code == 0 ? 1 : 0;
    theirs_done += answer.error.empty() && answer.defect.empty() ? 1 : 0;
    expect_whole(progress_of(database));
    const auto next = Engine(database).upgrade(scripts, "head");
    EXPECT_EQ(next.exit_code, 0) << next.printed;
    const auto progress = progress_of(database);
    expect_whole(progress);
    EXPECT_EQ(progress.version, length);
  }
  std::cout << fmt::format("12 times both at once: Alembic ended well {} times, this tool {} times\n", theirs_done,
                           ours_done);
}

}  // namespace
}  // namespace support::tests

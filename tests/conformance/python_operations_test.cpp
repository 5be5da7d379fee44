// The same operations through both tools leave the same schema, on the way up and on the way down.
#include "tests/conformance/python_operations.hpp"

#include <regex>
#include <sstream>

#include <gtest/gtest.h>

#include "tests/conformance/python_alembic.hpp"
#include "tests/integration/alembic/engine.hpp"

namespace support::tests {
namespace {

constexpr auto folder = SUPPORT_SOURCE_DIR "/tests/data/python_operations/versions";

std::string url_of(const TestDatabase& database) {
  return database.tcp_url().sync(config::Password::show);
}

// Alembic doubles a backslash offline but leaves out the E that makes it one again (docs/migrating-from-alembic.md).
std::string without_escape_prefix(const std::string& sql) {
  static const std::regex prefix("([ (])E'");
  return std::regex_replace(sql, prefix, "$1'");
}

class SameOperations : public testing::Test {
 protected:
  void SetUp() override {
    if (!PythonOracle::is_installed()) {
      GTEST_SKIP() << "Python's Alembic is not installed (Debian: alembic, python3-psycopg2)";
    }
  }

  static void run_theirs(const PythonAlembic& python, const std::string& command, const std::string& revision,
                         const std::string& url) {
    const auto answer = python.run({command, {{"revision", revision}}}, url);
    ASSERT_EQ(answer.error + answer.defect, "") << command << " " << revision;
  }
};

TEST_F(SameOperations, LeaveTheSameSchemaAfterEachStepUpAndDown) {
  const TestDatabase their_database;
  const TestDatabase our_database;
  const auto scripts = scripts_of_python_operations();
  const PythonAlembic python(url_of(their_database), std::filesystem::path(folder));
  const Engine engine(our_database);
  std::vector<std::string> way{"base"};
  for (const auto& revision : scripts.map().ids(scripts.walk_revisions())) way.insert(way.begin() + 1, revision);
  for (std::size_t i = 1; i < way.size(); ++i) {
    SCOPED_TRACE("upgrade " + way[i]);
    ASSERT_NO_FATAL_FAILURE(run_theirs(python, "upgrade", way[i], url_of(their_database)));
    const auto outcome = engine.upgrade(scripts, way[i]);
    ASSERT_EQ(outcome.exit_code, 0) << outcome.printed;
    EXPECT_EQ(our_database.dump_schema(), their_database.dump_schema());
  }
  const auto rows = "SELECT name, rating, \"founded on\" FROM supplier ORDER BY id";
  EXPECT_EQ(our_database.sql(rows), their_database.sql(rows));
  for (std::size_t i = way.size() - 1; i > 0; --i) {
    SCOPED_TRACE("downgrade " + way[i - 1]);
    ASSERT_NO_FATAL_FAILURE(run_theirs(python, "downgrade", way[i - 1], url_of(their_database)));
    const auto outcome = engine.downgrade(scripts, way[i - 1]);
    ASSERT_EQ(outcome.exit_code, 0) << outcome.printed;
    EXPECT_EQ(our_database.dump_schema(), their_database.dump_schema());
  }
}

TEST_F(SameOperations, AreUndoneByTheOtherTool) {
  const TestDatabase database;
  const auto scripts = scripts_of_python_operations();
  const PythonAlembic python(url_of(database), std::filesystem::path(folder));
  const Engine engine(database);
  ASSERT_EQ(engine.run(scripts, [](auto& context) { alembic::command::ensure_version(context); }).exit_code, 0);
  const auto empty = database.dump_schema();
  ASSERT_EQ(engine.upgrade(scripts).exit_code, 0);
  ASSERT_NO_FATAL_FAILURE(run_theirs(python, "downgrade", "base", url_of(database)));
  EXPECT_EQ(database.dump_schema(), empty);
  ASSERT_NO_FATAL_FAILURE(run_theirs(python, "upgrade", "head", url_of(database)));
  ASSERT_EQ(engine.downgrade(scripts, "base").exit_code, 0);
  EXPECT_EQ(database.dump_schema(), empty);
}

TEST_F(SameOperations, PrintTheSameScriptOffline) {
  const PythonAlembic python("postgresql://nowhere/none", std::filesystem::path(folder));
  const auto scripts = scripts_of_python_operations();
  const auto environment = alembic::make_environment(config::Settings::load({}), alembic::Mode::offline);
  const auto ours = [&](const std::string& command, const std::string& range) {
    std::ostringstream out;
    alembic::command::Context context{.scripts = scripts, .environment = environment, .out = out, .sql = out};
    command == "upgrade" ? alembic::command::upgrade(context, range) : alembic::command::downgrade(context, range);
    return without_escape_prefix(out.str());
  };
  const auto theirs = [&](const std::string& command, const std::string& range) {
    const auto answer = python.run({command, {{"revision", range}, {"sql", true}}});
    EXPECT_EQ(answer.error + answer.defect, "");
    return answer.output;
  };
  EXPECT_EQ(ours("upgrade", "head"), theirs("upgrade", "head"));
  EXPECT_EQ(ours("downgrade", "000000000004:000000000001"), theirs("downgrade", "000000000004:000000000001"));
}

}  // namespace
}  // namespace support::tests

// The same graph as a project of both tools: what they say about it is the same.
#include <gtest/gtest.h>

#include "tests/conformance/alembic_181.hpp"
#include "tests/conformance/graph_project.hpp"
#include "tests/integration/alembic/engine.hpp"

namespace support::tests {
namespace {

namespace command = alembic::command;

// One database for all graphs; it is cleared between them.
class Reports : public testing::TestWithParam<std::uint32_t> {
 protected:
  static void SetUpTestSuite() {
    if (!PythonOracle::is_installed()) return;
    database_ = std::make_unique<TestDatabase>();
    database_->sql(GraphProject::set_up);
  }
  static void TearDownTestSuite() { database_.reset(); }
  void SetUp() override {
    if (database_ == nullptr) GTEST_SKIP() << "Python's Alembic is not installed (Debian: alembic, python3-psycopg2)";
    database_->sql(GraphProject::clear);
    python_url_ = database_->tcp_url().sync(config::Password::show);
  }

  void compare(const GraphProject& project, const std::string& name, const std::string& argument,
               boost::json::object arguments, const Engine::Command& ours) {
    const auto theirs = project.python().run({name, std::move(arguments)}, python_url_);
    const auto outcome = Engine(*database_).run(project.scripts(), ours);
    expect_equal_answers({name, argument, theirs, outcome.exit_code, outcome.printed});
  }

  void compare_of_the_folder(const GraphProject& project) {
    compare(project, "heads", "", {}, [](auto& context) { command::heads(context); });
    compare(project, "heads", "-v", {{"verbose", true}},
            [](auto& context) { command::heads(context, {.verbose = true}); });
    compare(project, "heads", "--resolve-dependencies", {{"resolve_dependencies", true}},
            [](auto& context) { command::heads(context, {.resolve_dependencies = true}); });
    compare(project, "branches", "", {}, [](auto& context) { command::branches(context); });
    compare(project, "branches", "-v", {{"verbose", true}},
            [](auto& context) { command::branches(context, {.verbose = true}); });
    compare(project, "history", "", {}, [](auto& context) { command::history(context); });
    compare(project, "history", "-v", {{"verbose", true}},
            [](auto& context) { command::history(context, {.verbose = true}); });
  }

  void compare_of_the_database(const GraphProject& project) {
    compare(project, "current", "", {}, [](auto& context) { command::current(context); });
    compare(project, "current", "-v", {{"verbose", true}},
            [](auto& context) { command::current(context, {.verbose = true}); });
    compare(project, "history", "-i", {{"indicate_current", true}},
            [](auto& context) { command::history(context, {.indicate_current = true}); });
    compare(project, "show", "current", {{"rev", "current"}}, [](auto& context) { command::show(context, "current"); });
  }

  void compare_show(const GraphProject& project, const std::string& identifier) {
    compare(project, "show", identifier, {{"rev", identifier}},
            [&](auto& context) { command::show(context, identifier); });
  }

  void compare_range(const GraphProject& project, const std::string& range) {
    compare(project, "history", "-r " + range, {{"rev_range", range}},
            [&](auto& context) { command::history(context, {.range = range}); });
  }

  static std::unique_ptr<TestDatabase> database_;
  std::string python_url_;
};

std::unique_ptr<TestDatabase> Reports::database_;

TEST_P(Reports, OfAGeneratedGraphAreTheSame) {
  const auto seed = GetParam();
  const GraphProject project(seed);
  std::mt19937 random(seed);
  compare_of_the_folder(project);
  for (int i = 0; i < 6; ++i) compare_show(project, project.identifier(random));
  for (int i = 0; i < 4; ++i) compare_range(project, project.target(random) + ":" + project.target(random));
  compare_range(project, ":" + project.target(random));
  compare_range(project, project.target(random) + ":");

  compare_of_the_database(project);
  ASSERT_EQ(Engine(*database_)
                .upgrade(project.scripts(), project.graph()[random() % project.graph().size()].revision)
                .exit_code,
            0);
  compare_of_the_database(project);
  compare_range(project, "current:");
  compare_range(project, ":current");
  compare_range(project, "current:" + project.target(random));
  compare_range(project, project.target(random) + ":current");
}

INSTANTIATE_TEST_SUITE_P(Seeds, Reports, testing::Range(1U, 61U));

}  // namespace
}  // namespace support::tests

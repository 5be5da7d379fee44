// Two databases of one generated graph. Each command is given to Python's Alembic on the one and to us on the other,
// and after each they change places: whatever one tool has begun, the other one goes on with. The rows of the version
// table, and which migrations ran in which order, are compared after each command.
#include <algorithm>
#include <array>
#include <memory>

#include <gtest/gtest.h>

#include "tests/conformance/alembic_181.hpp"
#include "tests/conformance/graph_project.hpp"
#include "tests/integration/alembic/engine.hpp"

namespace support::tests {
namespace {

struct Change {
  std::string command;
  std::string target;
};

Change any_change(const GraphProject& project, std::mt19937& random) {
  switch (random() % 10) {
    case 0:
      return {"stamp", project.identifier(random)};
    case 1:
      return {"upgrade", "heads"};
    case 2:
    case 3:
    case 4:
      return {"downgrade", project.target(random)};
    default:
      return {"upgrade", project.target(random)};
  }
}

Outcome ours(const TestDatabase& database, const GraphProject& project, const Change& change) {
  return Engine(database).run(project.scripts(), [&](auto& context) {
    if (change.command == "upgrade") return alembic::command::upgrade(context, change.target);
    if (change.command == "downgrade") return alembic::command::downgrade(context, change.target);
    alembic::command::stamp(context, {change.target});
  });
}

PythonAlembic::Answer theirs(const TestDatabase& database, const GraphProject& project, const Change& change) {
  return project.python().run({change.command, {{"revision", change.target}}},
                              database.tcp_url().sync(config::Password::show));
}

// `stamp` of several revisions loses rows in Alembic when two of them move along one line; here each row moves on its
// own (docs/migrating-from-alembic.md).
bool is_lossy_stamp(const GraphProject& project, const Change& change, const alembic::RevisionIds& our_rows,
                    const alembic::RevisionIds& their_rows) {
  return change.command == "stamp" && project.scripts().get_revisions(change.target).size() > 1 &&
         std::ranges::includes(our_rows, their_rows);
}

bool may_leave_other_rows(const GraphProject& project, const Change& change, const alembic::RevisionIds& our_rows,
                          const alembic::RevisionIds& their_rows) {
  return is_lossy_stamp(project, change, our_rows, their_rows) ||
         keeps_an_implied_row(change.command, project.scripts().map(), our_rows, their_rows);
}

class Turns : public testing::TestWithParam<std::uint32_t> {
 protected:
  static void SetUpTestSuite() {
    if (!PythonOracle::is_installed()) return;
    for (auto& database : databases_) {
      database = std::make_unique<TestDatabase>();
      database->sql(GraphProject::set_up);
    }
  }
  static void TearDownTestSuite() {
    // Excuses must stay rare, or nothing is tested any more.
    EXPECT_LE(excused_ * 10, compared_);
    for (auto& database : databases_) database.reset();
  }
  void SetUp() override {
    if (databases_[0] == nullptr) {
      GTEST_SKIP() << "Python's Alembic is not installed (Debian: alembic, python3-psycopg2)";
    }
    start_again();
  }
  static void start_again() {
    for (const auto& database : databases_) database->sql(GraphProject::clear);
  }

  static std::array<std::unique_ptr<TestDatabase>, 2> databases_;
  static inline int compared_ = 0;
  static inline int excused_ = 0;
};

std::array<std::unique_ptr<TestDatabase>, 2> Turns::databases_;

TEST_P(Turns, OfBothToolsOnTheSameGraphLeaveTheSameRowsAndRunTheSameMigrations) {
  const auto seed = GetParam();
  const GraphProject project(seed);
  std::mt19937 random(seed);
  std::vector<std::string> before;
  for (int turn = 0; turn < 10; ++turn) {
    const auto& python_database = *databases_[static_cast<std::size_t>(turn % 2)];
    const auto& our_database = *databases_[static_cast<std::size_t>(1 - turn % 2)];
    const auto change = any_change(project, random);
    SCOPED_TRACE(testing::Message() << "turn " << turn << ": " << change.command << " " << change.target
                                    << " from: " << testing::PrintToString(before));
    const auto answer = theirs(python_database, project, change);
    const auto outcome = ours(our_database, project, change);
    const Exchange exchange{change.command, change.target, answer, outcome.exit_code, outcome.printed};
    expect_equal_answers(exchange);
    const auto our_state = GraphProject::state(our_database);
    const auto their_state = GraphProject::state(python_database);
    if (our_state == their_state) {
      before = our_state.rows;
      ++compared_;
      continue;
    }
    const bool is_excused = !answer.defect.empty() || known_difference(exchange) ||
                            (our_state.journal == their_state.journal &&
                             may_leave_other_rows(project, change, our_state.rows, their_state.rows));
    ASSERT_TRUE(is_excused) << "ours: " << testing::PrintToString(our_state.rows)
                            << testing::PrintToString(our_state.journal)
                            << "\ntheirs: " << testing::PrintToString(their_state.rows)
                            << testing::PrintToString(their_state.journal);
    ++excused_;
    before.clear();
    start_again();
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, Turns, testing::Range(101U, 161U));

}  // namespace
}  // namespace support::tests

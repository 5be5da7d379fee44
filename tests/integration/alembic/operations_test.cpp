// Every kind of operation on a real server: what it leaves in the catalogs, that its reverse takes back exactly this,
// and that the reverse of the reverse does it again.
#include "app/alembic/operations/operations.hpp"

#include <cxxabi.h>

#include <algorithm>
#include <memory>
#include <ostream>
#include <regex>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/alembic/operations/reverse.hpp"

#include "tests/integration/alembic/database_session.hpp"
#include "tests/integration/alembic/engine.hpp"
#include "tests/integration/alembic/operations/cases.hpp"
#include "tests/support/catalog_dump.hpp"
#include "tests/support/migration_scripts.hpp"
#include "tests/support/recording_sink.hpp"

namespace support::tests {
namespace {

using alembic::Operation;
using alembic::Operations;
using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::IsEmpty;

struct NamedCase : OperationCase {
  std::string kind;  // the name of the alternative
  std::size_t index = 0;
};

void PrintTo(const NamedCase& named, std::ostream* out) {
  *out << named.kind << ' ' << named.title;
}

// "CreateTable", "CreateConstraintCheckConstraint"
template <class Kind>
std::string kind_name() {
  int status = 0;
  const std::unique_ptr<char, decltype(&std::free)> name(
      abi::__cxa_demangle(typeid(Kind).name(), nullptr, nullptr, &status), &std::free);
  return std::regex_replace(std::string(name.get()), std::regex("support::[a-z]+::|[^A-Za-z]"), "");
}

template <class... Kinds>
std::vector<NamedCase> cases_of_all(const std::variant<Kinds...>*) {
  std::vector<NamedCase> all;
  std::size_t index = 0;
  const auto add = [&]<class Kind>(Of<Kind> kind) {
    for (auto& one : cases(kind)) all.push_back({std::move(one), kind_name<Kind>(), index});
    ++index;
  };
  (add(Of<Kinds>()), ...);
  return all;
}

std::vector<NamedCase> all_cases() {
  return cases_of_all(static_cast<const Operation*>(nullptr));
}

bool says_something(const std::string& line) {
  static const std::regex noise(
      "type .*: c|constraint .*: NOT NULL .*|column .*\\.(is_called|last_value|log_cnt): .*|.*alembic_version.*");
  return !line.empty() && !std::regex_match(line, noise);
}

// On one line, alike on all servers: without the version of an extension, and without the table before a column of a
// view, which PostgreSQL 15 spells out even where there is only one table.
std::string one_line(const std::string& text) {
  static const std::regex blanks("\\s+");
  static const std::regex table_of_view("\\bt(_1)?\\.");
  const auto line = std::regex_replace(text, blanks, " ");
  static const std::regex version(": [0-9.]+ ");
  if (line.starts_with("extension ")) return std::regex_replace(line, version, ": ");
  return line.starts_with("relation ") ? std::regex_replace(line, table_of_view, "") : line;
}

struct State {
  std::vector<std::string> lines;  // sorted
  alembic::autogenerate::CatalogSnapshot snapshot;
};

class OperationOnServer {
 protected:
  // As migrations, one after the other.
  void apply(const std::vector<Operation>& operations) {
    auto script = make_script({.revision = fmt::format("r{}", scripts_.size() + 1)}, "step");
    if (!scripts_.empty()) script.declared.down_revisions = {scripts_.back().declared.revision};
    script.upgrade = [operations](Operations& op) {
      for (const auto& operation : operations) op.invoke(operation);
    };
    scripts_.push_back(std::move(script));
    const auto outcome = engine_.upgrade(alembic::ScriptDirectory(scripts_));
    ASSERT_EQ(outcome.exit_code, 0) << outcome.printed;
  }

  State state() {
    State result;
    for (const auto& row : database_.sql(catalog_query)) {
      auto line = one_line(fmt::format("{} {}: {}", row.at(0), row.at(1), row.at(2)));
      if (says_something(line)) result.lines.push_back(std::move(line));
    }
    std::ranges::sort(result.lines);
    DatabaseSession session(database_);
    result.snapshot =
        alembic::autogenerate::inspect(*session, {.access = alembic::autogenerate::InspectOptions::AccessRights::read});
    return result;
  }

  TestDatabase database_;
  Engine engine_{database_};
  std::vector<alembic::Script> scripts_;
};

std::vector<std::string> effect(const State& before, const State& after) {
  std::vector<std::string> gone;
  std::vector<std::string> come;
  std::ranges::set_difference(before.lines, after.lines, std::back_inserter(gone));
  std::ranges::set_difference(after.lines, before.lines, std::back_inserter(come));
  std::vector<std::string> result;
  for (const auto& line : gone) result.push_back("- " + line);
  for (const auto& line : come) result.push_back("+ " + line);
  return result;
}

class EveryOperation : public OperationOnServer, public testing::TestWithParam<NamedCase> {
 protected:
  void expect_same(const State& expected) {
    const State now = state();
    EXPECT_THAT(effect(expected, now), IsEmpty());
    EXPECT_THAT(descriptions(alembic::autogenerate::compare(expected.snapshot, now.snapshot, {.compare_access = true})),
                IsEmpty());
    EXPECT_EQ(now.snapshot, expected.snapshot);
  }
};

TEST_P(EveryOperation, HasItsEffectAndIsUndoneByItsReverse) {
  const auto& one = GetParam();
  ASSERT_EQ(one.operation.index(), one.index) << "The case stands with those of another kind.";
  if (!one.before.empty()) database_.sql(one.before);
  const State before = state();
  ASSERT_NO_FATAL_FAILURE(apply({one.operation}));
  const State after = state();
  EXPECT_THAT(effect(before, after), ElementsAreArray(one.effect));
  if (!one.question.empty()) {
    EXPECT_EQ(database_.sql(one.question).at(0).at(0), one.answer);
  }

  if (!one.irreversible.empty()) {
    EXPECT_THAT([&] { alembic::reverse(one.operation); },
                testing::ThrowsMessage<std::invalid_argument>(one.irreversible));
    return;
  }
  const Operation back = alembic::reverse(one.operation);
  ASSERT_NO_FATAL_FAILURE(apply({back}));
  expect_same(before);
  if (!one.twice) {
    EXPECT_THROW(alembic::reverse(back), std::invalid_argument);
    return;
  }
  ASSERT_NO_FATAL_FAILURE(apply({alembic::reverse(back)}));
  expect_same(after);
}

INSTANTIATE_TEST_SUITE_P(, EveryOperation, testing::ValuesIn(all_cases()),
                         [](const auto& tested) { return tested.param.kind + tested.param.title; });

// What docs/operations.md says is the SQL of its examples: unit tests see to that.
TEST(PageOfOperations, RunsFromTheTopToTheBottom) {
  const TestDatabase database;
  std::istringstream page(file_content(SUPPORT_SOURCE_DIR "/docs/operations.md"));
  std::size_t blocks = 0;
  std::string sql;
  bool inside = false;
  for (std::string line; std::getline(page, line);) {
    if (line.starts_with("```")) {
      inside = line == "```sql";
      blocks += inside ? 1 : 0;
    } else if (inside) {
      sql += line + '\n';
    }
  }
  ASSERT_EQ(blocks, 3U);
  database.sql(sql);
  EXPECT_EQ(database.sql("INSERT INTO desk.ticket (sender) VALUES ('a@b') RETURNING number").at(0).at(0), "1000");
}

TEST(OperationCasesOfAllKinds, AreThereForEach) {
  std::vector<bool> seen(std::variant_size_v<Operation>);
  for (const auto& one : all_cases()) seen.at(one.index) = true;
  EXPECT_THAT(seen, testing::Each(true));
}

class SeveralOperations : public OperationOnServer, public testing::Test {};

TEST_F(SeveralOperations, AreUndoneFromTheLastToTheFirst) {
  using namespace schema;
  database_.sql("CREATE SCHEMA app");
  const State before = state();
  RecordingSink sink;
  Operations op(sink);
  op.create_table("customer",
                  {column("id", Integer(), {.primary_key = true}),
                   column("mood", Enum("mood", {"calm", "angry"}, {.schema = "app"}), {.server_default = "calm"})},
                  {.schema = "app"});
  op.create_table("mail", {column("id", Integer(), {.primary_key = true}),
                           column("customer_id", Integer(), {.foreign_key = ForeignKey("app.customer.id")})});
  op.create_view(View("angry", "SELECT id FROM app.customer WHERE mood = 'angry'"));
  op.drop_view("angry", {.existing = View("angry", "SELECT id FROM app.customer WHERE mood = 'angry'")});
  ASSERT_EQ(sink.operations().size(), 5U) << "The enum type is an operation of its own.";
  ASSERT_NO_FATAL_FAILURE(apply(sink.operations()));
  EXPECT_THAT(effect(before, state()), testing::Contains("+ type app.mood: e 'calm','angry'"));
  ASSERT_NO_FATAL_FAILURE(apply(alembic::reverse(sink.operations())));
  EXPECT_THAT(effect(before, state()), IsEmpty());
}

}  // namespace
}  // namespace support::tests

// The operations of single objects, on a real server.
#include "app/alembic/autogenerate/object_changes.hpp"

#include <tuple>

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/alembic/autogenerate/type_names.hpp"
#include "app/alembic/errors.hpp"
#include "app/alembic/operations/sql.hpp"
#include "app/schema/quoting.hpp"

#include "tests/integration/alembic/database_session.hpp"

namespace support::tests {
namespace {

using namespace alembic::autogenerate;

// Calls `visit` with the member of each list of objects that have no parts.
template <class Visit>
void each_list(Visit&& visit) {
  visit(&CatalogSnapshot::schemas);
  visit(&CatalogSnapshot::extensions);
  visit(&CatalogSnapshot::enums);
  visit(&CatalogSnapshot::domains);
  visit(&CatalogSnapshot::composites);
  visit(&CatalogSnapshot::ranges);
  visit(&CatalogSnapshot::sequences);
  visit(&CatalogSnapshot::views);
  visit(&CatalogSnapshot::routines);
  visit(&CatalogSnapshot::triggers);
  visit(&CatalogSnapshot::policies);
  visit(&CatalogSnapshot::rules);
  visit(&CatalogSnapshot::statistics);
}

template <class T>
bool is_same_object(const T& one, const T& other) {
  bool same = one.name == other.name;
  if constexpr (!std::is_same_v<T, Schema> && !std::is_same_v<T, Extension>) same = same && one.schema == other.schema;
  if constexpr (requires { one.table; }) same = same && one.table == other.table;
  if constexpr (requires { one.arguments; }) same = same && one.arguments == other.arguments;
  return same;
}

template <class T>
const T* find_same(const std::vector<T>& list, const T& object) {
  for (const auto& other : list) {
    if (is_same_object(other, object)) return &other;
  }
  return nullptr;
}

// The operations that `make` gives for what `snapshot` has and `base` has not.
template <class Make>
OperationList for_added(const CatalogSnapshot& base, const CatalogSnapshot& snapshot, Make make) {
  OperationList operations;
  each_list([&](auto list) {
    for (const auto& object : snapshot.*list) {
      if (find_same(base.*list, object) != nullptr) continue;
      for (auto& operation : make(object)) operations.push_back(std::move(operation));
    }
  });
  return operations;
}

OperationList create(const CatalogSnapshot& base, const CatalogSnapshot& snapshot) {
  return for_added(base, snapshot, [](const auto& object) {
    auto operations = create_operations(object);
    if constexpr (std::is_same_v<std::decay_t<decltype(object)>, Sequence>) {
      for (auto& operation : own_operations(object)) operations.push_back(std::move(operation));
    }
    return operations;
  });
}

OperationList drop(const CatalogSnapshot& base, const CatalogSnapshot& snapshot) {
  return for_added(base, snapshot, [](const auto& object) { return drop_operations(object); });
}

// Absent when an object can't be changed in place.
std::optional<OperationList> alter(const CatalogSnapshot& before, const CatalogSnapshot& after) {
  std::optional<OperationList> operations{std::in_place};
  each_list([&](auto list) {
    for (const auto& object : after.*list) {
      const auto* old = find_same(before.*list, object);
      if (old == nullptr || !operations) continue;
      auto changes = alter_operations(*old, object);
      if (!changes) {
        operations.reset();
        continue;
      }
      for (auto& operation : *changes) operations->push_back(std::move(operation));
    }
  });
  return operations;
}

std::vector<std::string> statements(const OperationList& operations) {
  std::vector<std::string> result;
  for (const auto& operation : operations) {
    for (auto& sql : alembic::to_sql(operation, {})) result.push_back(std::move(sql));
  }
  return result;
}

class ObjectChanges : public testing::Test {
 protected:
  CatalogSnapshot built(const std::string& sql) try {
    database_.sql(
        "SET client_min_messages TO warning; DROP SCHEMA IF EXISTS app, other, \"Odd One\" CASCADE; DROP EXTENSION IF "
        "EXISTS pg_trgm; DROP ACCESS METHOD IF EXISTS heap2; CREATE SCHEMA app;" +
        sql);
    return inspect(*session_);
  } catch (const std::exception& error) {
    ADD_FAILURE() << error.what();
    return {};
  }
  CatalogSnapshot changed(const OperationList& operations) {
    for (const auto& sql : statements(operations)) {
      try {
        session_->execute(sql);
      } catch (const std::exception& error) {
        ADD_FAILURE() << sql << "\n" << error.what();
      }
    }
    return inspect(*session_);
  }
  // Takes away what is there and makes it again, by operations alone.
  void expect_round_trip(const CatalogSnapshot& base, const CatalogSnapshot& snapshot) {
    const auto emptied = changed(drop(base, snapshot));
    EXPECT_EQ(descriptions(compare(emptied, base)), std::vector<std::string>());
    EXPECT_TRUE(emptied == base);
    const auto again = changed(create(base, snapshot));
    EXPECT_EQ(descriptions(compare(again, snapshot)), std::vector<std::string>());
    EXPECT_TRUE(again == snapshot);
  }

  TestDatabase database_;
  DatabaseSession session_{database_};
};

std::string text_at(const boost::json::object& item, std::string_view key) {
  const auto* value = item.if_contains(key);
  return value == nullptr ? std::string() : std::string(value->as_string());
}

// The statements that a case expects; absent when the object can't be changed in place.
std::optional<std::vector<std::string>> expected_statements(const boost::json::object& item, int major_version) {
  const auto* list = &item.at("statements");
  if (const auto* by_server = item.if_contains("server_statements")) {
    const auto* special = by_server->as_object().if_contains(std::to_string(major_version));
    if (special != nullptr) list = special;
  }
  if (list->is_null()) return std::nullopt;
  std::vector<std::string> result;
  for (const auto& text : list->as_array()) result.emplace_back(text.as_string());
  return result;
}

TEST_F(ObjectChanges, MakeTakeAwayAndChangeOneObjectAtATime) {
  std::ifstream cases(SUPPORT_SOURCE_DIR "/tests/data/autogenerate/object_changes.jsonl");
  int count = 0;
  for (std::string line; std::getline(cases, line); ++count) {
    SCOPED_TRACE(line);
    const auto item = boost::json::parse(line).as_object();
    const auto setup = text_at(item, "setup");
    const auto create_which = text_at(item, "create");
    const auto base = built(setup);
    const auto after = built(setup + text_at(item, "after"));
    if (create_which != "none") expect_round_trip(base, after);
    const auto before = built(setup + text_at(item, "before"));
    if (create_which.empty()) expect_round_trip(base, before);
    if (text_at(item, "before").empty()) continue;
    if (!create_which.empty()) built(setup + text_at(item, "before"));
    ASSERT_FALSE(before == after) << "The case changes nothing.";

    const auto operations = alter(before, after);
    const auto expected = expected_statements(item, before.server_version / 10000);
    ASSERT_EQ(operations.has_value(), expected.has_value());
    if (!operations) continue;
    EXPECT_EQ(statements(*operations), *expected);
    const auto result = changed(*operations);
    EXPECT_EQ(descriptions(compare(result, after, {.compare_extension_versions = true})), std::vector<std::string>());
    EXPECT_TRUE(result == after);
  }
  EXPECT_GT(count, 80);
}

TEST_F(ObjectChanges, AreNoneWhereNothingDiffers) {
  database_.sql(every_kind());
  const auto snapshot = inspect(*session_);
  const auto operations = alter(snapshot, snapshot);
  ASSERT_TRUE(operations);
  EXPECT_EQ(statements(*operations), std::vector<std::string>());
}

TEST_F(ObjectChanges, KeepTheValueOfASequence) {
  const auto before = built("CREATE SEQUENCE app.s; SELECT setval('app.s', 41);");
  auto after = before;
  after.sequences[0].options.start = 7;
  after.sequences[0].options.minimum = 5;
  changed(*alter(before, after));
  EXPECT_EQ(session_->scalar("SELECT nextval('app.s')"), "42");
  after.sequences[0].options.minimum = 42;
  after.sequences[0].options.start = 42;
  changed(*alter(before, after));
  EXPECT_EQ(session_->scalar("SELECT nextval('app.s')"), "43");
  const auto narrow = after;
  after.sequences[0].options.minimum = 100;
  after.sequences[0].options.start = 200;
  changed(*alter(narrow, after));
  EXPECT_EQ(session_->scalar("SELECT nextval('app.s')"), "100");
}

// Whoever counts upon the end of a sequence decides what to do about one that is beyond it.
TEST_F(ObjectChanges, DoNotMoveASequenceBackFromBeyondItsEnd) {
  const auto before = built("CREATE SEQUENCE app.s; SELECT setval('app.s', 41);");
  auto after = before;
  after.sequences[0].options.maximum = 40;
  const auto sql = statements(*alter(before, after));
  ASSERT_EQ(sql, std::vector<std::string>{"ALTER SEQUENCE app.s MAXVALUE 40"});
  EXPECT_THROW(session_->execute(sql[0]), alembic::DatabaseError);
}

// A typed table follows its type; a view keeps an attribute that it reads from going.
TEST_F(ObjectChanges, OfACompositeTypeReachTheTablesOfIt) {
  const auto before = built("CREATE TYPE app.place AS (aisle integer); CREATE TABLE app.places OF app.place;");
  auto after = before;
  after.composites[0].attributes.push_back({.name = "shelf", .type = "text"});
  const auto result = changed(*alter(before, after));
  EXPECT_EQ(result.tables[0].columns.size(), 2U);

  const auto read = built(
      "CREATE TYPE app.place AS (aisle integer, shelf text); CREATE TABLE app.t (at app.place); CREATE VIEW app.v AS "
      "SELECT (at).shelf FROM app.t;");
  auto shorter = read;
  shorter.composites[0].attributes.pop_back();
  EXPECT_THROW(session_->execute(statements(*alter(read, shorter)).at(0)), alembic::DatabaseError);
}

}  // namespace
}  // namespace support::tests

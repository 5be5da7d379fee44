// compare() on snapshots made by hand.
#include "app/alembic/autogenerate/compare.hpp"

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/alembic/autogenerate/difference_json.hpp"
#include "app/alembic/autogenerate/generated_names.hpp"

namespace support::tests {
namespace {

using namespace alembic::autogenerate;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

Column integer(const std::string& name) {
  return {.name = name, .type = "integer"};
}

Constraint foreign_key(const std::string& name, const std::string& column, const std::string& table) {
  return {.name = name,
          .kind = ConstraintKind::foreign_key,
          .columns = {column},
          .definition = "FOREIGN KEY (" + column + ") REFERENCES public." + table + "(id)",
          .referent = {"public", table, {"id"}}};
}

Constraint unique(const std::string& name, const std::string& column) {
  return {.name = name, .kind = ConstraintKind::unique, .columns = {column}, .definition = "UNIQUE (" + column + ")"};
}

Index index(const std::string& name, const std::string& column) {
  return {.name = name, .keys = {{.sql = column}}, .body = "btree (" + column + ")"};
}

Table table(const std::string& name, std::vector<Constraint> constraints = {}, std::vector<Index> indexes = {}) {
  return {.schema = "public",
          .name = name,
          .columns = {integer("id"), integer("other")},
          .constraints = std::move(constraints),
          .indexes = std::move(indexes)};
}

CatalogSnapshot tables(std::vector<Table> list) {
  CatalogSnapshot snapshot;
  snapshot.tables = std::move(list);
  return snapshot;
}

std::vector<std::string> found(const CatalogSnapshot& before, const CatalogSnapshot& after,
                               const CompareOptions& options = {}) {
  std::vector<std::string> lines;
  for (const auto& difference : compare(before, after, options)) lines.push_back(description(difference));
  return lines;
}

TEST(Compare, FindsNothingBetweenEqualSnapshotsInAnyOrderOfTheirLists) {
  const auto one = tables({table("a"), table("b", {unique("u", "id")})});
  const auto other = tables({table("b", {unique("u", "id")}), table("a")});
  EXPECT_THAT(found(one, other), IsEmpty());
}

TEST(Compare, AddsATableBehindThoseItRefersToAndItsIndexesBehindIt) {
  const auto after = tables({table("a", {foreign_key("f", "other", "c")}, {index("i", "other")}),
                             table("b", {foreign_key("g", "other", "a")}), table("c")});
  EXPECT_THAT(found({}, after), ElementsAre("Detected added table 'c'", "Detected added table 'a'",
                                            "Detected added index 'i' on '['other']'", "Detected added table 'b'"));
}

TEST(Compare, RemovesATableBeforeThoseItRefersToAndItsIndexesBeforeIt) {
  const auto before = tables({table("a", {foreign_key("f", "other", "c")}, {index("i", "other")}),
                              table("b", {foreign_key("g", "other", "a")}), table("c")});
  EXPECT_THAT(found(before, {}), ElementsAre("Detected removed table 'b'", "Detected removed index 'i' on 'a'",
                                             "Detected removed table 'a'", "Detected removed table 'c'"));
}

TEST(Compare, ComesToAnEndWhereTablesReferToEachOtherInACircle) {
  const auto after = tables({table("a", {foreign_key("f", "other", "b")}), table("b", {foreign_key("g", "other", "a")}),
                             table("self", {foreign_key("h", "other", "self")})});
  EXPECT_EQ(found({}, after).size(), 3U);
}

TEST(Compare, GoesThroughATableInAlembicsOrder) {
  auto old_table = table("t", {unique("u", "id"), foreign_key("f", "other", "x")}, {index("i", "id")});
  old_table.columns.push_back(integer("gone"));
  auto new_table = table("t", {{.name = "c", .definition = "CHECK (true)", .expression = "true"}}, {index("j", "id")});
  new_table.indexes.front().unique = true;
  new_table.comment = "new";
  new_table.columns.front().type = "bigint";
  new_table.columns.push_back(integer("fresh"));
  EXPECT_THAT(found(tables({old_table}), tables({new_table})),
              ElementsAre("Detected added column 't.fresh'", "Detected type change from integer to bigint on 't.id'",
                          "Detected removed unique constraint 'u' on 't'", "Detected removed index 'i' on 't'",
                          "Detected added index 'j' on '['id']'", "Detected removed foreign key (other)(id) on table t",
                          "Detected changed table 't': comment from '' to 'new'",
                          "Detected added check constraint 'c' on 't'", "Detected removed column 't.gone'"));
}

TEST(Compare, TellsEveryAttributeOfAColumnThatChanged) {
  auto changed = table("t");
  auto& column = changed.columns.front();
  column.type = "text";
  column.not_null = true;
  column.default_sql = "'x'::text";
  column.comment = "c";
  const auto differences = compare(tables({table("t")}), tables({changed}));
  ASSERT_EQ(differences.size(), 1U);
  EXPECT_EQ(description(differences.front()),
            "Detected type change from integer to text on 't.id'; Detected NOT NULL on column 't.id'; Detected server "
            "default on column 't.id'; Detected column comment 't.id'");
  EXPECT_EQ(differences.front().find("default")->after, "'x'::text");
  EXPECT_EQ(differences.front().find("storage"), nullptr);
  EXPECT_EQ(std::get<Column>(differences.front().before), integer("id"));
}

TEST(Compare, ShowsTheSchemaUnlessItIsTheDefaultOne) {
  auto other = table("t");
  other.schema = "app";
  const auto differences = compare({}, tables({other}));
  EXPECT_EQ(description(differences.front()), "Detected added table 'app.t'");
  EXPECT_EQ(description(differences.front(), "app"), "Detected added table 't'");
}

TEST(Compare, LeavesOutWhatASwitchTurnsOff) {
  auto changed = table("t", {}, {index("i", "id")});
  auto& column = changed.columns.front();
  column.type = "text";
  column.default_sql = "1";
  column.comment = "c";
  column.storage = "MAIN";
  column.grants = {"PUBLIC=SELECT"};
  column.not_null_name = "n";
  std::ranges::reverse(changed.columns);
  const auto before = tables({table("t")});
  const auto after = tables({changed});
  const CompareOptions none{.ignored_kinds = {ObjectKind::index},
                            .compare_type = false,
                            .compare_server_default = false,
                            .compare_comments = false,
                            .compare_storage = false};
  EXPECT_THAT(found(before, after, none), IsEmpty());
  auto with = none;
  with.compare_access = true;
  EXPECT_THAT(found(before, after, with),
              ElementsAre("Detected grants change from '' to 'PUBLIC=SELECT' on column 't.id'"));
  with = none;
  with.compare_not_null_names = true;
  EXPECT_THAT(found(before, after, with), ElementsAre("Detected not_null_name change from '' to 'n' on column 't.id'"));
  with = none;
  with.compare_column_order = true;
  EXPECT_THAT(found(before, after, with),
              ElementsAre("Detected changed table 't': column_order from 'id, other' to 'other, id'"));
}

TEST(Compare, LooksAtIncludedSchemasAlone) {
  auto other = table("t");
  other.schema = "app";
  CatalogSnapshot after = tables({other, table("u")});
  after.schemas = {{.name = "app"}, {.name = "extra"}};
  EXPECT_THAT(found({}, after, {.include_schemas = std::set<std::string>{"app"}}),
              ElementsAre("Detected added schema 'app'", "Detected added table 'app.t'"));
}

TEST(Compare, AsksForNamesOfTheDatabaseAndForObjectsOfBothSides) {
  const auto before = tables({table("kept"), table("old")});
  const auto after = tables({table("kept"), table("fresh"), table("legacy")});
  CompareOptions options;
  options.include_name = [](const ObjectName& object) { return object.name != "old" && object.name != "kept"; };
  EXPECT_THAT(found(before, after, options), ElementsAre("Detected added table 'fresh'", "Detected added table 'kept'",
                                                         "Detected added table 'legacy'"));
  options = {};
  options.include_object = [](const ObjectName& object, Side side) {
    return side == Side::after ? object.name != "legacy" : object.kind != ObjectKind::table;
  };
  EXPECT_THAT(found(before, after, options), ElementsAre("Detected added table 'fresh'"));
}

TEST(Compare, AsksForTheIndexesOfNewAndRemovedTables) {
  const auto some = tables({table("t", {}, {index("ix_kept", "id"), index("ix_own_tool", "other")})});
  CompareOptions options;
  options.include_object = [](const ObjectName& object, Side) { return object.name != "ix_own_tool"; };
  EXPECT_THAT(found({}, some, options),
              ElementsAre("Detected added table 't'", "Detected added index 'ix_kept' on '['id']'"));
  EXPECT_THAT(found(some, {}, options),
              ElementsAre("Detected removed index 'ix_kept' on 't'", "Detected removed table 't'"));
}

// What a table says besides its parent can't be changed, and what a table has that changes parents is its own.
TEST(Compare, LooksAtWhatATableInheritsAsFarAsCommandsCanChangeIt) {
  const auto family = [](Origin origin, const std::string& parent, bool has_check) {
    auto child = table("child");
    child.parents = {{"public", parent}};
    child.columns.front().origin = origin;
    Constraint check{.name = "positive", .kind = ConstraintKind::check, .definition = "CHECK (id > 0)"};
    check.origin = Origin::inherited;
    auto first = table("first");
    auto second = table("second");
    if (has_check) {
      child.constraints = {check};
      check.origin = Origin::own;
      first.constraints = {check};
    }
    return tables({first, second, child});
  };
  EXPECT_THAT(found(family(Origin::both, "first", true), family(Origin::inherited, "first", true)), IsEmpty());
  EXPECT_THAT(found(family(Origin::inherited, "first", true), family(Origin::inherited, "first", false)),
              ElementsAre("Detected removed check constraint 'positive' on 'first'"));
  // The parent may be in a schema that nobody looks at.
  auto alone = family(Origin::inherited, "first", true);
  auto bare = family(Origin::inherited, "first", false);
  for (auto* side : {&alone, &bare}) side->tables = {side->tables.back()};
  EXPECT_THAT(found(alone, bare), IsEmpty());
  // It leaves with the parent's check and has to lose it.
  EXPECT_THAT(found(family(Origin::inherited, "first", true), family(Origin::inherited, "second", false)),
              Contains("Detected removed check constraint 'positive' on 'child'"));
}

TEST(Compare, TakesAConstraintWithAnotherNameForARenamedOne) {
  const auto before = tables({table("t", {unique("old", "id")}, {index("i", "other")})});
  const auto after = tables({table("t", {unique("t_id_key", "id")}, {index("t_other_idx", "other")})});
  EXPECT_THAT(found(before, after),
              ElementsAre("Detected changed unique constraint 't_id_key' on 't': name from 'old' to 't_id_key'",
                          "Detected changed index 't_other_idx' on 't': name from 'i' to 't_other_idx'"));
  EXPECT_THAT(found(before, after, {.generated_names = GeneratedNames::any}), IsEmpty());
  EXPECT_EQ(found(after, before, {.generated_names = GeneratedNames::any}).size(), 2U);
  const auto elsewhere = tables({table("t", {unique("new", "other")}, {index("i", "other")})});
  EXPECT_THAT(found(before, elsewhere), ElementsAre("Detected removed unique constraint 'old' on 't'",
                                                    "Detected added unique constraint 'new' on '['other']'"));
}

TEST(Compare, TakesOneNameOfAnotherKindForAnotherConstraint) {
  const auto before = tables({table("t", {unique("c", "id")})});
  const auto after = tables({table("t", {foreign_key("c", "id", "x")})});
  EXPECT_THAT(found(before, after), ElementsAre("Detected removed unique constraint 'c' on 't'",
                                                "Detected added foreign key (id)(id) on table t"));
}

TEST(Compare, SaysOnceWhatAPartitionedTableBringsToItsPartitions) {
  const auto family = [](const std::string& type, bool with_index) {
    auto parent = table("parent", {}, with_index ? std::vector{index("i", "id")} : std::vector<Index>{});
    auto child = table("child", {}, with_index ? std::vector{index("child_i", "id")} : std::vector<Index>{});
    child.parents = {{"public", "parent"}};
    if (with_index) child.indexes.front().origin = Origin::inherited;
    for (auto* member : {&parent, &child}) member->columns.front().type = type;
    for (auto& column : child.columns) column.origin = Origin::inherited;
    return tables({child, parent});
  };
  EXPECT_THAT(found(family("integer", false), family("bigint", true)),
              ElementsAre("Detected type change from integer to bigint on 'parent.id'",
                          "Detected added index 'i' on '['id']'"));
}

TEST(Compare, WritesADifferenceAsJson) {
  auto changed = table("t");
  changed.columns.front().not_null = true;
  const auto json = to_json(compare(tables({table("t")}), tables({changed, table("u", {unique("u_id_key", "id")})})));
  ASSERT_EQ(json.size(), 2U);
  const auto& added = json.at(0);
  EXPECT_EQ(added.at_pointer("/change").as_string(), "added");
  EXPECT_EQ(added.at_pointer("/kind").as_string(), "table");
  EXPECT_TRUE(added.at_pointer("/before").is_null());
  EXPECT_EQ(added.at_pointer("/after/columns/0/type").as_string(), "integer");
  EXPECT_EQ(added.at_pointer("/after/constraints/0/kind").as_string(), "unique constraint");
  const auto& column = json.at(1);
  EXPECT_EQ(column.at_pointer("/description").as_string(), "Detected NOT NULL on column 't.id'");
  EXPECT_EQ(column.at_pointer("/attributes/0/before").as_string(), "false");
  EXPECT_EQ(column.at_pointer("/after/not_null").as_bool(), true);
}

TEST(GeneratedNames, AreThoseThatPostgresqlMakesUp) {
  const auto is = [](const std::string& name, Constraint constraint) {
    constraint.name = name;
    return is_generated_name("t", constraint);
  };
  const Constraint two{.kind = ConstraintKind::foreign_key, .columns = {"a", "b"}};
  EXPECT_TRUE(is("t_a_b_fkey", two));
  EXPECT_TRUE(is("t_a_b_fkey12", two));
  EXPECT_FALSE(is("t_a_fkey", two));
  EXPECT_FALSE(is("t_b_a_fkey", two));
  EXPECT_TRUE(is("t_pkey", {.kind = ConstraintKind::primary_key, .columns = {"a"}}));
  EXPECT_TRUE(is("t_a1_key", {.kind = ConstraintKind::unique, .columns = {"a1"}}));
  EXPECT_FALSE(is("t_a_key", {.kind = ConstraintKind::unique, .columns = {"a1"}}));
  EXPECT_TRUE(is("t_check", {.kind = ConstraintKind::check, .columns = {"a", "b"}}));
  EXPECT_TRUE(is("t_a_check", {.kind = ConstraintKind::check, .columns = {"a"}}));
  EXPECT_TRUE(
      is_generated_name("t", Index{.name = "t_lower_idx", .keys = {{.sql = "lower(a)", .is_expression = true}}}));
  EXPECT_TRUE(is_generated_name("t", Index{.name = "t_a_b_idx", .keys = {{.sql = "a"}}, .include = {"b"}}));
  EXPECT_FALSE(is_generated_name("t", Index{.name = "ix_t_a", .keys = {{.sql = "a"}}}));
}

// As PostgreSQL 15 named them when asked.
TEST(GeneratedNames, AreShortenedToSixtyThreeBytes) {
  const std::string table(50, 't');
  const auto is = [&](const std::string& name, Texts columns) {
    return is_generated_name(table,
                             Constraint{.name = name, .kind = ConstraintKind::unique, .columns = std::move(columns)});
  };
  const std::string shortened_table(29, 't');
  const std::string column(40, 'c');
  EXPECT_TRUE(is(shortened_table + '_' + std::string(29, 'c') + "_key", {column}));
  EXPECT_FALSE(is(shortened_table + '_' + std::string(28, 'c') + "_key", {column}));
  EXPECT_TRUE(is(shortened_table + "_a_" + std::string(27, 'c') + "_key", {"a", column}));
  EXPECT_TRUE(is(table + "_a_key", {"a"}));
  // Two bytes a letter; none is cut in half.
  EXPECT_TRUE(is(shortened_table + "_éééééééééééééé_key", {"ééééééééééééééé"}));
}

}  // namespace
}  // namespace support::tests

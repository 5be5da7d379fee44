// What the options of a comparison leave in and out.
#include "app/alembic/autogenerate/comparison_options.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/alembic/errors.hpp"

namespace support::tests {
namespace {

using namespace alembic::autogenerate;
using alembic::CommandError;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

Table table(const std::string& schema, const std::string& name) {
  return {.schema = schema,
          .name = name,
          .columns = {{.name = "id", .type = "integer"}},
          .indexes = {{.name = "ix_" + name, .keys = {{.sql = "id"}}, .body = "btree (id)"}}};
}

// A little of everything that a pattern could speak of.
CatalogSnapshot sample() {
  CatalogSnapshot snapshot;
  snapshot.schemas = {{.name = "alembic"}, {.name = "app"}, {.name = "public"}};
  snapshot.tables = {table("alembic", "history"), table("app", "users"), table("public", "tmp_users"),
                     table("public", "users")};
  snapshot.views = {{.schema = "public", .name = "names", .definition = "SELECT 1"}};
  snapshot.triggers = {{.schema = "public", .table = "tmp_users", .name = "touch"},
                       {.schema = "public", .table = "users", .name = "touch"}};
  snapshot.sequences = {{.schema = "public", .name = "numbers"}};
  return snapshot;
}

// The added objects between nothing and the sample, "kind schema.table.name".
std::vector<std::string> looked_at(const ComparisonOptions& options, const CatalogSnapshot* models = nullptr) {
  const auto after = sample();
  std::vector<std::string> names;
  for (const auto& difference : compare({}, after, compare_options(options, {}, after, models, "public"))) {
    auto name = std::string(to_string(difference.kind)) + ' ';
    if (!difference.schema.empty()) name += difference.schema + '.';
    if (!difference.table.empty()) name += difference.table + '.';
    names.push_back(name + difference.name);
  }
  return names;
}

NamePattern pattern(const std::string& text) {
  return parse_name_pattern(text);
}

TEST(ComparisonOptions, LookAtEverythingButTheToolsOwnSchema) {
  EXPECT_THAT(
      looked_at({}),
      UnorderedElementsAre("schema app", "schema public", "sequence public.numbers", "table app.users",
                           "index app.users.ix_users", "table public.tmp_users", "index public.tmp_users.ix_tmp_users",
                           "table public.users", "index public.users.ix_users", "view public.names",
                           "trigger public.tmp_users.touch", "trigger public.users.touch"));
  EXPECT_THAT(looked_at({.schemas = {"alembic"}}),
              UnorderedElementsAre("schema alembic", "table alembic.history", "index alembic.history.ix_history"));
}

TEST(ComparisonOptions, LeaveOutKindsAndSchemas) {
  EXPECT_THAT(looked_at({.ignored_kinds = {ObjectKind::index, ObjectKind::trigger, ObjectKind::table}}),
              UnorderedElementsAre("schema app", "schema public", "sequence public.numbers", "view public.names"));
  EXPECT_THAT(looked_at({.schemas = {"app"}}),
              UnorderedElementsAre("schema app", "table app.users", "index app.users.ix_users"));
}

TEST(ComparisonOptions, NextToModelsLookAtTheirSchemasAndTheDefaultOne) {
  CatalogSnapshot models;
  EXPECT_THAT(looked_at({.ignored_kinds = {ObjectKind::index}}, &models),
              UnorderedElementsAre("table public.tmp_users", "table public.users"));
  EXPECT_THAT(looked_at({.ignored_kinds = {ObjectKind::index}, .include_schemas = true}, &models),
              UnorderedElementsAre("table app.users", "table public.tmp_users", "table public.users"));
  models.tables = {table("app", "users")};
  EXPECT_THAT(looked_at({.ignored_kinds = {ObjectKind::index}}, &models),
              UnorderedElementsAre("table app.users", "table public.tmp_users", "table public.users"));
}

TEST(ComparisonOptions, APatternWithoutAKindSpeaksForWhatStandsByItself) {
  EXPECT_THAT(looked_at({.include_names = {pattern("users")}}),
              UnorderedElementsAre("schema app", "schema public", "table app.users", "index app.users.ix_users",
                                   "table public.users", "index public.users.ix_users", "trigger public.users.touch"));
  EXPECT_THAT(
      looked_at({.ignored_kinds = {ObjectKind::schema}, .include_names = {pattern("app.*"), pattern("public.n*")}}),
      UnorderedElementsAre("table app.users", "index app.users.ix_users", "sequence public.numbers",
                           "view public.names"));
}

TEST(ComparisonOptions, APatternWithAKindSpeaksForThatKindAndWhatBelongsToIt) {
  EXPECT_THAT(
      looked_at({.ignored_kinds = {ObjectKind::schema}, .include_names = {pattern("table:tmp_*")}}),
      UnorderedElementsAre("sequence public.numbers", "table public.tmp_users", "index public.tmp_users.ix_tmp_users",
                           "view public.names", "trigger public.tmp_users.touch"));
  EXPECT_THAT(looked_at({.exclude_names = {pattern("table:tmp_*"), pattern("schema:app"), pattern("trigger:to*")}}),
              UnorderedElementsAre("schema public", "sequence public.numbers", "table public.users",
                                   "index public.users.ix_users", "view public.names"));
}

TEST(ComparisonOptions, APartOfATableThatBothHaveIsLeftOutByItself) {
  CatalogSnapshot before;
  before.tables = {table("public", "users")};
  auto after = before;
  after.tables[0].indexes.clear();
  after.tables[0].columns.push_back({.name = "tmp_mail", .type = "text"});
  const auto found = [&](const ComparisonOptions& options) {
    return compare(before, after, compare_options(options, before, after, nullptr, "public")).size();
  };
  EXPECT_EQ(found({}), 2U);
  EXPECT_EQ(found({.exclude_names = {pattern("index:ix_*")}}), 1U);
  EXPECT_EQ(found({.exclude_names = {pattern("users.tmp_*"), pattern("ix_users")}}), 0U);
  EXPECT_EQ(found({.include_names = {pattern("column:tmp_*"), pattern("index:none")}}), 1U);
}

TEST(ComparisonOptions, AnExcludingPatternIsHeldAgainstEverySpelling) {
  EXPECT_THAT(looked_at({.ignored_kinds = {ObjectKind::index, ObjectKind::trigger},
                         .exclude_names = {pattern("public.*"), pattern("app")}}),
              UnorderedElementsAre("schema public"));
  EXPECT_THAT(looked_at({.ignored_kinds = {ObjectKind::index, ObjectKind::schema},
                         .exclude_names = {pattern("users.touch"), pattern("n*")}}),
              UnorderedElementsAre("table app.users", "table public.tmp_users", "table public.users",
                                   "trigger public.tmp_users.touch"));
}

TEST(ComparisonOptions, SwitchesReachTheComparison) {
  const CatalogSnapshot none;
  const auto options = [&](const ComparisonOptions& given, const CatalogSnapshot* models = nullptr) {
    return compare_options(given, none, none, models, "public");
  };
  EXPECT_TRUE(options({}).compare_storage);
  EXPECT_FALSE(options({}, &none).compare_storage);
  EXPECT_TRUE(options({.compare_storage = true}, &none).compare_storage);
  EXPECT_FALSE(options({.compare_storage = false}).compare_storage);
  EXPECT_FALSE(options({.compare_type = false}).compare_type);
  EXPECT_FALSE(options({.compare_server_default = false}).compare_server_default);
  EXPECT_FALSE(options({.compare_comments = false}).compare_comments);
  EXPECT_TRUE(options({.compare_access = true}).compare_access);
  EXPECT_TRUE(options({.compare_column_order = true}).compare_column_order);
  EXPECT_EQ(options({}).generated_names, GeneratedNames::exact);
  EXPECT_EQ(options({}, &none).generated_names, GeneratedNames::any);
}

TEST(ObjectKinds, HaveAWordEachThatIsReadBack) {
  EXPECT_EQ(object_kind_words().size(), 17U);
  for (const auto& word : object_kind_words()) {
    auto spoken = word;
    std::ranges::replace(spoken, '_', ' ');
    EXPECT_EQ(to_string(parse_object_kind(word)), spoken);
  }
  EXPECT_EQ(parse_object_kind("enum-type"), ObjectKind::enum_type);
  EXPECT_EQ(parse_object_kind("enum"), ObjectKind::enum_type);
  EXPECT_EQ(parse_object_kind("composite"), ObjectKind::composite_type);
  for (const auto* wrong : {"", "tables", "type", "Table"}) {
    EXPECT_THAT([&] { parse_object_kind(wrong); },
                testing::ThrowsMessage<CommandError>(HasSubstr("there are schema, ")));
  }
}

TEST(NamePatterns, AreRead) {
  EXPECT_EQ(pattern("tmp_*"), (NamePattern{std::nullopt, "tmp_*"}));
  EXPECT_EQ(pattern("enum:app.*"), (NamePattern{ObjectKind::enum_type, "app.*"}));
  EXPECT_THROW(pattern("tabel:x"), CommandError);
  EXPECT_THROW(pattern("table:"), CommandError);
  EXPECT_THROW(pattern(""), CommandError);
}

TEST(Glob, HasStarsAndQuestionMarks) {
  for (const auto& [glob, text] : std::vector<std::pair<std::string, std::string>>{{"*", ""},
                                                                                   {"*", "abc"},
                                                                                   {"a*", "a"},
                                                                                   {"a*c", "abc"},
                                                                                   {"a*c", "abcbc"},
                                                                                   {"?b?", "abc"},
                                                                                   {"*.b*", "a.b.bc"},
                                                                                   {"a**", "ab"},
                                                                                   {"?", "é"},
                                                                                   {"x?z", "xéz"},
                                                                                   {"", ""}}) {
    EXPECT_TRUE(matches_glob(glob, text)) << glob << " " << text;
  }
  for (const auto& [glob, text] : std::vector<std::pair<std::string, std::string>>{
           {"", "a"}, {"a", ""}, {"a?", "a"}, {"?", ""}, {"a*c", "abcd"}, {"abc", "ABC"}, {"?", "ab"}, {"*b", "abc"}}) {
    EXPECT_FALSE(matches_glob(glob, text)) << glob << " " << text;
  }
  EXPECT_FALSE(matches_glob(std::string(40, '*') + "b", std::string(5000, 'a')));
}

}  // namespace
}  // namespace support::tests

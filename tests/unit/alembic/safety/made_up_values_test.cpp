#include "app/alembic/safety/roundtrip/made_up_values.hpp"

#include <regex>
#include <set>

#include <gmock/gmock.h>

#include "app/alembic/safety/roundtrip/column_groups.hpp"
#include "app/alembic/safety/roundtrip/pattern_sample.hpp"

namespace support::alembic::safety {
namespace {

using autogenerate::CatalogSnapshot;
using autogenerate::Column;
using autogenerate::Constraint;
using autogenerate::ConstraintKind;
using autogenerate::Generated;
using autogenerate::Table;
using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::IsSupersetOf;
using testing::Not;
using testing::StartsWith;

std::string ordinary(const std::string& type, unsigned n) {
  static const CatalogSnapshot nothing;
  const auto values = MadeUpValues(nothing).values(type, n);
  return values.empty() ? "" : values.front();
}

CheckConstants constants_of(std::string_view condition) {
  CheckConstants constants;
  constants.add(condition);
  return constants;
}

TEST(PatternSample, MatchesWhatPeopleCheckFor) {
  for (const std::string pattern :
       {"^[A-Z]{3}$", "^[^@]+@[^@]+\\.[a-z]{2,}$", "^[a-z0-9]+(-[a-z0-9]+)*$", "^\\+?[0-9]{7,15}$", "^(GB|UK)[0-9]*$",
        "^[A-Z]{1,2}[0-9][A-Z0-9]? [0-9][A-Z]{2}$", "^#[0-9a-f]{6}$", "^(?:a|b)c?$", "^[[:alpha:]_][[:alnum:]_]*$",
        "^\\d{4}-\\d{2}-\\d{2}$", "^[0-9a-f]{64}$", "^https?://[^ ]+$", "^\\S+$", "^.{3,}$", "^[^a-zA-Z0-9]$"}) {
    for (unsigned n = 0; n < 50; ++n) {
      const auto sample = sample_of_regex(pattern, n);
      EXPECT_TRUE(std::regex_match(sample, std::regex(pattern))) << pattern << " is not matched by " << sample;
    }
  }
}

TEST(PatternSample, IsAnotherOneForAnotherNumber) {
  std::set<std::string> samples;
  for (unsigned n = 0; n < 100; ++n) samples.insert(sample_of_regex("^[A-Z]{3}$", n));
  EXPECT_EQ(samples.size(), 100U);
}

TEST(PatternSample, ComesToAnEndWhateverThePattern) {
  const std::string pieces = "()[]{}|*+?^$.\\a-:1,<=!";
  unsigned state = 7;
  for (int i = 0; i < 20'000; ++i) {
    std::string pattern;
    for (int length = i % 14; length > 0; --length) {
      state = state * 1103515245U + 12345U;
      pattern += pieces[(state >> 16U) % pieces.size()];
    }
    EXPECT_LE(sample_of_regex(pattern, static_cast<unsigned>(i)).size(), 400U) << pattern;
  }
}

TEST(PatternSample, OfLikeFillsInWhatIsOpen) {
  EXPECT_EQ(sample_of_like("acc\\_%-_", 3), "acc_x3-d");
}

TEST(CheckConstants, AreReadFromWhatTheServerPrints) {
  const auto constants = constants_of(
      "((state = ANY (ARRAY['new'::text, 'it''s'::text])) AND (age >= 18) AND (a > '-1'::integer) AND ((code)::text ~ "
      "'^[A-Z]+$'::text) AND (name ~~ 'x%'::text) AND (at < '2024-01-01'::date))");
  EXPECT_THAT(constants.strings, ElementsAre("new", "it's", "-1", "2024-01-01"));
  EXPECT_THAT(constants.numbers, ElementsAre("18", "-1"));
  EXPECT_THAT(constants.regexes, ElementsAre("^[A-Z]+$"));
  EXPECT_THAT(constants.likes, ElementsAre("x%"));
}

TEST(CheckConstants, NamesAreReadWithTheirQuotesOff) {
  EXPECT_THAT(mentioned_names(R"((length("Full ""Name""") > 3) OR (b IS NULL))"),
              IsSupersetOf({"length", "Full \"Name\"", "b"}));
}

TEST(TypeParts, LeaveTheModifiersOut) {
  EXPECT_EQ(parts_of_type("timestamp(3) with time zone").name, "timestamp with time zone");
  EXPECT_THAT(parts_of_type("numeric(6,2)").modifiers, ElementsAre(6, 2));
  EXPECT_TRUE(parts_of_type("character varying(5)[]").is_array);
  EXPECT_EQ(parts_of_type("app.\"Odd (type)\"").name, "app.\"Odd (type)\"");
}

TEST(MadeUpValues, DifferFromRowToRow) {
  for (const auto* type : {"text",
                           "character varying(4)",
                           "character(3)",
                           "integer",
                           "bigint",
                           "smallint",
                           "numeric(3,1)",
                           "numeric",
                           "uuid",
                           "date",
                           "timestamp with time zone",
                           "bytea",
                           "jsonb",
                           "inet",
                           "macaddr",
                           "bit(8)",
                           "real",
                           "interval",
                           "integer[]",
                           "int4range",
                           "public.vector(3)",
                           "time without time zone",
                           "point"}) {
    std::set<std::string> values;
    for (unsigned n = 1; n <= 20; ++n) values.insert(ordinary(type, n));
    EXPECT_EQ(values.size(), 20U) << type;
    EXPECT_FALSE(values.contains("")) << type;
  }
}

TEST(MadeUpValues, OfTextsLoseSomethingWhenTheCaseOrTheBlanksChange) {
  EXPECT_EQ(ordinary("text", 7), "'Made up Ö 7'::text");
  EXPECT_EQ(ordinary("character varying(2)", 1), "'Za'::character varying(2)");
}

TEST(MadeUpValues, OfAnUnknownTypeAreNone) {
  EXPECT_EQ(ordinary("public.geometry(Point,4326)", 1), "");
}

TEST(MadeUpValues, FollowTheHintsOfConditions) {
  static const CatalogSnapshot nothing;
  const MadeUpValues values(nothing);
  EXPECT_THAT(values.values("text", 1, constants_of("state = ANY (ARRAY['new'::text, 'old'::text])")),
              IsSupersetOf({"'new'::text", "'old'::text"}));
  EXPECT_THAT(values.values("integer", 1, constants_of("(age >= 18) AND (age < 20)")),
              IsSupersetOf({"'18'::integer", "'19'::integer", "'17'::integer", "'20'::integer"}));
  EXPECT_THAT(values.values("date", 1, constants_of("at >= '2024-01-01'::date")), Contains("'2024-01-01'::date"));
  EXPECT_THAT(values.values("jsonb", 1, constants_of("data ? 'key'::text")), Contains(HasSubstr(R"({"key": 1})")));
}

TEST(MadeUpValues, ThatDoNotFitTheTypeAreNotAmongThem) {
  static const CatalogSnapshot nothing;
  const MadeUpValues values(nothing);
  EXPECT_THAT(values.values("numeric(3,2)", 1, constants_of("a < 9.5")), Each(Not(HasSubstr("1000"))));
  EXPECT_THAT(values.values("smallint", 1, constants_of("a < 40000")), Each(Not(HasSubstr("40000"))));
  EXPECT_THAT(values.values("integer", 1, constants_of("a > 0.5")), Each(Not(HasSubstr("."))));
  EXPECT_THAT(values.values("date", 1, constants_of("to_char(a, 'YYYY'::text) = '2024'::text")),
              Each(Not(HasSubstr("YYYY"))));
}

TEST(MadeUpValues, OfAnEnumBeginWithWhatTheMigrationAdded) {
  CatalogSnapshot before;
  before.enums = {{.schema = "public", .name = "mood", .labels = {"calm", "upset"}}};
  auto after = before;
  after.enums.front().labels = {"calm", "cheerful", "upset"};
  for (unsigned n = 0; n < 4; ++n) {
    EXPECT_EQ(MadeUpValues(after, &before).values("public.mood", n).front(), "'cheerful'::public.mood");
  }
  std::set<std::string> usual;
  for (unsigned n = 0; n < 3; ++n) usual.insert(MadeUpValues(after).values("public.mood", n).front());
  EXPECT_EQ(usual.size(), 3U);
}

TEST(MadeUpValues, OfDomainsAndCompositesAreMadeOfTheirParts) {
  CatalogSnapshot schema;
  schema.domains = {{.schema = "app", .name = "age", .type = "integer", .checks = {{"c", "CHECK ((VALUE > 17))"}}}};
  schema.composites = {{.schema = "app", .name = "pair", .attributes = {{"a", "integer"}, {"b", "text"}}}};
  const MadeUpValues values(schema);
  EXPECT_THAT(values.values("app.age", 1), Contains("('18'::integer)::app.age"));
  EXPECT_THAT(values.values("app.pair", 1), ElementsAre("ROW('1'::integer, 'Made up Ö 1'::text)::app.pair"));
  EXPECT_THAT(values.values("app.pair[]", 1).front(), StartsWith("ARRAY[ROW("));
}

Table table_of(std::vector<std::string> columns) {
  Table table{.schema = "public", .name = "t"};
  for (auto& name : columns) table.columns.push_back(Column{.name = std::move(name), .type = "integer"});
  return table;
}

std::vector<std::string> names_of(const ColumnGroup& group) {
  std::vector<std::string> names;
  for (const auto* column : group.columns) names.push_back(column->name);
  return names;
}

TEST(ColumnGroups, HoldTogetherWhatConditionsAndKeysShare) {
  auto table = table_of({"a", "b", "c", "d", "e"});
  table.constraints = {
      Constraint{.name = "k1", .kind = ConstraintKind::check, .columns = {"a", "b"}, .expression = "(a < b)"},
      Constraint{.name = "k2", .kind = ConstraintKind::foreign_key, .columns = {"b", "d"}},
      Constraint{.name = "k3", .kind = ConstraintKind::unique, .columns = {"c"}}};
  const auto groups = find_groups(table, {"(e > 3)"});
  ASSERT_EQ(groups.size(), 2U);
  EXPECT_THAT(names_of(groups[0]), ElementsAre("a", "b", "d"));
  EXPECT_THAT(groups[0].conditions, ElementsAre("(a < b)"));
  EXPECT_EQ(groups[0].foreign_keys.size(), 1U);
  EXPECT_THAT(names_of(groups[1]), ElementsAre("e"));
}

TEST(ColumnGroups, TakeWhatAGeneratedColumnIsMadeOf) {
  auto table = table_of({"a", "twice"});
  table.columns[1].generated = Generated::stored;
  table.columns[1].default_sql = "(a * 2)";
  table.constraints = {
      Constraint{.name = "k", .kind = ConstraintKind::check, .columns = {"twice"}, .expression = "(twice < 10)"}};
  const auto groups = find_groups(table, {});
  ASSERT_EQ(groups.size(), 1U);
  EXPECT_THAT(names_of(groups[0]), ElementsAre("a", "twice"));
}

TEST(ColumnGroups, AreNoneWhereNothingIsSaid) {
  EXPECT_THAT(find_groups(table_of({"a", "b"}), {}), IsEmpty());
}

}  // namespace
}  // namespace support::alembic::safety

// plan() on snapshots made by hand; what it does on real servers is tried by the integration suites.
#include "app/alembic/autogenerate/plan.hpp"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/alembic/autogenerate/default_schema.hpp"
#include "app/alembic/autogenerate/model_types.hpp"
#include "app/alembic/autogenerate/redundant_defaults.hpp"
#include "app/alembic/autogenerate/unmet_needs.hpp"
#include "app/alembic/operations/sql.hpp"

namespace support::tests {
namespace {

using namespace alembic::autogenerate;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

using Lines = std::vector<std::string>;

Lines statements(const Steps& steps) {
  Lines lines;
  for (const auto& step : steps) {
    for (auto& statement : alembic::to_sql(step.operation, {})) lines.push_back(std::move(statement));
  }
  return lines;
}

std::string note_of(const Steps& steps, std::string_view words) {
  for (const auto& step : steps) {
    const auto lines = statements({step});
    const bool has_words =
        std::ranges::any_of(lines, [&](const auto& line) { return line.find(words) != std::string::npos; });
    if (has_words) return step.note;
  }
  return "there is no such step";
}

Column column(const std::string& name, const std::string& type = "integer") {
  return {.name = name, .type = type};
}

Table table(const std::string& name, std::vector<Column> columns) {
  return {.schema = "app", .name = name, .columns = std::move(columns)};
}

CatalogSnapshot snapshot(std::vector<Table> tables) {
  CatalogSnapshot result{.server_version = 150000};
  result.tables = std::move(tables);
  return result;
}

ObjectName name_of(ObjectKind kind, const std::string& name, const std::string& table = "") {
  return {kind, "app", table, name};
}

TEST(Plan, IsEmptyBetweenEqualSnapshots) {
  const auto same = snapshot({table("t", {column("a")})});
  EXPECT_TRUE(plan(same, same).empty());
  EXPECT_THAT(plan(same, same).downgrade, IsEmpty());
}

TEST(Plan, SaysWhatIsLostOnEitherWay) {
  const auto before = snapshot({table("t", {column("a"), column("b", "text")})});
  const auto after = snapshot({table("t", {column("a", "bigint")})});
  const auto steps = plan(before, after);
  EXPECT_THAT(statements(steps.upgrade),
              ElementsAre("ALTER TABLE app.t ALTER COLUMN a TYPE BIGINT", "ALTER TABLE app.t DROP COLUMN b"));
  EXPECT_EQ(note_of(steps.upgrade, "DROP COLUMN b"), "The values of 'b' are lost.");
  EXPECT_THAT(note_of(steps.upgrade, "TYPE BIGINT"), HasSubstr("Rewrites the table"));
  EXPECT_THAT(statements(steps.downgrade),
              ElementsAre("ALTER TABLE app.t ADD COLUMN b TEXT", "ALTER TABLE app.t ALTER COLUMN a TYPE INTEGER"));
  EXPECT_THAT(note_of(steps.downgrade, "TYPE INTEGER"), HasSubstr("can't hold makes it fail"));
}

TEST(Plan, LosesNothingInAWiderTypeAndSaysNothing) {
  const auto before = snapshot({table("t", {column("a", "character varying(10)")})});
  const auto after = snapshot({table("t", {column("a", "character varying(20)")})});
  const auto steps = plan(before, after);
  EXPECT_EQ(note_of(steps.upgrade, "TYPE VARCHAR(20)"), "");
  EXPECT_THAT(note_of(steps.downgrade, "TYPE VARCHAR(10)"), HasSubstr("can't hold"));
}

TEST(Plan, SaysWhichValuesAnotherTypeHasNoPlaceFor) {
  struct Case {
    const char* before;
    const char* after;
    const char* words;  // none: nothing is lost
  };
  for (const auto& [before, after, words] : {Case{"boolean", "integer", ""},
                                             {"integer", "boolean", "Every number but 0 becomes true."},
                                             {"integer[]", "text[]", ""},
                                             {"integer", "text", ""},
                                             {"character varying(10)[]", "character varying(5)[]", "can't hold"},
                                             {"character varying(5)[]", "character varying(10)[]", ""},
                                             {"character varying(5)[]", "text", ""},
                                             {"text", "integer[]", "can't hold"},
                                             {"integer", "smallint", "can't hold"},
                                             {"bigint", "double precision", "can't hold"},
                                             {"timestamp without time zone", "timestamp with time zone", ""},
                                             {"timestamp without time zone", "date", "can't hold"},
                                             {"timestamp(6) without time zone", "timestamp without time zone", ""},
                                             {"bit(3)", "bit(5)", "can't hold"},
                                             {"character(3)", "character varying(2)", "can't hold"},
                                             {"character(3)", "character varying(3)", ""}}) {
    const auto steps =
        plan(snapshot({table("t", {column("a", before)})}), snapshot({table("t", {column("a", after)})}));
    const auto note = note_of(steps.upgrade, "ALTER COLUMN a TYPE");
    const bool loses = !std::string_view(words).empty();
    EXPECT_EQ(note.find(loses ? words : "can't hold") != std::string::npos, loses) << before << " " << after << note;
  }
}

TEST(Plan, PutsANoteAboveTheStatementThatItIsAbout) {
  auto before = snapshot({table("t", {column("a", "text")})});
  auto after = snapshot({table("t", {column("a")})});
  before.tables.front().columns.front().default_sql = "'x'::text";
  after.tables.front().columns.front().default_sql = "1";
  const auto steps = plan(before, after).upgrade;
  EXPECT_EQ(note_of(steps, "DROP DEFAULT"), "");
  EXPECT_THAT(note_of(steps, "TYPE INTEGER"), HasSubstr("Rewrites the table"));
}

TEST(Plan, SaysWhatBecomesOfSequences) {
  auto before = snapshot({});
  before.sequences = {{.schema = "app", .name = "gone"}, {.schema = "app", .name = "s"}};
  auto after = snapshot({});
  after.sequences = {{.schema = "app", .name = "s", .options = {.type = "integer", .maximum = 2147483647}}};
  auto steps = plan(before, after);
  EXPECT_EQ(note_of(steps.upgrade, "DROP SEQUENCE app.gone"), "The position of 'gone' is lost.");
  EXPECT_EQ(note_of(steps.upgrade, "AS INTEGER"), "Fails when the sequence stands beyond 2147483647.");
  EXPECT_EQ(note_of(steps.downgrade, "AS BIGINT"), "");

  auto serial = column("id");
  serial.sequence = ColumnSequence{"app", "t_id_seq", {.type = "integer", .maximum = 2147483647}};
  auto identity = serial;
  identity.identity = Identity::always;
  before = snapshot({table("t", {serial})});
  EXPECT_EQ(note_of(plan(before, snapshot({table("t", {identity})})).upgrade, "DROP DEFAULT"),
            "The position of its sequence is lost.\nIts sequence starts at 1, whatever the rows hold.");
  EXPECT_EQ(note_of(plan(before, snapshot({table("t", {column("id")})})).upgrade, "DROP DEFAULT"),
            "The position of its sequence is lost.");
}

TEST(Plan, SaysThatTablesAreReadForACheckOfADomainThatTheyUse) {
  auto before = snapshot({table("t", {column("a", "app.d")})});
  before.domains = {{.schema = "app", .name = "d", .type = "integer"}};
  auto after = before;
  after.domains.front().checks = {{.name = "c", .definition = "CHECK ((VALUE > 0))"}};
  EXPECT_EQ(note_of(plan(before, after).upgrade, "ADD CONSTRAINT c"), "");
  before.dependencies = {{name_of(ObjectKind::column, "a", "t"), name_of(ObjectKind::domain, "d")}};
  constexpr auto note = "Reads every table that has a column of the domain; fails when a value breaks it.";
  EXPECT_EQ(note_of(plan(before, after).upgrade, "ADD CONSTRAINT c"), note);
  after.domains.front().checks.clear();
  after.domains.front().not_null = true;
  EXPECT_EQ(note_of(plan(before, after).upgrade, "SET NOT NULL"), note);
  EXPECT_EQ(note_of(plan(before, after).downgrade, "DROP NOT NULL"), "");
}

TEST(Plan, MakesAViewAgainWhenAColumnBelowItChangesItsType) {
  auto before = snapshot({table("t", {column("a")})});
  before.views.push_back(
      {.schema = "app", .name = "v", .definition = " SELECT t.a FROM app.t;", .columns = {column("a")}});
  before.dependencies = {{name_of(ObjectKind::view, "v"), name_of(ObjectKind::column, "a", "t")}};
  auto after = before;
  after.tables.front().columns.front().type = "bigint";
  after.views.front().columns.front().type = "bigint";
  const auto lines = statements(plan(before, after).upgrade);
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_EQ(lines[0], "DROP VIEW app.v");
  EXPECT_EQ(lines[1], "ALTER TABLE app.t ALTER COLUMN a TYPE BIGINT");
  EXPECT_THAT(lines[2], HasSubstr("CREATE VIEW app.v"));
}

TEST(Plan, GivesAViewThatIsMadeAgainItsRights) {
  auto before = snapshot({table("t", {column("a")})});
  before.role = "app_owner";
  before.views.push_back(
      {.schema = "app", .name = "v", .definition = " SELECT t.a FROM app.t;", .columns = {column("a")}});
  before.views.front().access = {.owner = "reports",
                                 .grants = {"PUBLIC=SELECT", "desk=SELECT,UPDATE*", "reports=SELECT"}};
  before.dependencies = {{name_of(ObjectKind::view, "v"), name_of(ObjectKind::column, "a", "t")}};
  auto after = before;
  after.tables.front().columns.front().type = "bigint";
  after.views.front().access = {};
  const auto lines = statements(plan(before, after).upgrade);
  EXPECT_THAT(
      Lines(lines.begin() + 3, lines.end()),
      ElementsAre("ALTER VIEW app.v OWNER TO reports", "GRANT SELECT ON TABLE app.v TO PUBLIC",
                  "GRANT SELECT ON TABLE app.v TO desk", "GRANT UPDATE ON TABLE app.v TO desk WITH GRANT OPTION"));
}

TEST(Plan, PutsForeignKeysBehindNewTablesThatReferToEachOther) {
  const auto referring = [](const std::string& name, const std::string& other) {
    auto result = table(name, {column("id"), column("other")});
    result.constraints = {{.name = name + "_pkey",
                           .kind = ConstraintKind::primary_key,
                           .columns = {"id"},
                           .definition = "PRIMARY KEY (id)"},
                          {.name = name + "_fkey",
                           .kind = ConstraintKind::foreign_key,
                           .columns = {"other"},
                           .definition = "FOREIGN KEY (other) REFERENCES app." + other + "(id)",
                           .referent = {"app", other, {"id"}}}};
    return result;
  };
  auto after = snapshot({referring("a", "b"), referring("b", "a")});
  after.dependencies = {
      {name_of(ObjectKind::constraint, "a_fkey", "a"), name_of(ObjectKind::constraint, "b_pkey", "b")},
      {name_of(ObjectKind::constraint, "b_fkey", "b"), name_of(ObjectKind::constraint, "a_pkey", "a")}};
  const auto steps = plan(snapshot({}), after);
  const auto up = statements(steps.upgrade);
  ASSERT_EQ(up.size(), 4U);
  EXPECT_THAT(up[0], HasSubstr("CREATE TABLE"));
  EXPECT_THAT(up[1], HasSubstr("CREATE TABLE"));
  EXPECT_THAT(up[2], HasSubstr("ADD CONSTRAINT"));
  EXPECT_THAT(up[3], HasSubstr("ADD CONSTRAINT"));
  const auto down = statements(steps.downgrade);
  ASSERT_EQ(down.size(), 4U);
  EXPECT_THAT(down[0], HasSubstr("DROP CONSTRAINT"));
  EXPECT_THAT(down[1], HasSubstr("DROP CONSTRAINT"));
}

TEST(Plan, AddsALabelAndKeepsItOutOfTheTransactionOnlyWhereItIsUsed) {
  auto before = snapshot({table("t", {column("m", "app.mood")})});
  before.enums.push_back({.schema = "app", .name = "mood", .labels = {"ok"}});
  auto after = before;
  after.enums.front().labels = {"ok", "fine"};
  auto steps = plan(before, after).upgrade;
  EXPECT_THAT(statements(steps), ElementsAre("ALTER TYPE app.mood ADD VALUE 'fine'"));
  EXPECT_FALSE(steps.front().outside_transaction);

  after.tables.front().columns.front().default_sql = "'fine'::app.mood";
  steps = plan(before, after).upgrade;
  EXPECT_TRUE(steps.front().outside_transaction);
}

TEST(Plan, SwapsAnEnumThatLosesALabel) {
  auto before = snapshot({table("t", {column("m", "app.mood")})});
  before.enums.push_back({.schema = "app", .name = "mood", .labels = {"sad", "ok"}});
  before.dependencies = {{name_of(ObjectKind::column, "m", "t"), name_of(ObjectKind::enum_type, "mood")}};
  auto after = before;
  after.enums.front().labels = {"ok"};
  const auto steps = plan(before, after).upgrade;
  EXPECT_THAT(statements(steps),
              ElementsAre("ALTER TYPE app.mood RENAME TO mood_replaced", "CREATE TYPE app.mood AS ENUM ('ok')",
                          "ALTER TABLE app.t ALTER COLUMN m TYPE app.mood USING m::text::app.mood",
                          "DROP TYPE app.mood_replaced"));
  EXPECT_THAT(note_of(steps, "RENAME"), HasSubstr("Fails when a row holds 'sad'"));
}

TEST(Plan, MakesAgainWhatTheModelsDoNotKnowOnTheWayBackToo) {
  auto before = snapshot({table("t", {column("a")})});
  before.views.push_back(
      {.schema = "app", .name = "v", .definition = " SELECT t.a FROM app.t;", .columns = {column("a")}});
  before.dependencies = {{name_of(ObjectKind::view, "v"), name_of(ObjectKind::column, "a", "t")}};
  const auto models = snapshot({table("t", {column("a", "bigint")})});
  const auto steps = plan(before, models, CompareOptions::for_models());
  for (const auto& lines : {statements(steps.upgrade), statements(steps.downgrade)}) {
    ASSERT_EQ(lines.size(), 3U);
    EXPECT_EQ(lines[0], "DROP VIEW app.v");
    EXPECT_THAT(lines[2], HasSubstr("CREATE VIEW app.v"));
  }
}

TEST(Plan, LeavesTheSchemaOutThatUnqualifiedNamesMean) {
  auto after = snapshot({table("t", {column("a"), column("m", "app.mood[]")})});
  after.enums.push_back({.schema = "app", .name = "mood", .labels = {"ok"}});
  auto other = table("u", {column("a")});
  other.schema = "other";
  after.tables.push_back(other);
  const auto steps = without_schema(plan(snapshot({}), after).upgrade, "app");
  EXPECT_THAT(statements(steps),
              ElementsAre("CREATE TYPE mood AS ENUM ('ok')", "CREATE TABLE t (\n    a INTEGER, \n    m mood[]\n)",
                          "CREATE TABLE other.u (\n    a INTEGER\n)"));
}

TEST(RedundantDefaults, AreThoseThatAreThereOrGoAgain) {
  const auto sets = [](const std::string& column, std::optional<std::string> value, const std::string& table = "t") {
    alembic::AlterColumn change;
    change.table = table;
    change.column = column;
    change.server_default = std::nullopt;
    if (value) change.server_default = schema::ServerDefault(schema::text(*value));
    return PlannedStep{.operation = change};
  };
  const auto kept = [](const Steps& steps) {
    Lines lines;
    for (const auto& line : statements(without_redundant_defaults(steps))) {
      lines.push_back(line.substr(std::string_view("ALTER TABLE t ALTER COLUMN ").size()));
    }
    return lines;
  };
  EXPECT_THAT(kept({sets("a", "1"), sets("a", "1")}), ElementsAre("a SET DEFAULT 1"));
  EXPECT_THAT(kept({sets("a", {}), sets("b", {}), sets("a", {})}), ElementsAre("a DROP DEFAULT", "b DROP DEFAULT"));
  EXPECT_THAT(kept({sets("a", {}), sets("a", "1"), sets("a", "2")}), ElementsAre("a DROP DEFAULT", "a SET DEFAULT 2"));
  EXPECT_THAT(kept({sets("a", {}), sets("a", "1"), sets("a", {}), sets("a", "2")}),
              ElementsAre("a DROP DEFAULT", "a SET DEFAULT 2"));
  // The first may be there so that something can go that the old default uses.
  EXPECT_THAT(kept({sets("a", "1"), sets("a", "2")}), ElementsAre("a SET DEFAULT 1", "a SET DEFAULT 2"));
  // A change of a parent reaches the child.
  EXPECT_THAT(kept({sets("a", "1"), sets("a", "2", "p"), sets("a", "1")}).size(), 3U);
}

TEST(UnmetNeeds, NameWhatIsLeftOutAndWhoNeedsIt) {
  auto after = snapshot({table("t", {column("m", "app.mood")})});
  after.enums = {{.schema = "app", .name = "mood", .labels = {"ok"}}};
  after.dependencies = {{name_of(ObjectKind::column, "m", "t"), name_of(ObjectKind::enum_type, "mood")}};
  const CompareOptions without_types{.ignored_kinds = {ObjectKind::enum_type}};
  const auto needs = [&](const CatalogSnapshot& from, const CatalogSnapshot& to, const CompareOptions& options) {
    return unmet_needs(from, to, compare(from, to, options), options);
  };
  EXPECT_THAT(needs(snapshot({}), after, without_types),
              ElementsAre("The table 'app.t' needs the enum type 'app.mood', which is not there and is left out of the "
                          "comparison: the statements can't run until it is there"));
  EXPECT_THAT(needs(snapshot({}), after, {}), IsEmpty());
  auto with_type = snapshot({});
  with_type.enums = after.enums;
  EXPECT_THAT(needs(with_type, after, without_types), IsEmpty());

  auto before = snapshot({table("t", {column("a")})});
  before.views = {{.schema = "app", .name = "v", .columns = {column("a")}}};
  before.dependencies = {{name_of(ObjectKind::view, "v"), name_of(ObjectKind::column, "a", "t")}};
  EXPECT_THAT(needs(before, snapshot({}), CompareOptions::for_models()),
              ElementsAre("The table 'app.t' can't be dropped while the view 'app.v' uses it, which is left out of the "
                          "comparison: change or drop that first"));
  EXPECT_THAT(needs(before, snapshot({}), {}), IsEmpty());
  EXPECT_THAT(needs(before, before, CompareOptions::for_models()), IsEmpty());
}

TEST(ModelTypes, BringVectorsBackWhereTheServerHasArrays) {
  const schema::MetaData models{
      .tables = {
          schema::Table("notes", {schema::Column("id", schema::Integer()), schema::Column("at", schema::Vector(3)),
                                  schema::Column("raw", schema::Array(schema::Real()))})}};
  auto after = snapshot({table("notes", {column("id"), column("at", "real[]"), column("raw", "real[]")})});
  after.tables.front().schema = "public";
  const auto type_in = [&](const CatalogSnapshot& before, const std::string& name) -> schema::Type {
    const auto steps = with_model_types(plan(before, after).upgrade, models, "public");
    for (const auto& step : steps) {
      if (const auto* made = std::get_if<alembic::CreateTable>(&step.operation)) return made->table.find(name)->type;
      const auto* added = std::get_if<alembic::AddColumn>(&step.operation);
      if (added != nullptr && added->column.name == name) return added->column.type;
    }
    return schema::Boolean();
  };
  auto before = after;
  before.tables.front().columns.resize(1);
  for (const auto& from : {snapshot({}), before}) {
    EXPECT_TRUE(type_in(from, "at") == schema::Type(schema::Vector(3)));
    EXPECT_TRUE(type_in(from, "raw") == schema::Type(schema::Array(schema::Real())));
  }
}

TEST(Plan, ChangesNothingThatTheComparisonDoesNotLookAt) {
  auto before = snapshot({table("t", {column("a")})});
  auto after = before;
  after.tables.front().columns.front().type = "bigint";
  after.tables.front().columns.front().not_null = true;
  EXPECT_THAT(statements(plan(before, after, {.compare_type = false}).upgrade),
              ElementsAre("ALTER TABLE app.t ALTER COLUMN a SET NOT NULL"));
}

}  // namespace
}  // namespace support::tests

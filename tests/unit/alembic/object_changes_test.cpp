// The operations of single objects that are more than their SQL: what is known for reversing, and what is taken apart.
#include "app/alembic/autogenerate/object_changes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/alembic/operations/reverse.hpp"
#include "app/alembic/operations/sql.hpp"

namespace support::tests {
namespace {

using namespace alembic;
using namespace alembic::autogenerate;
using testing::ElementsAre;

std::vector<std::string> sql(const OperationList& operations) {
  std::vector<std::string> result;
  for (const auto& operation : operations) {
    for (auto& statement : to_sql(operation, {})) result.push_back(std::move(statement));
  }
  return result;
}

// The one operation of the list, undone.
std::vector<std::string> reversed(const OperationList& operations) {
  EXPECT_EQ(operations.size(), 1U);
  return to_sql(reverse(operations.at(0)), {});
}

Routine function(std::string definition) {
  return {.schema = "app", .name = "f", .arguments = "a integer", .definition = std::move(definition)};
}

const Routine plain = function(
    "CREATE OR REPLACE FUNCTION app.f(a integer)\n RETURNS integer\n LANGUAGE sql\n IMMUTABLE\nAS $function$ SELECT a "
    "$function$\n");

TEST(ObjectChanges, CanBeReversed) {
  EXPECT_THAT(reversed(drop_operations(autogenerate::Sequence{
                  .schema = "app", .name = "s", .options = {.type = "integer", .maximum = 2147483647}})),
              ElementsAre("CREATE SEQUENCE app.s AS INTEGER"));
  EXPECT_THAT(reversed(drop_operations(autogenerate::Domain{.schema = "app",
                                                            .name = "d",
                                                            .type = "text",
                                                            .collation = "app.\"Mine\"",
                                                            .checks = {{"c", "CHECK ((VALUE <> ')'::text))"}}})),
              ElementsAre("CREATE DOMAIN app.d AS TEXT COLLATE app.\"Mine\" CONSTRAINT c CHECK ((VALUE <> "
                          "')'::text))"));
  EXPECT_THAT(reversed(drop_operations(autogenerate::View{
                  .schema = "app", .name = "v", .definition = " SELECT 1 AS a;", .options = {"check_option=local"}})),
              ElementsAre("CREATE VIEW app.v AS\nSELECT 1 AS a\nWITH LOCAL CHECK OPTION"));
  EXPECT_THAT(reversed(drop_operations(autogenerate::View{.schema = "app",
                                                          .name = "m",
                                                          .materialized = true,
                                                          .definition = " SELECT 1 AS a;",
                                                          .options = {"fillfactor=70"},
                                                          .populated = false})),
              ElementsAre("CREATE MATERIALIZED VIEW app.m WITH (fillfactor = 70) AS\nSELECT 1 AS a\nWITH NO DATA"));
  EXPECT_THAT(
      reversed(drop_operations(plain)),
      ElementsAre("CREATE FUNCTION app.f(a INTEGER) RETURNS INTEGER LANGUAGE sql IMMUTABLE\nAS $$ SELECT a $$"));
  EXPECT_THAT(
      reversed(drop_operations(autogenerate::Policy{
          .schema = "app", .table = "t", .name = "p", .command = "UPDATE", .roles = {"public"}, .using_ = "(a > 1)"})),
      ElementsAre("CREATE POLICY p ON app.t FOR UPDATE USING ((a > 1))"));
}

TEST(ObjectChanges, OfTriggersAndStatisticsAreTakenApartWhenNothingGetsLost) {
  autogenerate::Trigger trigger{.schema = "app",
                                .table = "t",
                                .name = "touched",
                                .definition =
                                    "CREATE CONSTRAINT TRIGGER touched AFTER INSERT OR UPDATE OF a, \"B\" ON app.t "
                                    "FROM app.u NOT DEFERRABLE INITIALLY IMMEDIATE FOR EACH ROW WHEN ((new.b <> "
                                    "')'::text)) EXECUTE FUNCTION app.touch('a, b', 'it''s', E'a\\\\b')"};
  EXPECT_THAT(reversed(drop_operations(trigger)), ElementsAre(trigger.definition));
  EXPECT_TRUE(std::holds_alternative<CreateTrigger>(create_operations(trigger).at(0)));
  trigger.definition += " WITH SOMETHING NEW";
  EXPECT_TRUE(create_operations(trigger).at(0) == Operation(Execute{trigger.definition}));

  autogenerate::Statistics statistics{
      .schema = "app",
      .table = "t",
      .name = "s",
      .definition = "CREATE STATISTICS app.s (ndistinct, mcv) ON a, \"B\", (a + 1) FROM app.t"};
  EXPECT_THAT(reversed(drop_operations(statistics)), ElementsAre(statistics.definition));
  statistics.definition = "CREATE STATISTICS app.s ON lower(b) FROM app.t";
  EXPECT_TRUE(create_operations(statistics).at(0) == Operation(Execute{statistics.definition}));
}

TEST(ObjectChanges, OfRoutinesAreTakenApartWhenTheVocabularyHasItAll) {
  EXPECT_TRUE(std::holds_alternative<CreateFunction>(create_operations(plain).at(0)));
  for (const std::string definition : {
           // In C, with an empty body, with something that nobody knows yet.
           "CREATE OR REPLACE FUNCTION app.f(a integer)\n RETURNS integer\n LANGUAGE c\nAS 'file', "
           "$function$f$function$\n",
           "CREATE OR REPLACE FUNCTION app.f(a integer)\n RETURNS integer\n LANGUAGE sql\nAS $function$$function$\n",
           "CREATE OR REPLACE FUNCTION app.f(a integer)\n RETURNS integer\n LANGUAGE sql\n NEW WORD\nAS $function$ "
           "SELECT 1 $function$\n",
       }) {
    EXPECT_TRUE(create_operations(function(definition)).at(0) == Operation(Execute{definition})) << definition;
    EXPECT_THAT(sql(drop_operations(function(definition))), ElementsAre("DROP FUNCTION app.f(a integer)"));
  }
}

TEST(ObjectChanges, OfRoutinesKeepWhatIsRare) {
  const auto rare = function(
      "CREATE OR REPLACE FUNCTION app.f(a integer)\n RETURNS SETOF \"Odd\".\"Row\"\n TRANSFORM FOR TYPE jsonb, FOR "
      "TYPE app.hstore\n LANGUAGE \"plperl-6\"\n WINDOW STABLE PARALLEL RESTRICTED STRICT SECURITY DEFINER LEAKPROOF "
      "COST 1e+06 ROWS 0.5 SUPPORT app.help\n SET \"app.x\" TO 'a\nb TO c'\n SET work_mem TO '4MB'\nAS $functionx$ "
      "'$function$' $functionx$\n");
  EXPECT_THAT(
      sql(create_operations(rare)),
      ElementsAre("CREATE FUNCTION app.f(a INTEGER) RETURNS SETOF \"Odd\".\"Row\" LANGUAGE \"plperl-6\" "
                  "TRANSFORM FOR TYPE JSONB, FOR TYPE app.hstore WINDOW STABLE LEAKPROOF STRICT SECURITY "
                  "DEFINER PARALLEL RESTRICTED COST 1000000 ROWS 0.5 SUPPORT app.help SET \"app.x\" TO 'a\nb TO "
                  "c' SET work_mem TO '4MB'\nAS $$ '$function$' $$"));
}

TEST(ObjectChanges, OfARoutineReplaceItAndSayWhatTheyReplace) {
  auto changed = plain;
  changed.definition.replace(changed.definition.find("SELECT a"), 8, "SELECT 2");
  const auto operations = alter_operations(plain, changed);
  ASSERT_TRUE(operations);
  EXPECT_THAT(sql(*operations), ElementsAre("CREATE OR REPLACE FUNCTION app.f(a INTEGER) RETURNS INTEGER LANGUAGE sql "
                                            "IMMUTABLE\nAS $$ SELECT 2 $$"));
  EXPECT_THAT(reversed(*operations), ElementsAre("CREATE OR REPLACE FUNCTION app.f(a INTEGER) RETURNS INTEGER LANGUAGE "
                                                 "sql IMMUTABLE\nAS $$ SELECT a $$"));
}

// What does not change is not said again.
TEST(ObjectChanges, OfPoliciesAndViewsCanBeReversed) {
  const autogenerate::Policy before{
      .schema = "app", .table = "t", .name = "p", .roles = {"public"}, .using_ = "(a > 1)", .check = "true"};
  auto after = before;
  after.roles = {"clerk", "public desk"};
  after.using_ = "(a > 2)";
  const auto operations = alter_operations(before, after);
  ASSERT_TRUE(operations);
  EXPECT_THAT(sql(*operations), ElementsAre("ALTER POLICY p ON app.t TO clerk, \"public desk\" USING ((a > 2))"));
  EXPECT_THAT(reversed(*operations), ElementsAre("ALTER POLICY p ON app.t TO PUBLIC USING ((a > 1))"));

  const autogenerate::View old_view{.schema = "app", .name = "v", .definition = " SELECT 1 AS a;"};
  auto view = old_view;
  view.options = {"security_invoker=true"};
  const auto replacement = alter_operations(old_view, view);
  ASSERT_TRUE(replacement);
  EXPECT_THAT(sql(*replacement),
              ElementsAre("CREATE OR REPLACE VIEW app.v WITH (security_invoker = true) AS\nSELECT 1 AS a"));
  EXPECT_THAT(reversed(*replacement), ElementsAre("CREATE OR REPLACE VIEW app.v AS\nSELECT 1 AS a"));
}

TEST(ObjectChanges, SpellCommentsAndTakeThemAway) {
  EXPECT_TRUE(comment_operation("INDEX app.i", "it's a \\ index") ==
              Operation(Execute{"COMMENT ON INDEX app.i IS E'it''s a \\\\ index'"}));
  EXPECT_TRUE(comment_operation("CONSTRAINT c ON app.t", "") ==
              Operation(Execute{"COMMENT ON CONSTRAINT c ON app.t IS NULL"}));
}

TEST(ObjectChanges, LeaveTheOwnerOfASequenceToAnOperationOfItsOwn) {
  autogenerate::Sequence sequence{.schema = "app", .name = "s", .owned_by = "app.\"My.T\".\"a b\""};
  EXPECT_THAT(sql(create_operations(sequence)), ElementsAre("CREATE SEQUENCE app.s"));
  EXPECT_THAT(sql(own_operations(sequence)), ElementsAre("ALTER SEQUENCE app.s OWNED BY app.\"My.T\".\"a b\""));
  sequence.owned_by.clear();
  EXPECT_TRUE(own_operations(sequence).empty());
}

}  // namespace
}  // namespace support::tests

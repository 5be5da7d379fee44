// What the way back of an operation is, as far as no server is needed; that it undoes the operation, for every kind of
// them, tests/integration/alembic/operations_test.cpp shows.
#include "app/alembic/operations/reverse.hpp"

#include <stdexcept>

#include <gmock/gmock.h>

#include "tests/support/recording_sink.hpp"

namespace support::alembic {
namespace {

using namespace schema;
using testing::ElementsAre;
using testing::ThrowsMessage;

MATCHER_P(SaysThat, sentence, "") {
  return testing::ExplainMatchResult(
      ThrowsMessage<std::invalid_argument>(std::string(sentence)), [&] { reverse(arg); }, result_listener);
}

TEST(Reverse, TakesNameAndSchemaFromTheDropWhereExistingLeavesThemOpen) {
  EXPECT_EQ(reverse(DropTable{.table = "t", .schema = "app", .existing = Table("t", {})}),
            Operation(CreateTable{Table("t", {}, {.schema = "app"})}));
  EXPECT_EQ(reverse(DropEnum{.type = "e", .existing = Enum("e", {"a"}, {.schema = "app"})}),
            Operation(CreateEnum{Enum("e", {"a"}, {.schema = "app"})}));
  EXPECT_EQ(reverse(DropSequence{.name = "s", .schema = "app", .existing = Sequence("s")}),
            Operation(CreateSequence{Sequence("s", {.schema = "app"})}));
  EXPECT_EQ(reverse(DropConstraint{.constraint = "uq", .table = "t", .existing = UniqueConstraint({"a"})}),
            Operation(CreateUniqueConstraint{"t", UniqueConstraint({"a"}, {.name = "uq"})}));
  EXPECT_EQ(reverse(DropIndex{.index = "ix", .table = "t", .existing = Index(std::nullopt, {"a"})}),
            Operation(CreateIndex{"t", Index("ix", {"a"})}));
}

TEST(Reverse, RefusesAnExistingThatIsAnother) {
  EXPECT_THAT(Operation(DropTable{.table = "t", .schema = "app", .existing = Table("t", {}, {.schema = "other"})}),
              SaysThat("DROP TABLE 't' can't be reversed: it names 'app' where .existing has 'other'; say the same in "
                       "both."));
  EXPECT_THAT(
      Operation(DropColumn{.table = "t", .column = "a", .existing = column("b", Integer())}),
      SaysThat("DROP COLUMN 'a' can't be reversed: it names 'a' where .existing has 'b'; say the same in both."));
  EXPECT_THAT(
      Operation(DropIndex{.index = "a", .table = "t", .existing = Index("b", {"a"})}),
      SaysThat("DROP INDEX 'a' can't be reversed: it names 'a' where .existing has 'b'; say the same in both."));
  EXPECT_THAT(
      Operation(DropPolicy{.name = "p", .table = "t", .existing = Policy("p", "u")}),
      SaysThat("The drop of 'p' can't be reversed: it names 't' where .existing has 'u'; say the same in both."));
  EXPECT_THAT(
      Operation(CreateTrigger{.object = Trigger("tr", "t", TriggerTime::before, {TriggerEvent::insert}, "f"),
                              .or_replace = true,
                              .existing = Trigger("tr", "u", TriggerTime::before, {TriggerEvent::insert}, "f")}),
      SaysThat("CREATE OR REPLACE 'tr' can't be reversed: it names 't' where .existing has 'u'; say the same in "
               "both."));
}

TEST(Reverse, OfAReplacementIsAReplacementAndOfACreationADrop) {
  const View old_view("v", "SELECT 1");
  const View new_view("v", "SELECT 2");
  EXPECT_EQ(reverse(CreateView{.object = new_view, .or_replace = true, .existing = old_view}),
            Operation(CreateView{.object = old_view, .or_replace = true, .existing = new_view}));
  EXPECT_EQ(reverse(CreateView{.object = new_view, .existing = old_view}),
            Operation(DropView{.name = "v", .existing = new_view}));
}

TEST(Reverse, OfATriggersFiringIsWhatItsCommentSays) {
  const auto back = [](TriggerFiring firing) {
    return std::get<AlterTrigger>(reverse(AlterTrigger{.trigger = "tr", .table = "t", .firing = firing})).firing;
  };
  EXPECT_EQ(back(TriggerFiring::origin), TriggerFiring::disabled);
  EXPECT_EQ(back(TriggerFiring::disabled), TriggerFiring::origin);
  EXPECT_EQ(back(TriggerFiring::replica), TriggerFiring::origin);
  EXPECT_EQ(back(TriggerFiring::always), TriggerFiring::origin);
}

TEST(Reverse, GivesTheWayBackWhatWasChangedAsExisting) {
  const auto policy = std::get<AlterPolicy>(
      reverse(AlterPolicy{{.using_ = "b", .existing = Policy("p", "t", {.roles = {"r"}, .using_ = "a"})}, "p", "t"}));
  EXPECT_EQ(policy.using_, "a");
  EXPECT_EQ(policy.existing, Policy("p", "t", {.roles = {"r"}, .using_ = "b"}));
  const auto sequence = std::get<AlterSequence>(
      reverse(AlterSequence{{.minvalue = 3, .existing = Sequence("s", {.nominvalue = true, .cache = 2})}, "s"}));
  EXPECT_EQ(sequence.minvalue, Change<std::int64_t>(std::nullopt));
  EXPECT_EQ(sequence.existing, Sequence("s", {.minvalue = 3, .cache = 2}));
}

TEST(Reverse, BringsAnExtensionBackToItsSchemaOnlyWhereItIsOffered) {
  EXPECT_EQ(reverse(CreateExtension{.extension = "citext", .schema = "app"}),
            Operation(DropExtension{.extension = "citext", .schema = "app"}));
  EXPECT_EQ(reverse(DropExtension{.extension = "citext", .schema = "app"}),
            Operation(CreateExtension{.extension = "citext", .schema = "app"}));
  const CreateExtension vector{.extension = "vector", .if_available = true};
  EXPECT_EQ(reverse(reverse(vector)), Operation(vector));
}

TEST(Reverse, KeepsTheConventionThatNamedWhatAColumnBroughtAlong) {
  const NamingConvention convention{.uq = "once_%(column_0_name)s"};
  tests::RecordingSink sink;
  Operations op(sink, &convention);
  op.drop_column("t", "a", {.existing = column("a", Integer(), {.unique = true})});
  op.drop_table("t", {.existing = Table("t", {column("a", Integer(), {.unique = true})})});
  const auto back = reverse(sink.operations());
  EXPECT_THAT(to_sql(back.at(0), {}),
              ElementsAre("CREATE TABLE t (\n    a INTEGER, \n    CONSTRAINT once_a UNIQUE (a)\n)"));
  EXPECT_THAT(to_sql(back.at(1), {}),
              ElementsAre("ALTER TABLE t ADD COLUMN a INTEGER", "ALTER TABLE t ADD CONSTRAINT once_a UNIQUE (a)"));
}

TEST(Invoke, KeepsCountOfTheEnumTypesThatAnOperationMakesOrTakesAway) {
  const Enum mood("mood", {"sad"});
  EXPECT_THAT(tests::sql_of([&](Operations& op) {
                op.invoke(CreateEnum{mood});
                op.create_table("t", {column("m", mood)});
                op.invoke(reverse(CreateEnum{mood}));
                op.create_table("u", {column("m", mood)});
              }),
              ElementsAre("CREATE TYPE mood AS ENUM ('sad')", "CREATE TABLE t (\n    m mood\n)", "DROP TYPE mood",
                          "CREATE TYPE mood AS ENUM ('sad')", "CREATE TABLE u (\n    m mood\n)"));
}

}  // namespace
}  // namespace support::alembic

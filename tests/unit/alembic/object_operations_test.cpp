// The SQL of the operations that Alembic has not.
#include <stdexcept>

#include <gmock/gmock.h>

#include "tests/support/recording_sink.hpp"

namespace support::alembic {
namespace {

using namespace schema;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;
using tests::sql_of;

TEST(AlterEnum, AddsAValueWhereItIsToStand) {
  EXPECT_THAT(sql_of([](Operations& op) {
                op.add_enum_value("mood", "it's fine");
                op.add_enum_value("mood", "ok", {.before = "good", .schema = "app"});
                op.add_enum_value("mood", "ok", {.after = "bad", .if_not_exists = true});
              }),
              ElementsAre("ALTER TYPE mood ADD VALUE 'it''s fine'", "ALTER TYPE app.mood ADD VALUE 'ok' BEFORE 'good'",
                          "ALTER TYPE mood ADD VALUE IF NOT EXISTS 'ok' AFTER 'bad'"));
}

TEST(AlterEnum, RefusesTwoNeighboursAndALabelThatPostgresRefuses) {
  EXPECT_THAT(
      [] { sql_of([](Operations& op) { op.add_enum_value("mood", "ok", {.before = "good", .after = "bad"}); }); },
      ThrowsMessage<std::invalid_argument>(HasSubstr("before 'good' and after 'bad'; say one")));
  EXPECT_THAT([] { sql_of([](Operations& op) { op.add_enum_value("mood", std::string(64, 'x')); }); },
              ThrowsMessage<std::invalid_argument>(HasSubstr("has 64 bytes")));
}

TEST(AlterEnum, RenamesAValueAndTheType) {
  EXPECT_THAT(sql_of([](Operations& op) {
                op.rename_enum_value("Mood", "bad", "it's bad", {.schema = "app"});
                op.rename_enum("Mood", "user", {.schema = "app"});
              }),
              ElementsAre("ALTER TYPE app.\"Mood\" RENAME VALUE 'bad' TO 'it''s bad'",
                          "ALTER TYPE app.\"Mood\" RENAME TO \"user\""));
}

TEST(AlterEnum, IsKnownByItsNewNameToTheTablesThatFollow) {
  EXPECT_THAT(sql_of([](Operations& op) {
                op.create_enum(Enum("mood", {"sad"}));
                op.rename_enum("mood", "feeling");
                op.create_table("t", {column("m", Enum("feeling", {"sad"}))});
              }),
              ElementsAre("CREATE TYPE mood AS ENUM ('sad')", "ALTER TYPE mood RENAME TO feeling",
                          "CREATE TABLE t (\n    m feeling\n)"));
}

TEST(Rename, SpellsEachKindAsPostgresDoes) {
  EXPECT_THAT(sql_of([](Operations& op) {
                op.rename_column("t", "a", "B", {.schema = "app"});
                op.rename_constraint("t", "uq", "uq2");
                op.rename_index("ix", "order", {.schema = "app"});
              }),
              ElementsAre("ALTER TABLE app.t RENAME a TO \"B\"", "ALTER TABLE t RENAME CONSTRAINT uq TO uq2",
                          "ALTER INDEX app.ix RENAME TO \"order\""));
}

TEST(Rename, RefusesANameThatPostgresWouldCut) {
  EXPECT_THAT([] { sql_of([](Operations& op) { op.rename_index("ix", std::string(64, 'x')); }); },
              ThrowsMessage<std::invalid_argument>(HasSubstr("The index name 'xxx")));
}

TEST(ValidateConstraint, NamesTheTable) {
  EXPECT_THAT(sql_of([](Operations& op) { op.validate_constraint("ck A", "t", {.schema = "app"}); }),
              ElementsAre("ALTER TABLE app.t VALIDATE CONSTRAINT \"ck A\""));
}

}  // namespace
}  // namespace support::alembic

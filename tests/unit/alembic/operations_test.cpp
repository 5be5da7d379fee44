#include "app/alembic/operations/operations.hpp"

#include <limits>
#include <stdexcept>

#include <gmock/gmock.h>

#include "tests/support/recording_sink.hpp"

namespace support::alembic {
namespace {

using namespace schema;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::ThrowsMessage;
using tests::RecordingSink;
using tests::sql_of;

TEST(Operations, KeepWhatTheMigrationAskedForAsValues) {
  RecordingSink sink;
  Operations op(sink);
  op.add_column("t", column("c", Integer()));
  op.alter_column("t", "c", {.nullable = false, .schema = "app"});
  ASSERT_EQ(sink.operations().size(), 2u);
  EXPECT_EQ(sink.operations()[0], Operation(AddColumn{.table = "t", .column = column("c", Integer())}));
  const auto& alter = std::get<AlterColumn>(sink.operations()[1]);
  EXPECT_EQ(alter.table, "t");
  EXPECT_EQ(alter.nullable, std::optional(false));
  EXPECT_FALSE(alter.server_default.is_given());
}

TEST(Operations, CreateAnEnumTypeOnceForAllTablesOfAMigration) {
  const Enum mood("mood", {"sad"});
  EXPECT_THAT(sql_of([&](Operations& op) {
                op.create_table("a", {column("m", mood)});
                op.create_table("b", {column("m", mood)});
              }),
              ElementsAre("CREATE TYPE mood AS ENUM ('sad')", "CREATE TABLE a (\n    m mood\n)",
                          "CREATE TABLE b (\n    m mood\n)"));
}

TEST(Operations, CreateAnEnumTypeAgainAfterItWasDropped) {
  const Enum mood("mood", {"sad"});
  EXPECT_THAT(sql_of([&](Operations& op) {
                op.create_enum(mood);
                op.drop_enum("mood");
                op.create_table("a", {column("m", mood)});
              }),
              ElementsAre("CREATE TYPE mood AS ENUM ('sad')", "DROP TYPE mood", "CREATE TYPE mood AS ENUM ('sad')",
                          "CREATE TABLE a (\n    m mood\n)"));
}

TEST(Operations, CreateDomainsAsTheyCreateEnumTypes) {
  const Domain positive("positive", Integer(), {.checks = {CheckConstraint("VALUE > 0")}});
  EXPECT_THAT(
      sql_of([&](Operations& op) {
        op.create_table("a", {column("n", positive)});
        op.create_table("b", {column("n", Array(positive))});
        op.add_column("a", column("m", positive));
        op.rename_domain("positive", "counted");
        op.create_table("c", {column("n", positive)});
        op.drop_domain("positive");
      }),
      ElementsAre("CREATE DOMAIN positive AS INTEGER CHECK (VALUE > 0)", "CREATE TABLE a (\n    n positive\n)",
                  "CREATE TABLE b (\n    n positive[]\n)", "ALTER TABLE a ADD COLUMN m positive",
                  "ALTER DOMAIN positive RENAME TO counted", "CREATE DOMAIN positive AS INTEGER CHECK (VALUE > 0)",
                  "CREATE TABLE c (\n    n positive\n)", "DROP DOMAIN positive"));
}

TEST(Operations, RememberTheTypesOfOperationsThatAreValues) {
  const Enum mood("mood", {"sad"});
  EXPECT_THAT(sql_of([&](Operations& op) {
                op.invoke(CreateEnum{mood});
                op.create_table("a", {column("m", mood)});
              }),
              ElementsAre("CREATE TYPE mood AS ENUM ('sad')", "CREATE TABLE a (\n    m mood\n)"));
}

TEST(Operations, AddAColumnWithAnyNumberOfKeysAndChecks) {
  const Column both = column("a", Integer(),
                             {.foreign_key = {ForeignKey("o.id", {.name = "first"}), ForeignKey("p.id")},
                              .check = {CheckConstraint("a > 0", {.name = "low"}), CheckConstraint("a < 9")}});
  const std::string added = "ALTER TABLE t ADD COLUMN a INTEGER CONSTRAINT low CHECK (a > 0) CHECK (a < 9)";
  EXPECT_THAT(sql_of([&](Operations& op) {
                op.add_column("t", both);
                op.add_column("t", both, {.inline_references = true});
              }),
              ElementsAre(added, "ALTER TABLE t ADD CONSTRAINT first FOREIGN KEY(a) REFERENCES o (id)",
                          "ALTER TABLE t ADD FOREIGN KEY(a) REFERENCES p (id)",
                          added + " REFERENCES o (id) REFERENCES p (id)"));
}

TEST(Operations, CreateAPrimaryKeyAndACheckWithAllThatTheyMaySay) {
  EXPECT_THAT(
      sql_of([](Operations& op) {
        op.create_primary_key("k", "t", {"a"},
                              {.deferrable = true, .initially = "DEFERRED", .include = {"b"}, .schema = "app"});
        op.create_check_constraint("c", "t", "a > 0", {.deferrable = false, .initially = "IMMEDIATE"});
      }),
      ElementsAre("ALTER TABLE app.t ADD CONSTRAINT k PRIMARY KEY (a) INCLUDE (b) DEFERRABLE INITIALLY DEFERRED",
                  "ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0) NOT DEFERRABLE INITIALLY IMMEDIATE"));
}

TEST(Operations, NameByTheConventionWhatHasNoName) {
  const NamingConvention convention{.uq = "uq_%(table_name)s_%(column_0_N_name)s",
                                    .ck = "ck_%(table_name)s_%(constraint_name)s",
                                    .fk = "fk_%(table_name)s_%(column_0_name)s_%(referred_column_0_name)s",
                                    .pk = "pk_%(table_name)s"};
  EXPECT_THAT(sql_of(
                  [](Operations& op) {
                    op.create_unique_constraint(std::nullopt, "t", {"a", "b"});
                    op.create_check_constraint("positive", "t", "a > 0");
                    op.create_check_constraint(f("positive"), "t", "a > 0");
                    op.create_foreign_key(std::nullopt, "t", "o", {"a"}, {"id"});
                    op.create_primary_key(std::nullopt, "t", {"a"});
                    op.create_index(std::nullopt, "t", {"a"}, {.schema = "app"});
                    op.drop_constraint("positive", "t", {.type_ = ConstraintType::check});
                    op.drop_constraint("positive", "t");
                    op.drop_constraint(f("positive"), "t", {.type_ = ConstraintType::check});
                  },
                  convention),
              ElementsAre("ALTER TABLE t ADD CONSTRAINT uq_t_a_b UNIQUE (a, b)",
                          "ALTER TABLE t ADD CONSTRAINT ck_t_positive CHECK (a > 0)",
                          "ALTER TABLE t ADD CONSTRAINT positive CHECK (a > 0)",
                          "ALTER TABLE t ADD CONSTRAINT fk_t_a_id FOREIGN KEY(a) REFERENCES o (id)",
                          "ALTER TABLE t ADD CONSTRAINT pk_t PRIMARY KEY (a)", "CREATE INDEX ix_app_t_a ON app.t (a)",
                          "ALTER TABLE t DROP CONSTRAINT ck_t_positive", "ALTER TABLE t DROP CONSTRAINT positive",
                          "ALTER TABLE t DROP CONSTRAINT positive"));
}

TEST(Operations, NameByTheConventionWhatANewColumnBringsAlong) {
  const NamingConvention convention{
      .ix = "%(table_name)s_%(column_0_name)s_ix",
      .uq = "uq_%(table_name)s_%(column_0_name)s",
      .ck = "ck_%(table_name)s_%(constraint_name)s",
      .fk = "fk_%(table_name)s_%(column_0_name)s",
  };
  EXPECT_THAT(sql_of(
                  [](Operations& op) {
                    op.add_column("t", column("a", Integer(),
                                              {.foreign_key = ForeignKey("o.id"),
                                               .check = CheckConstraint("a > 0", {.name = "a"}),
                                               .unique = true}));
                    op.add_column("t", column("b", Integer(), {.index = true}));
                  },
                  convention),
              ElementsAre("ALTER TABLE t ADD COLUMN a INTEGER CONSTRAINT ck_t_a CHECK (a > 0)",
                          "ALTER TABLE t ADD CONSTRAINT fk_t_a FOREIGN KEY(a) REFERENCES o (id)",
                          "ALTER TABLE t ADD CONSTRAINT uq_t_a UNIQUE (a)", "ALTER TABLE t ADD COLUMN b INTEGER",
                          "CREATE INDEX t_b_ix ON t (b)"));
}

TEST(Operations, MoveTheCheckOfATypeWithTheType) {
  const auto labels = [](std::string name, std::vector<std::string> values) {
    return Enum(std::move(name), std::move(values), {.native_enum = false, .create_constraint = true});
  };
  const NamingConvention convention{.ck = "ck_%(table_name)s_%(constraint_name)s"};
  EXPECT_THAT(
      sql_of(
          [&](Operations& op) {
            op.add_column("t", column("m", labels("mood", {"x"})));
            op.alter_column(
                "t", "m",
                {.type_ = labels("mood", {"x", "yy"}), .new_column_name = "n", .existing_type = labels("mood", {"x"})});
          },
          convention),
      ElementsAre("ALTER TABLE t ADD COLUMN m VARCHAR(1)", "ALTER TABLE t ADD CONSTRAINT ck_t_mood CHECK (m IN ('x'))",
                  "ALTER TABLE t DROP CONSTRAINT ck_t_mood", "ALTER TABLE t ALTER COLUMN m TYPE VARCHAR(2)",
                  "ALTER TABLE t RENAME m TO n", "ALTER TABLE t ADD CONSTRAINT ck_t_mood CHECK (n IN ('x', 'yy'))"));
  EXPECT_THAT(
      [&] {
        sql_of(
            [&](Operations& op) { op.alter_column("t", "m", {.type_ = Text(), .existing_type = labels("", {"x"})}); });
      },
      ThrowsMessage<std::invalid_argument>(HasSubstr("whose CHECK has no name")));
}

TEST(Operations, TakeOperationsThatAnAuthorMadeUp) {
  const CustomOperation create_user{.name = "create_user", .statements = {"CREATE USER bob;", "SELECT 1"}};
  EXPECT_THAT(sql_of([&](Operations& op) { op.invoke(create_user); }), ElementsAre("CREATE USER bob", "SELECT 1"));
  EXPECT_FALSE(needs_autocommit(create_user));
  EXPECT_TRUE(needs_autocommit(CustomOperation{.name = "vacuum", .statements = {"VACUUM"}, .needs_autocommit = true}));
}

TEST(Operations, ExecuteAStatementWithValues) {
  EXPECT_THAT(sql_of([](Operations& op) {
                op.execute("UPDATE users SET name = :name WHERE id = :id", {{"name", "x:y"}, {"id", 7}});
                op.execute("SELECT ':id'");
              }),
              ElementsAre("UPDATE users SET name = 'x:y' WHERE id = 7", "SELECT ':id'"));
}

TEST(Operations, CreateTheExtensionOnlyWhereItIsAvailable) {
  const auto calls = [](Operations& op) {
    op.create_extension("vector", {.if_not_exists = true, .if_available = true});
  };
  EXPECT_THAT(sql_of(calls, ServerFeatures{}), ElementsAre("CREATE EXTENSION IF NOT EXISTS vector"));
  EXPECT_THAT(sql_of(calls, schema::ServerFeatures{.extensions = schema::ServerFeatures::Extensions{}}), IsEmpty());
}

TEST(Operations, DropWithIfExists) {
  EXPECT_THAT(sql_of([](Operations& op) {
                op.drop_table("t", {.if_exists = true});
                op.drop_column("t", "c", {.if_exists = true});
                op.drop_enum("mood", {.schema = "app", .if_exists = true});
                op.drop_extension("vector", {.if_exists = true});
              }),
              ElementsAre("DROP TABLE IF EXISTS t", "ALTER TABLE t DROP COLUMN IF EXISTS c",
                          "DROP TYPE IF EXISTS app.mood", "DROP EXTENSION IF EXISTS vector"));
}

TEST(CreateTable, PrintsIndexesAndThenComments) {
  EXPECT_THAT(sql_of([](Operations& op) {
                op.create_table("t", {column("a", Text(), {.index = true, .comment = "of a"}), Index("z", {"a"})},
                                {.comment = "of t"});
              }),
              ElementsAre("CREATE TABLE t (\n    a TEXT\n)", "CREATE INDEX ix_t_a ON t (a)", "CREATE INDEX z ON t (a)",
                          "COMMENT ON TABLE t IS 'of t'", "COMMENT ON COLUMN t.a IS 'of a'"));
}

TEST(CreateTable, RepeatsNothingWhenItMayExist) {
  EXPECT_THAT(
      sql_of([](Operations& op) {
        op.create_table("t", {column("a", Text(), {.index = true})}, {.if_not_exists = true});
      }),
      ElementsAre("CREATE TABLE IF NOT EXISTS t (\n    a TEXT\n)", "CREATE INDEX IF NOT EXISTS ix_t_a ON t (a)"));
}

TEST(AddColumn, BringsItsKeyConstraintAndCommentAlong) {
  EXPECT_THAT(sql_of([](Operations& op) {
                op.add_column("t",
                              column("p", Integer(),
                                     {.foreign_key = ForeignKey("x.id", {.name = "fk"}),
                                      .check = CheckConstraint("p > 0"),
                                      .unique = true,
                                      .comment = "c"}),
                              {.schema = "app"});
              }),
              ElementsAre("ALTER TABLE app.t ADD COLUMN p INTEGER CHECK (p > 0)",
                          "ALTER TABLE app.t ADD CONSTRAINT fk FOREIGN KEY(p) REFERENCES x (id)",
                          "ALTER TABLE app.t ADD UNIQUE (p)", "COMMENT ON COLUMN app.t.p IS 'c'"));
}

TEST(AlterColumn, RefusesAContradiction) {
  const auto alter = [](AlterColumnOptions options) {
    return [options] { sql_of([&](Operations& op) { op.alter_column("t", "c", options); }); };
  };
  EXPECT_THAT(alter({.using_ = "c::int"}), ThrowsMessage<std::invalid_argument>(HasSubstr("using_ without type_")));
  EXPECT_THAT(alter({.server_default = Computed("a * 2")}),
              ThrowsMessage<std::invalid_argument>(HasSubstr("computed")));
  EXPECT_THAT(alter({.server_default = "5", .existing_server_default = Identity{}}),
              ThrowsMessage<std::invalid_argument>(HasSubstr("drop it first")));
  EXPECT_THAT(alter({.server_default = Identity{}}),
              ThrowsMessage<std::invalid_argument>(HasSubstr("existing_server_default = std::nullopt when there is")));
}

TEST(AlterColumn, AddsAnIdentityOnlyWhereItIsSaidThatThereIsNone) {
  EXPECT_THAT(sql_of([](Operations& op) {
                op.alter_column("t", "c",
                                {.server_default = Identity{.cache = 3}, .existing_server_default = std::nullopt});
                op.alter_column("t", "c", {.server_default = Identity{.always = true, .cache = 3}});
              }),
              ElementsAre("ALTER TABLE t ALTER COLUMN c ADD GENERATED BY DEFAULT AS IDENTITY (CACHE 3)",
                          "ALTER TABLE t ALTER COLUMN c SET GENERATED ALWAYS SET CACHE 3"));
}

TEST(AlterColumn, SaysNothingWhenNothingChanges) {
  EXPECT_THAT(sql_of([](Operations& op) {
                op.alter_column("t", "c", {});
                op.alter_column(
                    "t", "c",
                    {.server_default = Identity{.start = 3}, .existing_server_default = Identity{.start = 3}});
              }),
              IsEmpty());
}

TEST(Execute, TakesOneStatementWithoutItsEnd) {
  EXPECT_THAT(sql_of([](Operations& op) { op.execute("\n  SELECT ';' ;\n ;"); }), ElementsAre("SELECT ';'"));
  EXPECT_THAT([] { sql_of([](Operations& op) { op.execute(" ;\n"); }); },
              ThrowsMessage<std::invalid_argument>(HasSubstr("empty")));
}

TEST(Execute, LeavesTabsColonsAndPercentSignsAlone) {
  EXPECT_THAT(sql_of([](Operations& op) { op.execute("UPDATE t SET a = '\t:name 5% \\:'"); }),
              ElementsAre("UPDATE t SET a = '\t:name 5% \\:'"));
}

TEST(Execute, EndsTheCommentThatWouldSwallowTheSemicolon) {
  EXPECT_THAT(sql_of([](Operations& op) { op.execute("SELECT 1 -- and no more;"); }),
              ElementsAre("SELECT 1 -- and no more\n"));
  EXPECT_THAT(sql_of([](Operations& op) { op.execute("-- why\nSELECT 1"); }), ElementsAre("-- why\nSELECT 1"));
}

TEST(BulkInsert, PrintsARowAStatementWithEveryKindOfConstant) {
  EXPECT_THAT(sql_of([](Operations& op) {
                op.bulk_insert("t", {"a", "B", "c", "d", "e", "f", "g"},
                               {{1, -2.5, true, std::nullopt, "it's", text("now()"), std::int64_t{9'000'000'000}},
                                {std::numeric_limits<double>::infinity(), 0.1, false, "", "a\\b", text("1 + 1"), true}},
                               {.schema = "app"});
              }),
              ElementsAre("INSERT INTO app.t (a, \"B\", c, d, e, f, g) VALUES "
                          "(1, -2.5, true, NULL, 'it''s', now(), 9000000000)",
                          "INSERT INTO app.t (a, \"B\", c, d, e, f, g) VALUES "
                          "('Infinity', 0.1, false, '', E'a\\\\b', 1 + 1, true)"));
}

TEST(BulkInsert, RefusesARowOfAnotherLength) {
  EXPECT_THAT([] { sql_of([](Operations& op) {
                     op.bulk_insert("t", {"a", "b"}, {{1}});
                   }); },
              ThrowsMessage<std::invalid_argument>(HasSubstr("2 columns and has a row of 1 values")));
}

TEST(BulkInsert, OfNoRowsDoesNothing) {
  EXPECT_THAT(sql_of([](Operations& op) { op.bulk_insert("t", {"a"}, {}); }), IsEmpty());
}

TEST(CreateIndex, RefusesAnIndexOverNothing) {
  EXPECT_THAT([] { sql_of([](Operations& op) { op.create_index("ix", "t", {}); }); },
              ThrowsMessage<std::invalid_argument>(HasSubstr("'ix' names no column")));
}

TEST(CreateConstraint, RefusesOneOverNothing) {
  EXPECT_THROW(sql_of([](Operations& op) { op.create_unique_constraint("uq", "t", {}); }), std::invalid_argument);
  EXPECT_THROW(sql_of([](Operations& op) { op.create_foreign_key("fk", "t", "u", {}, {}); }), std::invalid_argument);
  EXPECT_THAT([] { sql_of([](Operations& op) {
                     op.create_foreign_key("fk", "t", "u", {"a"}, {"x", "y"});
                   }); },
              ThrowsMessage<std::invalid_argument>(HasSubstr("1 columns here and 2 there")));
}

TEST(NeedsAutocommit, OnlyWhatPostgresRefusesInATransaction) {
  RecordingSink sink;
  Operations op(sink);
  op.create_index("ix", "t", {"a"}, {.concurrently = true});
  op.drop_index("ix", {.concurrently = true});
  op.create_index("ix", "t", {"a"});
  op.drop_table("t");
  std::vector<bool> answers;
  for (const Operation& operation : sink.operations()) answers.push_back(needs_autocommit(operation));
  EXPECT_THAT(answers, ElementsAre(true, true, false, false));
}

}  // namespace
}  // namespace support::alembic

// Constraints and indexes.
#include "tests/integration/alembic/operations/cases.hpp"

namespace support::tests {

using namespace alembic;
using namespace schema;

OperationCases cases(Of<CreateIndex>) {
  return {
      {.title = "WithEveryClause",
       .before = "CREATE SCHEMA app; CREATE TABLE app.t (a text, b integer, c integer)",
       .operation = CreateIndex{.table = "t",
                                .index = Index("Ix", {"a", text("(b + 1) DESC")},
                                               {.unique = true,
                                                .using_ = "btree",
                                                .ops = {{"a", "text_pattern_ops"}},
                                                .include = {"c"},
                                                .nulls_not_distinct = true,
                                                .with = {{"fillfactor", "70"}},
                                                .where = "b > 5"}),
                                .schema = "app",
                                .if_not_exists = true},
       .effect = {"+ index app.\"Ix\": CREATE UNIQUE INDEX \"Ix\" ON app.t USING btree (a text_pattern_ops, ((b + 1)) "
                  "DESC) INCLUDE (c) NULLS NOT DISTINCT WITH (fillfactor='70') WHERE (b > 5) t f f {fillfactor=70}"}},
      {.title = "Concurrently",
       .before = "CREATE TABLE t (a integer[])",
       .operation = CreateIndex{.table = "t", .index = Index("ix", {"a"}, {.using_ = "gin"}), .concurrently = true},
       .effect = {"+ index ix: CREATE INDEX ix ON public.t USING gin (a) t f f"}},
      {.title = "WithoutAName",
       .before = "CREATE TABLE t (a integer)",
       .operation = CreateIndex{.table = "t", .index = Index(f("ix_t_a"), {"a"}, {.tablespace = "pg_default"})},
       .effect = {"+ index ix_t_a: CREATE INDEX ix_t_a ON public.t USING btree (a) t f f"}},
  };
}

OperationCases cases(Of<DropIndex>) {
  return {
      {.title = "ThatIsDescribed",
       .before =
           "CREATE SCHEMA app; CREATE TABLE app.t (a text); CREATE UNIQUE INDEX ix ON app.t (lower(a)) WHERE a > 'b'",
       .operation =
           DropIndex{.index = "ix",
                     .table = "t",
                     .schema = "app",
                     .if_exists = true,
                     .existing = Index(std::nullopt, {text("lower(a)")}, {.unique = true, .where = "a > 'b'"})},
       .effect =
           {"- index app.ix: CREATE UNIQUE INDEX ix ON app.t USING btree (lower(a)) WHERE (a > 'b'::text) t f f"}},
      {.title = "Concurrently",
       .before = "CREATE TABLE t (a text); CREATE INDEX ix ON t USING hash (a)",
       .operation =
           DropIndex{
               .index = "ix", .table = "t", .concurrently = true, .existing = Index("ix", {"a"}, {.using_ = "hash"})},
       .effect = {"- index ix: CREATE INDEX ix ON public.t USING hash (a) t f f"}},
      {.title = "OfNoTable",
       .before = "CREATE TABLE t (a text); CREATE INDEX ix ON t (a)",
       .operation = DropIndex{.index = "ix", .existing = Index("ix", {"a"})},
       .effect = {"- index ix: CREATE INDEX ix ON public.t USING btree (a) t f f"},
       .irreversible = "DROP INDEX 'ix' can't be reversed: nothing says of which table; give it as .table_name."},
      {.title = "ThatNobodyDescribes",
       .before = "CREATE TABLE t (a text); CREATE INDEX ix ON t (a)",
       .operation = DropIndex{.index = "ix", .table = "t"},
       .effect = {"- index ix: CREATE INDEX ix ON public.t USING btree (a) t f f"},
       .irreversible = "DROP INDEX 'ix' can't be reversed: nothing says what was there; give it as .existing."},
  };
}

OperationCases cases(Of<CreateUniqueConstraint>) {
  return {
      {.title = "WithEveryClause",
       .before = "CREATE SCHEMA app; CREATE TABLE app.t (a integer, b integer, c integer)",
       .operation = CreateUniqueConstraint{.table = "t",
                                           .constraint = UniqueConstraint({"a", "b"}, {.name = "once",
                                                                                       .deferrable = true,
                                                                                       .initially = "DEFERRED",
                                                                                       .nulls_not_distinct = true,
                                                                                       .include = {"c"}}),
                                           .schema = "app"},
       .effect =
           {"+ constraint app.t once: UNIQUE NULLS NOT DISTINCT (a, b) INCLUDE (c) DEFERRABLE INITIALLY DEFERRED t 0",
            "+ index app.once: CREATE UNIQUE INDEX once ON app.t USING btree (a, b) INCLUDE (c) NULLS NOT DISTINCT t f "
            "f"}},
      {.title = "WithoutAName",
       .before = "CREATE TABLE t (a integer)",
       .operation = CreateUniqueConstraint{.table = "t", .constraint = UniqueConstraint({"a"})},
       .effect = {"+ constraint t t_a_key: UNIQUE (a) t 0",
                  "+ index t_a_key: CREATE UNIQUE INDEX t_a_key ON public.t USING btree (a) t f f"},
       .irreversible = "A constraint of 't' can't be reversed: it has no name to drop it by; give it one."},
  };
}

OperationCases cases(Of<CreateCheckConstraint>) {
  return {{.title = "ThatIsNotValidYet",
           .before = "CREATE SCHEMA app; CREATE TABLE app.t (a integer); INSERT INTO app.t VALUES (0)",
           .operation = CreateCheckConstraint{.table = "t",
                                              .constraint = CheckConstraint("a > 0", {.name = "ck", .not_valid = true}),
                                              .schema = "app"},
           .effect = {"+ constraint app.t ck: CHECK ((a > 0)) NOT VALID t 0"}}};
}

OperationCases cases(Of<CreateForeignKeyConstraint>) {
  return {
      {.title = "WithEveryClause",
       .before =
           "CREATE SCHEMA app; CREATE TABLE o (id integer, n integer, PRIMARY KEY (id, n)); CREATE TABLE app.t (a "
           "integer, b integer)",
       .operation = CreateForeignKeyConstraint{.table = "t",
                                               .constraint = ForeignKeyConstraint({"a", "b"},
                                                                                  Referent("public", "o", {"id", "n"}),
                                                                                  {.name = "to_o",
                                                                                   .onupdate = "CASCADE",
                                                                                   .ondelete = "SET NULL",
                                                                                   .deferrable = true,
                                                                                   .initially = "IMMEDIATE",
                                                                                   .match = "FULL",
                                                                                   .not_valid = true}),
                                               .schema = "app"},
       .effect = {"+ constraint app.t to_o: FOREIGN KEY (a, b) REFERENCES o(id, n) MATCH FULL ON UPDATE CASCADE ON "
                  "DELETE SET NULL DEFERRABLE NOT VALID t 0"}},
  };
}

OperationCases cases(Of<CreatePrimaryKeyConstraint>) {
  return {{.title = "OverTwoColumns",
           .before = "CREATE SCHEMA app; CREATE TABLE app.t (a integer NOT NULL, b integer NOT NULL)",
           .operation =
               CreatePrimaryKeyConstraint{
                   .table = "t", .constraint = PrimaryKeyConstraint({"b", "a"}, {.name = "pk"}), .schema = "app"},
           .effect = {"+ constraint app.t pk: PRIMARY KEY (b, a) t 0",
                      "+ index app.pk: CREATE UNIQUE INDEX pk ON app.t USING btree (b, a) t f f"}}};
}

OperationCases cases(Of<CreateExcludeConstraint>) {
  return {{.title = "WithEveryClause",
           .before = "CREATE SCHEMA app; CREATE TABLE app.t (during int4range, span int4range, a integer)",
           .operation = CreateExcludeConstraint{.table = "t",
                                                .constraint = ExcludeConstraint(
                                                    {{"during", "&&"}, {text("int4range(a, a + 1)"), "-|-"}},
                                                    {.name = "not_twice",
                                                     .using_ = "gist",
                                                     .where = "a > 0",
                                                     .ops = {{"during", "range_ops"}},
                                                     .deferrable = true,
                                                     .initially = "DEFERRED"}),
                                                .schema = "app"},
           .effect = {"+ constraint app.t not_twice: EXCLUDE USING gist (during WITH &&, int4range(a, (a + 1)) WITH "
                      "-|-) WHERE ((a > 0)) DEFERRABLE INITIALLY DEFERRED t 0",
                      "+ index app.not_twice: CREATE INDEX not_twice ON app.t USING gist (during, int4range(a, (a + "
                      "1))) WHERE (a > 0) t f f"}}};
}

OperationCases cases(Of<DropConstraint>) {
  return {
      {.title = "OfAKey",
       .before = "CREATE SCHEMA app; CREATE TABLE app.t (a integer NOT NULL, CONSTRAINT pk PRIMARY KEY (a))",
       .operation = DropConstraint{.constraint = "pk",
                                   .table = "t",
                                   .type_ = ConstraintType::primary_key,
                                   .schema = "app",
                                   .if_exists = true,
                                   .existing = PrimaryKeyConstraint({"a"})},
       .effect = {"- constraint app.t pk: PRIMARY KEY (a) t 0",
                  "- index app.pk: CREATE UNIQUE INDEX pk ON app.t USING btree (a) t f f"}},
      {.title = "ThatIsUnique",
       .before = "CREATE TABLE t (a integer UNIQUE DEFERRABLE)",
       .operation =
           DropConstraint{
               .constraint = "t_a_key", .table = "t", .existing = UniqueConstraint({"a"}, {.deferrable = true})},
       .effect = {"- constraint t t_a_key: UNIQUE (a) DEFERRABLE t 0",
                  "- index t_a_key: CREATE UNIQUE INDEX t_a_key ON public.t USING btree (a) t f f"}},
      {.title = "ThatChecks",
       .before = "CREATE TABLE t (a integer CONSTRAINT ck CHECK (a > 0))",
       .operation = DropConstraint{.constraint = "ck",
                                   .table = "t",
                                   .type_ = ConstraintType::check,
                                   .existing = CheckConstraint("a > 0", {.name = "ck"})},
       .effect = {"- constraint t ck: CHECK ((a > 0)) t 0"}},
      {.title = "ThatRefers",
       .before =
           "CREATE TABLE o (id integer PRIMARY KEY); CREATE TABLE t (a integer CONSTRAINT fk REFERENCES o (id) ON "
           "DELETE CASCADE)",
       .operation = DropConstraint{.constraint = "fk",
                                   .table = "t",
                                   .type_ = ConstraintType::foreign_key,
                                   .existing = ForeignKeyConstraint({"a"}, {"o.id"}, {.ondelete = "CASCADE"})},
       .effect = {"- constraint t fk: FOREIGN KEY (a) REFERENCES o(id) ON DELETE CASCADE t 0"}},
      {.title = "ThatExcludes",
       .before = "CREATE TABLE t (a int4range, CONSTRAINT ex EXCLUDE USING gist (a WITH &&))",
       .operation = DropConstraint{.constraint = "ex",
                                   .table = "t",
                                   .type_ = ConstraintType::exclude,
                                   .existing = ExcludeConstraint({{"a", "&&"}})},
       .effect = {"- constraint t ex: EXCLUDE USING gist (a WITH &&) t 0",
                  "- index ex: CREATE INDEX ex ON public.t USING gist (a) t f f"}},
      {.title = "OfAnotherType",
       .before = "CREATE TABLE t (a integer UNIQUE)",
       .operation = DropConstraint{.constraint = "t_a_key",
                                   .table = "t",
                                   .type_ = ConstraintType::unique,
                                   .existing = PrimaryKeyConstraint({"a"})},
       .effect = {"- constraint t t_a_key: UNIQUE (a) t 0",
                  "- index t_a_key: CREATE UNIQUE INDEX t_a_key ON public.t USING btree (a) t f f"},
       .irreversible =
           "DROP CONSTRAINT 't_a_key' can't be reversed: its .existing is of another type than .type_ says."},
      {.title = "ThatNobodyDescribes",
       .before = "CREATE TABLE t (a integer UNIQUE)",
       .operation = DropConstraint{.constraint = "t_a_key", .table = "t"},
       .effect = {"- constraint t t_a_key: UNIQUE (a) t 0",
                  "- index t_a_key: CREATE UNIQUE INDEX t_a_key ON public.t USING btree (a) t f f"},
       .irreversible =
           "DROP CONSTRAINT 't_a_key' can't be reversed: nothing says what was there; give it as .existing."},
  };
}

OperationCases cases(Of<ValidateConstraint>) {
  return {
      {.title = "OfATableInASchema",
       .before = "CREATE SCHEMA app; CREATE TABLE app.t (a integer); ALTER TABLE app.t ADD CONSTRAINT ck CHECK (a > "
                 "0) NOT VALID",
       .operation = ValidateConstraint{.constraint = "ck", .table = "t", .schema = "app"},
       .effect = {"- constraint app.t ck: CHECK ((a > 0)) NOT VALID t 0", "+ constraint app.t ck: CHECK ((a > 0)) t 0"},
       .irreversible = "VALIDATE CONSTRAINT 'ck' can't be reversed: a valid constraint does not become invalid; "
                       "nothing is to be done."}};
}

}  // namespace support::tests

// Tables and their comments.
#include "tests/integration/alembic/operations/cases.hpp"

namespace support::tests {

using namespace alembic;
using namespace schema;

OperationCases cases(Of<CreateTable>) {
  return {
      {.title = "WithKeyIndexesAndComments",
       .before = "CREATE TABLE owner (id integer PRIMARY KEY)",
       .operation = CreateTable{Table(
           "parcel",
           {column("id", Integer(), {.primary_key = true}),
            column("owner_id", Integer(), {.foreign_key = ForeignKey("owner.id"), .index = true}),
            column("label", String(20), {.nullable = false, .unique = true, .comment = "what it is"}),
            CheckConstraint("owner_id > 0", {.name = "positive"}), Index("by_label", {"label", "id"})},
           {.comment = "on their way"})},
       .effect =
           {"+ column parcel.id: 1 integer not null nextval('parcel_id_seq'::regclass) p t 0",
            "+ column parcel.label: 3 character varying(20) not null default x t 0",
            "+ column parcel.owner_id: 2 integer p t 0", "+ comment table column public.parcel.label: what it is",
            "+ comment table public.parcel: on their way", "+ constraint parcel parcel_label_key: UNIQUE (label) t 0",
            "+ constraint parcel parcel_owner_id_fkey: FOREIGN KEY (owner_id) REFERENCES owner(id) t 0",
            "+ constraint parcel parcel_pkey: PRIMARY KEY (id) t 0",
            "+ constraint parcel positive: CHECK ((owner_id > 0)) t 0",
            "+ index by_label: CREATE INDEX by_label ON public.parcel USING btree (label, id) t f f",
            "+ index ix_parcel_owner_id: CREATE INDEX ix_parcel_owner_id ON public.parcel USING btree (owner_id) t f f",
            "+ index parcel_label_key: CREATE UNIQUE INDEX parcel_label_key ON public.parcel USING btree (label) t f f",
            "+ index parcel_pkey: CREATE UNIQUE INDEX parcel_pkey ON public.parcel USING btree (id) t f f",
            "+ relation parcel: r p rls f f d heap", "+ relation parcel_id_seq: S p rls f f n",
            "+ sequence parcel_id_seq: integer 1 1 1 2147483647 1 f owned by parcel id"}},
      {.title = "InASchemaUnloggedAndPartitioned",
       .before = "CREATE SCHEMA app",
       .operation = CreateTable{.table = Table("t", {column("at", Date(), {.nullable = false})},
                                               {.schema = "app", .partition_by = "RANGE (at)"}),
                                .if_not_exists = true},
       .effect = {"+ column app.t.at: 1 date not null p t 0", "+ relation app.t: p p rls f f d RANGE (at)"}},
      {.title = "UnloggedOfAParent",
       .before = "CREATE TABLE parent (a integer)",
       .operation =
           CreateTable{Table("t", {column("b", BigInteger(), {.server_default = Identity{.always = true, .start = 5}})},
                             {.prefixes = {"UNLOGGED"}, .inherits = {"parent"}, .using_ = "heap"})},
       .effect = {"+ column t.a: 1 integer p f 1", "+ column t.b: 2 bigint not null identity a p t 0",
                  "+ parent t: 1 parent", "+ relation t: r u rls f f d heap", "+ relation t_b_seq: S u rls f f n",
                  "+ sequence t_b_seq: bigint 5 1 1 9223372036854775807 1 f owned by t b"}},
      {.title = "WithAnEnumThatIsThere",
       .before = "CREATE TYPE mood AS ENUM ('calm', 'angry')",
       .operation = CreateTable{Table("t", {column("m", Enum("mood", {"calm", "angry"}), {.server_default = "calm"})})},
       .effect = {"+ column t.m: 1 mood 'calm'::mood p t 0", "+ relation t: r p rls f f d heap"}},
  };
}

OperationCases cases(Of<DropTable>) {
  return {
      {.title = "WithItsIndexesAndComments",
       .before =
           "CREATE SCHEMA app; CREATE TABLE app.t (id serial PRIMARY KEY, a text DEFAULT 'x' UNIQUE); CREATE INDEX "
           "by_a ON app.t (lower(a)); COMMENT ON TABLE app.t IS 'all'; COMMENT ON COLUMN app.t.a IS 'one'",
       .operation =
           DropTable{.table = "t",
                     .schema = "app",
                     .existing = Table("t",
                                       {column("id", Integer(), {.primary_key = true}),
                                        column("a", Text(), {.server_default = "x", .unique = true, .comment = "one"}),
                                        Index("by_a", {text("lower(a)")})},
                                       {.comment = "all"})},
       .effect = {"- column app.t.a: 2 text 'x'::text default x t 0",
                  "- column app.t.id: 1 integer not null nextval('app.t_id_seq'::regclass) p t 0",
                  "- comment table app.t: all", "- comment table column app.t.a: one",
                  "- constraint app.t t_a_key: UNIQUE (a) t 0", "- constraint app.t t_pkey: PRIMARY KEY (id) t 0",
                  "- index app.by_a: CREATE INDEX by_a ON app.t USING btree (lower(a)) t f f",
                  "- index app.t_a_key: CREATE UNIQUE INDEX t_a_key ON app.t USING btree (a) t f f",
                  "- index app.t_pkey: CREATE UNIQUE INDEX t_pkey ON app.t USING btree (id) t f f",
                  "- relation app.t: r p rls f f d heap", "- relation app.t_id_seq: S p rls f f n",
                  "- sequence app.t_id_seq: integer 1 1 1 2147483647 1 f owned by app.t id"}},
      {.title = "ThatIsThere",
       .before = "CREATE TABLE t (a integer)",
       .operation = DropTable{.table = "t", .if_exists = true, .existing = Table("t", {column("a", Integer())})},
       .effect = {"- column t.a: 1 integer p t 0", "- relation t: r p rls f f d heap"}},
      {.title = "ThatNobodyDescribes",
       .before = "CREATE TABLE t (a integer)",
       .operation = DropTable{.table = "t"},
       .effect = {"- column t.a: 1 integer p t 0", "- relation t: r p rls f f d heap"},
       .irreversible = "DROP TABLE 't' can't be reversed: nothing says what was there; give it as .existing."},
  };
}

OperationCases cases(Of<RenameTable>) {
  return {{.title = "InItsSchema",
           .before = "CREATE SCHEMA app; CREATE TABLE app.a (i integer)",
           .operation = RenameTable{.table = "a", .new_table = "b", .schema = "app"},
           .effect = {"- column app.a.i: 1 integer p t 0", "- relation app.a: r p rls f f d heap",
                      "+ column app.b.i: 1 integer p t 0", "+ relation app.b: r p rls f f d heap"}}};
}

OperationCases cases(Of<CreateTableComment>) {
  return {
      {.title = "OfATableWithout",
       .before = "CREATE TABLE t (a integer)",
       .operation = CreateTableComment{.table = "t", .comment = "it's new"},
       .effect = {"+ comment table public.t: it's new"}},
      {.title = "InPlaceOfAnother",
       .before = "CREATE SCHEMA app; CREATE TABLE app.t (a integer); COMMENT ON TABLE app.t IS 'old'",
       .operation = CreateTableComment{.table = "t", .comment = "new", .existing_comment = "old", .schema = "app"},
       .effect = {"- comment table app.t: old", "+ comment table app.t: new"}},
  };
}

OperationCases cases(Of<DropTableComment>) {
  return {
      {.title = "ThatIsKnown",
       .before = "CREATE TABLE t (a integer); COMMENT ON TABLE t IS 'old'",
       .operation = DropTableComment{.table = "t", .existing_comment = "old"},
       .effect = {"- comment table public.t: old"}},
      {.title = "ThatIsNotKnown",
       .before = "CREATE SCHEMA app; CREATE TABLE app.t (a integer); COMMENT ON TABLE app.t IS 'old'",
       .operation = DropTableComment{.table = "t", .schema = "app"},
       .effect = {"- comment table app.t: old"},
       .irreversible = "The comment of 't' can't be reversed: give it as .existing_comment."},
  };
}

}  // namespace support::tests

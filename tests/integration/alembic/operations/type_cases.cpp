// Schemas, extensions, enums, domains and sequences.
#include "tests/integration/alembic/operations/cases.hpp"

namespace support::tests {

using namespace alembic;
using namespace schema;

OperationCases cases(Of<CreateSchema>) {
  return {
      {.title = "OfARole",
       .operation = CreateSchema{.schema = "App", .authorization = "pg_monitor", .if_not_exists = true},
       .effect = {"+ schema App: "},
       .question = "SELECT nspowner::regrole FROM pg_namespace WHERE nspname = 'App'",
       .answer = "pg_monitor"},
      {.title = "OfWhoeverMigrates", .operation = CreateSchema{.schema = "app"}, .effect = {"+ schema app: "}},
  };
}

OperationCases cases(Of<DropSchema>) {
  return {
      {.title = "OfARole",
       .before = "CREATE SCHEMA app AUTHORIZATION pg_monitor",
       .operation = DropSchema{.schema = "app", .if_exists = true, .existing_authorization = "pg_monitor"},
       .effect = {"- schema app: "}},
      {.title = "WithAllThatIsInIt",
       .before = "CREATE SCHEMA app; CREATE TABLE app.t (a integer)",
       .operation = DropSchema{.schema = "app", .cascade = true},
       .effect = {"- column app.t.a: 1 integer p t 0", "- relation app.t: r p rls f f d heap", "- schema app: "},
       .irreversible = "The drop of 'app' can't be reversed: what went with it by cascade is not known."},
  };
}

OperationCases cases(Of<CreateExtension>) {
  return {
      {.title = "InASchema",
       .before = "CREATE SCHEMA app",
       .operation = CreateExtension{.extension = "citext", .schema = "app", .if_not_exists = true},
       .effect = {"+ comment extension citext: data type for case-insensitive character strings",
                  "+ extension citext: app"}},
      {.title = "ThatIsNotOffered",
       .operation = CreateExtension{.extension = "no_such_extension", .if_available = true},
       .effect = {}},
      {.title = "ThatIsOffered",
       .operation = CreateExtension{.extension = "pg_trgm", .if_available = true},
       .effect = {"+ comment extension pg_trgm: text similarity measurement and index searching based on trigrams",
                  "+ extension pg_trgm: public"}},
  };
}

OperationCases cases(Of<DropExtension>) {
  return {
      {.title = "OfASchema",
       .before = "CREATE SCHEMA app; CREATE EXTENSION citext WITH SCHEMA app",
       .operation = DropExtension{.extension = "citext", .schema = "app"},
       .effect = {"- comment extension citext: data type for case-insensitive character strings",
                  "- extension citext: app"}},
      {.title = "ThatIsThere",
       .before = "CREATE EXTENSION citext",
       .operation = DropExtension{.extension = "citext", .if_exists = true},
       .effect = {"- comment extension citext: data type for case-insensitive character strings",
                  "- extension citext: public"}},
      {.title = "ThatIsNotThere",
       .operation = DropExtension{.extension = "no_such_extension", .if_exists = true},
       .effect = {}},
  };
}

OperationCases cases(Of<CreateEnum>) {
  return {{.title = "InASchema",
           .before = "CREATE SCHEMA app",
           .operation = CreateEnum{Enum("Mood", {"calm", "it's fine"}, {.schema = "app"})},
           .effect = {"+ type app.\"Mood\": e 'calm','it''s fine'"}}};
}

OperationCases cases(Of<DropEnum>) {
  return {
      {.title = "InASchema",
       .before = "CREATE SCHEMA app; CREATE TYPE app.mood AS ENUM ('calm', 'angry')",
       .operation =
           DropEnum{.type = "mood", .schema = "app", .if_exists = true, .existing = Enum("mood", {"calm", "angry"})},
       .effect = {"- type app.mood: e 'calm','angry'"}},
      {.title = "ThatNobodyDescribes",
       .before = "CREATE TYPE mood AS ENUM ('calm')",
       .operation = DropEnum{.type = "mood"},
       .effect = {"- type mood: e 'calm'"},
       .irreversible = "DROP TYPE 'mood' can't be reversed: nothing says what was there; give it as .existing."},
  };
}

OperationCases cases(Of<AddEnumValue>) {
  constexpr auto irreversible =
      "ALTER TYPE … ADD VALUE 'so-so' can't be reversed: PostgreSQL can't take a label away; make a new type without "
      "it.";
  return {
      {.title = "AsTheLastOne",
       .before = "CREATE TYPE mood AS ENUM ('calm', 'angry')",
       .operation = AddEnumValue{.type = "mood", .value = "so-so"},
       .effect = {"- type mood: e 'calm','angry'", "+ type mood: e 'calm','angry','so-so'"},
       .irreversible = irreversible},
      {.title = "BeforeAnother",
       .before = "CREATE SCHEMA app; CREATE TYPE app.mood AS ENUM ('calm', 'angry')",
       .operation = AddEnumValue{.type = "mood", .value = "so-so", .before = "angry", .schema = "app"},
       .effect = {"- type app.mood: e 'calm','angry'", "+ type app.mood: e 'calm','so-so','angry'"},
       .irreversible = irreversible},
      {.title = "AfterAnother",
       .before = "CREATE TYPE mood AS ENUM ('calm', 'angry')",
       .operation = AddEnumValue{.type = "mood", .value = "so-so", .after = "calm", .if_not_exists = true},
       .effect = {"- type mood: e 'calm','angry'", "+ type mood: e 'calm','so-so','angry'"},
       .irreversible = irreversible},
  };
}

OperationCases cases(Of<RenameEnumValue>) {
  return {{.title = "InASchema",
           .before = "CREATE SCHEMA app; CREATE TYPE app.mood AS ENUM ('calm', 'angry')",
           .operation = RenameEnumValue{.type = "mood", .value = "angry", .new_value = "it's over", .schema = "app"},
           .effect = {"- type app.mood: e 'calm','angry'", "+ type app.mood: e 'calm','it''s over'"}}};
}

OperationCases cases(Of<CreateDomain>) {
  return {
      {.title = "WithEveryClause",
       .before = "CREATE SCHEMA app",
       .operation = CreateDomain{Domain("Code", String(9),
                                        {.collation = "C",
                                         .server_default = "A1",
                                         .not_null = true,
                                         .checks = {CheckConstraint("VALUE ~ '^[A-Z]'", {.name = "capital"}),
                                                    CheckConstraint("length(VALUE) > 1", {.name = "long"})},
                                         .schema = "app"})},
       .effect = {"+ constraint app.\"Code\" capital: CHECK (((VALUE)::text ~ '^[A-Z]'::text)) t 0",
                  "+ constraint app.\"Code\" long: CHECK ((length((VALUE)::text) > 1)) t 0",
                  "+ type app.\"Code\": d character varying(9) t 'A1'::character varying C"}},
      {.title = "OverANumber",
       .operation = CreateDomain{Domain("positive", Integer(), {.server_default = text("1 + 1")})},
       .effect = {"+ type positive: d integer f (1 + 1)"}},
  };
}

OperationCases cases(Of<DropDomain>) {
  return {
      {.title = "WithItsCheck",
       .before = "CREATE SCHEMA app; CREATE DOMAIN app.positive AS integer CONSTRAINT ck CHECK (VALUE > 0)",
       .operation = DropDomain{.name = "positive",
                               .schema = "app",
                               .if_exists = true,
                               .existing = Domain("positive", Integer(),
                                                  {.checks = {CheckConstraint("VALUE > 0", {.name = "ck"})}})},
       .effect = {"- constraint app.positive ck: CHECK ((VALUE > 0)) t 0", "- type app.positive: d integer f"}},
      {.title = "WithTheColumnsOfIt",
       .before = "CREATE DOMAIN positive AS integer; CREATE TABLE t (a integer, b positive)",
       .operation = DropDomain{.name = "positive", .cascade = true, .existing = Domain("positive", Integer())},
       .effect = {"- column t.b: 2 positive p t 0", "- type positive: d integer f"},
       .irreversible = "The drop of 'positive' can't be reversed: what went with it by cascade is not known."},
  };
}

namespace {

AlterDomain alter_code(AlterDomainOptions options) {
  options.existing =
      Domain("code", Text(), {.server_default = "A", .checks = {CheckConstraint("VALUE ~ '^A'", {.name = "begins"})}});
  return {std::move(options), "code"};
}
constexpr auto code =
    "CREATE SCHEMA app; CREATE DOMAIN app.code AS text DEFAULT 'A' CONSTRAINT begins CHECK (VALUE ~ '^A')";

}  // namespace

OperationCases cases(Of<AlterDomain>) {
  return {
      {.title = "InEveryPart",
       .before = code,
       .operation = alter_code({.drop_constraint = "begins",
                                .add_constraint = CheckConstraint("VALUE <> ''", {.name = "filled", .not_valid = true}),
                                .server_default = "B",
                                .not_null = true,
                                .validate_constraint = "filled",
                                .schema = "app"}),
       .effect = {"- constraint app.code begins: CHECK ((VALUE ~ '^A'::text)) t 0",
                  "- type app.code: d text f 'A'::text default",
                  "+ constraint app.code filled: CHECK ((VALUE <> ''::text)) t 0",
                  "+ type app.code: d text t 'B'::text default"}},
      {.title = "ToNoDefault",
       .before = code,
       .operation = alter_code({.server_default = std::nullopt, .schema = "app"}),
       .effect = {"- type app.code: d text f 'A'::text default", "+ type app.code: d text f default"}},
      {.title = "ToACheckThatIsNotValidYet",
       .before = code,
       .operation = alter_code(
           {.add_constraint = CheckConstraint("VALUE <> ''", {.name = "filled", .not_valid = true}), .schema = "app"}),
       .effect = {"+ constraint app.code filled: CHECK ((VALUE <> ''::text)) NOT VALID t 0"}},
      {.title = "ToNull",
       .before = "CREATE DOMAIN code AS text NOT NULL",
       .operation = AlterDomain{{.not_null = false, .existing = Domain("code", Text(), {.not_null = true})}, "code"},
       .effect = {"- type code: d text t default", "+ type code: d text f default"}},
      {.title = "ToAValidCheck",
       .before = "CREATE DOMAIN code AS text; ALTER DOMAIN code ADD CONSTRAINT filled CHECK (VALUE <> '') NOT VALID",
       .operation = AlterDomain{{.validate_constraint = "filled", .existing = Domain("code", Text())}, "code"},
       .effect = {"- constraint code filled: CHECK ((VALUE <> ''::text)) NOT VALID t 0",
                  "+ constraint code filled: CHECK ((VALUE <> ''::text)) t 0"},
       .irreversible = "ALTER DOMAIN 'code' can't be reversed: a valid constraint does not become invalid."},
      {.title = "ToACheckWithoutAName",
       .before = "CREATE DOMAIN code AS text",
       .operation =
           AlterDomain{{.add_constraint = CheckConstraint("VALUE <> ''"), .existing = Domain("code", Text())}, "code"},
       .effect = {"+ constraint code code_check: CHECK ((VALUE <> ''::text)) t 0"},
       .irreversible = "ALTER DOMAIN 'code' can't be reversed: the new check has no name to drop it by; give it one."},
      {.title = "ThatNobodyDescribes",
       .before = "CREATE DOMAIN code AS text",
       .operation = AlterDomain{{.not_null = true}, "code"},
       .effect = {"- type code: d text f default", "+ type code: d text t default"},
       .irreversible = "ALTER DOMAIN 'code' can't be reversed: nothing says what was there; give it as .existing."},
  };
}

OperationCases cases(Of<CreateSequence>) {
  return {
      {.title = "WithEveryClause",
       .before = "CREATE SCHEMA app; CREATE TABLE app.t (a integer)",
       .operation = CreateSequence{.object = Sequence("S", {.type = Integer(),
                                                            .start = 10,
                                                            .increment = -2,
                                                            .minvalue = 0,
                                                            .maxvalue = 100,
                                                            .cycle = true,
                                                            .cache = 5,
                                                            .owned_by = OwnerColumn{"t", "a", "app"},
                                                            .schema = "app"}),
                                   .if_not_exists = true},
       .effect = {"+ relation app.\"S\": S p rls f f n",
                  "+ sequence app.\"S\": integer 10 -2 0 100 5 t owned by app.t a"}},
      {.title = "ThatIsUnlogged",
       .operation = CreateSequence{Sequence(
           "s", {.nominvalue = true, .nomaxvalue = true, .cycle = false, .persistence = Persistence::unlogged})},
       .effect = {"+ relation s: S u rls f f n", "+ sequence s: bigint 1 1 1 9223372036854775807 1 f"}},
  };
}

OperationCases cases(Of<DropSequence>) {
  return {
      {.title = "InASchema",
       .before = "CREATE SCHEMA app; CREATE SEQUENCE app.s AS smallint START 3",
       .operation = DropSequence{.name = "s",
                                 .schema = "app",
                                 .if_exists = true,
                                 .existing = Sequence("s", {.type = SmallInteger(), .start = 3, .schema = "app"})},
       .effect = {"- relation app.s: S p rls f f n", "- sequence app.s: smallint 3 1 1 32767 1 f"}},
      {.title = "WithTheDefaultsOfIt",
       .before = "CREATE SEQUENCE s; CREATE TABLE t (a integer DEFAULT nextval('s'))",
       .operation = DropSequence{.name = "s", .cascade = true, .existing = Sequence("s")},
       .effect = {"- column t.a: 1 integer nextval('s'::regclass) p t 0", "- relation s: S p rls f f n",
                  "- sequence s: bigint 1 1 1 9223372036854775807 1 f", "+ column t.a: 1 integer p t 0"},
       .irreversible = "The drop of 's' can't be reversed: what went with it by cascade is not known."},
  };
}

OperationCases cases(Of<AlterSequence>) {
  return {
      {.title = "ThatSaidNothing",
       .before = "CREATE SCHEMA app; CREATE TABLE app.t (a integer); CREATE SEQUENCE app.s",
       .operation = AlterSequence{{.type = SmallInteger(),
                                   .start = 5,
                                   .increment = 3,
                                   .minvalue = 0,
                                   .maxvalue = 50,
                                   .cycle = true,
                                   .cache = 4,
                                   .owned_by = OwnerColumn{"t", "a", "app"},
                                   .persistence = Persistence::unlogged,
                                   .if_exists = true,
                                   .existing = Sequence("s"),
                                   .schema = "app"},
                                  "s"},
       .effect = {"- relation app.s: S p rls f f n", "- sequence app.s: bigint 1 1 1 9223372036854775807 1 f",
                  "+ relation app.s: S u rls f f n", "+ sequence app.s: smallint 5 3 0 50 4 t owned by app.t a"}},
      {.title = "ThatSaidEverything",
       .before = "CREATE TABLE t (a integer); CREATE UNLOGGED SEQUENCE s AS integer START 7 INCREMENT 3 MINVALUE 0 "
                 "MAXVALUE 50 CYCLE CACHE 4 OWNED BY t.a",
       .operation = AlterSequence{{.type = BigInteger(),
                                   .start = 50,
                                   .increment = 1,
                                   .minvalue = std::nullopt,
                                   .maxvalue = std::nullopt,
                                   .cycle = false,
                                   .cache = 1,
                                   .owned_by = std::nullopt,
                                   .persistence = Persistence::permanent,
                                   .existing = Sequence("s", {.type = Integer(),
                                                              .start = 7,
                                                              .increment = 3,
                                                              .minvalue = 0,
                                                              .maxvalue = 50,
                                                              .cycle = true,
                                                              .cache = 4,
                                                              .owned_by = OwnerColumn{"t", "a"},
                                                              .persistence = Persistence::unlogged})},
                                  "s"},
       .effect = {"- relation s: S u rls f f n", "- sequence s: integer 7 3 0 50 4 t owned by t a",
                  "+ relation s: S p rls f f n", "+ sequence s: bigint 50 1 1 9223372036854775807 1 f"}},
      {.title = "ThatCountsDown",
       .before = "CREATE SEQUENCE s INCREMENT -1",
       .operation = AlterSequence{{.start = -100, .existing = Sequence("s", {.increment = -1})}, "s"},
       .effect = {"- sequence s: bigint -1 -1 -9223372036854775808 -1 1 f",
                  "+ sequence s: bigint -100 -1 -9223372036854775808 -1 1 f"}},
      {.title = "ThatBeginsAnew",
       .before = "CREATE SEQUENCE s START 3; SELECT nextval('s'), nextval('s')",
       .operation = AlterSequence{{.restart = 9, .existing = Sequence("s", {.start = 3})}, "s"},
       .effect = {},
       .question = "SELECT nextval('s')",
       .answer = "9",
       .irreversible = "ALTER SEQUENCE 's' can't be reversed: where it stood before the restart is not known."},
      {.title = "ThatNobodyDescribes",
       .before = "CREATE SEQUENCE s",
       .operation = AlterSequence{{.cycle = true}, "s"},
       .effect = {"- sequence s: bigint 1 1 1 9223372036854775807 1 f",
                  "+ sequence s: bigint 1 1 1 9223372036854775807 1 t"},
       .irreversible = "ALTER SEQUENCE 's' can't be reversed: nothing says what was there; give it as .existing."},
  };
}

}  // namespace support::tests

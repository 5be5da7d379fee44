#include "tests/support/operation_samples.hpp"

#include <limits>

#include "tests/support/object_samples.hpp"

namespace support::tests {
namespace {

using namespace alembic;
using namespace schema;

constexpr auto long_remark =
    "A remark that goes on for longer than a line of the sources may be, with \"quotes\", a back\\slash, an "
    "é and a 😀 in it, so that it has to be cut somewhere";
constexpr auto long_name = "a_name_that_is_as_long_as_postgresql_allows_a_name_to_be_at_all";
void add_types(std::vector<Operation>& to) {
  std::vector<TableItem> items;
  const std::vector<Type> types{SmallInteger(),
                                Integer(),
                                BigInteger(),
                                Numeric(),
                                Numeric(7),
                                Numeric(7, 4),
                                Float(),
                                Float(24),
                                Real(),
                                Double(),
                                Boolean(),
                                String(),
                                String(50),
                                String(50, {.collation = "C"}),
                                String({.collation = "de-x-icu"}),
                                Unicode(),
                                Unicode(9),
                                Char(),
                                Char(3),
                                Char(3, {.collation = "C"}),
                                schema::Text(),
                                schema::Text({.collation = "C"}),
                                Bit(),
                                Bit(8),
                                VarBit(),
                                VarBit(8),
                                LargeBinary(),
                                Date(),
                                DateTime(),
                                DateTime{.timezone = true},
                                DateTime{.timezone = true, .precision = 3},
                                Time(),
                                Time{.precision = 0},
                                Interval(),
                                Interval{.fields = "DAY TO SECOND", .precision = 2},
                                Uuid(),
                                Json(),
                                Jsonb(),
                                Enum("mood", {"sad", "ok", "it's \"fine\""}),
                                Enum("mood", {"sad"}, {.schema = "app", .create_type = false}),
                                Enum("", {"a", "b"}, {.native_enum = false, .length = 9}),
                                Enum("ck_labels", {"a", "b"}, {.native_enum = false, .create_constraint = true}),
                                Vector(384),
                                NamedType("Domain"),
                                NamedType("domain", "app"),
                                UserDefinedType("geometry(Point, 4326)"),
                                Array(Integer()),
                                Array(schema::Text(), 3),
                                Array(Array(Uuid())),
                                Array(Enum("mood", {"sad", "ok", "it's \"fine\""})),
                                Money(),
                                JsonPath(),
                                Xml(),
                                Inet(),
                                Cidr(),
                                MacAddr(),
                                MacAddr8(),
                                TsVector(),
                                TsQuery(),
                                Int4Range(),
                                Int8Range(),
                                NumRange(),
                                DateRange(),
                                TsRange(),
                                TsTzRange(),
                                Int4MultiRange(),
                                Int8MultiRange(),
                                NumMultiRange(),
                                DateMultiRange(),
                                TsMultiRange(),
                                TsTzMultiRange(),
                                Point(),
                                Line(),
                                LSeg(),
                                Box(),
                                Path(),
                                Polygon(),
                                Circle(),
                                Oid(),
                                RegClass(),
                                RegType(),
                                RegProc(),
                                RegProcedure(),
                                RegRole(),
                                RegNamespace(),
                                RegConfig(),
                                RegDictionary(),
                                RegOper(),
                                RegOperator(),
                                RegCollation(),
                                PgName(),
                                Xid(),
                                Xid8(),
                                Tid(),
                                PgSnapshot(),
                                TxidSnapshot(),
                                PgLsn(),
                                HStore(),
                                CiText()};
  for (const Type& type : types) items.emplace_back(column("c" + std::to_string(items.size()), type));
  const Domain domain(
      "positive", Integer(),
      {.not_null = true,
       .not_null_name = f("given"),
       .checks = {CheckConstraint("VALUE > 0", {.name = f("above"), .deferrable = false, .initially = "IMMEDIATE"})}});
  items.emplace_back(column("of_domain", domain));
  items.emplace_back(column("of_domains", Array(domain)));
  to.emplace_back(CreateDomain{domain});
  to.emplace_back(CreateEnum{Enum("mood", {"sad", "ok", "it's \"fine\""})});
  to.emplace_back(CreateTable{Table("all_types", items)});
}

void add_tables(std::vector<Operation>& to) {
  to.emplace_back(CreateTable{Table("t", {column("id", Integer())})});
  const Table table(
      "orders",
      {column("id", BigInteger(), {.nullable = false, .server_default = Identity{}}),
       column("number", BigInteger(),
              {.nullable = false,
               .server_default = Identity{.always = true,
                                          .start = -5,
                                          .increment = 2,
                                          .minvalue = std::numeric_limits<std::int64_t>::min(),
                                          .nomaxvalue = true,
                                          .cycle = true,
                                          .cache = 10}}),
       column("twice", Integer(), {.server_default = Computed("id * 2")}),
       column("state", String(20),
              {.nullable = false, .server_default = "it's \"new\"", .unique = true, .comment = long_remark}),
       column("at", DateTime{.timezone = true}, {.server_default = text("now()"), .index = true}),
       column("customer", Integer(), {.foreign_key = ForeignKey("customers.id", {.ondelete = "SET NULL (customer)"})}),
       column("twice_checked", Integer(),
              {.foreign_key = {ForeignKey("a.id"), ForeignKey("app.b.id", {.name = f("fk_b")})},
               .check = {CheckConstraint("twice_checked > 0"), CheckConstraint("twice_checked < 9")}}),
       column("amount", Numeric(15, 2),
              {.autoincrement = false, .check = CheckConstraint("amount > 0", {.name = "positive"})}),
       column("tag", Integer(), {.sequence = "tags"}),
       PrimaryKeyConstraint({"id", "number"},
                            {.name = f("orders_pkey"), .deferrable = true, .initially = "DEFERRED", .include = {"at"}}),
       UniqueConstraint({"number"},
                        {.name = f("uq_orders_number"), .nulls_not_distinct = true, .include = {"at", "state"}}),
       CheckConstraint(
           "amount >= 0 AND (state <> 'closed' OR amount = 0) AND id > 0 AND number > 0 AND twice IS NOT NULL",
           {.name = f("ck_orders"), .not_valid = true}),
       ForeignKeyConstraint({"customer", "tag"}, {"app.people.id", "app.people.tag"},
                            {.name = f("fk_people"), .onupdate = "CASCADE", .match = "FULL"}),
       ForeignKeyConstraint({"customer"}, Referent("", "dotted.name", {"id"})),
       ExcludeConstraint({{text("tsrange(at, at)"), "&&"}, {"customer", "="}},
                         {.name = f("no_overlap"), .where = "amount > 0", .ops = {{"customer", "gist_int4_ops"}}}),
       schema::Index(quoted(f("ix_orders")), {"state", text("lower(state)")},
                     {.unique = true,
                      .using_ = "btree",
                      .ops = {{"state", "text_pattern_ops"}},
                      .with = {{"fillfactor", "70"}},
                      .where = "state IS NOT NULL"})},
      {.schema = "app",
       .comment = long_remark,
       .prefixes = {"UNLOGGED"},
       .partition_by = "RANGE (at)",
       .using_ = "heap",
       .tablespace = "fast"});
  to.emplace_back(CreateTable{table, true});
  to.emplace_back(CreateTable{Table("flagged", {column("id", Integer(), {.primary_key = true, .comment = "short"})},
                                    {.inherits = {"orders"}, .with_oids = false, .on_commit = "DROP"})});
  to.emplace_back(DropTable{"t"});
  to.emplace_back(DropTable{"t", "app", true});
  to.emplace_back(RenameTable{"t", "u", "app"});
  to.emplace_back(CreateTableComment{"t", "short"});
  to.emplace_back(CreateTableComment{"t", long_remark, long_remark, "app"});
  to.emplace_back(DropTableComment{"t", "of\nseveral\nlines", "app"});
}

void add_columns(std::vector<Operation>& to) {
  to.emplace_back(AddColumn{"t", column("a", Integer())});
  to.emplace_back(AddColumn{
      "t",
      column("a", Enum("mood", {"sad", "ok", "it's \"fine\""}, {.schema = "app"}),
             {.nullable = false,
              .server_default = text("'ok'::app.mood || 'a long expression' || 'that is cut' || 'into more than one'"),
              .comment = long_remark}),
      "app", true, true, true});
  to.emplace_back(DropColumn{"t", "a"});
  to.emplace_back(DropColumn{"t", "a", "app", true});
  AlterColumn plain;
  plain.table = "t";
  plain.column = "a";
  plain.nullable = false;
  to.emplace_back(plain);
  AlterColumn full = plain;
  full.type_ = Numeric(15, 2);
  full.server_default = ServerDefault("x");
  full.comment = long_remark;
  full.new_column_name = "b";
  full.using_ = "a::numeric";
  full.existing_type = schema::Text();
  full.existing_nullable = true;
  full.existing_server_default = std::nullopt;
  full.existing_comment = "old";
  full.schema = "app";
  to.emplace_back(full);
  AlterColumn taken = plain;
  taken.server_default = std::nullopt;
  taken.comment = std::nullopt;
  taken.existing_server_default = ServerDefault(Identity{.always = true});
  to.emplace_back(taken);
}

void add_constraints(std::vector<Operation>& to) {
  to.emplace_back(CreateIndex{"t", schema::Index(f("ix"), {"a"})});
  to.emplace_back(CreateIndex{long_name,
                              schema::Index(f(long_name), {"a", text("lower(b) DESC NULLS LAST")},
                                            {.unique = true,
                                             .using_ = "gin",
                                             .ops = {{"a", "x"}},
                                             .include = {"c"},
                                             .nulls_not_distinct = true,
                                             .with = {{"fastupdate", "off"}},
                                             .tablespace = "fast",
                                             .where = "a > 0"}),
                              "app", true, true});
  to.emplace_back(DropIndex{"ix"});
  to.emplace_back(DropIndex{"ix", "t", "app", true, true});
  to.emplace_back(CreateUniqueConstraint{"t", UniqueConstraint({"a", "b"}, {.name = f("uq")})});
  to.emplace_back(CreateUniqueConstraint{"t",
                                         UniqueConstraint({"a"}, {.name = quoted(f("uq")),
                                                                  .deferrable = false,
                                                                  .initially = "IMMEDIATE",
                                                                  .nulls_not_distinct = true,
                                                                  .include = {"b"}}),
                                         "app"});
  to.emplace_back(CreateCheckConstraint{"t", CheckConstraint("a > 0")});
  to.emplace_back(CreateCheckConstraint{
      "t",
      CheckConstraint("a > 0 AND b > 0 AND c > 0 AND d > 0 AND e ~ '^\\d+$' AND length(f) < 10 AND g IS NOT NULL",
                      {.name = f("ck"), .deferrable = false, .initially = "IMMEDIATE", .not_valid = true}),
      "app"});
  to.emplace_back(CreateForeignKeyConstraint{"t", ForeignKeyConstraint({"a"}, {"u.id"}, {.name = f("fk")})});
  to.emplace_back(CreateForeignKeyConstraint{long_name,
                                             ForeignKeyConstraint({"a", "b"}, Referent("other", long_name, {"c", "d"}),
                                                                  {.name = f("fk"),
                                                                   .onupdate = "SET NULL",
                                                                   .ondelete = "CASCADE",
                                                                   .deferrable = true,
                                                                   .initially = "DEFERRED",
                                                                   .match = "FULL",
                                                                   .not_valid = true}),
                                             "app"});
  to.emplace_back(CreatePrimaryKeyConstraint{"t", PrimaryKeyConstraint({"id"}, {.name = f("pk")}), "app"});
  to.emplace_back(CreatePrimaryKeyConstraint{
      "t", PrimaryKeyConstraint({"id"}, {.deferrable = true, .initially = "DEFERRED", .include = {"a"}}), "app"});
  to.emplace_back(CreateExcludeConstraint{"t", ExcludeConstraint({{"a", "="}}, {.name = f("ex")})});
  to.emplace_back(
      CreateExcludeConstraint{"t",
                              ExcludeConstraint({{"a", "="}, {text("tsrange(b, c)"), "&&"}}, {.name = f("ex"),
                                                                                              .using_ = "spgist",
                                                                                              .where = "a > 0",
                                                                                              .ops = {{"a", "x"}},
                                                                                              .deferrable = true,
                                                                                              .initially = "DEFERRED"}),
                              "app"});
  to.emplace_back(DropConstraint{"c", "t"});
  to.emplace_back(DropConstraint{"c", "t", ConstraintType::check, "app", true});
  to.emplace_back(ValidateConstraint{"c", "t", "app"});
}

void add_statements(std::vector<Operation>& to) {
  to.emplace_back(Execute{"SELECT 1"});
  to.emplace_back(Execute{
      "UPDATE customers SET name = trim(name), city = 'it''s \"here\"' WHERE name <> trim(name) AND city ~ '^\\s+$'"});
  to.emplace_back(Execute{"DO $$\nBEGIN\n  PERFORM 1;\nEND\n$$"});
  to.emplace_back(Execute{"SELECT '" + std::string(100, 'x') + "',\n       2"});
  to.emplace_back(Execute{"SELECT '\x01\x7F\t\r\n?\?/ \xE2\x80\xAE'"});
  to.emplace_back(CopyData{"COPY t (a, b) FROM stdin", "1\t\\N\n2\tb\n"});
  to.emplace_back(BulkInsert{"t", {"a"}, {{1}, {std::nullopt}}});
  using namespace std::chrono;
  to.emplace_back(BulkInsert{"t",
                             {"a", "b", "c"},
                             {{true, std::numeric_limits<std::int64_t>::min(), 0.1},
                              {2.0, -1e300, std::numeric_limits<double>::infinity()},
                              {"it's", text("now()"), numeric("12.50")},
                              {year(2026) / 2 / 28, local_days(year(2026) / 2 / 28) + microseconds(1),
                               sys_days(year(1969) / 12 / 31) + microseconds(5)},
                              {bytes(std::string_view("\0\x01z\xFF", 4)), array({1, "a", std::nullopt}), array({})}},
                             "app"});
  to.emplace_back(CustomOperation{"grant", {"GRANT SELECT ON t TO reader"}});
  to.emplace_back(CustomOperation{
      "grant", {"GRANT SELECT ON t TO reader", "SELECT 1,\n       2"}, {"REVOKE SELECT ON t FROM reader"}, true});
}

}  // namespace

std::vector<Operation> operation_samples() {
  std::vector<Operation> samples;
  add_types(samples);
  add_tables(samples);
  add_columns(samples);
  add_constraints(samples);
  add_statements(samples);
  add_object_samples(samples);
  return samples;
}

std::vector<std::size_t> missing_kinds(const std::vector<Operation>& samples) {
  std::vector<bool> is_there(std::variant_size_v<Operation>);
  for (const Operation& sample : samples) is_there[sample.index()] = true;
  std::vector<std::size_t> missing;
  for (std::size_t kind = 0; kind < is_there.size(); ++kind) {
    if (!is_there[kind]) missing.push_back(kind);
  }
  return missing;
}

}  // namespace support::tests

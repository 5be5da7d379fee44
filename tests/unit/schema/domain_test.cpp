#include "app/schema/domain.hpp"

#include <stdexcept>

#include <gmock/gmock.h>

namespace support::schema {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

std::string sql(const Domain& domain) {
  return create_domain_sql(domain, {});
}

TEST(DomainSql, SaysOnlyWhatIsSet) {
  EXPECT_EQ(sql(Domain("d", Integer())), "CREATE DOMAIN d AS INTEGER");
}

TEST(DomainSql, HasEveryOption) {
  EXPECT_EQ(sql(Domain("Name", String(20),
                       {.collation = "C",
                        .server_default = "it's",
                        .not_null = true,
                        .checks = {CheckConstraint("VALUE <> ''", {.name = "not empty"}), CheckConstraint("true")},
                        .schema = "app"})),
            "CREATE DOMAIN app.\"Name\" AS VARCHAR(20) COLLATE \"C\" DEFAULT 'it''s' NOT NULL "
            "CONSTRAINT \"not empty\" CHECK (VALUE <> '') CHECK (true)");
  EXPECT_EQ(sql(Domain("d", Text(), {.collation = "x", .collation_schema = "app", .server_default = text("now()")})),
            "CREATE DOMAIN d AS TEXT COLLATE app.x DEFAULT now()");
}

TEST(DomainSql, NamesItsNotNull) {
  EXPECT_EQ(sql(Domain("d", Text(), {.not_null = true, .not_null_name = "filled"})),
            "CREATE DOMAIN d AS TEXT CONSTRAINT filled NOT NULL");
  EXPECT_EQ(sql(Domain("d", Text(), {.not_null_name = "filled"})), "CREATE DOMAIN d AS TEXT");
}

TEST(Domain, IsATypeOfItsNameThatRemembersItsMeaning) {
  const Domain positive("positive", Integer(), {.checks = {CheckConstraint("VALUE > 0")}, .schema = "app"});
  const Type type = positive;
  EXPECT_EQ(type_sql(type, {}), "app.positive");
  EXPECT_EQ(type, Type(Domain(positive)));
  EXPECT_NE(type, Type(NamedType("positive", "app")));
  EXPECT_NE(type, Type(Domain("positive", BigInteger(), {.schema = "app"})));
  EXPECT_EQ(Type(NamedType("positive")), Type(NamedType("positive")));
}

TEST(DomainSql, RefusesACheckThatIsNotValidYet) {
  EXPECT_THAT([] { sql(Domain("d", Text(), {.checks = {CheckConstraint("true", {.not_valid = true})}})); },
              ThrowsMessage<std::invalid_argument>(HasSubstr("'d' has a check that is NOT VALID; only alter_domain")));
}

TEST(Domain, FindsItsChecksByName) {
  const Domain domain("d", Text(), {.checks = {CheckConstraint("true", {.name = "a"})}});
  ASSERT_NE(domain.find_check("a"), nullptr);
  EXPECT_EQ(domain.find_check("a")->sqltext, "true");
  EXPECT_EQ(domain.find_check("b"), nullptr);
}

}  // namespace
}  // namespace support::schema

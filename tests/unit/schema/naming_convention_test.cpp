#include "app/schema/naming_convention.hpp"

#include <stdexcept>

#include <gmock/gmock.h>

#include "app/schema/ddl.hpp"
#include "app/schema/metadata.hpp"

namespace support::schema {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::ThrowsMessage;

const Referent referent("", "users", {"id", "tenant"});

std::string expanded(const std::string& pattern) {
  return conventional_name(pattern, "given", {"orders", "app", {"user_id", "tenant"}, &referent}).text();
}

TEST(NamingConvention, ExpandsTheTokensOfSqlAlchemy) {
  const std::string c = "%(constraint_name)s:";
  EXPECT_EQ(expanded(c + "%(table_name)s"), "given:orders");
  EXPECT_EQ(expanded(c + "%(column_0_name)s"), "given:user_id");
  EXPECT_EQ(expanded(c + "%(column_1_key)s"), "given:tenant");
  EXPECT_EQ(expanded(c + "%(column_2_name)s"), "given:");
  EXPECT_EQ(expanded(c + "%(column_0N_name)s"), "given:user_idtenant");
  EXPECT_EQ(expanded(c + "%(column_0_N_name)s"), "given:user_id_tenant");
  EXPECT_EQ(expanded(c + "%(column_0_label)s"), "given:app_orders_user_id");
  EXPECT_EQ(expanded(c + "%(referred_table_name)s"), "given:users");
  EXPECT_EQ(expanded(c + "%(referred_column_0_name)s"), "given:id");
  EXPECT_EQ(expanded(c + "%(referred_column_0_N_name)s"), "given:id_tenant");
  EXPECT_EQ(expanded(c + "100%%"), "given:100%");
}

TEST(NamingConvention, LeavesAGivenNameAloneUnlessThePatternHoldsIt) {
  const NamedParts parts{.table = "t"};
  EXPECT_EQ(conventional_name("ck_%(table_name)s", "mine", parts), Name("mine"));
  EXPECT_EQ(conventional_name("ck_%(table_name)s", std::nullopt, parts), f("ck_t"));
  EXPECT_EQ(conventional_name("ck_%(constraint_name)s", f("mine"), parts), f("mine"));
  EXPECT_EQ(conventional_name("ck_%(table_name)s", made_up("mine"), parts), f("ck_t"));
  EXPECT_EQ(conventional_name("", "mine", parts), Name("mine"));
  EXPECT_TRUE(conventional_name("ck_%(table_name)s", std::nullopt, parts).is_final());
}

TEST(NamingConvention, AppliedTwiceChangesNothingMore) {
  const NamingConvention convention{.ck = "ck_%(table_name)s_%(constraint_name)s"};
  const CheckConstraint once = named(CheckConstraint("a > 0", {.name = "positive"}), "t", "", convention);
  EXPECT_EQ(once.name, f("ck_t_positive"));
  EXPECT_EQ(named(once, "t", "", convention), once);
}

TEST(NamingConvention, SaysWhatIsWrongWithAPattern) {
  const NamedParts parts{.table = "t"};
  EXPECT_THAT([&] { conventional_name("ck_%(constraint_name)s", std::nullopt, parts); },
              ThrowsMessage<std::invalid_argument>(HasSubstr("table 't' has none; name it.")));
  EXPECT_THAT([&] { conventional_name("uq_%(colum_0_name)s", std::nullopt, parts); },
              ThrowsMessage<std::invalid_argument>(HasSubstr("the token 'colum_0_name'")));
  EXPECT_THAT([&] { conventional_name("uq_%(column_1N_name)s", std::nullopt, parts); },
              ThrowsMessage<std::invalid_argument>(HasSubstr("the token 'column_1N_name'")));
  EXPECT_THAT([&] { conventional_name("fk_%(referred_table_name)s", std::nullopt, parts); },
              ThrowsMessage<std::invalid_argument>(HasSubstr("the token 'referred_table_name'")));
  for (const char* pattern : {"100%", "%s", "%(table_name)"}) {
    EXPECT_THAT([&] { conventional_name(pattern, std::nullopt, parts); },
                ThrowsMessage<std::invalid_argument>(HasSubstr("a percent sign that begins no token")))
        << pattern;
  }
}

TEST(NamingConvention, NamesEveryPartOfATable) {
  const NamingConvention convention{.ix = "ix_%(table_name)s_%(column_0_N_name)s",
                                    .uq = "uq_%(table_name)s_%(column_0_name)s",
                                    .ck = "ck_%(table_name)s_%(constraint_name)s",
                                    .fk = "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
                                    .pk = "pk_%(table_name)s"};
  const Table table =
      named(Table("t", {column("id", Integer(), {.primary_key = true}),
                        column("a", Integer(), {.foreign_key = ForeignKey("o.id"), .unique = true}),
                        column("b", Integer(), {.check = CheckConstraint("b > 0", {.name = "b"}), .index = true}),
                        ExcludeConstraint({{"a", "="}}), Index("mine", {"a"})}),
            convention);
  EXPECT_EQ(create_table_sql(table, {}),
            "CREATE TABLE t (\n"
            "    id SERIAL NOT NULL, \n"
            "    a INTEGER, \n"
            "    b INTEGER CONSTRAINT ck_t_b CHECK (b > 0), \n"
            "    CONSTRAINT pk_t PRIMARY KEY (id), \n"
            "    EXCLUDE USING gist (a WITH =), \n"
            "    CONSTRAINT uq_t_a UNIQUE (a), \n"
            "    CONSTRAINT fk_t_a_o FOREIGN KEY(a) REFERENCES o (id)\n"
            ")");
  ASSERT_EQ(table.indexes.size(), 2u);
  EXPECT_EQ(table.indexes[0].name, f("ix_t_b"));
  EXPECT_EQ(table.indexes[1].name, Name("mine"));
}

TEST(NamingConvention, OfTheMetadataNamesWhatItBuilds) {
  const MetaData metadata{.tables = {Table("t", {column("id", Integer(), {.primary_key = true})})},
                          .naming_convention = {.pk = "pk_%(table_name)s"}};
  EXPECT_THAT(create_all_sql(metadata, {}), Contains(HasSubstr("CONSTRAINT pk_t PRIMARY KEY (id)")));
}

// Measured with SQLAlchemy.
TEST(Name, OfMoreThan63CharactersIsCutWithFourDigitsOfItsMd5) {
  EXPECT_EQ(f(std::string(70, 'u')).text(), std::string(55, 'u') + "_925e");
  EXPECT_EQ(f(std::string(63, 'u')).text(), std::string(63, 'u'));
  const std::string umlaut = "\xc3\xbc";
  std::string umlauts;
  for (int i = 0; i < 63; ++i) umlauts += umlaut;
  EXPECT_EQ(f(umlauts).text(), umlauts);
  EXPECT_EQ(f(umlauts + umlaut).text().substr(0, 111), umlauts.substr(0, 110) + '_');
}

TEST(Name, AsksForQuotesThatItDoesNotNeed) {
  EXPECT_EQ(create_index_sql(Index(quoted("ik"), {"a"}), "t", ""), "CREATE INDEX \"ik\" ON t (a)");
  EXPECT_EQ(constraint_sql(UniqueConstraint({"a"}, {.name = quoted(f("uq"))})), "CONSTRAINT \"uq\" UNIQUE (a)");
}

}  // namespace
}  // namespace support::schema

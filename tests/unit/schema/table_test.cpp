#include "app/schema/table.hpp"

#include <stdexcept>

#include <gmock/gmock.h>

namespace support::schema {
namespace {

using testing::HasSubstr;
using testing::IsNull;
using testing::ThrowsMessage;

TEST(Table, BringsKeysOfColumnsAndOfTheListToOneForm) {
  const Table by_column("t", {column("id", Integer(), {.primary_key = true})});
  const Table by_list("t", {column("id", Integer()), PrimaryKeyConstraint({"id"})});
  EXPECT_EQ(by_column, by_list);
  EXPECT_FALSE(by_list.find("id")->is_nullable());
}

TEST(Table, PutsTheListedConstraintsBeforeThoseOfTheColumns) {
  const Table table("t", {column("a", Integer(), {.foreign_key = ForeignKey("x.id"), .unique = true}),
                          column("id", Integer(), {.primary_key = true}), CheckConstraint("a > 0")});
  ASSERT_EQ(table.constraints.size(), 4u);
  EXPECT_TRUE(std::holds_alternative<PrimaryKeyConstraint>(table.constraints[0]));
  EXPECT_TRUE(std::holds_alternative<CheckConstraint>(table.constraints[1]));
  EXPECT_TRUE(std::holds_alternative<UniqueConstraint>(table.constraints[2]));
  EXPECT_TRUE(std::holds_alternative<ForeignKeyConstraint>(table.constraints[3]));
}

TEST(Table, AnIndexedUniqueColumnHasAUniqueIndexAndNoConstraint) {
  const Table table("t", {column("a", Integer(), {.unique = true, .index = true})}, {.schema = "app"});
  EXPECT_TRUE(table.constraints.empty());
  ASSERT_EQ(table.indexes.size(), 1u);
  EXPECT_EQ(table.indexes[0], Index("ix_app_t_a", {"a"}, {.unique = true}));
}

TEST(Table, OnlyASingleIntegerKeyOfItsOwnCountsByItself) {
  const auto serial = [](const std::vector<TableItem>& items) {
    const Table table("t", items);
    const Column* column = table.autoincrement_column();
    return column ? column->name : "";
  };
  EXPECT_EQ(serial({column("id", BigInteger(), {.primary_key = true})}), "id");
  EXPECT_EQ(serial({column("id", Text(), {.primary_key = true})}), "");
  EXPECT_EQ(serial({column("id", Integer(), {.primary_key = true, .autoincrement = false})}), "");
  EXPECT_EQ(serial({column("id", Integer(), {.primary_key = true, .server_default = text("7")})}), "");
  EXPECT_EQ(serial({column("id", Integer(), {.primary_key = true, .server_default = Identity{}})}), "");
  EXPECT_EQ(serial({column("id", Integer(), {.primary_key = true, .foreign_key = ForeignKey("x.id")})}), "");
  EXPECT_EQ(serial({column("id", Integer()), PrimaryKeyConstraint({"id"}), ForeignKeyConstraint({"id"}, {"x.id"})}),
            "");
  EXPECT_EQ(serial({column("a", Integer(), {.primary_key = true}), column("b", Integer(), {.primary_key = true})}), "");
  EXPECT_EQ(serial({column("a", Integer(), {.primary_key = true}),
                    column("b", Integer(), {.primary_key = true, .autoincrement = true})}),
            "b");
}

TEST(Table, RefusesAContradiction) {
  EXPECT_THAT(
      [] {
        Table("t", {column("a", Text()), column("a", Integer())});
      },
      ThrowsMessage<std::invalid_argument>(HasSubstr("two columns 'a'")));
  EXPECT_THAT(
      [] {
        Table("t", {column("a", Text()), UniqueConstraint({"b"})});
      },
      ThrowsMessage<std::invalid_argument>(HasSubstr("'b', which it does not have")));
  EXPECT_THAT(
      [] {
        Table("t", {column("a", Text()), Index("ix", {"b"})});
      },
      ThrowsMessage<std::invalid_argument>(HasSubstr("'ix' over the column 'b'")));
  EXPECT_THAT(
      [] {
        Table("t", {column("a", Text()), Index("ix", {})});
      },
      ThrowsMessage<std::invalid_argument>(HasSubstr("without a column")));
  EXPECT_THAT(
      [] {
        Table("t", {column("a", Text()), PrimaryKeyConstraint({"a"}), PrimaryKeyConstraint({"a"})});
      },
      ThrowsMessage<std::invalid_argument>(HasSubstr("two primary keys")));
  EXPECT_THAT(
      [] {
        Table("t", {column("a", Text(), {.primary_key = true}), column("b", Text()), PrimaryKeyConstraint({"b"})});
      },
      ThrowsMessage<std::invalid_argument>(HasSubstr("leaves it out")));
  EXPECT_THAT(
      [] {
        Table("t", {column("a", Text()), Index(std::string(64, 'i'), {"a"})});
      },
      ThrowsMessage<std::invalid_argument>(HasSubstr("64 bytes")));
}

TEST(Table, LeavesColumnsOfAParentToTheParent) {
  EXPECT_NO_THROW(Table("t", {CheckConstraint("a > 0"), UniqueConstraint({"a"})}, {.inherits = {"parent"}}));
}

TEST(Table, AnExpressionIsNoColumn) {
  EXPECT_NO_THROW(Table("t", {column("a", Text()), Index("ix", {text("lower(a)")})}));
}

TEST(ForeignKeyConstraint, ReadsItsTargets) {
  const ForeignKeyConstraint key({"a", "b"}, {"app.t.x", "app.t.y"});
  EXPECT_EQ(key.referent, Referent("app", "t", {"x", "y"}));
  EXPECT_EQ(ForeignKey("t.x").as_constraint("a").referent, Referent("", "t", {"x"}));
}

TEST(ForeignKeyConstraint, RefusesTargetsThatAreNone) {
  EXPECT_THAT([] { ForeignKeyConstraint({"a"}, {"users"}); },
              ThrowsMessage<std::invalid_argument>(HasSubstr("\"table.column\"")));
  EXPECT_THAT([] { ForeignKeyConstraint({"a"}, {"users."}); },
              ThrowsMessage<std::invalid_argument>(HasSubstr("'users.'")));
  EXPECT_THAT(
      [] {
        ForeignKeyConstraint({"a", "b"}, {"t.x", "u.y"});
      },
      ThrowsMessage<std::invalid_argument>(HasSubstr("one table")));
  EXPECT_THAT(
      [] {
        ForeignKeyConstraint({"a", "b"}, {"t.x"});
      },
      ThrowsMessage<std::invalid_argument>(HasSubstr("2 columns here and 1 there")));
}

TEST(Table, FindsItsColumns) {
  const Table table("t", {column("a", Text())});
  EXPECT_EQ(table.find("a")->type, Type(Text()));
  EXPECT_THAT(table.find("b"), IsNull());
  EXPECT_THAT(table.primary_key(), IsNull());
}

TEST(Table, RefusesAnExclusionOverAColumnThatItDoesNotHave) {
  EXPECT_THAT(
      [] {
        Table("t", {column("a", Integer()), ExcludeConstraint({{"a", "="}, {"b", "&&"}})});
      },
      ThrowsMessage<std::invalid_argument>(HasSubstr("an exclude constraint over the column 'b'")));
  EXPECT_NO_THROW(Table("t", {column("a", Integer()), ExcludeConstraint({{text("abs(a)"), "="}})}));
}

// The order is SQLAlchemy's.
TEST(Table, ATypeBringsItsCheckAlongBetweenUniqueAndForeignKey) {
  const Table table("t", {column("m", Enum("xy", {"x", "y"}, {.native_enum = false, .create_constraint = true}),
                                 {.foreign_key = ForeignKey("o.id"), .unique = true}),
                          CheckConstraint("m > 1")});
  EXPECT_EQ(table.constraints,
            (std::vector<Constraint>{CheckConstraint("m > 1"), UniqueConstraint({"m"}),
                                     CheckConstraint("m IN ('x', 'y')", {.name = "xy"}),
                                     ForeignKeyConstraint({"m"}, std::vector<std::string>{"o.id"})}));
}

TEST(Table, AColumnOfASequenceIsNotSerial) {
  const Table table("t", {column("id", Integer(), {.primary_key = true, .sequence = "s"})});
  EXPECT_EQ(table.autoincrement_column(), nullptr);
}

}  // namespace
}  // namespace support::schema

#include "app/alembic/safety/roundtrip/grade.hpp"

#include <sstream>

#include <gmock/gmock.h>

#include "app/alembic/autogenerate/compare.hpp"
#include "app/alembic/safety/roundtrip/contents.hpp"

namespace support::alembic::safety {
namespace {

using autogenerate::CatalogSnapshot;
using autogenerate::Column;
using autogenerate::Constraint;
using autogenerate::ConstraintKind;
using autogenerate::Index;
using autogenerate::Table;
using testing::ElementsAre;
using testing::IsEmpty;

TEST(Grade, IsTheWorstOfWhatWasFound) {
  EXPECT_EQ(grade_of({}), Grade::green);
  EXPECT_EQ(grade_of({.takes_what_was_written = true}), Grade::yellow);
  EXPECT_EQ(grade_of({.declares_loss = true}), Grade::yellow);
  EXPECT_EQ(grade_of({.lost_what_was = true}), Grade::red);
  EXPECT_EQ(grade_of({.is_irreversible = true}), Grade::red);
  EXPECT_EQ(grade_of({.is_asymmetric = true, .takes_what_was_written = true}), Grade::red);
  EXPECT_EQ(grade_of({.failed = true}), Grade::red);
}

TEST(Narrowing, IsKnownOfUsualTypes) {
  struct Case {
    const char* from;
    const char* to;
    bool narrows;
  };
  for (const auto& [from, to, expected] :
       std::vector<Case>{{"bigint", "integer", true},
                         {"integer", "bigint", false},
                         {"integer", "smallint", true},
                         {"integer", "numeric", false},
                         {"bigint", "numeric(5,0)", true},
                         {"bigint", "real", true},
                         {"double precision", "real", true},
                         {"text", "character varying(20)", true},
                         {"text", "character varying", false},
                         {"character varying(20)", "text", false},
                         {"character varying(20)", "character varying(30)", false},
                         {"character varying(30)", "character varying(20)", true},
                         {"numeric(8,2)", "numeric(6,2)", true},
                         {"numeric(6,2)", "numeric(8,2)", false},
                         {"numeric(6,2)", "numeric(7,1)", true},
                         {"numeric(6,2)", "numeric", false},
                         {"numeric", "numeric(6,2)", true},
                         {"timestamp with time zone", "date", true},
                         {"timestamp(6) with time zone", "timestamp(3) with time zone", true},
                         {"jsonb", "text", false},
                         {"text", "jsonb", true},
                         {"text[]", "text", true},
                         {"integer", "integer", false}}) {
    EXPECT_EQ(narrows(from, to), expected) << from << " to " << to;
  }
}

// A table `t` with the column `a`, and what a test adds.
class TakenByDowngrade : public testing::Test {
 protected:
  TakenByDowngrade() {
    before_.tables = {Table{.schema = "public", .name = "t", .columns = {Column{.name = "a", .type = "integer"}}}};
    after_ = before_;
  }

  Table& old_table() { return before_.tables.front(); }
  Table& new_table() { return after_.tables.front(); }
  std::vector<std::string> texts() const {
    std::vector<std::string> texts;
    for (const auto& taken : taken_by_downgrade(autogenerate::compare(before_, after_), "public")) {
      texts.push_back(taken.text);
    }
    return texts;
  }

  CatalogSnapshot before_;
  CatalogSnapshot after_;
};

TEST_F(TakenByDowngrade, IsWhatTheUpgradeAdds) {
  new_table().columns.push_back(Column{.name = "b", .type = "text"});
  after_.tables.push_back(Table{.schema = "app", .name = "u"});
  EXPECT_THAT(texts(), ElementsAre("drops table app.u with what was written to it",
                                   "drops column t.b with what was written to it"));
}

TEST_F(TakenByDowngrade, IsNothingThatNobodyCanWrite) {
  new_table().columns.push_back(
      Column{.name = "b", .type = "integer", .default_sql = "(a * 2)", .generated = autogenerate::Generated::stored});
  new_table().indexes.push_back(Index{.name = "i", .unique = true, .keys = {{.sql = "a"}}, .body = "btree (a)"});
  new_table().comment = "people";
  EXPECT_THAT(texts(), IsEmpty());
}

TEST_F(TakenByDowngrade, IsWhatTheOldTypeDoesNotHold) {
  new_table().columns.front().type = "bigint";
  EXPECT_THAT(texts(), ElementsAre("narrows column t.a from bigint to integer"));
}

TEST_F(TakenByDowngrade, IsWhatTheOldConstraintsDoNotLetThrough) {
  old_table().columns.front().not_null = true;
  old_table().constraints = {Constraint{.name = "k",
                                        .kind = ConstraintKind::check,
                                        .columns = {"a"},
                                        .definition = "CHECK ((a > 0))",
                                        .expression = "(a > 0)"}};
  old_table().indexes = {Index{.name = "i", .unique = true, .keys = {{.sql = "a"}}, .body = "btree (a)"}};
  EXPECT_THAT(texts(),
              testing::UnorderedElementsAre("makes column t.a NOT NULL again, which rows written since may break",
                                            "adds constraint k to t again, which rows written since may break",
                                            "adds unique index i to t again, which rows written since may break"));
}

TEST_F(TakenByDowngrade, IsNothingOfATableThatTheUpgradeDrops) {
  old_table().constraints = {
      Constraint{.name = "k", .kind = ConstraintKind::unique, .columns = {"a"}, .definition = "UNIQUE (a)"}};
  after_.tables.clear();
  EXPECT_THAT(texts(), IsEmpty());
}

TEST_F(TakenByDowngrade, NamesLabelsOfEnumTypes) {
  before_.enums = {{.schema = "public", .name = "mood", .labels = {"calm"}}};
  after_.enums = {{.schema = "public", .name = "mood", .labels = {"calm", "upset"}}};
  EXPECT_THAT(texts(), ElementsAre("takes 'upset' out of enum type mood, which rows written since may hold"));
}

// Digests of one letter, written out.
TableContents contents_of(std::vector<std::string> columns, const std::vector<std::string>& rows) {
  TableContents contents{.columns = std::move(columns), .rows = {}};
  for (const auto& row : rows) {
    std::string digests;
    for (const char letter : row) digests += std::string(digest_width, letter);
    contents.rows.push_back(digests);
  }
  return contents;
}

const autogenerate::QualifiedName t{"public", "t"};

TEST(Records, AreTakenApartAsTheServerPutsThemTogether) {
  const auto fields = fields_of_record(R"((1,"a ""b"", c\\d",,"",x y))");
  EXPECT_THAT(fields, ElementsAre("1", R"(a "b", c\d)", std::nullopt, "", "x y"));
  EXPECT_THAT(fields_of_record("()"), IsEmpty());
  EXPECT_THAT(fields_of_record("(,)"), ElementsAre(std::nullopt, std::nullopt));
}

TEST(Losses, AreNoneInAnotherOrder) {
  EXPECT_THAT(find_losses({{t, contents_of({"a", "b"}, {"xy", "zw"})}}, {{t, contents_of({"a", "b"}, {"zw", "xy"})}}),
              IsEmpty());
}

TEST(Losses, AreNoneOfColumnsThatCameOrWent) {
  EXPECT_THAT(find_losses({{t, contents_of({"a", "b"}, {"xy"})}}, {{t, contents_of({"a", "c"}, {"xq"})}}), IsEmpty());
}

TEST(Losses, NameTheColumnAndHowMany) {
  const auto losses = find_losses({{t, contents_of({"a", "b"}, {"xy", "zw", "vu"})}},
                                  {{t, contents_of({"a", "b"}, {"xy", "z-", "v-"})}});
  ASSERT_THAT(losses, ElementsAre(Loss{t, "b", 2, 3}));
  EXPECT_EQ(loss_text(losses.front(), "public"), "2 of 3 values of t.b");
  EXPECT_EQ(loss_text(losses.front(), "app"), "2 of 3 values of public.t.b");
}

TEST(Losses, NameRowsThatAreGone) {
  const auto losses = find_losses({{t, contents_of({"a", "b"}, {"xy", "zw"})}}, {{t, contents_of({"a", "b"}, {"xy"})}});
  ASSERT_THAT(losses, ElementsAre(Loss{t, "", 1, 2}));
  EXPECT_EQ(loss_text(losses.front(), "public"), "1 of 2 rows of t");
}

TEST(Losses, KnowOfValuesThatChangedTheirRows) {
  EXPECT_THAT(find_losses({{t, contents_of({"a", "b"}, {"xy", "zw"})}}, {{t, contents_of({"a", "b"}, {"xw", "zy"})}}),
              ElementsAre(Loss{t, "", 2, 2}));
}

TEST(Losses, SeeFurtherRowsAsASurplus) {
  const Contents before = {{t, contents_of({"a"}, {"x"})}};
  const Contents after = {{t, contents_of({"a"}, {"x", "y", "z"})}};
  EXPECT_THAT(find_losses(before, after), IsEmpty());
  EXPECT_THAT(find_surplus(before, after), ElementsAre(Surplus{t, 2}));
}

}  // namespace
}  // namespace support::alembic::safety

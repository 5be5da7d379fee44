#include "app/alembic/autogenerate/canonical_sql.hpp"

#include <gtest/gtest.h>

namespace support::tests {
namespace {

using alembic::autogenerate::canonical_sql;
using alembic::autogenerate::is_same_sql;

TEST(CanonicalSql, CastsTheElementsOfAnArrayThatIsCast) {
  const std::string_view original =
      "CHECK (((kind)::text = ANY ((ARRAY['a'::character varying, 'b, c'::character varying])::text[])))";
  const std::string_view restored =
      "CHECK (((kind)::text = ANY (ARRAY[('a'::character varying)::text, ('b, c'::character varying)::text])))";
  EXPECT_EQ(canonical_sql(original), restored);
  EXPECT_EQ(canonical_sql(restored), restored);
}

TEST(CanonicalSql, LeavesOneLevelOfConditionsOfOneKind) {
  EXPECT_EQ(canonical_sql("(((a > 0) AND (b > 0)) AND (c AND d))"), "((a > 0) AND (b > 0) AND c AND d)");
  EXPECT_EQ(canonical_sql("((a OR b) OR (c OR (d AND (e AND f))))"), "(a OR b OR c OR (d AND e AND f))");
  EXPECT_EQ(canonical_sql("((a OR b) AND c)"), "((a OR b) AND c)");
  EXPECT_EQ(canonical_sql("(EXISTS (SELECT 1 FROM t WHERE (a AND b)) AND c)"),
            "(EXISTS (SELECT 1 FROM t WHERE (a AND b)) AND c)");
}

TEST(CanonicalSql, LeavesWhatIsQuoted) {
  for (const auto* text :
       {"(a = '((b AND c) AND d)'::text)", "(\"((b AND c) AND d)\" > 0)", "AS $f$ SELECT ((a AND b) AND c) $f$",
        "AS $$ ( $$ || $x$ ) $x$", "('it''s ('::text)", "(", "a $ b ) ("}) {
    EXPECT_EQ(canonical_sql(text), text);
  }
}

TEST(CanonicalSql, TellsWhatDiffersApart) {
  EXPECT_TRUE(is_same_sql("((a AND b) AND c)", "(a AND b AND c)"));
  EXPECT_FALSE(is_same_sql("((a AND b) AND c)", "((a AND b) OR c)"));
  EXPECT_FALSE(is_same_sql("(x = ANY ((ARRAY['a'::text])::name[]))", "(x = ANY ((ARRAY['a'::text])::text[]))"));
  EXPECT_FALSE(is_same_sql("(a AND (b OR c))", "((a AND b) OR c)"));
}

}  // namespace
}  // namespace support::tests

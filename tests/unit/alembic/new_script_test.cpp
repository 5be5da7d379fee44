#include "app/alembic/script/new_script.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/alembic/errors.hpp"
#include "app/alembic/script/slug.hpp"

namespace support::alembic {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::ThrowsMessage;

TEST(Slug, JoinsTheWordsInLowerCase) {
  EXPECT_EQ(slug_of("Add a phone index"), "add_a_phone_index");
  EXPECT_EQ(slug_of("orders, fk; and data!"), "orders_fk_and_data");
  EXPECT_EQ(slug_of("  snake_case -- stays__ "), "snake_case_stays__");
  EXPECT_EQ(slug_of("Grüße an ÄRZTE – 2"), "grüße_an_ärzte_2");
  EXPECT_EQ(slug_of(""), "");
  EXPECT_EQ(slug_of("?!"), "");
}

TEST(Slug, IsCutAtAnUnderscoreThatStays) {
  EXPECT_EQ(slug_of("this is forty characters long as it is ok"), "this_is_forty_characters_long_as_it_is_");
  EXPECT_EQ(slug_of("this is forty characters long as it iss!"), "this_is_forty_characters_long_as_it_iss");
  EXPECT_EQ(slug_of(std::string(50, 'a')), std::string(40, 'a') + "_");
  // Characters count, not bytes.
  EXPECT_EQ(slug_of("ä ä ä ä ä ä ä ä ä ä ä ä ä ä ä ä ä ä ä ä"), "ä_ä_ä_ä_ä_ä_ä_ä_ä_ä_ä_ä_ä_ä_ä_ä_ä_ä_ä_ä");
}

TEST(Slug, AnIdentifierIsTwelveRandomDigits) {
  const auto one = random_revision_id();
  EXPECT_THAT(one, MatchesRegex("[0-9a-f]{12}"));
  EXPECT_NE(one, random_revision_id());
  EXPECT_THAT(create_date_now(),
              MatchesRegex("20[0-9][0-9]-[01][0-9]-[0-3][0-9] [0-2][0-9]:[0-5][0-9]:[0-6][0-9]\\.[0-9]{6}"));
}

NewScript sample() {
  return {.declared = {.revision = "3f2a9c1d7e4b",
                       .down_revisions = {"f57c936ded09", "aaaa00000001"},
                       .branch_labels = {"billing"},
                       .depends_on = {"core", "bbbb00000001"}},
          .message = "Add a phone index",
          .create_date = "2026-01-18 03:38:38.172294"};
}

std::string render(const NewScript& script, ScriptKind kind) {
  return render_script(template_text(kind), "the template", script, kind);
}

TEST(NewScript, InSqlIsTheFormatOfMigrationFiles) {
  EXPECT_EQ(render(sample(), ScriptKind::sql), R"(-- Add a phone index
--
-- revision: 3f2a9c1d7e4b
-- down_revision: f57c936ded09, aaaa00000001
-- branch_labels: billing
-- depends_on: core, bbbb00000001
-- create_date: 2026-01-18 03:38:38.172294

-- migrate:upgrade

-- migrate:downgrade
)");
}

TEST(NewScript, InCppIsTheFormatOfMigrationFiles) {
  EXPECT_EQ(render(sample(), ScriptKind::cpp), R"(// Add a phone index
//
// Revision ID: 3f2a9c1d7e4b
// Revises: f57c936ded09, aaaa00000001
// Create Date: 2026-01-18 03:38:38.172294

#include "app/alembic/migration.hpp"

namespace support::alembic {
namespace {

constexpr std::string_view revision = "3f2a9c1d7e4b";
const Revisions down_revision = {"f57c936ded09", "aaaa00000001"};
const Labels branch_labels = {"billing"};
const Revisions depends_on = {"core", "bbbb00000001"};

void upgrade([[maybe_unused]] Operations& op) {}

void downgrade([[maybe_unused]] Operations& op) {}

SUPPORT_MIGRATION;

}  // namespace
}  // namespace support::alembic
)");
}

TEST(NewScript, OfABaseHasNoTrailingBlanks) {
  const NewScript script{.declared = {.revision = "a"}, .message = "m", .create_date = "d"};
  EXPECT_THAT(render(script, ScriptKind::sql),
              HasSubstr("-- down_revision:\n-- branch_labels:\n-- depends_on:\n-- create_date: d\n"));
  EXPECT_THAT(render(script, ScriptKind::cpp), HasSubstr("// Revises:\n"));
  EXPECT_THAT(render(script, ScriptKind::cpp), HasSubstr("down_revision = {};\n"));
}

TEST(NewScript, AMessageOfSeveralLinesIsAComment) {
  auto script = sample();
  script.message = "\n first \n\nsecond\t\n";
  EXPECT_THAT(render(script, ScriptKind::sql), testing::StartsWith("-- first\n--\n-- second\n--\n-- revision:"));
  EXPECT_THAT(render(script, ScriptKind::cpp), testing::StartsWith("// first\n//\n// second\n//\n// Revision ID:"));
}

TEST(NewScript, AMessageThatWouldBeReadAsSomethingElseIsRefused) {
  const auto refused = [](const std::string& message, ScriptKind kind) {
    return [message, kind] {
      auto script = sample();
      script.message = message;
      render(script, kind);
    };
  };
  for (const auto* message : {"revision: x", "m\nmigrate:upgrade", "migrate:upgrade"}) {
    EXPECT_THROW(refused(message, ScriptKind::sql)(), CommandError) << message;
  }
  for (const auto* message : {"path\\", "a\\\nb", "R\"( )comment\""}) {
    EXPECT_THAT(refused(message, ScriptKind::cpp), ThrowsMessage<CommandError>(HasSubstr("word it differently")))
        << message;
  }
  EXPECT_THAT(refused("bell\a", ScriptKind::sql), ThrowsMessage<CommandError>(HasSubstr("control character")));
  EXPECT_THAT(refused("\xFF", ScriptKind::sql), ThrowsMessage<CommandError>(HasSubstr("not UTF-8")));
}

TEST(NewScript, AnOwnTemplateIsHeldToWhatTheFileMustSay) {
  const auto render_own = [](const std::string& text) {
    return [text] { return render_script(text, "mig/script.sql.in", sample(), ScriptKind::sql); };
  };
  const std::string good =
      "-- ${message}\n--\n-- revision: ${revision}\n-- down_revision: ${down_revision}\n-- branch_labels: "
      "${branch_labels}\n-- depends_on: ${depends_on}\n\n-- Reviewed by:\n\n-- migrate:upgrade\n-- migrate:downgrade\n";
  EXPECT_THAT(render_own(good)(), HasSubstr("\n-- Reviewed by:\n"));
  EXPECT_THAT(render_own("-- ${message}\n-- ${ticket}\n"),
              ThrowsMessage<CommandError>(AllOf(HasSubstr("mig/script.sql.in:2"), HasSubstr("'ticket'"))));
  EXPECT_THAT(render_own("-- ${message"), ThrowsMessage<CommandError>(HasSubstr("mig/script.sql.in:1")));
  auto without = good;
  without.erase(without.find("-- branch_labels"), std::string("-- branch_labels: ${branch_labels}\n").size());
  EXPECT_THAT(render_own(without), ThrowsMessage<CommandError>(AllOf(HasSubstr("branch_labels '' instead of 'billing'"),
                                                                     HasSubstr("${branch_labels}"))));
}

TEST(NewScript, IsNamedByItsRevisionAndSlug) {
  EXPECT_EQ(file_name_of(sample(), "Add a phone index", ScriptKind::sql), "3f2a9c1d7e4b_add_a_phone_index.sql");
  EXPECT_EQ(file_name_of(sample(), "", ScriptKind::cpp), "3f2a9c1d7e4b_.cpp");
}

}  // namespace
}  // namespace support::alembic

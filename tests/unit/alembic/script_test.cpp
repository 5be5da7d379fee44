#include "app/alembic/script/script.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/alembic/errors.hpp"
#include "app/alembic/script/script_directory.hpp"

namespace support::alembic {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;

constexpr std::string_view comment = R"(// Add a phone index
// and another line
//
// Revision ID: 3f2a9c1d7e4b
// Revises: f57c936ded09, aaaa00000001
// Create Date: 2026-01-18 03:38:38.172294

#include "app/alembic/migration.hpp"
// Revision ID: not looked at
)";

TEST(ScriptComment, IsReadUpToTheFirstOtherLine) {
  const auto parsed = parse_comment(comment, "x.cpp");
  EXPECT_EQ(parsed.message, "Add a phone index\nand another line");
  EXPECT_EQ(parsed.revision, "3f2a9c1d7e4b");
  EXPECT_THAT(parsed.revises, ElementsAre("f57c936ded09", "aaaa00000001"));
  EXPECT_EQ(parsed.create_date, "2026-01-18 03:38:38.172294");
  EXPECT_EQ(parsed.longdoc,
            "Add a phone index\nand another line\n\nRevision ID: 3f2a9c1d7e4b\nRevises: f57c936ded09, aaaa00000001\n"
            "Create Date: 2026-01-18 03:38:38.172294");
}

TEST(ScriptComment, OfABaseEndsInABlankAsAlembicPrintsIt) {
  const auto parsed = parse_comment("// m\n//\n// Revision ID: aaaa\n// Revises:\n// Create Date: d\n", "x.cpp");
  EXPECT_THAT(parsed.longdoc, HasSubstr("\nRevises: \n"));
}

TEST(ScriptComment, AMissingPartIsNamedTogetherWithTheFile) {
  const auto parse = [](std::string_view text) { return [text] { parse_comment(text, "versions/x.cpp"); }; };
  EXPECT_THAT(parse("// m\n"),
              ThrowsMessage<CommandError>(AllOf(HasSubstr("versions/x.cpp"), HasSubstr("Revision ID"))));
  EXPECT_THAT(parse("// m\n//\n// Revision ID: a\n"), ThrowsMessage<CommandError>(HasSubstr("Revises")));
  EXPECT_THAT(parse("// m\n//\n// Revision ID: a\n// Revises:\n"),
              ThrowsMessage<CommandError>(HasSubstr("Create Date")));
  EXPECT_THAT(parse("// Revision ID: a\n// Revises:\n// Create Date: d\n"),
              ThrowsMessage<CommandError>(HasSubstr("message")));
}

TEST(ScriptComment, ThatContradictsTheCodeIsRefused) {
  const auto make = [](Revision declared) {
    return [declared] { make_script(declared, parse_comment(comment, "x.cpp"), "x.cpp", {}, {}); };
  };
  EXPECT_THAT(
      make({.revision = "3f2a9c1d7e4c", .down_revisions = {"f57c936ded09", "aaaa00000001"}}),
      ThrowsMessage<CommandError>(AllOf(HasSubstr("x.cpp"), HasSubstr("'3f2a9c1d7e4b'"), HasSubstr("'3f2a9c1d7e4c'"))));
  EXPECT_THAT(make({.revision = "3f2a9c1d7e4b", .down_revisions = {"f57c936ded09"}}),
              ThrowsMessage<CommandError>(HasSubstr("Revises 'f57c936ded09, aaaa00000001'")));
}

TEST(Script, TheDocIsTheFirstParagraph) {
  const Script script{.longdoc = "one\ntwo\n\nthree"};
  EXPECT_EQ(script.doc(), "one\ntwo");
}

TEST(BuiltinScripts, MakeOneLineFromTheFirstMigrationToOneHead) {
  const auto scripts = ScriptDirectory::builtin();
  EXPECT_THAT(scripts.get_bases(), ElementsAre("f57c936ded09"));
  EXPECT_EQ(scripts.get_heads().size(), 1U);
  const auto& first = scripts.script(*scripts.get_revision("f57c936ded09"));
  EXPECT_EQ(first.doc(), "Initial migration: create customers, conversations, messages tables");
  EXPECT_EQ(first.create_date, "2025-12-14 18:31:52.625606");
  EXPECT_THAT(first.path, testing::StartsWith("app/alembic/versions/f57c936ded09_"));
}

}  // namespace
}  // namespace support::alembic

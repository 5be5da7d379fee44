// Renames: as they are asked for, as they are guessed, and as steps.
#include "app/alembic/autogenerate/renames.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/alembic/autogenerate/compare.hpp"
#include "app/alembic/errors.hpp"

namespace support::tests {
namespace {

using namespace alembic::autogenerate;
using alembic::AlterColumn;
using alembic::CommandError;
using alembic::DropColumn;
using alembic::DropTable;
using alembic::Execute;
using alembic::RenameTable;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Path = std::vector<std::string>;

Column text(const std::string& name) {
  return {.name = name, .type = "text"};
}
Column integer(const std::string& name) {
  return {.name = name, .type = "integer", .not_null = true};
}

Table table(const std::string& name, std::vector<Column> columns, const std::string& schema = "public") {
  return {.schema = schema, .name = name, .columns = std::move(columns)};
}

CatalogSnapshot tables(std::vector<Table> list) {
  CatalogSnapshot snapshot;
  snapshot.tables = std::move(list);
  return snapshot;
}

// "old:new (reason)" of what looks like a rename.
std::vector<std::string> likely(const CatalogSnapshot& before, const CatalogSnapshot& after) {
  std::vector<std::string> lines;
  for (const auto& [rename, reason] : likely_renames(compare(before, after), before, after)) {
    lines.push_back(rename_text(rename) + " (" + reason + ")");
  }
  return lines;
}

std::vector<std::string> resolved(const Path& texts, const CatalogSnapshot& before, const CatalogSnapshot& after) {
  std::vector<RenameRequest> requests;
  for (const auto& one : texts) requests.push_back(parse_rename(one));
  std::vector<std::string> lines;
  for (const auto& rename : resolve_renames(requests, before, after)) lines.push_back(rename_text(rename, ""));
  return lines;
}

TEST(RenameRequest, HasTwoNamesWithQualifiers) {
  const auto one = parse_rename("users:people");
  EXPECT_EQ(one.from, Path{"users"});
  EXPECT_EQ(one.to, Path{"people"});
  const auto all = parse_rename("app.users.mail:app.people.email");
  EXPECT_EQ(all.from, (Path{"app", "users", "mail"}));
  EXPECT_EQ(all.to, (Path{"app", "people", "email"}));
  const auto quoted = parse_rename(R"("a.b"."c:d":"e""f")");
  EXPECT_EQ(quoted.from, (Path{"a.b", "c:d"}));
  EXPECT_EQ(quoted.to, Path{"e\"f"});
  EXPECT_EQ(parse_rename("Users:People").from, Path{"Users"});
}

TEST(RenameRequest, IsRefusedWhenItIsNoPair) {
  for (const auto* wrong : {"", "users", ":", "users:", ":people", "a:b:c", "a..b:c", "a.b.c.d:e", "\"a:b", "a:\"b",
                            ".a:b", "a.:b", "a b\"c:d"}) {
    EXPECT_THAT([&] { parse_rename(wrong); },
                testing::ThrowsMessage<CommandError>(HasSubstr("write old:new, as in users:people")))
        << wrong;
  }
}

TEST(RenameRequest, MeansATableOrAColumn) {
  const auto before = tables({table("users", {integer("id"), text("mail")}), table("users", {text("mail")}, "app")});
  const auto after = tables({table("people", {integer("id"), text("email")}), table("people", {text("email")}, "app")});
  EXPECT_THAT(resolved({"users:people"}, before, after), ElementsAre("public.users:people"));
  EXPECT_THAT(resolved({"app.users:people"}, before, after), ElementsAre("app.users:people"));
  EXPECT_THAT(resolved({"app.users:app.people"}, before, after), ElementsAre("app.users:people"));
  // Tables come first, and their columns go by the new name, whatever the order and the spelling.
  for (const auto* column : {"users.mail:email", "users.mail:users.email", "users.mail:people.email",
                             "people.mail:email", "public.users.mail:public.people.email"}) {
    EXPECT_THAT(resolved({column, "users:people"}, before, after),
                ElementsAre("public.users:people", "public.people.mail:email"))
        << column;
  }
  EXPECT_THAT(resolved({"app.users.mail:email", "app.users:people"}, before, after),
              ElementsAre("app.users:people", "app.people.mail:email"));
}

TEST(RenameRequest, OfTwoNamesForEachOtherTakesAThirdOne) {
  const auto both = tables({table("a", {text("x"), text("y")}), table("b", {text("x")})});
  EXPECT_THAT(resolved({"a:b", "b:a"}, both, both),
              ElementsAre("public.a:support_agent_exchanged", "public.b:a", "public.support_agent_exchanged:b"));
  EXPECT_THAT(resolved({"a.y:x", "a.x:y"}, both, both),
              ElementsAre("public.a.y:support_agent_exchanged", "public.a.x:y", "public.a.support_agent_exchanged:x"));
  // Columns go by the new names of their tables.
  const auto other = tables({table("a", {text("z")}), table("b", {text("x"), text("y")})});
  EXPECT_THAT(resolved({"b.x:y", "b.y:x", "b:a", "a:b"}, both, other),
              ElementsAre("public.b:support_agent_exchanged", "public.a:b", "public.support_agent_exchanged:a",
                          "public.b.x:support_agent_exchanged", "public.b.y:x", "public.b.support_agent_exchanged:y"));
  const auto taken = tables({table("a", {text("x")}), table("b", {}), table("support_agent_exchanged", {})});
  EXPECT_THAT(resolved({"a:b", "b:a"}, taken, taken),
              ElementsAre("public.a:support_agent_exchanged1", "public.b:a", "public.support_agent_exchanged1:b"));
  for (const auto& [texts, words] :
       std::vector<std::pair<Path, std::string>>{{{"a:c", "c:a"}, "there is no table public.c to rename"},
                                                 {{"a.x:z", "a.z:x"}, "public.a has no column z to rename"}}) {
    EXPECT_THAT([&] { resolved(texts, both, both); },
                testing::ThrowsMessage<CommandError>(
                    testing::AllOf(testing::StartsWith("--rename " + texts.front() + ": "), HasSubstr(words))));
  }
}

TEST(RenameRequest, ThatCannotBeIsASentence) {
  const auto before = tables({table("users", {integer("id"), text("mail"), text("name")}), table("notes", {text("a")}),
                              table("mail", {text("a")}, "users")});
  const auto after = tables({table("people", {integer("id"), text("email")}), table("notes", {text("b")})});
  for (const auto& [texts, words] : std::vector<std::pair<Path, std::string>>{
           {{"ghosts:people"}, "there is no table public.ghosts to rename"},
           {{"users:notes"}, "public.notes is there already, beside public.users"},
           {{"users:persons"}, "the wanted schema has no table public.persons"},
           {{"users:app.people"}, "a rename leaves a table in its schema, which is public"},
           {{"users:people", "users:people"}, "public.people is there already"},
           {{"notes.x:b"}, "public.notes has no column x to rename"},
           {{"notes.a:a"}, "public.notes has a column a already"},
           {{"notes.a:c"}, "the wanted schema has no column c in public.notes"},
           {{"notes.a:users.b"}, "a rename leaves a column in its table, which is public.notes"},
           {{"ghosts.a:b"}, "there is no table public.ghosts, and no table ghosts.a to rename"},
           {{"x.y.z:b"}, "there is no table x.y to rename"},
           {{"users.mail:email"}, "is a table of the schema users and a column of the table users"}}) {
    EXPECT_THAT([&] { resolved(texts, before, after); },
                testing::ThrowsMessage<CommandError>(
                    testing::AllOf(testing::StartsWith("--rename " + texts.back() + ": "), HasSubstr(words))))
        << texts.back();
  }
}

TEST(LikelyRenames, AreTablesWithTheSameColumns) {
  EXPECT_THAT(likely(tables({table("users", {integer("id"), text("mail")})}),
                     tables({table("people", {integer("id"), text("mail")})})),
              ElementsAre("users:people (both have the columns id, mail)"));
  EXPECT_THAT(likely(tables({table("users", {integer("id"), text("mail")})}),
                     tables({table("people", {integer("id"), text("email")})})),
              IsEmpty());
  EXPECT_THAT(likely(tables({table("users", {integer("id")})}), tables({table("users", {integer("id")}, "app")})),
              IsEmpty());
  EXPECT_THAT(likely(tables({table("users", {})}), tables({table("people", {})})), IsEmpty());
}

TEST(LikelyRenames, AreNoneBetweenPartitionsOfOneTable) {
  const auto partition = [](const std::string& name, const std::string& bound) {
    auto result = table(name, {integer("id")});
    result.parents = {{"public", "events"}};
    result.partition_bound = bound;
    return result;
  };
  EXPECT_THAT(likely(tables({partition("events_1", "FOR VALUES IN (1)")}),
                     tables({partition("events_2", "FOR VALUES IN (2)")})),
              IsEmpty());
  EXPECT_THAT(likely(tables({partition("events_1", "FOR VALUES IN (1)")}),
                     tables({partition("events_one", "FOR VALUES IN (1)")})),
              ElementsAre("events_1:events_one (both have the columns id)"));
}

TEST(LikelyRenames, AreColumnsThatAreAlike) {
  EXPECT_THAT(likely(tables({table("users", {integer("id"), text("mail")})}),
                     tables({table("users", {integer("id"), text("email")})})),
              ElementsAre("users.mail:email (both are text)"));
  EXPECT_THAT(likely(tables({table("users", {integer("number")})}), tables({table("users", {text("email")})})),
              IsEmpty());
  auto with_default = text("email");
  with_default.default_sql = "''::text";
  EXPECT_THAT(likely(tables({table("users", {text("mail")})}), tables({table("users", {with_default})})), IsEmpty());
  auto commented = text("email");
  commented.comment = "where to write to";
  EXPECT_THAT(likely(tables({table("users", {text("mail")})}), tables({table("users", {commented})})),
              ElementsAre("users.mail:email (both are text)"));
}

TEST(LikelyRenames, GoByThePlaceWhereSeveralWouldFit) {
  EXPECT_THAT(likely(tables({table("t", {text("a"), integer("n"), text("b")})}),
                     tables({table("t", {text("x"), integer("n"), text("y")})})),
              ElementsAre("t.a:x (both are text)", "t.b:y (both are text)"));
  EXPECT_THAT(likely(tables({table("t", {text("a"), integer("n"), text("b")})}),
                     tables({table("t", {integer("n"), text("y")})})),
              IsEmpty());
  EXPECT_THAT(likely(tables({table("a", {text("x")})}), tables({table("b", {text("x")}), table("c", {text("x")})})),
              IsEmpty());
}

TEST(Renames, AreSpelledAsTheyAreRead) {
  EXPECT_EQ(rename_text({.schema = "public", .name = "users", .new_name = "people"}), "users:people");
  const Rename odd{.schema = "my app", .table = "a.b", .name = "c:d", .new_name = "e\"f"};
  EXPECT_EQ(rename_text(odd), R"("my app"."a.b"."c:d":"e""f")");
  const auto request = parse_rename(rename_text(odd));
  EXPECT_EQ(request.from, (Path{"my app", "a.b", "c:d"}));
  EXPECT_EQ(request.to, Path{"e\"f"});
}

TEST(Renames, ComeFirstOnTheWayUpAndLastOnTheWayDown) {
  Plan plan{.upgrade = {{.operation = Execute{"up"}}}, .downgrade = {{.operation = Execute{"down"}}}};
  const std::vector<Rename> renames = {{.schema = "app", .name = "users", .new_name = "people"},
                                       {.schema = "app", .table = "people", .name = "mail", .new_name = "email"}};
  const auto with = with_renames(plan, renames);
  ASSERT_EQ(with.upgrade.size(), 3U);
  EXPECT_EQ(with.upgrade[0].operation, (alembic::Operation{RenameTable{"users", "people", "app"}}));
  const auto& column = std::get<AlterColumn>(with.upgrade[1].operation);
  EXPECT_EQ(column.table + '.' + column.column + ' ' + column.new_column_name, "people.mail email");
  EXPECT_EQ(with.upgrade[2], plan.upgrade[0]);
  ASSERT_EQ(with.downgrade.size(), 3U);
  EXPECT_EQ(with.downgrade[0], plan.downgrade[0]);
  const auto& back = std::get<AlterColumn>(with.downgrade[1].operation);
  EXPECT_EQ(back.table + '.' + back.column + ' ' + back.new_column_name, "people.email mail");
  EXPECT_EQ(with.downgrade[2].operation, (alembic::Operation{RenameTable{"people", "users", "app"}}));
}

TEST(Renames, ThatAreOnlyLikelyAreNotedWhereSomethingIsDropped) {
  Plan plan{
      .upgrade = {{.operation = DropColumn{.table = "users", .column = "mail", .schema = "public"}, .note = "Lost."},
                  {.operation = DropTable{.table = "old", .schema = "app"}},
                  {.operation = DropTable{.table = "old", .schema = "public"}}}};
  note_likely_renames(plan,
                      {{{.schema = "public", .table = "users", .name = "mail", .new_name = "email"}, ""},
                       {{.schema = "app", .name = "old", .new_name = "newer"}, ""}},
                      "public");
  EXPECT_EQ(plan.upgrade[0].note,
            "Lost.\nIf it only has a new name, email, --rename users.mail:email keeps its values.");
  EXPECT_EQ(plan.upgrade[1].note, "If it only has a new name, newer, --rename app.old:newer keeps its rows.");
  EXPECT_EQ(plan.upgrade[2].note, "");
}

}  // namespace
}  // namespace support::tests

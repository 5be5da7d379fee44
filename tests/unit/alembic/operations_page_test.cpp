// What docs/operations.md shows is what compiles here, prints what the page says, and leaves no directive out.
#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <regex>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "app/alembic/migration.hpp"
#include "app/alembic/operations/reverse.hpp"

#include "tests/support/recording_sink.hpp"

namespace support::alembic {
namespace {

using namespace schema;

constexpr auto this_file = SUPPORT_SOURCE_DIR "/tests/unit/alembic/operations_page_test.cpp";
constexpr auto page = SUPPORT_SOURCE_DIR "/docs/operations.md";

void create_objects(Operations& op) {
  // page: begin
  op.create_schema("desk");
  op.create_domain(
      Domain("email", Text(), {.checks = {CheckConstraint("VALUE LIKE '%@%'", {.name = "has_at"})}, .schema = "desk"}));
  op.create_sequence(Sequence("ticket_number", {.start = 1000, .schema = "desk"}));
  op.create_table("ticket",
                  {column("number", BigInteger(), {.server_default = text("nextval('desk.ticket_number')")}),
                   column("sender", NamedType("email", "desk")), column("changed_at", DateTime{.timezone = true})},
                  {.schema = "desk"});
  op.create_function(Function("touch", {}, "BEGIN NEW.changed_at := now(); RETURN NEW; END",
                              {.returns = UserDefinedType("trigger"), .language = "plpgsql", .schema = "desk"}));
  op.create_trigger(Trigger("touch", "ticket", TriggerTime::before, {TriggerEvent::update}, "touch",
                            {.for_each = ForEach::row, .function_schema = "desk", .schema = "desk"}));
  op.create_view(View("senders", "SELECT DISTINCT sender FROM desk.ticket", {.schema = "desk"}));
  op.enable_row_level_security("ticket", {.schema = "desk"});
  op.create_policy(Policy("own", "ticket", {.using_ = "sender = current_user", .schema = "desk"}));
  op.create_statistics(
      Statistics("habits", "ticket", {"sender", "changed_at"}, {.schema = "desk", .table_schema = "desk"}));
  // page: end
}

void change_objects(Operations& op) {
  // page: begin
  const View senders("senders", "SELECT DISTINCT sender FROM desk.ticket", {.schema = "desk"});
  op.create_view(View("senders", "SELECT sender FROM desk.ticket GROUP BY sender", {.schema = "desk"}),
                 {.or_replace = true, .existing = senders});
  op.alter_sequence("ticket_number", {.increment = 10,
                                      .owned_by = OwnerColumn{"ticket", "number", "desk"},
                                      .existing = Sequence("ticket_number", {.start = 1000}),
                                      .schema = "desk"});
  op.drop_statistics("habits",
                     {.schema = "desk",
                      .existing = Statistics("habits", "ticket", {"sender", "changed_at"}, {.table_schema = "desk"})});
  // page: end
}

void way_back(Operations& op) {
  // page: begin
  const Operation drop = DropView{
      .name = "senders", .schema = "desk", .existing = View("senders", "SELECT DISTINCT sender FROM desk.ticket")};
  op.invoke(drop);
  op.invoke(reverse(drop));
  // page: end
}

constexpr std::array snippets{create_objects, change_objects, way_back};

std::vector<std::string> lines_of(const char* path) {
  std::ifstream file(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

// What stands between the lines, each without the blanks that the first one begins with.
std::vector<std::string> blocks(const char* path, const std::string& begin, const std::string& end) {
  std::vector<std::string> result;
  bool inside = false;
  std::size_t indent = 0;
  for (const auto& line : lines_of(path)) {
    const auto first = std::min(line.find_first_not_of(' '), line.size());
    if (!inside && line.substr(first) == begin) {
      inside = true;
      indent = first;
      result.emplace_back();
    } else if (inside && line.substr(first) == end) {
      inside = false;
    } else if (inside) {
      result.back() += line.substr(std::min(indent, line.size())) + '\n';
    }
  }
  return result;
}

std::vector<std::string> blocks_of_page(const std::string& language) {
  return blocks(page, "```" + language, "```");
}

TEST(PageOfOperations, ShowsWhatIsCompiledHere) {
  EXPECT_EQ(blocks_of_page("cpp"), blocks(this_file, "// page: begin", "// page: end"));
}

// SQLAlchemy, and so we, leave a blank behind each column but the last; the page does not.
std::string without_blanks_at_ends(const std::string& sql) {
  static const std::regex blanks(" +\n");
  return std::regex_replace(sql, blanks, "\n");
}

TEST(PageOfOperations, ShowsTheSqlOfIt) {
  std::vector<std::string> printed;
  for (const auto& snippet : snippets) {
    std::string sql;
    for (const auto& statement : tests::sql_of(snippet)) sql += statement + ";\n";
    printed.push_back(without_blanks_at_ends(sql));
  }
  EXPECT_EQ(blocks_of_page("sql"), printed);
}

TEST(PageOfOperations, NamesEveryDirective) {
  std::ifstream file(page);
  const std::string text(std::istreambuf_iterator<char>(file), {});
  static const std::regex declaration("^  void (\\w+)\\(.*");
  std::size_t count = 0;
  for (const auto* header : {"object_directives", "operations"}) {
    const auto path = fmt::format("{}/app/alembic/operations/{}.hpp", SUPPORT_SOURCE_DIR, header);
    for (const auto& line : lines_of(path.c_str())) {
      std::smatch match;
      if (!std::regex_match(line, match, declaration) || match[1] == "remember_types") continue;
      ++count;
      EXPECT_NE(text.find(fmt::format("op.{}(", match[1].str())), std::string::npos) << match[1];
    }
  }
  EXPECT_GT(count, 60U);
}

TEST(PageOfOperations, ShowsNothingThatCanNotBeReversed) {
  for (const auto& snippet : snippets) {
    tests::RecordingSink sink;
    Operations op(sink);
    snippet(op);
    EXPECT_NO_THROW(reverse(sink.operations()));
  }
}

}  // namespace
}  // namespace support::alembic

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <random>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "app/alembic/autogenerate/op_calls.hpp"
#include "app/alembic/autogenerate/render.hpp"
#include "app/alembic/autogenerate/source_text.hpp"

#include "tests/support/operation_samples.hpp"
#include "tests/support/temporary_folder.hpp"

namespace support::alembic::autogenerate {
namespace {

using namespace schema;
using testing::ElementsAre;
using testing::HasSubstr;

std::string rendered(Operation operation) {
  return render_cpp({{.operation = std::move(operation)}});
}

std::string many(std::string_view word, int times) {
  std::string text;
  for (int i = 0; i < times; ++i) text += word;
  return text;
}

TEST(RenderCpp, OfNoStepsIsEmpty) {
  EXPECT_EQ(render_cpp({}), "");
  EXPECT_EQ(rendered(BulkInsert{"t", {"a"}, {}}), "");
}

TEST(RenderCpp, LeavesOutWhatIsAtItsDefault) {
  EXPECT_EQ(rendered(DropTable{"t"}), "  op.drop_table(\"t\");\n");
  EXPECT_EQ(rendered(DropTable{"t", "app", true}), "  op.drop_table(\"t\", {.schema = \"app\", .if_exists = true});\n");
  EXPECT_EQ(rendered(AddColumn{"t", column("a", String(50), {.nullable = false})}),
            "  op.add_column(\"t\", column(\"a\", String(50), {.nullable = false}));\n");
}

TEST(RenderCpp, NamesAreFinal) {
  EXPECT_EQ(rendered(DropIndex{"ix"}), "  op.drop_index(f(\"ix\"));\n");
  EXPECT_EQ(rendered(CreateUniqueConstraint{"t", UniqueConstraint({"a"}, {.name = quoted("uq")})}),
            "  op.create_unique_constraint(quoted(f(\"uq\")), \"t\", {\"a\"});\n");
  EXPECT_EQ(rendered(CreateCheckConstraint{"t", CheckConstraint("a > 0")}),
            "  op.create_check_constraint(std::nullopt, \"t\", \"a > 0\");\n");
}

TEST(RenderCpp, ATableIsAnItemALineWhenItIsLong) {
  const schema::Table table("customers",
                            {column("id", Integer(), {.nullable = false, .comment = "Surrogate key"}),
                             column("email", String(200), {.unique = true, .comment = "Where to write to"}),
                             PrimaryKeyConstraint({"id"}, {.name = f("customers_pkey")})},
                            {.comment = "People"});
  EXPECT_EQ(rendered(CreateTable{table}), R"(  op.create_table("customers",
                  {
                      column("id", Integer(), {.nullable = false, .comment = "Surrogate key"}),
                      column("email", String(200), {.unique = true, .comment = "Where to write to"}),
                      PrimaryKeyConstraint({"id"}, {.name = f("customers_pkey")}),
                  },
                  {.comment = "People"});
)");
}

TEST(RenderCpp, KeepsTheLinesOfABody) {
  EXPECT_EQ(rendered(Execute{"CREATE RULE r AS\n  ON INSERT TO \"t\"\n  DO NOTHING"}),
            "  op.execute(R\"sql(CREATE RULE r AS\n  ON INSERT TO \"t\"\n  DO NOTHING)sql\");\n");
  // Whatever it holds.
  EXPECT_EQ(rendered(Execute{"a )sql\" )sql1\"\nb"}), "  op.execute(R\"sql2(a )sql\" )sql1\"\nb)sql2\");\n");
}

TEST(RenderCpp, CutsALongTextBehindItsBlanks) {
  EXPECT_EQ(rendered(Execute{many("word ", 20)}),
            "  op.execute(\n      \"" + many("word ", 13) + "\"\n      \"" + many("word ", 7) + "\");\n");
}

TEST(RenderCpp, NotesAreCommentsAboveTheirStatement) {
  EXPECT_EQ(render_cpp({{.operation = DropTable{"t"}, .note = "Data is lost.\nA second sentence."}}),
            "  // Data is lost.\n  // A second sentence.\n  op.drop_table(\"t\");\n");
  const auto lines = comment_lines(many("a word ", 40) + "and the end\\", "//", 118);
  ASSERT_EQ(lines.size(), 3U);
  for (const auto& line : lines) EXPECT_LE(line.size(), 118U);
  EXPECT_THAT(lines.back(), testing::EndsWith("the end\\."));
}

TEST(RenderCpp, NeighboursShareABlockOutsideOfTheTransaction) {
  const PlannedStep value{.operation = AddEnumValue{"mood", "ok"}, .outside_transaction = true};
  const PlannedStep drop{.operation = DropTable{"t"}};
  EXPECT_EQ(render_cpp({value}), "  op.autocommit_block([&] { op.add_enum_value(\"mood\", \"ok\"); });\n");
  EXPECT_EQ(render_cpp({drop, value, value, drop, value}), R"(  op.drop_table("t");
  op.autocommit_block([&] {
    op.add_enum_value("mood", "ok");
    op.add_enum_value("mood", "ok");
  });
  op.drop_table("t");
  op.autocommit_block([&] { op.add_enum_value("mood", "ok"); });
)");
  auto noted = value;
  noted.note = "It stays.";
  EXPECT_EQ(render_cpp({noted}),
            "  op.autocommit_block([&] {\n    // It stays.\n    op.add_enum_value(\"mood\", \"ok\");\n  });\n");
}

TEST(SourceText, EscapesWhatALiteralCantHold) {
  EXPECT_EQ(quoted_literal("a \"b\" \\ \n\t"), R"("a \"b\" \\ \n\t")");
  EXPECT_EQ(quoted_literal("\x01"
                           "7\x7F"),
            R"("\0017\177")");
  EXPECT_EQ(quoted_literal("?\?/"), R"("?\?/")");
  EXPECT_EQ(quoted_literal("é 😀"), "\"é 😀\"");
  EXPECT_EQ(quoted_literal("\xE2\x80\xAE"), R"("\342\200\256")");
  EXPECT_EQ(quoted_literal("é\xFF"), R"("\303\251\377")");
  EXPECT_THROW(quoted_literal(std::string("a\0b", 3)), std::invalid_argument);
}

// What a compiler makes of ordinary literals that stand side by side.
std::string read_back(const std::vector<std::string>& literals) {
  std::string text;
  for (const std::string& literal : literals) {
    EXPECT_LE(width_of(literal), widest_literal);
    for (std::size_t i = 1; i + 1 < literal.size(); ++i) {
      if (literal[i] != '\\') {
        EXPECT_NE(literal[i], '"');
        text += literal[i];
        continue;
      }
      const char c = literal[++i];
      if (c >= '0' && c <= '7') {
        text += static_cast<char>(std::stoi(literal.substr(i, 3), nullptr, 8));
        i += 2;
      } else {
        text += c == 'n' ? '\n' : c == 't' ? '\t' : c;
      }
    }
  }
  return text;
}

TEST(SourceText, AnyTextReadsBackAsItself) {
  std::mt19937 random(7);
  const std::vector<std::string> pieces{"a",
                                        "word ",
                                        " ",
                                        "\"",
                                        "\\",
                                        "\n",
                                        "\t",
                                        "\r",
                                        "?",
                                        "??",
                                        "é",
                                        "😀",
                                        "\xFF",
                                        "7",
                                        ")",
                                        "sql",
                                        "'",
                                        "$$",
                                        "\x7F",
                                        "\xE2\x80\xAE",
                                        "--",
                                        "/*",
                                        "very_long_word_without_any_blank_in_it_that_must_be_cut"};
  for (int round = 0; round < 3000; ++round) {
    std::string text;
    const auto length = random() % 60;
    for (std::size_t i = 0; i < length; ++i) text += pieces[random() % pieces.size()];
    const auto literals = literals_of(text);
    if (literals.front().starts_with("R\"")) {
      const auto open = literals.front().find('(');
      const auto end = fmt::format("){}\"", literals.front().substr(2, open - 2));
      EXPECT_EQ(literals.front().find(end), literals.front().size() - end.size());
      EXPECT_EQ(literals.front().substr(open + 1, literals.front().size() - end.size() - open - 1), text);
    } else {
      EXPECT_EQ(read_back(literals), text);
    }
  }
}

// Random statements of the shapes that directives have.
class RandomSource {
 public:
  std::string next() {
    SourceNodes arguments;
    for (auto names = random_() % 4; names > 0; --names) arguments.push_back(name());
    for (auto groups = random_() % 3; groups > 0; --groups) arguments.push_back(group(3));
    if (arguments.empty()) arguments.push_back(text());
    return statement("op." + word(20), arguments, 2);
  }

 private:
  std::string word(unsigned longest) {
    std::string result = "x_";
    for (auto length = random_() % longest; length > 0; --length) result += static_cast<char>('a' + random_() % 26);
    return result;
  }
  SourceNode name() { return random_() % 3 == 0 ? call("f", text_node(word(60))) : text_node(word(25)); }
  SourceNode text() {
    std::string result;
    const auto kind = random_() % 10;
    if (kind < 6) return text_node(word(30));
    for (auto words = random_() % (kind == 9 ? 40 : 12); words > 0; --words) result += word(12) + ' ';
    if (kind == 8) result = word(50) + '\n' + result + '\n' + word(50);
    return text_node(result + 'a');
  }
  SourceNode leaf() {
    static const std::vector<std::string> words{"Integer()", "true", "std::nullopt", "DateTime{.timezone = true}"};
    switch (random_() % 4) {
      case 0:
        return code(words[random_() % words.size()]);
      case 1:
        return call("text", text());
      default:
        return text();
    }
  }
  SourceNode node(int depth) { return depth == 0 || random_() % 2 == 0 ? leaf() : group(depth); }
  SourceNode group(int depth) {
    SourceNodes nodes;
    std::vector<SourceItem> members;
    for (auto count = random_() % 5 + 1; count > 0; --count) nodes.push_back(node(depth - 1));
    switch (random_() % 3) {
      case 0:
        return list(std::move(nodes));
      case 1:
        return object("Column", std::move(nodes), "column");
      default:
        for (auto& one : nodes) members.push_back({word(12), std::move(one)});
        return designated(std::move(members), random_() % 4 == 0 ? "Owner" : "");
    }
  }

  std::mt19937 random_{11};
};

// What clang-format makes of the source of a function, with the project's settings.
std::string formatted(const std::string& source) {
  const tests::TemporaryFolder folder;
  const auto path = folder.write("app/source.cpp", source);
  EXPECT_EQ(std::system(fmt::format("cp {}/.clang-format {} && clang-format {} > {}.formatted", SUPPORT_SOURCE_DIR,
                                    folder.path(), path, path)
                            .c_str()),
            0);
  std::ifstream file(path + ".formatted");
  return {std::istreambuf_iterator<char>(file), {}};
}

bool has_clang_format() {
  return std::system("clang-format --version > /dev/null 2>&1") == 0;
}

void expect_unchanged(const std::vector<std::string>& statements) {
  std::string source = "void upgrade(Operations& op) {\n";
  for (const auto& one : statements) source += fmt::format("  // {}\n{}", statements.size(), one);
  source += "}\n";
  const auto changed = formatted(source);
  if (changed == source) return;
  const auto differs = static_cast<std::size_t>(std::ranges::mismatch(source, changed).in1 - source.begin());
  const auto begin = source.rfind("  //", differs);
  ADD_FAILURE() << source.substr(begin, 1500) << "\n-- becomes\n" << changed.substr(begin, 1500);
}

TEST(RenderCpp, IsWhatClangFormatMakesOfIt) {
  if (!has_clang_format()) GTEST_SKIP() << "clang-format is not installed";
  std::vector<std::string> statements;
  for (const auto& sample : tests::operation_samples()) {
    statements.push_back(rendered(sample));
    statements.push_back(render_cpp({{.operation = sample, .note = many("a note ", 30), .outside_transaction = true}}));
  }
  expect_unchanged(statements);
}

TEST(SourceNode, IsWhatClangFormatMakesOfIt) {
  if (!has_clang_format()) GTEST_SKIP() << "clang-format is not installed";
  RandomSource random;
  std::vector<std::string> statements;
  for (int i = 0; i < 500; ++i) statements.push_back(random.next());
  expect_unchanged(statements);
}

}  // namespace
}  // namespace support::alembic::autogenerate

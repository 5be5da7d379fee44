#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

// C++ expressions as trees, and the lines that clang-format makes of them with the project's settings.
namespace support::alembic::autogenerate {

struct SourceItem;

// One of four things. On one line a group is `head(items)` or, when its brackets are braces, `head{items}`; broken it
// is always `broken_head{`, an item a line with a comma behind each, and `}`: clang-format leaves a list with a comma
// behind its last item as it is, so that hardly anything is left to its judgement.
struct SourceNode {
  enum class Kind {
    code,   // as it stands
    text,   // a string
    call,   // head(item), which breaks inside of the item only
    group,  // a list of items, with or without a head
  };
  enum class Brackets { round, braces };

  Kind kind = Kind::code;
  std::string head;  // or the code, or the text
  std::string broken_head = {};
  Brackets brackets = Brackets::braces;
  std::vector<SourceItem> items = {};
};

// With a name it is a designated initialiser.
struct SourceItem {
  std::string name;
  SourceNode node;
};

using SourceNodes = std::vector<SourceNode>;

SourceNode code(std::string text);
SourceNode text_node(std::string text);
SourceNode call(std::string function, SourceNode argument);
// `{a, b}`
SourceNode list(SourceNodes nodes);
// `Type(a, b)`; `function` stands for the type on one line: column("a", Text()) is a Column.
SourceNode object(std::string type, SourceNodes arguments, std::string function = {});
// `{.a = 1}`, with a type before it when it has one.
SourceNode designated(std::vector<SourceItem> members, std::string type = {});

// `function(arguments);`, its lines indented by that many blanks, with a line end.
std::string statement(const std::string& function, const SourceNodes& arguments, std::size_t indent);

}  // namespace support::alembic::autogenerate

#include "app/alembic/autogenerate/canonical_sql.hpp"

#include <algorithm>
#include <cctype>
#include <vector>

#include "app/alembic/autogenerate/sql_pieces.hpp"

namespace support::alembic::autogenerate {
namespace {

using Pieces = std::vector<std::string_view>;

constexpr auto npos = std::string_view::npos;

// "$tag$" at the beginning of the text; empty when there is none.
std::string_view dollar_tag(std::string_view sql) {
  const auto end = sql.find('$', 1);
  if (end == npos) return {};
  for (const char c : sql.substr(1, end - 1)) {
    if (std::isalnum(static_cast<unsigned char>(c)) == 0 && c != '_') return {};
  }
  return sql.substr(0, end + 1);
}

// Behind the quoted text that begins at `at`; `at` when none does. A doubled quote ends one and begins the next.
std::size_t end_of_quoted(std::string_view sql, std::size_t at) {
  const char c = sql[at];
  if (c == '\'' || c == '"') {
    const auto end = sql.find(c, at + 1);
    return end == npos ? sql.size() : end + 1;
  }
  if (c != '$') return at;
  const auto tag = dollar_tag(sql.substr(at));
  if (tag.empty()) return at;
  const auto end = sql.find(tag, at + tag.size());
  return end == npos ? sql.size() : end + tag.size();
}

// Calls visit(position) for each character outside of quotes, parentheses and brackets.
template <class Visit>
void each_outside(std::string_view sql, Visit visit) {
  int depth = 0;
  for (std::size_t i = 0; i < sql.size();) {
    if (const auto end = end_of_quoted(sql, i); end > i) {
      i = end;
      continue;
    }
    if (sql[i] == '(' || sql[i] == '[') ++depth;
    if (depth == 0) visit(i);
    if (sql[i] == ')' || sql[i] == ']') --depth;
    ++i;
  }
}

// The bracket that closes the one at `open`, npos without one.
std::size_t closing(std::string_view sql, std::size_t open) {
  int depth = 0;
  for (std::size_t i = open; i < sql.size();) {
    if (const auto end = end_of_quoted(sql, i); end > i) {
      i = end;
      continue;
    }
    if (sql[i] == '(' || sql[i] == '[') ++depth;
    if (sql[i] == ')' || sql[i] == ']') --depth;
    if (depth == 0) return i;
    ++i;
  }
  return npos;
}

Pieces split(std::string_view sql, std::string_view separator) {
  Pieces pieces;
  std::size_t begin = 0;
  each_outside(sql, [&](std::size_t i) {
    if (i < begin || !sql.substr(i).starts_with(separator)) return;
    pieces.push_back(sql.substr(begin, i - begin));
    begin = i + separator.size();
  });
  pieces.push_back(sql.substr(begin));
  return pieces;
}

bool is_parenthesized(std::string_view sql) {
  return sql.starts_with('(') && closing(sql, 0) == sql.size() - 1;
}

// "(a AND b) AND c" → "a AND b AND c". What is inside is flat already.
std::string flattened(std::string_view condition, std::string_view word) {
  const auto operands = split(condition, word);
  if (operands.size() < 2) return std::string(condition);
  std::string text;
  for (const auto operand : operands) {
    auto inner = operand;
    if (is_parenthesized(operand)) inner = operand.substr(1, operand.size() - 2);
    const bool dissolves = !inner.starts_with("SELECT ") && split(inner, word).size() > 1;
    if (!text.empty()) text += word;
    text += dissolves ? inner : operand;
  }
  return text;
}

// The type of a cast of an array at the beginning of the text, without its "[]"; empty when there is none.
std::string_view array_type(std::string_view sql) {
  const auto end = sql.find("[]");
  if (!sql.starts_with("::") || end == npos) return {};
  const auto type = sql.substr(2, end - 2);
  return type.find_first_of("'[]:=<>") == npos ? type : std::string_view{};
}

std::string with_cast_elements(std::string_view array, std::string_view type) {
  constexpr std::string_view begin = "ARRAY[";
  std::string text(begin);
  for (const auto element : split(array.substr(begin.size(), array.size() - begin.size() - 1), ", ")) {
    if (text.size() > begin.size()) text += ", ";
    text += '(' + std::string(element) + ")::" + std::string(type);
  }
  return text + ']';
}

bool is_array_of_elements(std::string_view sql) {
  return sql.starts_with("ARRAY[") && sql != "ARRAY[]" && closing(sql, 5) == sql.size() - 1;
}

// Columns of extended statistics come in the order of the table, which is another one after some are made anew.
bool is_same_statistics(std::string_view a, std::string_view b) {
  if (!a.starts_with("CREATE STATISTICS ") || a.size() != b.size()) return false;
  const auto columns = a.find(" ON ");
  const auto table = a.rfind(" FROM ");
  if (columns == npos || table == npos || table < columns) return false;
  if (a.substr(0, columns + 4) != b.substr(0, columns + 4) || a.substr(table) != b.substr(table)) return false;
  auto a_list = split_list(a.substr(columns + 4, table - columns - 4));
  auto b_list = split_list(b.substr(columns + 4, table - columns - 4));
  std::ranges::sort(a_list);
  std::ranges::sort(b_list);
  return a_list == b_list;
}

}  // namespace

std::string canonical_sql(std::string_view sql) {
  std::string text;
  for (std::size_t i = 0; i < sql.size();) {
    if (const auto end = end_of_quoted(sql, i); end > i) {
      text += sql.substr(i, end - i);
      i = end;
      continue;
    }
    const auto end = sql[i] == '(' ? closing(sql, i) : npos;
    if (end == npos) {
      text += sql[i++];
      continue;
    }
    const auto inner = flattened(flattened(canonical_sql(sql.substr(i + 1, end - i - 1)), " AND "), " OR ");
    i = end + 1;
    const auto type = is_array_of_elements(inner) ? array_type(sql.substr(i)) : std::string_view{};
    if (type.empty()) {
      text += '(' + inner + ')';
    } else {
      text += with_cast_elements(inner, type);
      i += std::string_view("::[]").size() + type.size();
    }
  }
  return text;
}

bool is_same_sql(std::string_view a, std::string_view b) {
  return a == b || is_same_statistics(a, b) || canonical_sql(a) == canonical_sql(b);
}

}  // namespace support::alembic::autogenerate

#include "app/alembic/autogenerate/sql_pieces.hpp"

#include <fmt/format.h>

#include "app/schema/quoting.hpp"

namespace support::alembic::autogenerate {
namespace {

// The position behind the quoted text that begins at `at`, or behind the one character there.
std::size_t behind(std::string_view sql, std::size_t at) {
  const char quote = sql[at];
  if (quote != '\'' && quote != '"') return at + 1;
  const auto end = sql.find(quote, at + 1);
  return end == std::string_view::npos ? sql.size() : end + 1;
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(' ');
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

int depth_change(char c) {
  if (c == '(' || c == '[') return 1;
  return c == ')' || c == ']' ? -1 : 0;
}

}  // namespace

std::size_t end_of_parentheses(std::string_view sql, std::size_t open) {
  int depth = 0;
  for (std::size_t at = open; at < sql.size(); at = behind(sql, at)) {
    depth += depth_change(sql[at]);
    if (depth == 0) return at + 1;
  }
  return std::string_view::npos;
}

Texts split_list(std::string_view sql) {
  Texts parts;
  int depth = 0;
  std::size_t begin = 0;
  for (std::size_t at = 0; at < sql.size(); at = behind(sql, at)) {
    depth += depth_change(sql[at]);
    if (sql[at] != ',' || depth != 0) continue;
    parts.emplace_back(trimmed(sql.substr(begin, at - begin)));
    begin = at + 1;
  }
  parts.emplace_back(trimmed(sql.substr(begin)));
  return parts;
}

std::string_view without_parentheses(std::string_view sql) {
  if (!sql.starts_with('(') || end_of_parentheses(sql, 0) != sql.size()) return sql;
  return sql.substr(1, sql.size() - 2);
}

std::string quoted_name(const QualifiedName& name) {
  return schema::qualified_name(name.name, name.schema);
}

std::string parameter_list(const Texts& options) {
  std::string list;
  for (const auto& option : options) {
    const auto equals = option.find('=');
    list += list.empty() ? "" : ", ";
    list += option.substr(0, equals);
    if (equals != std::string::npos) list += " = " + schema::quote_literal(option.substr(equals + 1));
  }
  return list;
}

}  // namespace support::alembic::autogenerate

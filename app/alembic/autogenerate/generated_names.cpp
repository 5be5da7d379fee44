#include "app/alembic/autogenerate/generated_names.hpp"

#include <string_view>

namespace support::alembic::autogenerate {
namespace {

constexpr std::size_t longest_name = 63;

bool is_continuation(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U;
}

// At most so many bytes, and no part of a character.
std::string_view clipped(std::string_view text, std::size_t bytes) {
  if (text.size() <= bytes) return text;
  while (bytes > 0 && is_continuation(text[bytes])) --bytes;
  return text.substr(0, bytes);
}

// The longer of the two parts gives way first.
std::string object_name(std::string_view table, std::string_view columns, std::string_view label) {
  const std::size_t overhead = label.size() + 1 + (columns.empty() ? 0 : 1);
  std::size_t table_bytes = table.size();
  std::size_t column_bytes = columns.size();
  while (table_bytes + column_bytes > longest_name - overhead)
    --(table_bytes > column_bytes ? table_bytes : column_bytes);
  std::string name(clipped(table, table_bytes));
  if (!columns.empty()) name.append("_").append(clipped(columns, column_bytes));
  return name.append("_").append(label);
}

std::string joined(const Texts& columns) {
  std::string names;
  for (const auto& column : columns) {
    if (names.size() > longest_name) break;
    if (!names.empty()) names += '_';
    names += column;
  }
  return names;
}

// Whether the name is the one of this label, or of the label with a number: t_a_key, t_a_key1.
bool is_made_of(std::string_view name, std::string_view table, std::string_view columns, std::string_view label) {
  const auto digits = name.size() - (name.find_last_not_of("0123456789") + 1);
  // The columns may end in digits, but then the label stands behind them.
  const auto numbered = std::string(label).append(name.substr(name.size() - digits));
  return name == object_name(table, columns, numbered);
}

}  // namespace

bool is_generated_name(const std::string& table, const Constraint& constraint) {
  const auto made_of = [&](std::string_view columns, std::string_view label) {
    return is_made_of(constraint.name, table, columns, label);
  };
  switch (constraint.kind) {
    case ConstraintKind::primary_key:
      return made_of("", "pkey");
    case ConstraintKind::unique:
      return made_of(joined(constraint.columns), "key");
    case ConstraintKind::exclusion:
      return made_of(joined(constraint.columns), "excl");
    case ConstraintKind::foreign_key:
      return made_of(joined(constraint.columns), "fkey");
    case ConstraintKind::check:
      return made_of("", "check") || (constraint.columns.size() == 1 && made_of(constraint.columns.front(), "check"));
  }
  return false;
}

// An expression has a name after its outermost function, or "expr"; which one is not looked into.
bool is_generated_name(const std::string& table, const Index& index) {
  Texts columns;
  bool has_expression = false;
  for (const auto& key : index.keys) {
    columns.push_back(key.sql);
    has_expression = has_expression || key.is_expression;
  }
  columns.insert(columns.end(), index.include.begin(), index.include.end());
  if (!has_expression) return is_made_of(index.name, table, joined(columns), "idx");
  const auto behind_digits = index.name.find_last_not_of("0123456789") + 1;
  return index.name.starts_with(table + '_') && index.name.substr(0, behind_digits).ends_with("_idx");
}

}  // namespace support::alembic::autogenerate

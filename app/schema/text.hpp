#pragma once

#include <string>
#include <utility>

namespace support::schema {

// An SQL expression, printed as it is: text("now()").
struct TextClause {
  explicit TextClause(std::string expression) : sql(std::move(expression)) {}

  std::string sql;
  bool operator==(const TextClause&) const = default;
};

inline TextClause text(std::string sql) {
  return TextClause(std::move(sql));
}

}  // namespace support::schema

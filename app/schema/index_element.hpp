#pragma once

#include <string>
#include <utility>
#include <vector>

#include "app/schema/text.hpp"

namespace support::schema {

// One key of an index or an exclusion: a column's name, or an expression as SQL spells it ("lower(name)", "name DESC").
class IndexElement {
 public:
  IndexElement(const char* column) : sql_(column) {}  // implicit, so that {"a", text("lower(b)")} is a list of them
  IndexElement(std::string column) : sql_(std::move(column)) {}
  IndexElement(TextClause expression) : sql_(std::move(expression.sql)), is_expression_(true) {}

  const std::string& sql() const { return sql_; }
  bool is_expression() const { return is_expression_; }

  bool operator==(const IndexElement&) const = default;

 private:
  std::string sql_;
  bool is_expression_ = false;
};

// Names and what is said of each: a column and its operator class, a storage parameter and its value.
using NamePairs = std::vector<std::pair<std::string, std::string>>;

}  // namespace support::schema

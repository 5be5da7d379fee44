#pragma once

#include <string>
#include <utility>
#include <vector>

#include "app/schema/column.hpp"

namespace support::schema {

// One key of an index: a column's name, or an expression as SQL spells it ("lower(name)", "name DESC").
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

using NamePairs = std::vector<std::pair<std::string, std::string>>;

struct IndexOptions {
  bool unique = false;
  std::string using_ = {};                // the access method: gin, gist, brin, hash, hnsw; empty is btree
  NamePairs ops = {};                     // column → operator class
  std::vector<std::string> include = {};  // columns that only ride along
  bool nulls_not_distinct = false;        // PostgreSQL 15 and later
  NamePairs with = {};                    // storage parameters, as SQL spells them
  std::string tablespace = {};
  std::string where = {};  // the condition of a partial index

  bool operator==(const IndexOptions&) const = default;
};

struct Index : IndexOptions {
  Index(std::string index_name, std::vector<IndexElement> index_elements, IndexOptions options = {})
      : IndexOptions(std::move(options)), name(std::move(index_name)), elements(std::move(index_elements)) {}

  std::string name;
  std::vector<IndexElement> elements;
  bool operator==(const Index&) const = default;
};

}  // namespace support::schema

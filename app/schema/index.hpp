#pragma once

#include <string>
#include <utility>
#include <vector>

#include "app/schema/index_element.hpp"
#include "app/schema/name.hpp"

namespace support::schema {

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
  Index(Name index_name, std::vector<IndexElement> index_elements, IndexOptions options = {})
      : IndexOptions(std::move(options)), name(std::move(index_name)), elements(std::move(index_elements)) {}

  Name name;
  std::vector<IndexElement> elements;
  bool operator==(const Index&) const = default;
};

}  // namespace support::schema

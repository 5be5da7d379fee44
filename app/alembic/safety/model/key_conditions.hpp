#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "app/alembic/safety/model/schema_model.hpp"

namespace support::alembic::safety {

// Whether one row at most has a value of the column; of a table that the model does not know, whether its name says so.
bool is_key(const SchemaModel& model, const RelationName& table, const std::string& column);

// What a WHERE asks of a key of a table: `key = constant`, `key IN (constants)`, `key = ANY (constants)`,
// `key BETWEEN …`, `key >= a AND key < b`.
class KeyConditions {
 public:
  // `alias`: what the statement calls the table; "" for its name. `condition` may be absent.
  KeyConditions(const SchemaModel& model, RelationName table, std::string_view alias, const Node& condition);

  // Whether it picks rows by a value, or between two values, however far apart these are.
  bool bounds() const;
  // Whether it picks a list of rows, or a range of whole numbers of at most this length.
  bool picks_at_most(std::int64_t rows) const;

 private:
  struct Limit {
    std::string column;
    std::string value;  // "" when it is no constant of the text
  };

  void read(const Node& condition);
  std::string own_column(const Node& reference) const;

  const SchemaModel& model_;
  RelationName table_;
  std::string alias_;
  bool has_value_ = false;
  std::vector<Limit> lower_;
  std::vector<Limit> upper_;
};

// Whether a SELECT … LIMIT is in the statement.
bool has_limit(const Node& statement);

}  // namespace support::alembic::safety

#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace support::alembic {

// The database of a run, for a migration whose steps depend on what is in it. Statements are part of the run's
// transaction. Each call takes one statement and throws what the run reports as the failure of its migration.
class Bind {
 public:
  using Row = std::vector<std::optional<std::string>>;  // as text; NULL is empty

  Bind() = default;
  Bind(const Bind&) = delete;
  Bind& operator=(const Bind&) = delete;
  virtual ~Bind() = default;

  virtual std::vector<Row> query(const std::string& sql) = 0;
  // The number of rows that an INSERT, UPDATE or DELETE touched.
  virtual std::size_t execute(const std::string& sql) = 0;
  // The first column of the only row; "" for NULL.
  std::string scalar(const std::string& sql) { return query(sql).at(0).at(0).value_or(""); }
};

}  // namespace support::alembic

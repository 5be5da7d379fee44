#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "app/database/handles.hpp"

namespace support::database {

// The result of statements in the simple protocol, every value as the server spells it.
class TextRows {
 public:
  // No rows and no columns.
  TextRows() = default;
  // Precondition: the result is not an error, and its format is text.
  explicit TextRows(ResultHandle result) : result_(std::move(result)) {}

  std::size_t size() const;
  std::size_t column_count() const;
  // Empty for NULL; points into this object. Precondition: both indexes are in range.
  std::optional<std::string_view> at(std::size_t row, std::size_t column) const;
  // Rows that INSERT, UPDATE, DELETE, MERGE, SELECT or COPY counted; 0 for other commands.
  std::int64_t affected() const;

 private:
  ResultHandle result_;
};

}  // namespace support::database

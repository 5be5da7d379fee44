#include "app/database/text_rows.hpp"

#include "app/database/libpq.hpp"

namespace support::database {

std::size_t TextRows::size() const {
  return result_ ? static_cast<std::size_t>(PQntuples(result_.get())) : 0;
}

std::size_t TextRows::column_count() const {
  return result_ ? static_cast<std::size_t>(PQnfields(result_.get())) : 0;
}

std::optional<std::string_view> TextRows::at(std::size_t row, std::size_t column) const {
  const int r = static_cast<int>(row);
  const int c = static_cast<int>(column);
  if (PQgetisnull(result_.get(), r, c) == 1) return std::nullopt;
  return std::string_view(PQgetvalue(result_.get(), r, c), static_cast<std::size_t>(PQgetlength(result_.get(), r, c)));
}

std::int64_t TextRows::affected() const {
  return result_ ? affected_rows(*result_) : 0;
}

}  // namespace support::database

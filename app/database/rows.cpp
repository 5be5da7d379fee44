#include "app/database/rows.hpp"

#include <cassert>

#include <fmt/format.h>

#include "app/database/libpq.hpp"

namespace support::database {

Rows::Rows(ResultHandle result)
    : result_(std::move(result)),
      size_(static_cast<std::size_t>(PQntuples(result_.get()))),
      column_count_(static_cast<std::size_t>(PQnfields(result_.get()))) {}

Row Rows::operator[](std::size_t index) const {
  assert(index < size_);
  return {*this, index};
}

bool Row::is_null(std::size_t column) const {
  assert(column < rows_->column_count());
  return rows_->cell(index_, column).is_null;
}

std::string_view Rows::column_name(std::size_t column) const {
  return PQfname(result_.get(), static_cast<int>(column));
}

std::optional<std::size_t> Rows::find_column(std::string_view name) const {
  for (std::size_t column = 0; column < column_count_; ++column) {
    if (column_name(column) == name) return column;
  }
  return std::nullopt;
}

std::int64_t Rows::affected() const {
  return affected_rows(*result_);
}

Cell Rows::cell(std::size_t row, std::size_t column) const {
  const int r = static_cast<int>(row);
  const int c = static_cast<int>(column);
  const auto length = static_cast<std::size_t>(PQgetlength(result_.get(), r, c));
  return {PQftype(result_.get(), c), length == 0 && PQgetisnull(result_.get(), r, c) == 1,
          std::string_view(PQgetvalue(result_.get(), r, c), length)};
}

Result<std::size_t> Rows::require_column(std::string_view name) const {
  const auto found = find_column(name);
  if (!found) return no_such_column(name);
  return *found;
}

Error Rows::no_such_column(std::string_view name) const {
  std::string present;
  for (std::size_t column = 0; column < column_count_; ++column) {
    present += column == 0 ? "" : ", ";
    present += column_name(column);
  }
  return {Condition::unexpected_rows,
          fmt::format("The result has no column \"{}\"; it has: {}.", name, present.empty() ? "none" : present)};
}

Error Rows::wrong_row_count(std::string_view wanted) const {
  return {Condition::unexpected_rows,
          fmt::format("The statement returned {} rows where {} was wanted.", size_, wanted)};
}

}  // namespace support::database

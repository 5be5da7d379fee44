#pragma once

// Bodies of the templates of rows.hpp.

#include "app/database/rows.hpp"

namespace support::database {

template <class T>
Result<T> Row::try_get(std::size_t column) const {
  return rows_->value<T>(index_, column);
}

template <class T>
Result<T> Row::try_get(std::string_view column) const {
  const auto at = rows_->require_column(column);
  if (!at) return at.error();
  return rows_->value<T>(index_, *at);
}

template <class T>
Result<T> Rows::value(std::size_t row, std::size_t column) const {
  if (column >= column_count_) return no_such_column(std::to_string(column));
  T out{};
  if (auto error = decode(column_name(column), cell(row, column), out)) return std::move(*error);
  return out;
}

template <class T>
Result<ColumnPositions<T>> Rows::locate() const {
  ColumnPositions<T> at{};
  if constexpr (Mapped<T>) {
    std::optional<Error> missing;
    std::size_t next = 0;
    const auto find = [&](const auto& mapping) {
      const auto found = find_column(mapping.name);
      if (found) {
        at[next++] = *found;
      } else if (!missing) {
        missing = no_such_column(mapping.name);
      }
    };
    std::apply([&](const auto&... mappings) { (find(mappings), ...); }, RowMapping<T>::columns);
    if (missing) return std::move(*missing);
  } else if (column_count_ == 0) {
    return no_such_column("0");
  }
  return at;
}

template <class T>
std::optional<Error> Rows::fill(std::size_t row, const ColumnPositions<T>& at, T& out) const {
  if constexpr (Mapped<T>) {
    std::optional<Error> error;
    std::size_t next = 0;
    const auto read = [&](const auto& mapping) {
      if (!error) error = decode(mapping.name, cell(row, at[next++]), out.*mapping.member);
    };
    std::apply([&](const auto&... mappings) { (read(mappings), ...); }, RowMapping<T>::columns);
    return error;
  } else {
    return decode(column_name(at[0]), cell(row, at[0]), out);
  }
}

template <class T>
Result<std::vector<T>> Rows::into() const {
  const auto at = locate<T>();
  if (!at) return at.error();
  std::vector<T> out;
  out.reserve(size_);
  for (std::size_t row = 0; row < size_; ++row) {
    T value{};
    if (auto error = fill(row, *at, value)) return std::move(*error);
    out.push_back(std::move(value));
  }
  return out;
}

template <class T>
Result<std::optional<T>> Rows::optional() const {
  if (size_ > 1) return wrong_row_count("at most one");
  const auto at = locate<T>();
  if (!at) return at.error();
  std::optional<T> out;
  if (size_ == 1) {
    if (auto error = fill(0, *at, out.emplace())) return std::move(*error);
  }
  return out;
}

template <class T>
Result<T> Rows::single() const {
  if (size_ != 1) return wrong_row_count("exactly one");
  const auto at = locate<T>();
  if (!at) return at.error();
  T out{};
  if (auto error = fill(0, *at, out)) return std::move(*error);
  return out;
}

}  // namespace support::database

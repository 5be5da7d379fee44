#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "app/database/decode.hpp"
#include "app/database/error.hpp"
#include "app/database/handles.hpp"
#include "app/database/row_mapping.hpp"

namespace support::database {

class Rows;
template <class T>
class RecordStream;

// Where a result has the columns that fill a T.
template <class T>
using ColumnPositions = std::array<std::size_t, mapped_column_count<T>()>;

// One row of a result; borrows from its Rows.
class Row {
 public:
  // The value of a column, by position from 0 or by name. std::optional reads NULL as empty. Fails with bad_conversion
  // when the types do not fit or a NULL has no place, with unexpected_rows when there is no such column.
  template <class T>
  Result<T> try_get(std::size_t column) const;
  template <class T>
  Result<T> try_get(std::string_view column) const;
  // The same, throwing DatabaseError.
  template <class T>
  T get(std::size_t column) const {
    return try_get<T>(column).value();
  }
  template <class T>
  T get(std::string_view column) const {
    return try_get<T>(column).value();
  }
  // Precondition: the column exists.
  bool is_null(std::size_t column) const;

 private:
  friend class Rows;
  Row(const Rows& rows, std::size_t index) : rows_(&rows), index_(index) {}

  const Rows* rows_;
  std::size_t index_;
};

// The result of one statement: its rows, and how many rows it affected.
class Rows {
 public:
  class Iterator {
   public:
    using difference_type = std::ptrdiff_t;
    using value_type = Row;
    Iterator() = default;
    Row operator*() const { return (*rows_)[index_]; }
    Iterator& operator++() {
      ++index_;
      return *this;
    }
    Iterator operator++(int) {
      Iterator before = *this;
      ++index_;
      return before;
    }
    friend bool operator==(const Iterator& a, const Iterator& b) { return a.index_ == b.index_; }

   private:
    friend class Rows;
    Iterator(const Rows& rows, std::size_t index) : rows_(&rows), index_(index) {}
    const Rows* rows_ = nullptr;
    std::size_t index_ = 0;
  };

  // No rows and no columns.
  Rows() = default;
  // Precondition: the result is not an error, and its format is binary.
  explicit Rows(ResultHandle result);

  // Every row as a T: a struct by its RowMapping, anything else from the only column.
  template <class T>
  Result<std::vector<T>> into() const;
  // The row if there is one; more than one is unexpected_rows.
  template <class T>
  Result<std::optional<T>> optional() const;
  // Exactly one row, otherwise unexpected_rows.
  template <class T>
  Result<T> single() const;

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  // Precondition: index < size().
  Row operator[](std::size_t index) const;
  Iterator begin() const { return {*this, 0}; }
  Iterator end() const { return {*this, size_}; }

  std::size_t column_count() const { return column_count_; }
  std::string_view column_name(std::size_t column) const;
  std::optional<std::size_t> find_column(std::string_view name) const;
  // Rows that INSERT, UPDATE, DELETE, MERGE, SELECT or COPY counted; 0 for other commands.
  std::int64_t affected() const;

 private:
  friend class Row;
  template <class T>
  friend class RecordStream;

  Cell cell(std::size_t row, std::size_t column) const;
  Result<std::size_t> require_column(std::string_view name) const;
  Error no_such_column(std::string_view name) const;
  Error wrong_row_count(std::string_view wanted) const;

  template <class T>
  Result<T> value(std::size_t row, std::size_t column) const;
  template <class T>
  Result<ColumnPositions<T>> locate() const;
  template <class T>
  std::optional<Error> fill(std::size_t row, const ColumnPositions<T>& at, T& out) const;

  ResultHandle result_;
  std::size_t size_ = 0;
  std::size_t column_count_ = 0;
};

}  // namespace support::database

#include "app/database/rows_impl.hpp"

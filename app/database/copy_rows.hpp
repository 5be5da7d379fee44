#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/database/params.hpp"

namespace support::database {

// Rows for COPY … FROM STDIN (FORMAT binary) (PostgreSQL manual, "COPY", Binary Format): nothing is printed here and
// parsed there, nothing needs escaping. The server converts nothing, so a value's type must be exactly the column's:
// std::int32_t for integer, std::int64_t for bigint.
//
//   CopyRows rows;
//   for (const Reading& reading : readings) {
//     rows.add(reading.id, reading.note);
//     if (rows.is_large()) co_await copy.write(rows);
//   }
//   co_await copy.finish(rows);
class CopyRows {
 public:
  CopyRows();

  // One row, a value for each column. Takes what Params takes, except Inferred.
  template <class... T>
  void add(const T&... values) {
    codec::put_int16(bytes_, static_cast<std::int16_t>(sizeof...(values)));
    ++count_;
    (add_value(values), ...);
  }

  // Worth sending.
  bool is_large() const { return bytes_.size() >= large; }
  std::size_t count() const { return count_; }
  // Why a value can't be sent, as a sentence without the value; empty when all can.
  const std::string& problem() const { return problem_; }

  // For CopyIn: what was added since the last clear(), and the mark that ends it all.
  std::string_view bytes() const { return bytes_; }
  void clear() { bytes_.clear(); }
  void end() { codec::put_int16(bytes_, -1); }

 private:
  template <class T>
  void add_value(const T& value) {
    const std::size_t start = bytes_.size();
    codec::put_int32(bytes_, 0);
    end_value(start, Codec<T>::encode(value, bytes_));
  }
  template <class T>
  void add_value(const std::optional<T>& value) {
    if (value) return add_value(*value);
    codec::put_int32(bytes_, Params::null_length);
  }
  template <class T>
  void add_value(const std::vector<T>& values) {
    const Params array = make_params(values);
    if (!array.problem().empty()) note("holds an element that can't be sent");
    codec::put_int32(bytes_, static_cast<std::int32_t>(array.bytes().size()));
    bytes_ += array.bytes();
  }
  template <Labelled Enum>
  void add_value(const Enum& value) {
    for (const auto& [known, label] : EnumLabels<Enum>::labels) {
      if (known == value) return add_value(std::string_view(label));
    }
    note("has no label in EnumLabels");
  }
  void add_value(const char* text) { add_value(std::string_view(text)); }

  static constexpr std::size_t large = 64 * 1024;

  void end_value(std::size_t start, Problem problem);
  void note(Problem problem);

  std::string bytes_;
  std::string problem_;
  std::size_t count_ = 0;
};

}  // namespace support::database

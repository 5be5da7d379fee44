#include "app/database/params.hpp"

#include <climits>
#include <fmt/format.h>

namespace support::database {

Params& Params::add(const Inferred& text) {
  begin_value(oids::inferred);
  values_.back().binary = false;
  bytes_ += text.text;
  // A value in text format ends at its first zero byte: what follows would be lost without a word.
  const bool has_zero = text.text.find('\0') != std::string_view::npos;
  end_value(has_zero ? "holds a zero byte" : nullptr);
  bytes_ += '\0';
  return *this;
}

Params& Params::add_null(Oid type) {
  types_.push_back(type);
  values_.push_back({.length = null_length});
  return *this;
}

Params& Params::add_unlabelled() {
  begin_value(oids::inferred);
  end_value("has no label in EnumLabels");
  return *this;
}

void Params::begin_value(Oid type) {
  types_.push_back(type);
  values_.push_back({.offset = bytes_.size()});
}

void Params::end_value(Problem problem) {
  const std::size_t length = bytes_.size() - values_.back().offset;
  if (length > INT_MAX) problem = "is larger than 2 GiB";
  if (problem && problem_.empty()) {
    problem_ = fmt::format("Parameter ${} can't be sent: it {}.", values_.size(), problem);
  }
  values_.back().length = length > INT_MAX ? 0 : static_cast<int>(length);
}

void Params::begin_array(Oid array_type, Oid element_type, std::size_t count, bool has_nulls) {
  begin_value(array_type);
  codec::put_int32(bytes_, count == 0 ? 0 : 1);  // dimensions
  codec::put_int32(bytes_, has_nulls ? 1 : 0);
  codec::put_int32(bytes_, static_cast<std::int32_t>(element_type));
  if (count > 0) {
    codec::put_int32(bytes_, static_cast<std::int32_t>(count));
    codec::put_int32(bytes_, 1);  // lower bound
  }
}

std::size_t Params::begin_element() {
  codec::put_int32(bytes_, 0);
  return bytes_.size();
}

void Params::end_element(std::size_t start) {
  std::string length;
  codec::put_int32(length, static_cast<std::int32_t>(bytes_.size() - start));
  bytes_.replace(start - 4, 4, length);
}

}  // namespace support::database

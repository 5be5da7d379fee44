#pragma once

#include <boost/container/small_vector.hpp>

#include "app/database/params.hpp"

namespace support::database {

// Parameters as libpq's functions want them. Borrows from the Params.
class ParameterArrays {
 public:
  explicit ParameterArrays(const Params& params) {
    for (const Params::Value& value : params.values()) {
      const bool is_null = value.length == Params::null_length;
      values_.push_back(is_null ? nullptr : params.bytes().data() + value.offset);
      lengths_.push_back(is_null ? 0 : value.length);
      formats_.push_back(value.binary ? 1 : 0);
    }
  }
  int count() const { return static_cast<int>(values_.size()); }
  const char* const* values() const { return values_.data(); }
  const int* lengths() const { return lengths_.data(); }
  const int* formats() const { return formats_.data(); }

 private:
  boost::container::small_vector<const char*, 16> values_;
  boost::container::small_vector<int, 16> lengths_;
  boost::container::small_vector<int, 16> formats_;
};

}  // namespace support::database

#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "app/database/codec.hpp"

namespace support::database {

// The parameters of one statement, $1 onwards, with their types. Values are copied in.
//
// Takes bool, std::int16_t/32/64, float, double, text (std::string, std::string_view, const char*), Decimal, Timestamp,
// LocalTimestamp, Date, Interval, Uuid, Json, Bytes, Vector, Inferred, enums with EnumLabels, std::vector of these (a
// one-dimensional array; not of Vector), and std::optional of all (empty: NULL). A value that can't be sent (a Decimal
// that is no number) is reported by the statement that uses it.
class Params {
 public:
  struct Value {
    std::size_t offset = 0;  // into bytes()
    int length = 0;          // null_length: NULL
    bool binary = true;
  };
  static constexpr int null_length = -1;

  Params() = default;

  template <class T>
  Params& add(const T& value) {
    begin_value(Codec<T>::oid);
    end_value(Codec<T>::encode(value, bytes_));
    return *this;
  }
  template <class T>
  Params& add(const std::optional<T>& value) {
    if (value) return add(*value);
    return add_null(type_of<T>());
  }
  template <class T>
  Params& add(const std::vector<T>& values);
  template <Labelled Enum>
  Params& add(const Enum& value) {
    for (const auto& [known, label] : EnumLabels<Enum>::labels) {
      if (known == value) return add(Inferred{label});
    }
    return add_unlabelled();
  }
  Params& add(const char* text) { return add(std::string_view(text)); }
  Params& add(const Inferred& text);

  std::size_t size() const { return values_.size(); }
  std::span<const Oid> types() const { return types_; }
  std::span<const Value> values() const { return values_; }
  const std::string& bytes() const { return bytes_; }
  // Why these parameters can't be sent, as a sentence without the value; empty when they can.
  const std::string& problem() const { return problem_; }

 private:
  template <class T>
  struct ElementOf {
    using type = T;
  };
  template <class T>
  struct ElementOf<std::optional<T>> {
    using type = T;
  };
  template <class T>
  struct TypeOf {
    static constexpr Oid oid = Codec<T>::oid;
  };
  template <class T>
  struct TypeOf<std::vector<T>> {
    static constexpr Oid oid = Codec<typename ElementOf<T>::type>::array_oid;
  };
  template <class T>
  static constexpr Oid type_of() {
    if constexpr (Labelled<T> || std::is_same_v<T, Inferred>) {
      return oids::inferred;
    } else if constexpr (std::is_same_v<T, const char*>) {
      return oids::text;
    } else {
      return TypeOf<T>::oid;
    }
  }
  Params& add_null(Oid type);
  Params& add_unlabelled();
  void begin_value(Oid type);
  void end_value(Problem problem);
  void begin_array(Oid array_type, Oid element_type, std::size_t count, bool has_nulls);
  std::size_t begin_element();
  void end_element(std::size_t start);

  std::vector<Oid> types_;
  std::vector<Value> values_;
  std::string bytes_;
  std::string problem_;
};

template <class... T>
Params make_params(const T&... values) {
  Params params;
  (params.add(values), ...);
  return params;
}

template <class T>
Params& Params::add(const std::vector<T>& values) {
  using Element = typename ElementOf<T>::type;
  bool has_nulls = false;
  if constexpr (!std::is_same_v<T, Element>) {
    for (const auto& value : values) has_nulls = has_nulls || !value;
  }
  begin_array(Codec<Element>::array_oid, Codec<Element>::oid, values.size(), has_nulls);
  Problem problem = nullptr;
  for (const T& value : values) {
    if constexpr (!std::is_same_v<T, Element>) {
      if (!value) {
        codec::put_int32(bytes_, null_length);
        continue;
      }
    }
    const std::size_t start = begin_element();
    Problem found = nullptr;
    if constexpr (std::is_same_v<T, Element>) {
      const Element& element = value;
      found = Codec<Element>::encode(element, bytes_);
    } else {
      found = Codec<Element>::encode(*value, bytes_);
    }
    if (found) problem = found;
    end_element(start);
  }
  end_value(problem);
  return *this;
}

}  // namespace support::database

#pragma once

#include <optional>
#include <type_traits>
#include <utility>

namespace support::alembic {

// An argument with three meanings: left out (nothing changes), std::nullopt (taken away), a value (set to it).
template <class T>
class Change {
 public:
  Change() = default;
  Change(std::nullopt_t) : is_given_(true) {}
  template <class U>
  requires(std::is_constructible_v<T, U&&> && !std::is_same_v<std::remove_cvref_t<U>, Change>) Change(U&& value)
      : is_given_(true), value_(std::in_place, std::forward<U>(value)) {}

  bool is_given() const { return is_given_; }
  // Null when the argument is left out, and when it takes away.
  const T* value() const { return value_ ? &*value_ : nullptr; }

  bool operator==(const Change&) const = default;

 private:
  bool is_given_ = false;
  std::optional<T> value_;
};

}  // namespace support::alembic

#pragma once

#include <cstddef>
#include <initializer_list>
#include <utility>
#include <vector>

namespace support::schema {

// Any number of what there mostly is one of, written without braces when it is one:
// .check = CheckConstraint("a > 0"), or .check = {CheckConstraint("a > 0"), CheckConstraint("a < 9")}.
template <class T>
class Several {
 public:
  Several() = default;
  Several(T one) : all_{std::move(one)} {}
  Several(std::initializer_list<T> many) : all_(many) {}
  Several(std::vector<T> many) : all_(std::move(many)) {}

  bool empty() const { return all_.empty(); }
  std::size_t size() const { return all_.size(); }
  auto begin() const { return all_.begin(); }
  auto end() const { return all_.end(); }
  auto begin() { return all_.begin(); }
  auto end() { return all_.end(); }

  bool operator==(const Several&) const = default;

 private:
  std::vector<T> all_;
};

}  // namespace support::schema

#include "app/http/header_fields.hpp"

#include <algorithm>

namespace support::http {

namespace {

// A client that once sent a huge head does not keep that much memory for the life of its connection.
constexpr std::size_t kept_capacity = 4096;

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

}  // namespace

bool equal_without_case(std::string_view left, std::string_view right) {
  return left.size() == right.size() &&
         std::equal(left.begin(), left.end(), right.begin(), [](char a, char b) { return lower(a) == lower(b); });
}

void HeaderFields::add(std::string_view name, std::string_view value) {
  entries_.push_back({.offset = static_cast<std::uint32_t>(text_.size()),
                      .name_size = static_cast<std::uint32_t>(name.size()),
                      .value_size = static_cast<std::uint32_t>(value.size())});
  text_.append(name).append(value);
}

void HeaderFields::clear() {
  text_.clear();
  entries_.clear();
  if (text_.capacity() > kept_capacity) text_.shrink_to_fit();
}

HeaderFields::Field HeaderFields::operator[](std::size_t index) const {
  const Entry& entry = entries_[index];
  const std::string_view text = text_;
  return {.name = text.substr(entry.offset, entry.name_size),
          .value = text.substr(entry.offset + entry.name_size, entry.value_size)};
}

std::optional<std::string_view> HeaderFields::find(std::string_view name) const {
  for (std::size_t index = 0; index < size(); ++index) {
    const Field field = (*this)[index];
    if (equal_without_case(field.name, name)) return field.value;
  }
  return std::nullopt;
}

std::size_t HeaderFields::count(std::string_view name) const {
  std::size_t found = 0;
  for (std::size_t index = 0; index < size(); ++index) {
    if (equal_without_case((*this)[index].name, name)) ++found;
  }
  return found;
}

}  // namespace support::http

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace support::http {

// The header fields of a request in the order received, in one block of text that keeps its capacity when cleared, so
// that a connection allocates once and not once a field. Names compare without case. Views stay valid until the next
// add() or clear().
class HeaderFields {
 public:
  struct Field {
    std::string_view name;
    std::string_view value;
  };

  void add(std::string_view name, std::string_view value);
  void clear();

  // The first field of this name.
  std::optional<std::string_view> find(std::string_view name) const;
  std::size_t count(std::string_view name) const;
  std::size_t size() const { return entries_.size(); }
  Field operator[](std::size_t index) const;

 private:
  struct Entry {
    std::uint32_t offset;
    std::uint32_t name_size;
    std::uint32_t value_size;
  };
  std::string text_;
  std::vector<Entry> entries_;
};

// ASCII without case, as field names and most tokens of HTTP compare.
bool equal_without_case(std::string_view left, std::string_view right);

}  // namespace support::http

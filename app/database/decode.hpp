#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/database/codec.hpp"
#include "app/database/error.hpp"

namespace support::database {

// One value of a row in the server's binary format.
struct Cell {
  Oid type = 0;
  bool is_null = true;
  std::string_view bytes;
};

namespace codec {

// The header of a one-dimensional array and then its elements, in the order they arrive.
class ArrayReader {
 public:
  // problem() is set when the bytes are not an array of at most one dimension.
  explicit ArrayReader(std::string_view bytes);

  Problem problem() const { return problem_; }
  Oid element_type() const { return element_type_; }
  std::size_t size() const { return size_; }
  // The next element; an empty optional is NULL. Sets problem() when the bytes end early.
  std::optional<std::string_view> next();
  // Precondition: every element was read. Sets problem() when bytes are left over.
  void finish();

 private:
  std::string_view rest_;
  Oid element_type_ = 0;
  std::size_t size_ = 0;
  Problem problem_ = nullptr;
};

// The array types that we know by number are accepted by their element; the others only the array itself can tell.
bool may_be_array(Oid type);

// Arrays, not pointers: told apart by their address.
inline constexpr char wrong_type[] = "has another type";
inline constexpr char unexpected_null[] = "is NULL";

template <class T>
struct Reader {
  static constexpr std::string_view name = Codec<T>::name;
  static constexpr std::string_view container = "";
  static Problem read(const Cell& cell, T& out) {
    if (cell.is_null) return unexpected_null;
    if (!Codec<T>::accepts(cell.type)) return wrong_type;
    return Codec<T>::decode(cell.type, cell.bytes, out);
  }
};

template <class T>
struct Reader<std::optional<T>> {
  static constexpr std::string_view name = Reader<T>::name;
  static constexpr std::string_view container = Reader<T>::container;
  static Problem read(const Cell& cell, std::optional<T>& out) {
    out.reset();
    if (cell.is_null) return nullptr;
    return Reader<T>::read(cell, out.emplace());
  }
};

template <class T>
struct Reader<std::vector<T>> {
  static constexpr std::string_view name = Reader<T>::name;
  static constexpr std::string_view container = "array of ";
  static Problem read(const Cell& cell, std::vector<T>& out) {
    out.clear();
    if (cell.is_null) return unexpected_null;
    if (!may_be_array(cell.type)) return wrong_type;
    ArrayReader elements(cell.bytes);
    out.reserve(elements.problem() ? 0 : elements.size());
    for (std::size_t i = 0; i < elements.size() && !elements.problem(); ++i) {
      const auto bytes = elements.next();
      if (elements.problem()) break;
      const Cell element{elements.element_type(), !bytes, bytes.value_or(std::string_view())};
      T value{};
      if (const Problem problem = Reader<T>::read(element, value)) return problem;
      out.push_back(std::move(value));
    }
    if (!elements.problem()) elements.finish();
    return elements.problem();
  }
};

Error conversion_error(std::string_view column, const Cell& cell, std::string_view container, std::string_view wanted,
                       Problem problem);

}  // namespace codec

// Reads `cell`, which came from `column`, as a T.
template <class T>
std::optional<Error> decode(std::string_view column, const Cell& cell, T& out) {
  using Reader = codec::Reader<T>;
  if (const Problem problem = Reader::read(cell, out)) {
    return codec::conversion_error(column, cell, Reader::container, Reader::name, problem);
  }
  return std::nullopt;
}

}  // namespace support::database

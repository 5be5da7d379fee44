#pragma once

#include <cstddef>
#include <string_view>
#include <tuple>
#include <type_traits>

namespace support::database {

template <class Struct, class Member>
struct ColumnMapping {
  std::string_view name;
  Member Struct::*member;
};

template <class Struct, class Member>
constexpr ColumnMapping<Struct, Member> column(std::string_view name, Member Struct::*member) {
  return {name, member};
}

// Says which column of a result fills which member:
//   template <> struct RowMapping<Customer> {
//     static constexpr auto columns = std::tuple{column("id", &Customer::id), column("email", &Customer::email)};
//   };
// Columns are matched by name, so their order in the statement does not matter; further columns are ignored.
template <class Struct>
struct RowMapping;

template <class T>
concept Mapped = requires {
  std::tuple_size_v<std::remove_cvref_t<decltype(RowMapping<T>::columns)>>;
};

// How many columns fill a T: those of its RowMapping, or the one that is the T.
template <class T>
constexpr std::size_t mapped_column_count() {
  if constexpr (Mapped<T>) {
    return std::tuple_size_v<std::remove_cvref_t<decltype(RowMapping<T>::columns)>>;
  } else {
    return 1;
  }
}

}  // namespace support::database

#include "app/alembic/autogenerate/snapshot_archive.hpp"

#include <type_traits>

#include <boost/json.hpp>
#include <boost/pfr.hpp>

namespace support::alembic::autogenerate {
namespace {

namespace json = boost::json;

template <class T>
constexpr bool is_list = false;
template <class T>
constexpr bool is_list<std::vector<T>> = true;

template <class T>
constexpr bool is_optional = false;
template <class T>
constexpr bool is_optional<std::optional<T>> = true;

// Members in their order, without names.
template <class T>
json::value packed(const T& value) {
  if constexpr (std::is_same_v<T, std::string>) {
    return json::string(value);
  } else if constexpr (std::is_same_v<T, bool>) {
    return value;
  } else if constexpr (std::is_enum_v<T> || std::is_integral_v<T>) {
    return static_cast<std::int64_t>(value);
  } else if constexpr (is_optional<T>) {
    return value ? packed(*value) : json::value();
  } else {
    json::array list;
    if constexpr (is_list<T>) {
      list.reserve(value.size());
      for (const auto& element : value) list.push_back(packed(element));
    } else {
      boost::pfr::for_each_field(value, [&](const auto& member) { list.push_back(packed(member)); });
    }
    return list;
  }
}

// Throws what Boost.JSON and vectors throw when the value is of another kind, or too short.
template <class T>
void unpack(const json::value& from, T& value) {
  if constexpr (std::is_same_v<T, std::string>) {
    value = from.as_string();
  } else if constexpr (std::is_same_v<T, bool>) {
    value = from.as_bool();
  } else if constexpr (std::is_enum_v<T> || std::is_integral_v<T>) {
    value = static_cast<T>(from.as_int64());
  } else if constexpr (is_optional<T>) {
    if (!from.is_null()) unpack(from, value.emplace());
  } else if constexpr (is_list<T>) {
    for (const auto& element : from.as_array()) unpack(element, value.emplace_back());
  } else {
    boost::pfr::for_each_field(value, [&](auto& member, std::size_t at) { unpack(from.as_array().at(at), member); });
  }
}

}  // namespace

std::string archived(const CatalogSnapshot& snapshot) {
  return json::serialize(packed(snapshot));
}

std::optional<CatalogSnapshot> unarchived(std::string_view text) {
  try {
    CatalogSnapshot snapshot;
    unpack(json::parse(text), snapshot);
    return snapshot;
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

}  // namespace support::alembic::autogenerate

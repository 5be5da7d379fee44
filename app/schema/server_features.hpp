#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace support::schema {

// What the server that the DDL is for can do. Offline nobody can be asked, so everything is taken to be there.
struct ServerFeatures {
  using Extensions = std::set<std::string, std::less<>>;

  // The names in pg_available_extensions: what is installed in the database or can be. Absent: all there are.
  std::optional<Extensions> extensions = {};

  bool has_extension(std::string_view name) const { return !extensions || extensions->contains(name); }

  bool operator==(const ServerFeatures&) const = default;
};

}  // namespace support::schema

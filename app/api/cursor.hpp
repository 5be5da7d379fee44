#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace support::api {

// Keyset pagination's bookmark: the id after which the next page starts, signed so that a client can neither make one
// up nor carry it to another list. Opaque to clients.
class CursorSigner {
 public:
  // `key` is SECRET_KEY: all processes behind one address must share it.
  explicit CursorSigner(std::string key) : key_(std::move(key)) {}

  // `scope` names the list with its filters; the cursor is valid there alone.
  std::string sign(std::string_view scope, std::int64_t after_id) const;
  // Absent when the cursor was not signed for this scope.
  std::optional<std::int64_t> verify(std::string_view scope, std::string_view cursor) const;

 private:
  std::string signature(std::string_view scope, std::string_view id) const;

  std::string key_;
};

}  // namespace support::api

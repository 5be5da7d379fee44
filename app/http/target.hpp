#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/container/small_vector.hpp>

#include "app/http/method.hpp"
#include "app/http/problem.hpp"
#include "app/http/request.hpp"

namespace support::http {

// A request-target (RFC 9112 section 3.2), taken apart. Segments are split first and decoded after, once each.
struct Target {
  enum class Form { origin, absolute, asterisk };
  // The paths of this service have at most as many: no allocation.
  using Segments = boost::container::small_vector<std::string, 6>;

  Form form = Form::origin;
  std::string authority;  // of the absolute form, as sent
  std::string path;       // decoded; "*" for the asterisk form
  Segments segments;      // decoded; "/a/b" is {"a", "b"}, "/" is {""}
  std::vector<QueryParameter> query;
};

inline constexpr std::size_t max_query_parameters = 100;

// Strict: only characters the grammar of RFC 3986 has, no fragment, no dot segments (encoded or not), no invalid
// escape, no text that is not UTF-8. A problem is a 400.
Result<Target> parse_target(std::string_view target, Method method);

// uri-host [":" port] with a host and without user information (RFC 9110 section 7.2).
bool is_valid_authority(std::string_view authority);

// Decodes %XX; nothing for an escape that is cut short or not hexadecimal.
std::optional<std::string> percent_decode(std::string_view text);

bool is_valid_utf8(std::string_view text);

}  // namespace support::http

#pragma once

#include <cstddef>
#include <string_view>

#include <boost/json/value.hpp>

#include "app/http/problem.hpp"
#include "app/http/request.hpp"

namespace support::http {

inline constexpr std::size_t max_json_depth = 32;

// The request's body as JSON (RFC 8259), or a 400 problem that says what is wrong at which line and column. Refused,
// too: an empty body, nesting deeper than max_json_depth, invalid UTF-8, and an object that names a member twice
// (readers disagree on which one counts, RFC 8259 section 4).
Result<boost::json::value> parse_json_body(const Request& request);
Result<boost::json::value> parse_json(std::string_view text);

}  // namespace support::http

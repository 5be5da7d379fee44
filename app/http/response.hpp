#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/json/value.hpp>

#include "app/http/problem.hpp"
#include "app/http/status.hpp"

namespace support::http {

// What a handler answers. The transport adds Date, Content-Length, Connection, X-Request-Id, the security headers and
// CORS, and leaves the body out where HTTP has none (HEAD, 204, 304).
struct Response {
  Status status = Status::ok;
  std::string_view content_type;  // of a literal; empty: no Content-Type
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
  std::optional<Problem> problem;  // when set, status and body come from it

  Response() = default;
  explicit Response(Status response_status) : status(response_status) {}
  // So that a handler can write `co_return not_found("…")`.
  Response(Problem reason);  // NOLINT(google-explicit-constructor): a problem is an answer

  // Adds a header field. Throws std::invalid_argument when name or value could break out of the header (RFC 9110
  // section 5.5), so that nothing a client sent can inject a field.
  Response& header(std::string_view name, std::string_view value) &;
  Response&& header(std::string_view name, std::string_view value) &&;
};

Response json(Status status, const boost::json::value& value);
// A body that is JSON already.
Response json_text(Status status, std::string text);
// 201 with Location, and such a body.
Response created(std::string_view location, std::string text);
Response text(Status status, std::string body);
Response no_content();
// An error with a sentence for the caller.
Response problem(Status status, std::string detail);

// True when `name: value` is one well-formed header field.
bool is_valid_header(std::string_view name, std::string_view value);

}  // namespace support::http

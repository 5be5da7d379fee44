#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/http/header_fields.hpp"
#include "app/http/method.hpp"

namespace support::http {

struct QueryParameter {
  std::string name;
  std::string value;
  friend bool operator==(const QueryParameter&, const QueryParameter&) = default;
};

struct PathParameter {
  std::string_view name;  // borrowed from the router, which outlives the request
  std::string value;
};

// What a handler sees. The transport has checked it: path and query are percent-decoded exactly once and valid UTF-8
// without NUL (the path without any control character, '/' or '\\' inside a segment), the body is at most the route's
// limit and of an accepted media type. A plain value: tests of handlers fill in the members they need.
struct Request {
  using Clock = std::chrono::steady_clock;

  Method method = Method::get;
  std::string path;        // decoded, "/api/v1/customers/7"
  std::string_view route;  // the template it matched, "/api/v1/customers/{id}"; borrowed from the router
  std::vector<PathParameter> path_parameters;
  std::vector<QueryParameter> query;  // in the order given, duplicates kept
  HeaderFields headers;               // as of before the body: trailers never get in here
  std::string body;
  std::string request_id;
  std::string peer;                                       // "192.0.2.7:51234", "[2001:db8::1]:51234"
  Clock::time_point deadline = Clock::time_point::max();  // when the transport answers 504 in the handler's place

  // The value of {name}; asserts that the route has it.
  std::string_view path_parameter(std::string_view name) const;
  // The first query parameter of this name.
  std::optional<std::string_view> query_parameter(std::string_view name) const;
  // The first header field of this name, whatever its case.
  std::optional<std::string_view> header(std::string_view name) const { return headers.find(name); }

  // Empties it for the next request of a connection. Small buffers are kept, a large body's memory is given back.
  void clear();
};

}  // namespace support::http

#include "app/http/cors.hpp"

#include <algorithm>

namespace support::http {

Cors::Cors(std::vector<std::string> origins, std::chrono::seconds max_age)
    : origins_(std::move(origins)),
      any_(std::ranges::find(origins_, "*") != origins_.end()),
      max_age_(std::to_string(max_age.count())) {}

bool Cors::is_preflight(const Request& request) {
  return request.method == Method::options && request.header("Origin") &&
         request.header("Access-Control-Request-Method");
}

// Origins compare byte by byte: browsers send scheme and host in lower case and leave a default port out.
bool Cors::allows(std::string_view origin) const {
  return any_ || std::ranges::find(origins_, origin) != origins_.end();
}

// True when the request's origin is allowed. The answer depends on Origin even when it is not, so caches have to know.
bool Cors::add_origin(const HeaderFields& request_fields, Response& response) const {
  if (origins_.empty()) return false;
  if (!any_) response.header("Vary", "Origin");
  const auto origin = request_fields.find("Origin");
  if (!origin || request_fields.count("Origin") > 1 || !allows(*origin)) return false;
  response.header("Access-Control-Allow-Origin", any_ ? std::string_view("*") : *origin);
  return true;
}

void Cors::add(const HeaderFields& request_fields, Response& response) const {
  if (!add_origin(request_fields, response)) return;
  response.header("Access-Control-Expose-Headers", "X-Request-Id, Location, Link, Retry-After, ETag");
}

void Cors::add_preflight(const Request& request, const MethodSet& allowed, Response& response) const {
  if (!add_origin(request.headers, response)) return;
  response.header("Access-Control-Allow-Methods", allowed.to_string());
  response.header("Access-Control-Allow-Headers",
                  "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, X-Request-Id");
  response.header("Access-Control-Max-Age", max_age_);
  response.header("Vary", "Access-Control-Request-Method, Access-Control-Request-Headers");
}

}  // namespace support::http

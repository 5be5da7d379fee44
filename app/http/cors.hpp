#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "app/http/request.hpp"
#include "app/http/response.hpp"

namespace support::http {

// Which web pages may read answers (the Fetch standard's CORS protocol). An origin that is not listed gets no CORS
// field at all, and the browser refuses the page the answer. "*" lists every origin; credentials are never allowed,
// because clients authenticate by header and not by cookie.
class Cors {
 public:
  Cors(std::vector<std::string> origins, std::chrono::seconds max_age);

  // OPTIONS with Origin and Access-Control-Request-Method.
  static bool is_preflight(const Request& request);
  // Adds what the page may do to the answer of an OPTIONS request.
  void add_preflight(const Request& request, const MethodSet& allowed, Response& response) const;
  // Adds what the page may read to any other answer.
  void add(const HeaderFields& request_fields, Response& response) const;

 private:
  bool allows(std::string_view origin) const;
  bool add_origin(const HeaderFields& request_fields, Response& response) const;

  std::vector<std::string> origins_;
  bool any_ = false;
  std::string max_age_;
};

}  // namespace support::http

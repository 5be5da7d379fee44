#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "app/http/method.hpp"
#include "app/http/response.hpp"

namespace support::http {

// The Date field's text, made anew only when the second changes.
class DateCache {
 public:
  std::string_view text(std::chrono::system_clock::time_point now);

 private:
  std::chrono::sys_seconds second_{};
  std::string text_;
};

enum class ConnectionField {
  absent,      // HTTP/1.1 stays open by itself
  keep_alive,  // for HTTP/1.0
  close,
};

struct ResponseContext {
  std::string_view request_id;
  std::string_view date;
  ConnectionField connection = ConnectionField::absent;
  bool head_request = false;  // the answer to HEAD has the length and not the body
};

// Turns a problem into status, body and fields.
void render_problem(Response& response, std::string_view request_id);

// Appends the status line and all fields; the body follows when body_follows() says so. `response` must be rendered.
void write_head(const Response& response, const ResponseContext& context, std::string& out);
bool body_follows(const Response& response, const ResponseContext& context);

}  // namespace support::http

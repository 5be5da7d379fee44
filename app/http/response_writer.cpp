#include "app/http/response_writer.hpp"

#include <algorithm>
#include <utility>

#include <boost/json/serialize.hpp>
#include <fmt/chrono.h>
#include <fmt/format.h>

#include "app/http/header_fields.hpp"

namespace support::http {

namespace {

bool status_has_body(Status status) {
  return status != Status::no_content && status != Status::not_modified;
}

void number(std::string& out, std::size_t value) {
  const fmt::format_int digits(value);
  out.append(digits.data(), digits.size());
}

void field(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ").append(value).append("\r\n");
}

bool has_field(const Response& response, std::string_view name) {
  return std::ranges::any_of(response.headers,
                             [&](const auto& header) { return equal_without_case(header.first, name); });
}

}  // namespace

std::string_view DateCache::text(std::chrono::system_clock::time_point now) {
  const auto second = std::chrono::floor<std::chrono::seconds>(now);
  if (second != second_ || text_.empty()) {
    second_ = second;
    const std::time_t time = std::chrono::system_clock::to_time_t(second);
    text_ = fmt::format("{:%a, %d %b %Y %H:%M:%S} GMT", fmt::gmtime(time));
  }
  return text_;
}

void render_problem(Response& response, std::string_view request_id) {
  if (!response.problem) return;
  const Problem problem = *std::exchange(response.problem, std::nullopt);
  response.status = problem.status;
  response.content_type = "application/problem+json";
  response.body = boost::json::serialize(to_json(problem, request_id));
  response.headers.insert(response.headers.end(), problem.headers.begin(), problem.headers.end());
}

void write_head(const Response& response, const ResponseContext& context, std::string& out) {
  const auto status = response.status;
  const auto reason = boost::beast::http::obsolete_reason(status);
  out.append("HTTP/1.1 ");
  number(out, static_cast<unsigned>(status));
  out.append(" ").append(reason.data(), reason.size()).append("\r\n");
  field(out, "Date", context.date);
  field(out, "Server", "support-agent");
  if (context.connection == ConnectionField::close) field(out, "Connection", "close");
  if (context.connection == ConnectionField::keep_alive) field(out, "Connection", "keep-alive");
  field(out, "X-Request-Id", context.request_id);
  field(out, "X-Content-Type-Options", "nosniff");
  if (!has_field(response, "Cache-Control")) field(out, "Cache-Control", "no-store");
  if (!response.content_type.empty()) field(out, "Content-Type", response.content_type);
  if (status_has_body(status)) {
    out.append("Content-Length: ");
    number(out, response.body.size());
    out.append("\r\n");
  }
  for (const auto& [name, value] : response.headers) {
    // Response::header() has checked what it was given; a list filled by hand is not let through unchecked either.
    if (is_valid_header(name, value)) field(out, name, value);
  }
  out += "\r\n";
}

bool body_follows(const Response& response, const ResponseContext& context) {
  return !context.head_request && status_has_body(response.status) && !response.body.empty();
}

}  // namespace support::http

#include "app/http/response.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

#include <boost/json/serialize.hpp>

#include "app/http/header_fields.hpp"

namespace support::http {

namespace {

constexpr std::string_view token_marks = "!#$%&'*+-.^_`|~";

bool is_token_character(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
         token_marks.find(c) != std::string_view::npos;
}

// Framing belongs to the transport: a handler that sets one of these would desynchronise the connection.
constexpr std::array<std::string_view, 6> transport_fields = {"Connection",        "Content-Length", "Date",
                                                              "Transfer-Encoding", "X-Request-Id",   "Content-Type"};

void check_header(std::string_view name, std::string_view value) {
  if (!is_valid_header(name, value)) {
    throw std::invalid_argument("The header field \"" + std::string(name) +
                                "\" has characters that a header can't carry; encode them first.");
  }
  for (const std::string_view owned : transport_fields) {
    if (equal_without_case(owned, name)) {
      throw std::invalid_argument("The header field \"" + std::string(name) +
                                  "\" is set by the transport; use content_type or leave it out.");
    }
  }
}

}  // namespace

bool is_valid_header(std::string_view name, std::string_view value) {
  return !name.empty() && std::ranges::all_of(name, is_token_character) && std::ranges::all_of(value, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte == '\t' || (byte >= 0x20 && byte != 0x7f);
  });
}

Response::Response(Problem reason) : status(reason.status), problem(std::move(reason)) {}

Response& Response::header(std::string_view name, std::string_view value) & {
  check_header(name, value);
  headers.emplace_back(name, value);
  return *this;
}

Response&& Response::header(std::string_view name, std::string_view value) && {
  return std::move(header(name, value));
}

Response json(Status status, const boost::json::value& value) {
  return json_text(status, boost::json::serialize(value));
}

Response json_text(Status status, std::string text) {
  Response response(status);
  response.content_type = "application/json";
  response.body = std::move(text);
  return response;
}

Response created(std::string_view location, std::string text) {
  return json_text(Status::created, std::move(text)).header("Location", location);
}

Response text(Status status, std::string body) {
  Response response(status);
  response.content_type = "text/plain; charset=utf-8";
  response.body = std::move(body);
  return response;
}

Response no_content() {
  return Response(Status::no_content);
}

Response problem(Status status, std::string detail) {
  return Problem{.status = status, .detail = std::move(detail)};
}

}  // namespace support::http

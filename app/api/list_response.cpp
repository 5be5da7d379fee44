#include "app/api/list_response.hpp"

#include <boost/url/url.hpp>
#include <fmt/format.h>

namespace support::api {
namespace {

std::string next_link(const http::Request& request, const std::string& cursor) {
  boost::urls::url next;
  next.set_path(request.path);
  for (const auto& parameter : request.query) {
    if (parameter.name != "cursor") next.params().append({parameter.name, parameter.value});
  }
  next.params().append({"cursor", cursor});
  const std::string_view text(next.buffer().data(), next.buffer().size());
  return fmt::format("<{}>; rel=\"next\"", text);
}

}  // namespace

http::Response list_response(const http::Request& request, const std::string& items, const std::string& next_cursor) {
  std::string text;
  text.reserve(items.size() + next_cursor.size() + 40);
  text += R"({"items":[)";
  text += items;
  text += R"(],"next_cursor":)";
  append_json(text, next_cursor.empty() ? std::nullopt : std::optional(next_cursor));
  text += '}';
  auto response = http::json_text(http::Status::ok, std::move(text));
  if (!next_cursor.empty()) response.header("Link", next_link(request, next_cursor));
  return response;
}

}  // namespace support::api

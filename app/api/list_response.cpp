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

http::Response list_response(const http::Request& request, boost::json::array items, std::string next_cursor) {
  boost::json::object document;
  document["items"] = std::move(items);
  document["next_cursor"] = next_cursor.empty() ? boost::json::value(nullptr) : boost::json::value(next_cursor);
  auto response = http::json(http::Status::ok, document);
  if (!next_cursor.empty()) response.header("Link", next_link(request, next_cursor));
  return response;
}

}  // namespace support::api

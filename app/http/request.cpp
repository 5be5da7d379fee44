#include "app/http/request.hpp"

#include <algorithm>
#include <cassert>

namespace support::http {

namespace {

constexpr std::size_t kept_body_capacity = 4096;

}  // namespace

std::string_view Request::path_parameter(std::string_view name) const {
  const auto found = std::ranges::find(path_parameters, name, &PathParameter::name);
  assert(found != path_parameters.end() && "the route has no parameter of this name");
  return found == path_parameters.end() ? std::string_view() : std::string_view(found->value);
}

std::optional<std::string_view> Request::query_parameter(std::string_view name) const {
  const auto found = std::ranges::find(query, name, &QueryParameter::name);
  if (found == query.end()) return std::nullopt;
  return found->value;
}

void Request::clear() {
  method = Method::get;
  path.clear();
  route = {};
  path_parameters.clear();
  query.clear();
  headers.clear();
  body.clear();
  if (body.capacity() > kept_body_capacity) body.shrink_to_fit();
  request_id.clear();
  peer.clear();
  deadline = Clock::time_point::max();
}

}  // namespace support::http

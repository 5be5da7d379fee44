#pragma once

#include <array>
#include <string_view>

#include <boost/asio/awaitable.hpp>

#include "app/api/services.hpp"
#include "app/http/request.hpp"
#include "app/http/response.hpp"
#include "app/http/router.hpp"

namespace support::api {

using HandlerFunction = boost::asio::awaitable<http::Response> (*)(Services&, const http::Request&);

// A route's callable: the handler with this thread's services.
inline auto bind(Services& services, HandlerFunction handler) {
  return [&services, handler](const http::Request& request) { return handler(services, request); };
}

// Labels of the enum types in the database.
inline constexpr std::array<std::string_view, 4> conversation_statuses{"ACTIVE", "RESOLVED", "ESCALATED", "CLOSED"};
inline constexpr std::array<std::string_view, 5> conversation_channels{"WEB", "MOBILE", "API", "WHATSAPP", "SMS"};
inline constexpr std::array<std::string_view, 4> conversation_priorities{"LOW", "NORMAL", "HIGH", "URGENT"};
inline constexpr std::array<std::string_view, 4> message_roles{"CUSTOMER", "AGENT", "SYSTEM", "HUMAN_AGENT"};

}  // namespace support::api

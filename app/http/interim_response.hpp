#pragma once

#include <string_view>

namespace support::http {

// The smallest answer that is not the last one of its request (RFC 9110 section 15.2.1).
inline constexpr std::string_view continue_response = "HTTP/1.1 100 Continue\r\n\r\n";

}  // namespace support::http

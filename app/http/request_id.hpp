#pragma once

#include <string>
#include <string_view>

#include "app/http/header_fields.hpp"

namespace support::http {

// 1 to 128 characters of [A-Za-z0-9._-]: safe in a header, a log line and a URN.
bool is_valid_request_id(std::string_view id);

// 128 random bits in hexadecimal. For telling requests apart, not a secret.
std::string new_request_id();

// The client's X-Request-Id when there is exactly one and it is valid, otherwise a new one.
std::string request_id_of(const HeaderFields& fields);

}  // namespace support::http

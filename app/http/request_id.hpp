#pragma once

#include <string>
#include <string_view>

#include "app/http/header_fields.hpp"

namespace support::http {

// 1 to 128 characters of [A-Za-z0-9._-]: safe in a header, a log line and a URN.
bool is_valid_request_id(std::string_view id);

// 128 random bits in hexadecimal. For telling requests apart, not a secret.
std::string new_request_id();

// Sets `id` to the client's X-Request-Id when there is exactly one and it is valid, otherwise to a new one. In place,
// so that a connection allocates it once.
void take_request_id(const HeaderFields& fields, std::string& id);

}  // namespace support::http

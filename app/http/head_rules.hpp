#pragma once

#include <optional>
#include <string_view>

#include "app/http/header_fields.hpp"
#include "app/http/problem.hpp"
#include "app/http/target.hpp"

namespace support::http {

// What a request's fields must obey before anybody acts on them. The rules are stricter than the RFC where two readers
// could take one message for two (request smuggling): Boost 1.81's parser accepts such forms and leaves the rest of the
// bytes to pass for the next request. Whoever gets a problem from here answers it and closes the connection.
std::optional<Problem> check_head_fields(const HeaderFields& fields, int version, const Target& target);

// The pieces, for tests and for the reader.
std::optional<Problem> check_transfer_encoding(const HeaderFields& fields, int version);
std::optional<Problem> check_content_length(const HeaderFields& fields);
std::optional<Problem> check_host(const HeaderFields& fields, int version, const Target& target);

}  // namespace support::http

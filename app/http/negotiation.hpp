#pragma once

#include <optional>
#include <string_view>

#include "app/http/header_fields.hpp"
#include "app/http/problem.hpp"
#include "app/http/router.hpp"

namespace support::http {

// True when the Accept fields allow `media_type`; a request without Accept allows everything (RFC 9110 section 12.5.1).
bool accepts(const HeaderFields& fields, std::string_view media_type);

// The media type of a Content-Type value, without parameters, in lower case.
std::string media_type_of(std::string_view content_type);

// Whether a route takes the body that the head announces: 400 for a body it has no use for, 415 for a type or a coding
// it does not read.
std::optional<Problem> check_body_type(const HeaderFields& fields, bool has_body, const RouteOptions& options);

enum class Expectation { none, continue_ };
// 417 for an Expect field that is not 100-continue. HTTP/1.0 has no expectations.
Result<Expectation> expectation_of(const HeaderFields& fields, int version);

}  // namespace support::http

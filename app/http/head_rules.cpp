#include "app/http/head_rules.hpp"

#include <algorithm>

namespace support::http {

namespace {

bool names_chunked_in_a_list(std::string_view value) {
  if (value.find(',') == std::string_view::npos) return false;
  while (true) {
    std::string_view coding = value.substr(0, value.find(','));
    value.remove_prefix(std::min(value.size(), coding.size() + 1));
    while (!coding.empty() && (coding.front() == ' ' || coding.front() == '\t')) coding.remove_prefix(1);
    while (!coding.empty() && (coding.back() == ' ' || coding.back() == '\t')) coding.remove_suffix(1);
    if (equal_without_case(coding, "chunked")) return true;
    if (value.empty()) return false;
  }
}

}  // namespace

std::optional<Problem> check_transfer_encoding(const HeaderFields& fields, int version) {
  const auto value = fields.find("Transfer-Encoding");
  if (!value) return std::nullopt;
  if (version < 11) return bad_request("Transfer-Encoding is not part of HTTP/1.0; send Content-Length.");
  if (fields.count("Transfer-Encoding") > 1) return bad_request("Transfer-Encoding is there more than once.");
  if (fields.find("Content-Length")) {
    return bad_request("Content-Length and Transfer-Encoding exclude each other; send one of them.");
  }
  if (equal_without_case(*value, "chunked")) return std::nullopt;
  if (names_chunked_in_a_list(*value)) return bad_request("Transfer-Encoding has to be exactly \"chunked\".");
  return Problem{.status = Status::not_implemented,
                 .detail = "The transfer coding is not implemented; \"chunked\" is the only one."};
}

std::optional<Problem> check_content_length(const HeaderFields& fields) {
  const auto value = fields.find("Content-Length");
  if (!value) return std::nullopt;
  if (fields.count("Content-Length") > 1) return bad_request("Content-Length is there more than once.");
  const bool digits = !value->empty() && std::ranges::all_of(*value, [](char c) { return c >= '0' && c <= '9'; });
  if (!digits) return bad_request("Content-Length has to be one decimal number.");
  return std::nullopt;
}

std::optional<Problem> check_host(const HeaderFields& fields, int version, const Target& target) {
  const std::size_t count = fields.count("Host");
  if (count == 0 && version < 11) return std::nullopt;
  if (count != 1) return bad_request("A request has exactly one Host field.");
  const std::string_view host = *fields.find("Host");
  if (!is_valid_authority(host)) return bad_request("The Host field is not a host with an optional port.");
  if (target.form == Target::Form::absolute && !equal_without_case(host, target.authority)) {
    return bad_request("The Host field names another host than the request-target.");
  }
  return std::nullopt;
}

std::optional<Problem> check_head_fields(const HeaderFields& fields, int version, const Target& target) {
  if (auto problem = check_transfer_encoding(fields, version)) return problem;
  if (auto problem = check_content_length(fields)) return problem;
  return check_host(fields, version, target);
}

}  // namespace support::http

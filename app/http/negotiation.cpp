#include "app/http/negotiation.hpp"

#include <algorithm>
#include <string>

namespace support::http {

namespace {

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// Takes the part before the next `separator` off the front.
std::string_view next_part(std::string_view& rest, char separator) {
  const std::string_view part = rest.substr(0, rest.find(separator));
  rest.remove_prefix(std::min(rest.size(), part.size() + 1));
  return trim(part);
}

// How well a media range fits: 3 exactly, 2 "application/*", 1 "*/*", 0 not at all.
int fit(std::string_view range, std::string_view media_type) {
  if (equal_without_case(range, media_type)) return 3;
  if (range == "*/*") return 1;
  const bool any_subtype = range.ends_with("/*");
  const std::string_view type = media_type.substr(0, media_type.find('/'));
  return any_subtype && equal_without_case(range.substr(0, range.size() - 2), type) ? 2 : 0;
}

// "q=0", "q=0.0", "q=0.000"
bool is_refusal(std::string_view parameter) {
  if (!parameter.starts_with("q=") && !parameter.starts_with("Q=")) return false;
  const std::string_view weight = trim(parameter.substr(2));
  return !weight.empty() && weight.find_first_not_of("0.") == std::string_view::npos;
}

bool is_utf8_charset(std::string_view parameter) {
  const std::size_t equals = parameter.find('=');
  if (equals == std::string_view::npos || !equal_without_case(trim(parameter.substr(0, equals)), "charset"))
    return true;
  std::string_view value = trim(parameter.substr(equals + 1));
  if (value.size() >= 2 && value.front() == '"' && value.back() == '"') value = value.substr(1, value.size() - 2);
  return equal_without_case(value, "utf-8") || equal_without_case(value, "us-ascii");
}

Problem unsupported(std::string detail) {
  return {.status = Status::unsupported_media_type, .detail = std::move(detail)};
}

std::string joined(const std::vector<std::string>& list) {
  std::string text;
  for (const std::string& item : list) text += (text.empty() ? "" : ", ") + item;
  return text;
}

}  // namespace

bool accepts(const HeaderFields& fields, std::string_view media_type) {
  bool present = false;
  int best_fit = 0;
  bool accepted = false;
  for (std::size_t index = 0; index < fields.size(); ++index) {
    const auto [name, value] = fields[index];
    if (!equal_without_case(name, "Accept")) continue;
    std::string_view ranges = value;
    while (!ranges.empty()) {
      std::string_view parameters = next_part(ranges, ',');
      if (parameters.empty()) continue;
      present = true;
      const int range_fit = fit(next_part(parameters, ';'), media_type);
      bool refused = false;
      while (!parameters.empty()) refused = is_refusal(next_part(parameters, ';')) || refused;
      // The most specific range decides.
      if (range_fit > best_fit) accepted = !refused;
      if (range_fit == best_fit && range_fit > 0) accepted = accepted || !refused;
      best_fit = std::max(best_fit, range_fit);
    }
  }
  return !present || accepted;
}

std::string media_type_of(std::string_view content_type) {
  std::string type(trim(content_type.substr(0, content_type.find(';'))));
  std::ranges::transform(type, type.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return type;
}

std::optional<Problem> check_body_type(const HeaderFields& fields, bool has_body, const RouteOptions& options) {
  if (!has_body) return std::nullopt;
  if (options.body == BodyRule::none) return bad_request("This route takes no body; send the request without one.");
  const auto content_type = fields.find("Content-Type");
  const std::string expected = "send a body of type " + joined(options.media_types) + ".";
  if (!content_type || fields.count("Content-Type") > 1) {
    return unsupported("The request does not have exactly one Content-Type; " + expected);
  }
  const std::string type = media_type_of(*content_type);
  if (std::ranges::find(options.media_types, type) == options.media_types.end()) {
    return unsupported("The body is of another type than this route reads; " + expected);
  }
  std::string_view parameters = *content_type;
  next_part(parameters, ';');
  while (!parameters.empty()) {
    if (!is_utf8_charset(next_part(parameters, ';'))) return unsupported("The body has to be in UTF-8.");
  }
  const auto coding = fields.find("Content-Encoding");
  if (coding && !equal_without_case(*coding, "identity")) {
    return unsupported("The body has a content coding, which this service does not read; send it as it is.");
  }
  return std::nullopt;
}

Result<Expectation> expectation_of(const HeaderFields& fields, int version) {
  const auto expect = fields.find("Expect");
  if (!expect || version < 11) return Expectation::none;
  if (equal_without_case(*expect, "100-continue") && fields.count("Expect") == 1) return Expectation::continue_;
  return Problem{.status = Status::expectation_failed,
                 .detail = "The only expectation this service meets is 100-continue."};
}

}  // namespace support::http

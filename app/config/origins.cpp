#include "app/config/origins.hpp"

#include <optional>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "app/config/ascii.hpp"
#include "app/config/text_values.hpp"

namespace support::config {
namespace {

bool is_scheme_character(char c) {
  return is_letter(c) || is_digit(c) || c == '+' || c == '-' || c == '.';
}
bool is_host_character(char c) {
  return is_letter(c) || is_digit(c) || c == '-' || c == '.' || c == '_';
}
bool is_address_character(char c) {
  return is_digit(c) || (to_lower(c) >= 'a' && to_lower(c) <= 'f') || c == ':' || c == '.';
}

bool all(std::string_view text, bool (*is)(char)) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is);
}

bool is_host(std::string_view host) {
  if (!host.starts_with('[')) return all(host, is_host_character);
  return host.ends_with(']') && all(host.substr(1, host.size() - 2), is_address_character);
}

std::string_view default_port(std::string_view scheme) {
  if (scheme == "http") return "80";
  return scheme == "https" ? "443" : "";
}

// As a browser spells it in the Origin header, byte for byte what the answer is compared with. Absent when it is none.
std::optional<std::string> normal_origin(std::string_view text) {
  if (text == "*") return "*";
  const std::string origin = lower_case(text);
  const auto colon = origin.find("://");
  if (colon == std::string::npos || !is_letter(origin.front())) return std::nullopt;
  const std::string_view scheme = std::string_view(origin).substr(0, colon);
  std::string_view host = std::string_view(origin).substr(colon + 3);
  const auto port_colon = host.find(':', host.starts_with('[') ? std::min(host.find(']'), host.size()) : 0);
  std::string_view port;
  if (port_colon != std::string_view::npos) {
    port = host.substr(port_colon + 1);
    host = host.substr(0, port_colon);
    const auto number = parse_whole(port);
    if (!all(port, is_digit) || !number || *number < 1 || *number > 65535) return std::nullopt;
  }
  if (!all(scheme, is_scheme_character) || !is_host(host)) return std::nullopt;
  return port.empty() || port == default_port(scheme) ? fmt::format("{}://{}", scheme, host)
                                                      : fmt::format("{}://{}:{}", scheme, host, port);
}

void add(std::string_view text, OriginsReading& reading) {
  const auto origin = normal_origin(text);
  if (!origin) {
    reading.problem = fmt::format(
        "holds '{}', which is no origin (scheme://host or scheme://host:port, nothing after it)", printable(text));
    return;
  }
  if (std::find(reading.origins.begin(), reading.origins.end(), *origin) == reading.origins.end()) {
    reading.origins.push_back(*origin);
  }
}

}  // namespace

OriginsReading read_origins(std::string_view text) {
  OriginsReading reading;
  text = trim(text);
  if (text.empty()) return reading;
  if (!text.starts_with('[')) {
    add(text, reading);
    return reading;
  }
  boost::json::error_code error;
  const boost::json::value list = boost::json::parse(boost::json::string_view(text.data(), text.size()), error);
  if (error || !list.is_array()) {
    reading.problem = fmt::format("is '{}', which is no JSON list", printable(text));
    return reading;
  }
  for (const auto& item : list.get_array()) {
    if (!item.is_string()) {
      reading.problem = fmt::format("is '{}', a list that holds more than strings", printable(text));
      return reading;
    }
    add(std::string_view(item.get_string().data(), item.get_string().size()), reading);
    if (!reading.problem.empty()) return reading;
  }
  return reading;
}

std::string write_origins(const std::vector<std::string>& origins) {
  boost::json::array list;
  for (const auto& origin : origins) list.emplace_back(origin);
  return boost::json::serialize(list);
}

}  // namespace support::config

#include "app/http/target.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include "app/http/header_fields.hpp"

namespace support::http {

namespace {

namespace urls = boost::urls;

std::optional<unsigned> hex_digit(char c) {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a' + 10);
  if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A' + 10);
  return std::nullopt;
}

// What would mean something else to whoever reads the path next: a separator, a control character.
bool is_plain_segment(std::string_view segment) {
  return is_valid_utf8(segment) && std::ranges::none_of(segment, [](char c) {
           const auto byte = static_cast<unsigned char>(c);
           return byte < 0x20 || byte == 0x7f || c == '/' || c == '\\';
         });
}

std::optional<Problem> read_path(std::string_view encoded, Target& target) {
  if (encoded.empty()) encoded = "/";
  for (std::size_t start = 1;;) {
    const std::size_t end = encoded.find('/', start);
    auto segment = percent_decode(encoded.substr(start, end - start));
    if (!segment || !is_plain_segment(*segment)) {
      return bad_request(
          "A segment of the path decodes to bytes that a path can't have: '/', '\\', a control character, or what is "
          "not UTF-8.");
    }
    if (*segment == "." || *segment == "..") {
      return bad_request("The path has a \".\" or \"..\" segment; send the path it stands for.");
    }
    target.path += '/';
    target.path += *segment;
    target.segments.push_back(std::move(*segment));
    if (end == std::string_view::npos) return std::nullopt;
    start = end + 1;
  }
}

// In a query '+' is a space, as HTML forms encode it.
std::optional<std::string> decode_query(std::string_view encoded) {
  std::string spaced(encoded);
  std::ranges::replace(spaced, '+', ' ');
  auto decoded = percent_decode(spaced);
  if (!decoded || !is_valid_utf8(*decoded) || decoded->find('\0') != std::string::npos) return std::nullopt;
  return decoded;
}

std::optional<Problem> read_query(std::string_view encoded, Target& target) {
  while (!encoded.empty()) {
    const std::string_view pair = encoded.substr(0, encoded.find('&'));
    encoded.remove_prefix(std::min(encoded.size(), pair.size() + 1));
    if (pair.empty()) continue;
    if (target.query.size() == max_query_parameters) {
      return bad_request("The query has more than " + std::to_string(max_query_parameters) + " parameters.");
    }
    const std::size_t equals = std::min(pair.find('='), pair.size());
    auto name = decode_query(pair.substr(0, equals));
    auto value = decode_query(pair.substr(std::min(pair.size(), equals + 1)));
    if (!name || !value)
      return bad_request("The query has a parameter that does not decode to UTF-8 text without NUL.");
    target.query.push_back({.name = std::move(*name), .value = std::move(*value)});
  }
  return std::nullopt;
}

Result<Target> take_apart(const urls::url_view& url, Target target) {
  const std::string_view path(url.encoded_path().data(), url.encoded_path().size());
  const std::string_view query(url.encoded_query().data(), url.encoded_query().size());
  if (auto problem = read_path(path, target)) return std::move(*problem);
  if (auto problem = read_query(query, target)) return std::move(*problem);
  return target;
}

Problem malformed_target() {
  return bad_request(
      "The request-target is not a path with an optional query; percent-encode every character that RFC 3986 does not "
      "allow.");
}

Result<Target> parse_absolute(std::string_view text) {
  const auto url = urls::parse_absolute_uri(urls::string_view(text.data(), text.size()));
  if (!url || !url->has_authority()) return malformed_target();
  if (url->scheme_id() != urls::scheme::http && url->scheme_id() != urls::scheme::https) return malformed_target();
  Target target;
  target.form = Target::Form::absolute;
  target.authority.assign(url->encoded_authority().data(), url->encoded_authority().size());
  if (!is_valid_authority(target.authority)) return malformed_target();
  return take_apart(*url, std::move(target));
}

}  // namespace

Result<Target> parse_target(std::string_view target, Method method) {
  if (target == "*") {
    if (method != Method::options) return bad_request("Only OPTIONS can have \"*\" as its request-target.");
    Target asterisk;
    asterisk.form = Target::Form::asterisk;
    asterisk.path = "*";
    return asterisk;
  }
  if (!target.starts_with('/')) return parse_absolute(target);
  const auto url = urls::parse_origin_form(urls::string_view(target.data(), target.size()));
  if (!url) return malformed_target();
  return take_apart(*url, Target());
}

bool is_valid_authority(std::string_view authority) {
  const auto parsed = urls::parse_authority(urls::string_view(authority.data(), authority.size()));
  if (!parsed || parsed->has_userinfo() || parsed->encoded_host().empty()) return false;
  const urls::string_view port = parsed->port();
  if (port.empty()) return true;
  std::uint16_t number = 0;
  const auto end = port.data() + port.size();
  const auto read = std::from_chars(port.data(), end, number);
  return read.ec == std::errc() && read.ptr == end;
}

std::optional<std::string> percent_decode(std::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t index = 0; index < text.size(); ++index) {
    if (text[index] != '%') {
      decoded += text[index];
      continue;
    }
    if (text.size() - index < 3) return std::nullopt;
    const auto high = hex_digit(text[index + 1]);
    const auto low = hex_digit(text[index + 2]);
    if (!high || !low) return std::nullopt;
    decoded += static_cast<char>(*high * 16 + *low);
    index += 2;
  }
  return decoded;
}

bool is_valid_utf8(std::string_view text) {
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
  for (std::size_t index = 0; index < text.size();) {
    const unsigned char lead = byte(index);
    const std::size_t size = lead < 0x80                   ? 1
                             : lead >= 0xc2 && lead < 0xe0 ? 2
                             : lead >= 0xe0 && lead < 0xf0 ? 3
                             : lead >= 0xf0 && lead < 0xf5 ? 4
                                                           : 0;
    if (size == 0 || text.size() - index < size) return false;
    for (std::size_t next = 1; next < size; ++next) {
      if ((byte(index + next) & 0xc0) != 0x80) return false;
    }
    // Overlong forms, surrogates, and beyond U+10FFFF all show in the second byte (Unicode, table 3-7).
    if (lead == 0xe0 && byte(index + 1) < 0xa0) return false;
    if (lead == 0xed && byte(index + 1) > 0x9f) return false;
    if (lead == 0xf0 && byte(index + 1) < 0x90) return false;
    if (lead == 0xf4 && byte(index + 1) > 0x8f) return false;
    index += size;
  }
  return true;
}

}  // namespace support::http

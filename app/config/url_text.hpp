#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace support::config {

// How '+' reads inside a query: form decoding (SQLAlchemy, asyncpg) makes it a space, libpq keeps it.
enum class PlusSign { literal, space, refused };

// Every byte but RFC 3986's unreserved characters and those in `also_plain` as %XX.
std::string percent_encode(std::string_view text, std::string_view also_plain = "");

// Decodes %XX. `part` names the piece of the URL ("password") in the error, which never quotes the text itself.
// Throws DatabaseUrlError for a '%' without two hexadecimal digits, for %00, and for '+' when it is refused.
std::string percent_decode(std::string_view raw, std::string_view part, PlusSign plus = PlusSign::literal);

// `name=value` of a query, not decoded, as views into the URL.
struct RawParameter {
  std::string_view name;
  std::optional<std::string_view> value;  // absent without '='
};

// A PostgreSQL URL cut into its pieces, not decoded, as views into the URL.
struct RawUrl {
  std::string driver;  // lower case; empty when the URL names none
  std::string_view user;
  std::string_view password;
  std::string_view hosts;
  std::string_view database;
  std::vector<RawParameter> parameters;

  bool has_credentials = false;      // there is an '@' that ends user and password
  bool at_sign_after_hosts = false;  // a later '@': the cut may have gone through a password that is not encoded
};

// Cuts `url`. Throws DatabaseUrlError for anything that is not a PostgreSQL URL, or that two of the usual parsers would
// cut in different places; the text never holds a piece of a password.
RawUrl split_url(std::string_view url);

}  // namespace support::config

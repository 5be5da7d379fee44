#include "app/config/url_text.hpp"

#include <array>

#include <fmt/format.h>

#include "app/config/ascii.hpp"
#include "app/config/database_url.hpp"

namespace support::config {
namespace {

constexpr std::string_view example = "postgresql://user:password@host:5432/database";
constexpr std::size_t longest_url = 16 * 1024;
constexpr std::array<std::string_view, 5> drivers = {"asyncpg", "psycopg", "psycopg2", "psycopg_async", "libpq"};

// Names under which servers that speak PostgreSQL's protocol are known to other tools.
constexpr std::array<std::string_view, 9> postgresql_by_another_name = {
    "postgis", "cockroachdb", "cockroach", "crdb", "timescaledb", "timescale", "yugabytedb", "pgsql", "pg"};

bool contains(std::span<const std::string_view> list, std::string_view item) {
  return std::find(list.begin(), list.end(), item) != list.end();
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = to_lower(c);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

void refuse_control_characters(std::string_view url) {
  for (const char c : url) {
    if (c == '\n' || c == '\r') {
      throw DatabaseUrlError(
          "The database URL holds a newline; write it in one line, and a newline inside a value as %0A.");
    }
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f) {
      throw DatabaseUrlError(fmt::format(
          "The database URL holds the control character 0x{0:02x}; remove it, or write it as %{0:02X} where it "
          "belongs to a value.",
          byte));
    }
  }
}

void refuse_other_forms(std::string_view url) {
  if (url.empty()) throw DatabaseUrlError(fmt::format("The database URL is empty; write {}.", example));
  if (url.size() > longest_url) {
    throw DatabaseUrlError(
        fmt::format("The database URL has {} bytes; {} are allowed at most.", url.size(), longest_url));
  }
  refuse_control_characters(url);
  if (url.front() == '"' || url.front() == '\'' || url.front() == '`') {
    throw DatabaseUrlError(
        "The database URL begins with a quote, so it has no scheme; write it without the quotes that a shell or an env "
        "file would remove.");
  }
  if (url.front() == ' ') throw DatabaseUrlError("The database URL begins with a space; remove it.");
  if (starts_with_ignoring_case(url, "psql ")) {
    throw DatabaseUrlError(
        "The database URL begins with the command psql; write only the URL that follows it, without its quotes.");
  }
  if (starts_with_ignoring_case(url, "jdbc:")) {
    throw DatabaseUrlError(fmt::format(
        "The scheme 'jdbc:' is Java's; leave it out and write user and password before the host: {}.", example));
  }
}

bool is_scheme(std::string_view text) {
  return !text.empty() && text.size() <= 64 && is_letter(text.front()) &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return is_letter(c) || is_digit(c) || c == '+' || c == '-' || c == '.' || c == '_';
         });
}

// What stands before "://", in lower case. Text that is no scheme may be a password and is not quoted.
std::string scheme_of(std::string_view url) {
  const auto end = url.find("://");
  const std::string_view before = url.substr(0, end);
  const auto equals = before.find('=');
  if (equals != std::string_view::npos && equals < url.find_first_of("/?@:")) {
    if (end != std::string_view::npos && is_scheme(before.substr(equals + 1))) {
      throw DatabaseUrlError(fmt::format(
          "The database URL begins with a name and '=' instead of a scheme; write only what follows, as in {}.",
          example));
    }
    throw DatabaseUrlError(fmt::format(
        "The database URL has no scheme, it looks like libpq's keyword=value text; write it as a URL: {}.", example));
  }
  if (end == std::string_view::npos) {
    if (starts_with_ignoring_case(url, "postgres")) {
      throw DatabaseUrlError(
          fmt::format("The scheme of the database URL is not followed by '://'; write {}.", example));
    }
    throw DatabaseUrlError(fmt::format("The database URL has no scheme; write {}.", example));
  }
  if (!is_scheme(before)) {
    throw DatabaseUrlError(
        fmt::format("What stands before '://' in the database URL is no scheme; write {}.", example));
  }
  return lower_case(before);
}

std::string driver_of(const std::string& scheme) {
  const auto plus = scheme.find('+');
  const std::string_view base = std::string_view(scheme).substr(0, plus);
  if (contains(postgresql_by_another_name, base)) {
    throw DatabaseUrlError(
        fmt::format("The scheme '{}' is another tool's name for PostgreSQL; write 'postgresql' in its place.", scheme));
  }
  if (base != "postgres" && base != "postgresql") {
    throw DatabaseUrlError(
        fmt::format("The scheme '{}' is not PostgreSQL's, which this service needs; write {}.", scheme, example));
  }
  if (plus == std::string::npos) return {};
  const std::string driver = scheme.substr(plus + 1);
  if (!contains(drivers, driver)) {
    throw DatabaseUrlError(fmt::format(
        "The driver '{}' in the scheme '{}' is not known; write postgresql:// without a driver, or one of {}.", driver,
        scheme, fmt::join(drivers, ", ")));
  }
  return driver;
}

// Characters that end a piece in one parser and not in another. The sentences quote nothing.
void refuse_ambiguous(std::string_view rest) {
  if (rest.find(' ') != std::string_view::npos) {
    throw DatabaseUrlError(
        "The database URL holds a space; remove it at the ends, and write it as %20 inside a user name, password or "
        "value.");
  }
  if (rest.find('#') != std::string_view::npos) {
    throw DatabaseUrlError(
        "The database URL holds a '#', which some parsers take for the start of a fragment; write it as %23.");
  }
}

[[noreturn]] void refuse_cut_password() {
  throw DatabaseUrlError(
      "The database URL can be read in two ways, because of an '@' that is not the one before the host; in user name, "
      "password, database name and values write '@' as %40, '/' as %2F, '?' as %3F and '#' as %23.");
}

std::vector<RawParameter> split_query(std::string_view query) {
  std::vector<RawParameter> parameters;
  while (!query.empty()) {
    const auto end = std::min(query.find('&'), query.size());
    const auto piece = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    if (piece.empty()) continue;
    const auto equals = piece.find('=');
    RawParameter parameter{.name = piece.substr(0, equals), .value = std::nullopt};
    if (equals != std::string_view::npos) parameter.value = piece.substr(equals + 1);
    parameters.push_back(parameter);
  }
  return parameters;
}

}  // namespace

std::string percent_encode(std::string_view text, std::string_view also_plain) {
  static constexpr std::string_view digits = "0123456789ABCDEF";
  std::string encoded;
  encoded.reserve(text.size());
  for (const char c : text) {
    const bool plain = is_letter(c) || is_digit(c) || c == '-' || c == '.' || c == '_' || c == '~';
    if (plain || also_plain.find(c) != std::string_view::npos) {
      encoded += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    encoded += '%';
    encoded += digits[byte >> 4U];
    encoded += digits[byte & 15U];
  }
  return encoded;
}

std::string percent_decode(std::string_view raw, std::string_view part, PlusSign plus) {
  std::string text;
  text.reserve(raw.size());
  for (std::size_t i = 0; i < raw.size(); ++i) {
    if (raw[i] == '+' && plus != PlusSign::literal) {
      if (plus == PlusSign::refused) {
        throw DatabaseUrlError(fmt::format(
            "The {} holds a '+', which some drivers read as a space; write %2B for a plus sign or %20 for a space.",
            part));
      }
      text += ' ';
      continue;
    }
    if (raw[i] != '%') {
      text += raw[i];
      continue;
    }
    const int high = i + 1 < raw.size() ? hex_digit(raw[i + 1]) : -1;
    const int low = i + 2 < raw.size() ? hex_digit(raw[i + 2]) : -1;
    if (high < 0 || low < 0) {
      throw DatabaseUrlError(fmt::format(
          "The {} holds a '%' without two hexadecimal digits after it; write a percent sign as %25.", part));
    }
    if (high == 0 && low == 0) {
      throw DatabaseUrlError(fmt::format("The {} holds %00 (NUL), which PostgreSQL can't take; remove it.", part));
    }
    text += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return text;
}

RawUrl split_url(std::string_view url) {
  refuse_other_forms(url);
  const std::string scheme = scheme_of(url);
  RawUrl raw{.driver = driver_of(scheme)};
  std::string_view rest = url.substr(scheme.size() + 3);
  refuse_ambiguous(rest);

  const auto question = rest.find('?');
  const std::string_view query = question == std::string_view::npos ? std::string_view() : rest.substr(question + 1);
  rest = rest.substr(0, question);
  const auto slash = rest.find('/');
  const std::string_view authority = rest.substr(0, slash);
  raw.database = slash == std::string_view::npos ? std::string_view() : rest.substr(slash + 1);

  const auto at = authority.find('@');
  raw.has_credentials = at != std::string_view::npos;
  raw.at_sign_after_hosts = query.find('@') != std::string_view::npos;
  const bool second_at = raw.has_credentials && authority.find('@', at + 1) != std::string_view::npos;
  // libpq looks for the '@' up to the first '/', through a '?' too.
  const bool libpq_cuts_elsewhere = !raw.has_credentials && slash == std::string_view::npos && raw.at_sign_after_hosts;
  if (second_at || libpq_cuts_elsewhere || raw.database.find('@') != std::string_view::npos) refuse_cut_password();

  if (raw.has_credentials) {
    const std::string_view credentials = authority.substr(0, at);
    const auto colon = credentials.find(':');
    raw.user = credentials.substr(0, colon);
    if (colon != std::string_view::npos) raw.password = credentials.substr(colon + 1);
  }
  raw.hosts = raw.has_credentials ? authority.substr(at + 1) : authority;
  raw.parameters = split_query(query);
  return raw;
}

}  // namespace support::config

#include "app/config/connection_keywords.hpp"

#include <array>
#include <charconv>

#include <fmt/format.h>

#include "app/config/ascii.hpp"
#include "app/config/database_url.hpp"
#include "app/config/foreign_parameters.hpp"
#include "app/config/text_values.hpp"

namespace support::config {
namespace {

enum class Kind {
  text,
  path,     // of a file, which libpq opens as it is written
  number,   // whole, libpq's int, from 0
  timeout,  // as number; negative too, which means no limit
  choice,   // one of `choices`
  tls_version,
  encoding,
  replication,
};

struct Row {
  std::string_view name;
  Kind kind = Kind::text;
  std::string_view choices = {};
};

constexpr std::string_view sslmodes = "disable|allow|prefer|require|verify-ca|verify-full";
constexpr std::string_view session_kinds = "any|read-write|read-only|primary|standby|prefer-standby";
constexpr std::string_view tls_versions = "TLSv1|TLSv1.1|TLSv1.2|TLSv1.3";

constexpr std::array rows = std::to_array<Row>({
    {"host"},
    {"hostaddr"},
    {"port"},
    {"dbname"},
    {"user"},
    {"password"},
    {"passfile", Kind::path},
    {"channel_binding", Kind::choice, "disable|prefer|require"},
    {"connect_timeout", Kind::timeout},
    {"client_encoding", Kind::encoding},
    {"options"},
    {"application_name"},
    {"fallback_application_name"},
    {"keepalives", Kind::choice, "0|1"},
    {"keepalives_idle", Kind::number},
    {"keepalives_interval", Kind::number},
    {"keepalives_count", Kind::number},
    {"tcp_user_timeout", Kind::number},
    {"replication", Kind::replication},
    {"gssencmode", Kind::choice, "disable|prefer|require"},
    {"sslmode", Kind::choice, sslmodes},
    {"sslcompression", Kind::choice, "0|1"},
    {"sslcert", Kind::path},
    {"sslkey", Kind::path},
    {"sslpassword"},
    {"sslrootcert", Kind::path},
    {"sslcrl", Kind::path},
    {"sslcrldir", Kind::path},
    {"sslsni", Kind::choice, "0|1"},
    {"requirepeer"},
    {"ssl_min_protocol_version", Kind::tls_version},
    {"ssl_max_protocol_version", Kind::tls_version},
    {"krbsrvname"},
    {"gsslib"},
    {"target_session_attrs", Kind::choice, session_kinds},
});

const Row* find_row(std::string_view name) {
  const auto row = std::find_if(rows.begin(), rows.end(), [name](const Row& r) { return r.name == name; });
  return row == rows.end() ? nullptr : row;
}

std::string words(std::string_view choices) {
  return fmt::format("{}", fmt::join(split(choices, '|'), ", "));
}

[[noreturn]] void refuse(std::string_view spelling, std::string_view value, std::string_view remedy) {
  throw DatabaseUrlError(
      fmt::format("The value '{}' of the parameter '{}' can't be used; {}.", printable(value), spelling, remedy));
}

void check_choice(const Row& row, std::string_view value, std::string_view spelling) {
  const auto choices = split(row.choices, '|');
  if (std::find(choices.begin(), choices.end(), value) != choices.end()) return;
  if (row.name == "sslmode" && (equal_ignoring_case(value, "true") || equal_ignoring_case(value, "required"))) {
    refuse(spelling, value, fmt::format("write sslmode=require; allowed are {}", words(row.choices)));
  }
  refuse(spelling, value, fmt::format("allowed are {}", words(row.choices)));
}

void check_number(const Row& row, std::string_view value, std::string_view spelling) {
  int number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  const bool whole = error == std::errc() && end == value.data() + value.size();
  if (row.kind == Kind::timeout) {
    if (!whole) refuse(spelling, value, "write whole seconds, 0 for no limit");
    return;
  }
  if (!whole || number < 0) refuse(spelling, value, "write a whole number, 0 for the system's default");
}

void check_path(const Row& row, std::string_view value, std::string_view spelling) {
  if (value.starts_with('$') || value.starts_with('~')) {
    refuse(spelling, value, "nothing expands it here, write the full path");
  }
  if (row.name == "sslrootcert" && value == "system") {
    refuse(spelling, value,
           "libpq 15 has no such word, write the file with the system's certificates and sslmode=verify-full: "
           "sslmode=verify-full&sslrootcert=/etc/ssl/certs/ca-certificates.crt");
  }
}

void check_encoding(std::string_view value, std::string_view spelling) {
  if (equal_ignoring_case(value, "utf8") || equal_ignoring_case(value, "utf-8") ||
      equal_ignoring_case(value, "unicode")) {
    return;
  }
  refuse(spelling, value, "the service reads and writes UTF-8 alone, write client_encoding=UTF8 or leave it out");
}

void check_replication(std::string_view value, std::string_view spelling) {
  for (const std::string_view off : {"false", "off", "no", "0"}) {
    if (value == off) return;
  }
  refuse(spelling, value, "a replication connection can't run the service's statements, leave it out");
}

// Optimal string alignment distance: insertions, deletions, substitutions and swapped neighbours count one each.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::vector<std::size_t>> d(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) d[i][0] = i;
  for (std::size_t j = 0; j <= b.size(); ++j) d[0][j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const bool same = to_lower(a[i - 1]) == to_lower(b[j - 1]);
      d[i][j] = std::min({d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + (same ? 0U : 1U)});
      const bool swapped =
          i > 1 && j > 1 && to_lower(a[i - 1]) == to_lower(b[j - 2]) && to_lower(a[i - 2]) == to_lower(b[j - 1]);
      if (swapped) d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
    }
  }
  return d[a.size()][b.size()];
}

constexpr std::size_t longest_name = 64;

}  // namespace

bool is_connection_keyword(std::string_view name) {
  return find_row(name) != nullptr;
}

void check_connection_value(std::string_view name, std::string_view value, std::string_view spelling) {
  const Row* row = find_row(name);
  if (row == nullptr) return;
  switch (row->kind) {
    case Kind::text:
      return;
    case Kind::path:
      return check_path(*row, value, spelling);
    case Kind::number:
    case Kind::timeout:
      return check_number(*row, value, spelling);
    case Kind::choice:
      return check_choice(*row, value, spelling);
    case Kind::tls_version:
      for (const auto version : split(tls_versions, '|')) {
        if (equal_ignoring_case(value, version)) return;
      }
      return refuse(spelling, value, fmt::format("allowed are {}", words(tls_versions)));
    case Kind::encoding:
      return check_encoding(value, spelling);
    case Kind::replication:
      return check_replication(value, spelling);
  }
}

std::string sslmode_words() {
  return words(sslmodes);
}

std::string_view nearest_parameter(std::string_view name) {
  std::string_view nearest;
  if (name.size() > longest_name) return nearest;
  std::size_t best = std::max<std::size_t>(2, name.size() / 3) + 1;
  const auto consider = [&](std::string_view known) {
    const std::size_t d = distance(name, known);
    if (d < best) {
      best = d;
      nearest = known;
    }
  };
  for (const Row& row : rows) consider(row.name);
  for (const std::string_view foreign : foreign_parameter_names()) consider(foreign);
  return nearest;
}

bool is_misspelling(std::string_view name, std::string_view known) {
  return !known.empty() && name.size() <= longest_name && name.size() >= 4 && distance(name, known) <= 2;
}

}  // namespace support::config

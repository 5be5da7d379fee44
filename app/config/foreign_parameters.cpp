#include "app/config/foreign_parameters.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>

#include <fmt/format.h>

#include "app/config/ascii.hpp"
#include "app/config/connection_keywords.hpp"
#include "app/config/text_values.hpp"
#include "app/config/url_text.hpp"

namespace support::config {
namespace {

enum class Meaning {
  keyword,          // libpq's `argument` by another name
  keyword_flag,     // the same, a boolean where libpq has 0 and 1
  tls,              // `ssl`
  require_tls,      // libpq's old `requiressl`
  connect_timeout,  // seconds, with decimals
  cache_size,
  pgbouncer,
  command_timeout,
  no_effect,  // the values in `argument` are what happens anyway; any other is refused with the remedy
};

struct Row {
  std::string_view name;
  Meaning meaning;
  std::string_view argument = {};
  std::string_view remedy = {};  // "{}" is the value, encoded for a URL
};

constexpr std::string_view use_pool_size = "set DATABASE_POOL_SIZE and DATABASE_MAX_OVERFLOW instead";
constexpr std::string_view use_pool_timeout = "set DATABASE_POOL_TIMEOUT instead";
constexpr std::string_view use_command_timeout = "set DATABASE_COMMAND_TIMEOUT instead";
constexpr std::string_view use_recycle = "set DATABASE_POOL_RECYCLE instead";
constexpr std::string_view use_cache_size =
    "set DATABASE_STATEMENT_CACHE_SIZE instead (0: no prepared statements, for a pooler in transaction mode)";
constexpr std::string_view use_search_path = "write options=-csearch_path%3D{} instead";
constexpr std::string_view list_hosts = "list the hosts in the order to try them instead: host1:5432,host2:5432";
constexpr std::string_view leave_out_tag = "leave it out, it has no meaning for the connection";
constexpr std::string_view leave_out_cache =
    "leave it out, prepared statements stay until DATABASE_STATEMENT_CACHE_SIZE newer ones replace them";
constexpr std::string_view not_in_libpq_15 = "leave it out, libpq 15 does not have it";
constexpr std::string_view use_session_attrs =
    "write target_session_attrs=any, read-write, read-only, primary, standby or prefer-standby instead";
constexpr std::string_view use_socket_host =
    "write host= and the folder of the socket instead, without the socket's file name: "
    "host=/cloudsql/project:region:name";
constexpr std::string_view use_sslmode =
    "write sslmode=verify-full, or sslmode=require for TLS without verification, instead";

constexpr std::array rows = std::to_array<Row>({
    {"ssl", Meaning::tls},
    {"requiressl", Meaning::require_tls},
    {"database", Meaning::keyword, "dbname"},
    {"ApplicationName", Meaning::keyword, "application_name"},
    {"kerberosServerName", Meaning::keyword, "krbsrvname"},
    {"gssEncMode", Meaning::keyword, "gssencmode"},
    {"channelBinding", Meaning::keyword, "channel_binding"},
    {"tcpKeepAlive", Meaning::keyword_flag, "keepalives"},
    {"timeout", Meaning::connect_timeout},
    {"loginTimeout", Meaning::connect_timeout},
    {"statement_cache_size", Meaning::cache_size},
    {"prepared_statement_cache_size", Meaning::cache_size},
    {"pgbouncer", Meaning::pgbouncer},
    {"command_timeout", Meaning::command_timeout},

    // libpq 16, 17 and 18
    {"require_auth", Meaning::no_effect, "",
     "leave it out, libpq 15 does not have it; channel_binding=require is its surest part"},
    {"sslcertmode", Meaning::no_effect, "allow",
     "leave it out, libpq 15 does not have it; name the certificate in sslcert"},
    {"gssdelegation", Meaning::no_effect, "0", not_in_libpq_15},
    {"load_balance_hosts", Meaning::no_effect, "disable", list_hosts},
    {"sslnegotiation", Meaning::no_effect, "postgres",
     "leave it out, libpq 15 does not have it and asks the server for TLS in the usual way; sslmode=require keeps it "
     "mandatory"},
    {"min_protocol_version", Meaning::no_effect, "3.0", not_in_libpq_15},
    {"max_protocol_version", Meaning::no_effect, "3.0", not_in_libpq_15},
    {"scram_client_key", Meaning::no_effect, "", "write the user's password before the host instead"},
    {"scram_server_key", Meaning::no_effect, "", "write the user's password before the host instead"},
    {"oauth_issuer", Meaning::no_effect, "", not_in_libpq_15},
    {"oauth_client_id", Meaning::no_effect, "", not_in_libpq_15},
    {"oauth_client_secret", Meaning::no_effect, "", not_in_libpq_15},
    {"oauth_scope", Meaning::no_effect, "", not_in_libpq_15},
    {"sslkeylogfile", Meaning::no_effect, "", not_in_libpq_15},
    {"servicefile", Meaning::no_effect, "", "write what the file says into DATABASE_URL"},

    // libpq's, but a second place that would say where the database is
    {"service", Meaning::no_effect, "",
     "write host, port, database and user of the service file's entry into DATABASE_URL, which alone says where the "
     "database is"},

    // asyncpg and SQLAlchemy
    {"direct_tls", Meaning::no_effect, "false|False|0",
     "leave it out, libpq 15 asks the server for TLS in the usual way; sslmode=require keeps it mandatory"},
    {"max_cached_statement_lifetime", Meaning::no_effect, "0", leave_out_cache},
    {"max_cacheable_statement_size", Meaning::no_effect, "0", leave_out_cache},
    {"prepared_statement_name_func", Meaning::no_effect, "",
     "leave it out; behind a pooler in transaction mode write pgbouncer=true"},
    {"server_settings", Meaning::no_effect, "", "write options=-cname%3Dvalue instead"},
    {"async_fallback", Meaning::no_effect, "false|False|0", leave_out_tag},
    {"prepare_threshold", Meaning::no_effect, "", use_cache_size},
    {"pool_size", Meaning::no_effect, "", use_pool_size},
    {"max_overflow", Meaning::no_effect, "", use_pool_size},
    {"pool_recycle", Meaning::no_effect, "", use_recycle},
    {"pool_pre_ping", Meaning::no_effect, "", "set DATABASE_POOL_PRE_PING instead"},

    // Prisma
    {"schema", Meaning::no_effect, "", use_search_path},
    {"connection_limit", Meaning::no_effect, "", use_pool_size},
    {"pool_timeout", Meaning::no_effect, "", use_pool_timeout},
    {"socket_timeout", Meaning::no_effect, "", use_command_timeout},
    {"sslaccept", Meaning::no_effect, "", use_sslmode},
    {"sslidentity", Meaning::no_effect, "", "write the files sslcert and sslkey in PEM format instead"},

    // JDBC
    {"currentSchema", Meaning::no_effect, "", use_search_path},
    {"socketTimeout", Meaning::no_effect, "", use_command_timeout},
    {"connectTimeout", Meaning::keyword, "connect_timeout"},
    {"prepareThreshold", Meaning::no_effect, "", use_cache_size},
    {"preparedStatementCacheQueries", Meaning::no_effect, "", use_cache_size},
    {"targetServerType", Meaning::no_effect, "any", use_session_attrs},
    {"loadBalanceHosts", Meaning::no_effect, "false", list_hosts},
    {"sslfactory", Meaning::no_effect, "", use_sslmode},

    // node-postgres, pgx, pg8000
    {"uselibpqcompat", Meaning::no_effect, "true", "leave it out, sslmode means here what it means in libpq"},
    {"pool_max_conns", Meaning::no_effect, "", use_pool_size},
    {"pool_min_conns", Meaning::no_effect, "0", use_pool_size},
    {"pool_max_conn_lifetime", Meaning::no_effect, "", use_recycle},
    {"default_query_exec_mode", Meaning::no_effect, "", use_cache_size},
    {"statement_cache_capacity", Meaning::no_effect, "", use_cache_size},
    {"unix_sock", Meaning::no_effect, "", use_socket_host},
    {"unix_socket", Meaning::no_effect, "", use_socket_host},

    // YugabyteDB's drivers, and what Vercel adds for Supabase
    {"load_balance", Meaning::no_effect, "false", list_hosts},
    {"topology_keys", Meaning::no_effect, "", list_hosts},
    {"supa", Meaning::no_effect, "", leave_out_tag},
    {"workaround", Meaning::no_effect, "", leave_out_tag},

    // Server settings, which some drivers take as parameters
    {"search_path", Meaning::no_effect, "", use_search_path},
    {"statement_timeout", Meaning::no_effect, "", "write options=-cstatement_timeout%3D{} instead"},
    {"lock_timeout", Meaning::no_effect, "", "write options=-clock_timeout%3D{} instead"},
    {"idle_in_transaction_session_timeout", Meaning::no_effect, "",
     "write options=-cidle_in_transaction_session_timeout%3D{} instead"},
    {"timezone", Meaning::no_effect, "", "write options=-ctimezone%3D{} instead"},
    {"jit", Meaning::no_effect, "", "write options=-cjit%3D{} instead"},
    {"role", Meaning::no_effect, "", "write options=-crole%3D{} instead"},
    {"endpoint", Meaning::no_effect, "", "write options=endpoint%3D{} instead"},
    {"cluster", Meaning::no_effect, "", "write options=--cluster%3D{} instead"},
});

constexpr auto names = [] {
  std::array<std::string_view, rows.size()> list{};
  for (std::size_t i = 0; i < rows.size(); ++i) list[i] = rows[i].name;
  return list;
}();

const Row* find_row(std::string_view name) {
  const auto row = std::find_if(rows.begin(), rows.end(), [name](const Row& r) { return r.name == name; });
  return row == rows.end() ? nullptr : row;
}

[[noreturn]] void refuse(std::string_view name, std::string_view value, std::string_view remedy) {
  throw DatabaseUrlError(
      fmt::format("The value '{}' of the parameter '{}' can't be used; {}.", printable(value), name, remedy));
}

Translation translate_ssl(std::string_view value) {
  if (const auto flag = parse_boolean(value)) {
    if (*flag) return SslOn{};
    return Keyword{"sslmode", "disable"};
  }
  const std::string word = lower_case(value);
  // node-postgres: encrypted, certificate not checked. That is what libpq's `require` does.
  if (word == "no-verify") return Keyword{"sslmode", "require"};
  try {
    check_connection_value("sslmode", word, "ssl");
  } catch (const DatabaseUrlError&) {
    refuse("ssl", value, fmt::format("write true, false or one of libpq's sslmode words: {}", sslmode_words()));
  }
  return Keyword{"sslmode", word};
}

std::chrono::milliseconds seconds(std::string_view name, std::string_view value) {
  const auto milliseconds = parse_scaled(value, 1000);
  if (!milliseconds || *milliseconds <= 0 || *milliseconds > std::numeric_limits<int>::max()) {
    refuse(name, value, "write seconds above 0, with at most three decimals");
  }
  return std::chrono::milliseconds(*milliseconds);
}

int statements(std::string_view name, std::string_view value) {
  const auto number = parse_whole(value);
  if (!number || *number < 0 || *number > std::numeric_limits<int>::max()) {
    refuse(name, value, "write how many prepared statements a connection keeps, 0 for none");
  }
  return static_cast<int>(*number);
}

bool flag(std::string_view name, std::string_view value) {
  const auto parsed = parse_boolean(value);
  if (!parsed) refuse(name, value, "write true or false");
  return *parsed;
}

Translation only_without_effect(const Row& row, std::string_view value) {
  const auto accepted = split(row.argument, '|');
  if (!row.argument.empty() && std::find(accepted.begin(), accepted.end(), value) != accepted.end()) return NoEffect{};
  std::string remedy(row.remedy);
  if (const auto gap = remedy.find("{}"); gap != std::string::npos)
    remedy.replace(gap, 2, percent_encode(value.substr(0, 80)));
  throw DatabaseUrlError(fmt::format("The parameter '{}' can't be carried over; {}.", row.name, remedy));
}

}  // namespace

bool is_foreign_parameter(std::string_view name) {
  return find_row(name) != nullptr;
}

Translation translate_foreign_parameter(std::string_view name, std::string_view value) {
  const Row& row = *find_row(name);
  switch (row.meaning) {
    case Meaning::keyword:
      return Keyword{std::string(row.argument), std::string(value)};
    case Meaning::keyword_flag:
      return Keyword{std::string(row.argument), flag(name, value) ? "1" : "0"};
    case Meaning::tls:
      return translate_ssl(value);
    case Meaning::require_tls:
      return Keyword{"sslmode", flag(name, value) ? "require" : "prefer"};
    case Meaning::connect_timeout:
      return Keyword{"connect_timeout",
                     std::to_string(std::chrono::ceil<std::chrono::seconds>(seconds(name, value)).count())};
    case Meaning::cache_size:
      return StatementCacheSize{statements(name, value)};
    case Meaning::pgbouncer:
      if (flag(name, value)) return StatementCacheSize{0};
      return NoEffect{};
    case Meaning::command_timeout:
      return CommandTimeout{seconds(name, value)};
    case Meaning::no_effect:
      break;
  }
  return only_without_effect(row, value);
}

std::span<const std::string_view> foreign_parameter_names() {
  return names;
}

}  // namespace support::config

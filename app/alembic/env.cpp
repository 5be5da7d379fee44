#include "app/alembic/env.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "app/alembic/errors.hpp"
#include "app/alembic/runtime/pqxx_connection.hpp"

namespace support::alembic {

namespace {

constexpr std::string_view application_name = "support-agent%20migrate";

std::string or_default(std::string_view value, std::string_view otherwise) {
  return std::string(value.empty() ? otherwise : value);
}

// libpq counts in seconds, and takes 1 for 2.
long long whole_seconds(std::chrono::milliseconds duration) {
  return std::max<long long>(2, std::chrono::ceil<std::chrono::seconds>(duration).count());
}

// For a URL: all but what never means anything in one.
std::string percent_encoded(std::string_view text) {
  std::string encoded;
  for (const char c : text) {
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    encoded += is_plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return encoded;
}

ConnectionTarget target_of(const config::DatabaseUrl& url, std::string conninfo,
                           std::chrono::milliseconds connect_timeout) {
  ConnectionTarget target{
      .conninfo = std::move(conninfo),
      .password = std::string(url.keyword("password")),
      .masked_url = url.sync(config::Password::mask),
      .description =
          fmt::format("database {} on host {}, port {}",
                      or_default(url.keyword("dbname"), or_default(url.keyword("user"), "(default)")),
                      or_default(url.keyword("host"), "(local socket)"), or_default(url.keyword("port"), "5432"))};
  const auto add = [&target](std::string_view parameter) {
    target.conninfo += target.conninfo.find('?') == std::string::npos ? '?' : '&';
    target.conninfo += parameter;
  };
  add(fmt::format("application_name={}", application_name));
  // Migrations are UTF-8, whatever the database keeps.
  if (url.keyword("client_encoding").empty()) add("client_encoding=UTF8");
  if (url.keyword("connect_timeout").empty()) {
    add(fmt::format("connect_timeout={}", whole_seconds(connect_timeout)));
  }
  return target;
}

}  // namespace

ConnectionTarget make_target(const config::DatabaseUrl& url, std::chrono::milliseconds connect_timeout,
                             std::string given_as) {
  auto target = target_of(url, url.sync(config::Password::show), connect_timeout);
  target.given_as = std::move(given_as);
  return target;
}

ConnectionTarget in_database(const ConnectionTarget& server, const std::string& name) {
  // libpq takes the last of two values.
  const auto parameter = [&name](const std::string& url) {
    return fmt::format("{}{}dbname={}", url, url.find('?') == std::string::npos ? '?' : '&', percent_encoded(name));
  };
  auto target = server;
  target.conninfo = parameter(server.conninfo);
  target.masked_url = parameter(server.masked_url);
  const auto rest = server.description.rfind(" on host ");
  target.description =
      fmt::format("database {}{}", name, rest == std::string::npos ? std::string() : server.description.substr(rest));
  return target;
}

Environment make_environment(const config::Settings& settings, Mode mode) {
  Environment environment{.run = {.mode = mode},
                          .connect = connect_pqxx,
                          .lock_timeout = settings->migration_lock_timeout,
                          .connect_timeout = settings->database_connect_timeout,
                          .echo = settings->database_echo,
                          .version_table = settings->migration_version_table,
                          .version_table_schema = settings->migration_version_table_schema};
  if (settings->migration_transaction_per_migration) environment.transaction_mode = TransactionMode::per_migration;
  if (!settings->migration_transactional_ddl) environment.transaction_mode = TransactionMode::none;
  if (mode == Mode::offline) return environment;
  if (!settings.has_database_url()) {
    throw CommandError(
        "DATABASE_URL is not set, so there is no database to migrate; set it, or add --sql to get the SQL");
  }
  environment.target = target_of(settings.database_url(), settings.database_url_sync(), environment.connect_timeout);
  return environment;
}

}  // namespace support::alembic

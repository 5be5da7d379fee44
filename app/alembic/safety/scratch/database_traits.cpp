#include "app/alembic/safety/scratch/database_traits.hpp"

#include <fmt/format.h>

#include "app/schema/quoting.hpp"

namespace support::alembic::safety {
namespace {

using schema::quote_identifier;
using schema::quote_literal;

constexpr int with_providers = 150000;
constexpr int with_rules = 160000;
constexpr int with_builtin = 170000;

// The order is that in which a session takes them. A database that only lets itself be read would make no scratch copy.
constexpr auto settings_sql =
    "SELECT split_part(entry, '=', 1), substr(entry, strpos(entry, '=') + 1) FROM pg_db_role_setting s, "
    "unnest(s.setconfig) entry WHERE s.setdatabase IN (0, (SELECT oid FROM pg_database "
    "WHERE datname = current_database())) AND s.setrole IN (0, (SELECT oid FROM pg_roles WHERE rolname = "
    "session_user)) AND split_part(entry, '=', 1) NOT IN ('default_transaction_read_only', 'role', "
    "'session_authorization') ORDER BY s.setrole <> 0, s.setdatabase <> 0";

std::string locale_columns(int version) {
  if (version >= with_builtin) return "datlocprovider, datlocale, daticurules";
  if (version >= with_rules) return "datlocprovider, daticulocale, daticurules";
  if (version >= with_providers) return "datlocprovider, daticulocale, NULL";
  return "'c', NULL, NULL";
}

}  // namespace

int server_version_of(Connection& connection) {
  return std::stoi(connection.scalar("SHOW server_version_num"));
}

DatabaseTraits read_traits(Connection& connection) {
  const auto row = connection
                       .query(fmt::format("SELECT pg_encoding_to_char(encoding), datcollate, datctype, {} FROM "
                                          "pg_database WHERE datname = current_database()",
                                          locale_columns(server_version_of(connection))))
                       .at(0);
  DatabaseTraits traits{.encoding = row.at(0).value_or("UTF8"),
                        .collate = row.at(1).value_or("C"),
                        .ctype = row.at(2).value_or("C"),
                        .provider = row.at(3).value_or("c").at(0),
                        .locale = row.at(4).value_or(""),
                        .rules = row.at(5).value_or(""),
                        .settings = {}};
  for (const auto& setting : connection.query(settings_sql)) {
    traits.settings.emplace_back(setting.at(0).value_or(""), setting.at(1).value_or(""));
  }
  return traits;
}

std::string create_database_sql(const std::string& name, const DatabaseTraits& traits, int server_version) {
  auto sql =
      fmt::format("CREATE DATABASE {} TEMPLATE template0 ENCODING {} LC_COLLATE {} LC_CTYPE {}", quote_identifier(name),
                  quote_literal(traits.encoding), quote_literal(traits.collate), quote_literal(traits.ctype));
  if (server_version < with_providers) return sql;
  if (traits.provider == 'i') sql += " LOCALE_PROVIDER icu ICU_LOCALE " + quote_literal(traits.locale);
  if (traits.provider == 'b') sql += " LOCALE_PROVIDER builtin BUILTIN_LOCALE " + quote_literal(traits.locale);
  if (traits.provider == 'c') sql += " LOCALE_PROVIDER libc";
  if (!traits.rules.empty() && server_version >= with_rules) sql += " ICU_RULES " + quote_literal(traits.rules);
  return sql;
}

}  // namespace support::alembic::safety

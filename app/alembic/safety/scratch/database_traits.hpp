#pragma once

#include <string>
#include <utility>
#include <vector>

#include "app/alembic/runtime/connection.hpp"

namespace support::alembic::safety {

// What decides, beside its schema, how a database takes a statement: how it sorts, and what its sessions are set to.
struct DatabaseTraits {
  std::string encoding;  // as pg_encoding_to_char() spells it
  std::string collate;
  std::string ctype;
  char provider = 'c';  // pg_database.datlocprovider: c libc, i ICU, b builtin
  std::string locale;   // of ICU and builtin
  std::string rules;    // of ICU
  // ALTER DATABASE … SET and ALTER ROLE … SET that a session of ours gets, the stronger ones last: TimeZone decides
  // whether timestamp becomes timestamptz without a rewrite, search_path where a table is made.
  std::vector<std::pair<std::string, std::string>> settings;
};

// Of the database that the connection is to. Throws DatabaseError and ConnectionLost.
DatabaseTraits read_traits(Connection& connection);

// What makes an empty database like it. Where the server knows no such locale, CREATE DATABASE fails.
std::string create_database_sql(const std::string& name, const DatabaseTraits& traits, int server_version);

// server_version_num: 150020.
int server_version_of(Connection& connection);

}  // namespace support::alembic::safety

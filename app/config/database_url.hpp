#pragma once

#include <chrono>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace support::config {

// The URL can't be used. what() is a sentence that names the offending part and what to write instead; it never holds
// the password.
class DatabaseUrlError : public std::invalid_argument {
 public:
  using std::invalid_argument::invalid_argument;
};

enum class Password { mask, show };

// One libpq connection parameter (PostgreSQL 15 manual, 34.1.2), decoded: {"host", "a,b"}.
struct Keyword {
  std::string name;
  std::string value;

  friend bool operator==(const Keyword&, const Keyword&) = default;
};

// Hints that some drivers carry in the URL and that libpq does not know; they concern the runtime engine alone.
struct RuntimeHints {
  std::optional<int> statement_cache_size;                   // asyncpg's; `pgbouncer=true` reads as 0
  std::optional<std::chrono::milliseconds> command_timeout;  // asyncpg's, seconds in the URL

  friend bool operator==(const RuntimeHints&, const RuntimeHints&) = default;
};

// DATABASE_URL, parsed once and understood as connection parameters, so that both engines get exactly the same
// database: the runtime engine takes keywords(), the migration engine takes sync().
//
// Accepts SQLAlchemy's driver names (+asyncpg, +psycopg, +psycopg2, +psycopg_async) and +libpq, what managed PostgreSQL
// services print, several hosts, socket folders and IPv6. What can't be carried over faithfully is refused, never
// dropped.
//
// '+' inside the query is a space in a URL with one of SQLAlchemy's drivers (that is how SQLAlchemy reads it), a plus
// sign with +libpq, and refused without a driver, where both readings are usual.
class DatabaseUrl {
 public:
  // Throws DatabaseUrlError.
  static DatabaseUrl parse(std::string_view url);

  // In libpq's order: host, port, dbname, user, password, then the rest by name.
  const std::vector<Keyword>& keywords() const { return keywords_; }
  // The value of one keyword; empty when absent.
  std::string_view keyword(std::string_view name) const;
  const RuntimeHints& runtime_hints() const { return runtime_hints_; }

  // The URL exactly as it was given; masked, every password in it is "***".
  const std::string& text(Password password) const { return password == Password::show ? given_ : masked_; }
  // The one place where the driver is swapped: `postgresql://…`, no driver, libpq's spelling of every parameter.
  // libpq's own parser reads exactly keywords() out of it.
  std::string sync(Password) const;

 private:
  std::string given_;
  std::string masked_;
  std::vector<Keyword> keywords_;
  RuntimeHints runtime_hints_;
};

}  // namespace support::config

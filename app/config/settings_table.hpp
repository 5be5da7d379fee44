#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "app/config/settings.hpp"

// The one list of settings: what `load` parses, `config show` prints, and the README's table and .env.example are made
// of
// (`support-agent config reference`). A new setting is a member of SettingsValues and a row here.
namespace support::config {

// The type of the member decides how the value is written.
using SettingMember =
    std::variant<std::string SettingsValues::*, bool SettingsValues::*, std::int64_t SettingsValues::*,
                 Duration SettingsValues::*, std::optional<Duration> SettingsValues::*, ByteSize SettingsValues::*,
                 Environment SettingsValues::*, LogLevel SettingsValues::*, LogFormat SettingsValues::*,
                 std::optional<DatabaseUrl> SettingsValues::*, std::vector<std::string> SettingsValues::*>;

// Inclusive; of numbers, of milliseconds, or of bytes.
struct Range {
  std::int64_t least = 0;
  std::int64_t most = 0;
};

enum class Secrecy { open, secret };
enum class Empty { refused, allowed };

struct Setting {
  std::string_view name;
  std::string_view section;
  SettingMember member;
  std::string_view default_text;
  Range range = {};
  std::string_view special = {};  // what a value outside the plain reading means: "-1: no limit"
  std::string_view allowed = {};  // where type and range don't say it
  std::string_view description;
  Secrecy secrecy = Secrecy::open;
  Empty empty = Empty::refused;
};

inline constexpr std::string_view development_secret_key = "development-only-secret-key-not-for-production";
inline constexpr std::size_t shortest_secret_key = 32;

namespace ranges {
inline constexpr std::int64_t second = 1000;
inline constexpr std::int64_t hour = 3600 * second;
inline constexpr std::int64_t kib = 1024;
inline constexpr std::int64_t mib = 1024 * kib;
inline constexpr std::int64_t gib = 1024 * mib;
inline constexpr Range any_wait{1, 24 * hour};  // a wait without end is not to be had
inline constexpr Range any_delay{0, 24 * hour};
}  // namespace ranges

inline constexpr auto settings_table = std::to_array<Setting>({
    {.name = "APP_NAME",
     .section = "Service",
     .member = &SettingsValues::app_name,
     .default_text = "FCA Support Agent",
     .description = "Name of the service in its answers."},
    {.name = "ENVIRONMENT",
     .section = "Service",
     .member = &SettingsValues::environment,
     .default_text = "development",
     .description = "What the service runs for; production and staging refuse what is only good for development."},
    {.name = "DEBUG",
     .section = "Service",
     .member = &SettingsValues::debug,
     .default_text = "false",
     .description = "Log at level debug, and every SQL statement, unless LOG_LEVEL and DATABASE_ECHO are set; refused "
                    "in production."},
    {.name = "SECRET_KEY",
     .section = "Service",
     .member = &SettingsValues::secret_key,
     .default_text = development_secret_key,
     .allowed = "32 or more characters",
     .description = "Signs what clients carry back to the service; the default is refused in production and staging.",
     .secrecy = Secrecy::secret},

    {.name = "DATABASE_URL",
     .section = "Database",
     .member = &SettingsValues::database_url,
     .default_text = "",
     .allowed = "postgresql://user:password@host:5432/database, with SQLAlchemy's driver names too",
     .description = "The database of the service and of its migrations; without it development starts a private one.",
     .secrecy = Secrecy::secret},
    {.name = "DATABASE_ECHO",
     .section = "Database",
     .member = &SettingsValues::database_echo,
     .default_text = "false",
     .description = "Log every SQL statement."},
    {.name = "DATABASE_POOL_SIZE",
     .section = "Database",
     .member = &SettingsValues::database_pool_size,
     .default_text = "5",
     .range = {1, 1000},
     .description = "Connections kept open."},
    {.name = "DATABASE_MAX_OVERFLOW",
     .section = "Database",
     .member = &SettingsValues::database_max_overflow,
     .default_text = "10",
     .range = {-1, 1000},
     .special = "-1: no limit",
     .description = "Connections opened beyond DATABASE_POOL_SIZE under load."},
    {.name = "DATABASE_POOL_TIMEOUT",
     .section = "Database",
     .member = &SettingsValues::database_pool_timeout,
     .default_text = "30s",
     .range = ranges::any_wait,
     .description = "Longest wait for a connection from the pool."},
    {.name = "DATABASE_POOL_RECYCLE",
     .section = "Database",
     .member = &SettingsValues::database_pool_recycle,
     .default_text = "-1",
     .range = {ranges::second, 30 * 24 * ranges::hour},
     .special = "-1: never",
     .description = "Age after which a connection is replaced instead of handed out again."},
    {.name = "DATABASE_POOL_PRE_PING",
     .section = "Database",
     .member = &SettingsValues::database_pool_pre_ping,
     .default_text = "true",
     .description = "Ask an idle connection for a sign of life before handing it out."},
    {.name = "DATABASE_STATEMENT_CACHE_SIZE",
     .section = "Database",
     .member = &SettingsValues::database_statement_cache_size,
     .default_text = "100",
     .range = {0, 10'000},
     .special = "0: no prepared statements, for a pooler in transaction mode",
     .description = "Prepared statements kept per connection; statement_cache_size in DATABASE_URL sets it too."},
    {.name = "DATABASE_CONNECT_TIMEOUT",
     .section = "Database",
     .member = &SettingsValues::database_connect_timeout,
     .default_text = "10s",
     .range = ranges::any_wait,
     .description =
         "Longest wait for a new connection, all hosts together; connect_timeout in DATABASE_URL sets it too."},
    {.name = "DATABASE_COMMAND_TIMEOUT",
     .section = "Database",
     .member = &SettingsValues::database_command_timeout,
     .default_text = "30s",
     .range = ranges::any_wait,
     .description = "Longest run of one statement of the service; command_timeout in DATABASE_URL sets it too."},
    {.name = "MIGRATION_LOCK_TIMEOUT",
     .section = "Database",
     .member = &SettingsValues::migration_lock_timeout,
     .default_text = "5m",
     .range = ranges::any_delay,
     .special = "0: don't wait",
     .description = "Longest wait of a migration for another one that runs on the same database."},
    {.name = "MIGRATION_VERSION_TABLE",
     .section = "Database",
     .member = &SettingsValues::migration_version_table,
     .default_text = "alembic_version",
     .description = "The table that holds the revision of the database."},
    {.name = "MIGRATION_VERSION_TABLE_SCHEMA",
     .section = "Database",
     .member = &SettingsValues::migration_version_table_schema,
     .default_text = "",
     .allowed = "an existing schema; empty: the first of the search path",
     .description = "The schema of that table.",
     .empty = Empty::allowed},
    {.name = "MIGRATION_HISTORY_SCHEMA",
     .section = "Database",
     .member = &SettingsValues::migration_history_schema,
     .default_text = "alembic",
     .allowed = "a schema of its own, made when it is missing; empty: no history is kept",
     .description = "The schema of the table history, which records what migrations did.",
     .empty = Empty::allowed},
    {.name = "MIGRATION_TRANSACTION_PER_MIGRATION",
     .section = "Database",
     .member = &SettingsValues::migration_transaction_per_migration,
     .default_text = "false",
     .description = "Commit after each migration instead of once for all of a run."},
    {.name = "MIGRATION_TRANSACTIONAL_DDL",
     .section = "Database",
     .member = &SettingsValues::migration_transactional_ddl,
     .default_text = "true",
     .description = "Run migrations in transactions; false lets each statement take effect by itself."},
    {.name = "MIGRATION_GUARDS",
     .section = "Database",
     .member = &SettingsValues::migration_guards,
     .default_text = "true",
     .description = "Look before each statement of a migration who would suffer from it (docs/safety.md)."},
    {.name = "MIGRATION_STATEMENT_LOCK_TIMEOUT",
     .section = "Database",
     .member = &SettingsValues::migration_statement_lock_timeout,
     .default_text = "2s",
     .range = ranges::any_delay,
     .special = "0: no limit",
     .description = "Longest wait for the locks of a statement, each try; the server's lock_timeout."},
    {.name = "MIGRATION_RETRY_DEADLINE",
     .section = "Database",
     .member = &SettingsValues::migration_retry_deadline,
     .default_text = "2m",
     .range = ranges::any_delay,
     .special = "0: no limit",
     .description = "Longest wait for locks of a whole run, all tries and the pauses between them."},
    {.name = "MIGRATION_CONCURRENT_LOCK_TIMEOUT",
     .section = "Database",
     .member = &SettingsValues::migration_concurrent_lock_timeout,
     .default_text = "30m",
     .range = ranges::any_delay,
     .special = "0: no limit",
     .description = "The lock_timeout of CONCURRENTLY, which waits for old transactions without being in their way."},
    {.name = "MIGRATION_STATEMENT_TIMEOUT",
     .section = "Database",
     .member = &SettingsValues::migration_statement_timeout,
     .default_text = "0s",
     .range = ranges::any_delay,
     .special = "0: no limit",
     .description = "Longest run of one statement of a migration; the server's statement_timeout."},
    {.name = "MIGRATION_IDLE_TIMEOUT",
     .section = "Database",
     .member = &SettingsValues::migration_idle_timeout,
     .default_text = "10m",
     .range = ranges::any_delay,
     .special = "0: no limit",
     .description = "Longest pause between two statements of a migration's transaction."},
    {.name = "MIGRATION_BLOCKER_AGE",
     .section = "Database",
     .member = &SettingsValues::migration_blocker_age,
     .default_text = "5m",
     .range = ranges::any_delay,
     .special = "0: any age",
     .description = "A transaction as old as that is not waited for: the migration is refused, and says whose it is."},
    {.name = "MIGRATION_QUEUE_LIMIT",
     .section = "Database",
     .member = &SettingsValues::migration_queue_limit,
     .default_text = "20",
     .range = {0, 1'000'000},
     .special = "0: no limit",
     .description = "Sessions that may wait behind a migration before its statement is cancelled."},
    {.name = "MIGRATION_SIGNOFF_ROWS",
     .section = "Database",
     .member = &SettingsValues::migration_signoff_rows,
     .default_text = "100000000",
     .range = {0, 1'000'000'000'000},
     .special = "0: no limit",
     .description = "A statement that reads or rewrites a table of as many rows needs a sign-off (docs/signoffs.md)."},
    {.name = "MIGRATION_SIGNOFF_SIZE",
     .section = "Database",
     .member = &SettingsValues::migration_signoff_size,
     .default_text = "50GiB",
     .range = {0, 1024 * 1024 * ranges::gib},
     .special = "0: no limit",
     .description = "The same for a table of this size on disk, TOAST included and indexes not."},

    {.name = "HTTP_HOST",
     .section = "HTTP",
     .member = &SettingsValues::http_host,
     .default_text = "127.0.0.1",
     .allowed = "an IPv4 or IPv6 address, or localhost",
     .description = "Address to listen on; 0.0.0.0 or :: for all."},
    {.name = "HTTP_PORT",
     .section = "HTTP",
     .member = &SettingsValues::http_port,
     .default_text = "8000",
     .range = {0, 65535},
     .special = "0: any free port",
     .description = "Port to listen on."},
    {.name = "HTTP_THREADS",
     .section = "HTTP",
     .member = &SettingsValues::http_threads,
     .default_text = "0",
     .range = {0, 1024},
     .special = "0: one a core",
     .description = "Threads that serve requests."},
    {.name = "MAX_CONNECTIONS",
     .section = "HTTP",
     .member = &SettingsValues::max_connections,
     .default_text = "10000",
     .range = {1, 1'000'000},
     .description = "Client connections at a time."},
    {.name = "MAX_HEADER_SIZE",
     .section = "HTTP",
     .member = &SettingsValues::max_header_size,
     .default_text = "16KiB",
     .range = {ranges::kib, ranges::mib},
     .description = "Size of a request's header, first line included."},
    {.name = "MAX_HEADER_COUNT",
     .section = "HTTP",
     .member = &SettingsValues::max_header_count,
     .default_text = "100",
     .range = {1, 10'000},
     .description = "Fields in a request's header."},
    {.name = "MAX_BODY_SIZE",
     .section = "HTTP",
     .member = &SettingsValues::max_body_size,
     .default_text = "1MiB",
     .range = {1, 1024 * ranges::mib},
     .description = "Size of a request's body."},
    {.name = "MIN_BODY_RATE",
     .section = "HTTP",
     .member = &SettingsValues::min_body_rate,
     .default_text = "500",
     .range = {0, 1024 * ranges::mib},
     .special = "0: no minimum",
     .description = "Bytes a second that a request's body must arrive with."},
    {.name = "HEADER_TIMEOUT",
     .section = "HTTP",
     .member = &SettingsValues::header_timeout,
     .default_text = "10s",
     .range = ranges::any_wait,
     .description = "Longest time for a request's header to arrive."},
    {.name = "BODY_TIMEOUT",
     .section = "HTTP",
     .member = &SettingsValues::body_timeout,
     .default_text = "30s",
     .range = ranges::any_wait,
     .description = "Longest time for a request's body to arrive."},
    {.name = "REQUEST_TIMEOUT",
     .section = "HTTP",
     .member = &SettingsValues::request_timeout,
     .default_text = "30s",
     .range = ranges::any_wait,
     .description = "Longest time to work on a request."},
    {.name = "WRITE_TIMEOUT",
     .section = "HTTP",
     .member = &SettingsValues::write_timeout,
     .default_text = "30s",
     .range = ranges::any_wait,
     .description = "Longest time for a client to take an answer."},
    {.name = "IDLE_TIMEOUT",
     .section = "HTTP",
     .member = &SettingsValues::idle_timeout,
     .default_text = "75s",
     .range = ranges::any_wait,
     .description = "Longest time a connection stays open between requests."},
    {.name = "DRAIN_DELAY",
     .section = "HTTP",
     .member = &SettingsValues::drain_delay,
     .default_text = "0s",
     .range = ranges::any_delay,
     .description = "Time between the first sign of a stop (not ready) and the last accepted connection."},
    {.name = "DRAIN_TIMEOUT",
     .section = "HTTP",
     .member = &SettingsValues::drain_timeout,
     .default_text = "30s",
     .range = ranges::any_delay,
     .description = "Longest time for requests in flight to finish when the service stops."},
    {.name = "CORS_ORIGINS",
     .section = "HTTP",
     .member = &SettingsValues::cors_origins,
     .default_text = "[]",
     .allowed = R"(a JSON list of origins such as ["https://desk.example.com"], one origin, or * (not in production))",
     .description = "Origins whose pages may call the service from a browser.",
     .empty = Empty::allowed},

    {.name = "LOG_LEVEL",
     .section = "Logging",
     .member = &SettingsValues::log_level,
     .default_text = "info",
     .description = "Least level that is logged."},
    {.name = "LOG_FORMAT",
     .section = "Logging",
     .member = &SettingsValues::log_format,
     .default_text = "text",
     .description = "One JSON object a line for machines, or text for people."},
    {.name = "LOG_FILE",
     .section = "Logging",
     .member = &SettingsValues::log_file,
     .default_text = "",
     .allowed = "a path, or nothing for stderr",
     .description = "File that log lines are added to.",
     .empty = Empty::allowed},
});

// By position in the table; nullptr for a name that is none. `name` in upper case.
constexpr const Setting* find_setting(std::string_view name) {
  for (const Setting& setting : settings_table) {
    if (setting.name == name) return &setting;
  }
  return nullptr;
}

constexpr std::size_t index_of(const Setting& setting) {
  return static_cast<std::size_t>(&setting - settings_table.data());
}

}  // namespace support::config

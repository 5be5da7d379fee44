#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "app/config/database_url.hpp"

namespace support::config {

enum class Environment { development, staging, production, test };
enum class LogFormat { text, json };
enum class LogLevel { trace, debug, info, warning, error, critical, off };

struct ByteSize {
  std::uint64_t bytes = 0;
  friend auto operator<=>(const ByteSize&, const ByteSize&) = default;
};

using Duration = std::chrono::milliseconds;

// Every setting, by the lower-case name of its variable. Names, defaults, ranges and meanings stand in
// settings_table.hpp, the one source for parsing, `config show`, the README's table and .env.example.
struct SettingsValues {
  std::string app_name;
  Environment environment{};
  bool debug{};
  std::string secret_key;

  std::optional<DatabaseUrl> database_url;  // absent only in development: the embedded default
  bool database_echo{};
  std::int64_t database_pool_size{};
  std::int64_t database_max_overflow{};  // -1: no limit
  std::int64_t database_pool_min_size{};
  std::int64_t database_pool_max_waiting{};     // -1: no limit
  std::int64_t database_pool_max_connecting{};  // -1: no limit
  Duration database_pool_timeout{};
  std::optional<Duration> database_pool_recycle;  // absent (-1): never
  bool database_pool_pre_ping{};
  std::int64_t database_shared_connections{};
  Duration database_read_max_lag{};              // 0: all reads go where writes go
  std::int64_t database_statement_cache_size{};  // 0: no prepared statements
  Duration database_connect_timeout{};
  Duration database_command_timeout{};
  Duration database_slow_statement{};  // 0: none is logged
  bool database_tag_transactions{};

  std::string http_host;
  std::int64_t http_port{};
  std::int64_t http_threads{};  // 0: one a core
  std::int64_t max_connections{};
  ByteSize max_header_size;
  std::int64_t max_header_count{};
  ByteSize max_body_size;
  ByteSize min_body_rate;  // a second; 0: no minimum
  Duration header_timeout{};
  Duration body_timeout{};
  Duration request_timeout{};
  Duration write_timeout{};
  Duration idle_timeout{};
  Duration drain_delay{};
  Duration drain_timeout{};
  std::vector<std::string> cors_origins;
  bool http_metrics{};

  LogLevel log_level{};
  LogFormat log_format{};
  std::string log_file;  // empty: stderr

  Duration migration_lock_timeout{};
  std::string migration_version_table;
  std::string migration_version_table_schema;  // empty: the search path decides
  std::string migration_history_schema;        // empty: no history
  bool migration_transaction_per_migration{};
  bool migration_transactional_ddl{};
  bool migration_guards{};
  Duration migration_statement_lock_timeout{};
  Duration migration_retry_deadline{};  // 0: no limit, and so the next four
  Duration migration_concurrent_lock_timeout{};
  Duration migration_statement_timeout{};
  Duration migration_idle_timeout{};
  Duration migration_blocker_age{};
  std::int64_t migration_queue_limit{};   // 0: none
  std::int64_t migration_signoff_rows{};  // 0: none, and so the next
  ByteSize migration_signoff_size;
};

// What is wrong with the configuration, all of it. what() lists the problems, one a line.
class SettingsError : public std::runtime_error {
 public:
  explicit SettingsError(std::vector<std::string> problems);
  const std::vector<std::string>& problems() const { return problems_; }

 private:
  std::vector<std::string> problems_;
};

// One line of `config show`.
struct SettingRow {
  std::string_view name;
  std::string value;   // secrets, and whatever came from a file, masked
  std::string source;  // "environment", ".env", "file /run/secrets/x", "default", "embedded", "DATABASE_URL" (a hint in
                       // it), "DEBUG"
  bool secret = false;
};

// Where values come from, in this order of precedence.
struct SettingsSources {
  std::vector<std::pair<std::string, std::string>> environment;  // NAME, value
  std::string dotenv_path;                                       // empty or missing file: none

  // The process's environment and ./.env.
  static SettingsSources of_process();
};

// The validated configuration, loaded once and shared by serve and migrate. Immutable after install(), so any thread
// may read it.
class Settings {
 public:
  // Throws SettingsError with every problem at once.
  static Settings load(const SettingsSources&);
  // Makes `settings` the singleton; a second call is a programming error (asserts).
  static void install(Settings settings);
  static const Settings& instance();

  const SettingsValues* operator->() const { return &values_; }
  const SettingsValues& values() const { return values_; }

  bool has_database_url() const { return values_.database_url.has_value(); }
  // The same settings with the private cluster's URL; for development without DATABASE_URL.
  Settings with_embedded_database(const DatabaseUrl& url) const;

  // Precondition: has_database_url().
  const DatabaseUrl& database_url() const;
  // Computed from database_url(), never configured: what libpqxx connects to, password included.
  std::string database_url_sync() const;

  std::vector<SettingRow> rows() const;

 private:
  SettingsValues values_;
  std::vector<std::string> sources_;  // by position in the settings table
};

}  // namespace support::config

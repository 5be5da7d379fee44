#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include <spdlog/spdlog.h>

#include "app/config/settings.hpp"

namespace support::config {

// One key and value of a structured log line. Strings are borrowed for the call.
class LogField {
 public:
  enum class Kind { text, integer, real, boolean };

  LogField(std::string_view name, std::string_view value) : key(name), kind(Kind::text), text(value) {}
  LogField(std::string_view name, const char* value) : LogField(name, std::string_view(value)) {}
  LogField(std::string_view name, const std::string& value) : LogField(name, std::string_view(value)) {}
  LogField(std::string_view name, bool value) : key(name), kind(Kind::boolean), integer(value ? 1 : 0) {}
  template <std::integral T>
  requires(!std::same_as<T, bool>) LogField(std::string_view name, T value)
      : key(name), kind(Kind::integer), integer(static_cast<std::int64_t>(value)) {}
  LogField(std::string_view name, double value) : key(name), kind(Kind::real), real(value) {}

  std::string_view key;
  Kind kind;
  std::string_view text;
  std::int64_t integer = 0;
  double real = 0;
};

// How the lines of one program look in text format.
enum class TextStyle {
  service,  // 2026-01-18T03:38:38.172Z info  http: message key=value
  alembic,  // INFO  [alembic.runtime.migration] message      (Python Alembic's, so that scripts keep working)
};

// Sets up spdlog's default logger from LOG_LEVEL, LOG_FORMAT and LOG_FILE; lines go to stderr or the file, never
// stdout. In JSON format each line is one object: ts (RFC 3339, UTC), level, logger, message, then the fields. Writing
// never blocks the calling thread: lines pass through a bounded queue, the oldest are dropped when it is full
// (dropped_log_lines() counts them). Throws std::runtime_error when the file can't be opened.
void set_up_logging(const Settings&, TextStyle);
// Writes out what is queued; call before exit.
void shut_down_logging();
std::uint64_t dropped_log_lines();

// A structured line: `logger` is the room ("http", "database", "alembic.runtime.migration").
void log_event(spdlog::level::level_enum level, std::string_view logger, std::string_view message,
               std::initializer_list<LogField> fields = {});

}  // namespace support::config

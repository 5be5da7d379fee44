#pragma once

#include <chrono>
#include <span>
#include <string_view>

#include <fmt/format.h>

#include "app/config/logging.hpp"

namespace support::config {

// One line of a log before it has a form. Borrowed for the call.
struct LogRecord {
  std::chrono::system_clock::time_point time;
  spdlog::level::level_enum level;
  std::string_view logger;
  std::string_view message;
  std::span<const LogField> fields = {};
};

// Appends the line without its newline. Whatever the texts hold, it stays one line, valid UTF-8, and in JSON valid
// JSON: control characters are escaped, bytes that are no UTF-8 become U+FFFD (JSON) or \xNN (text).
void append_line(fmt::memory_buffer& line, const LogRecord& record, LogFormat format, TextStyle style);

}  // namespace support::config

#include "app/config/log_line.hpp"

#include <array>
#include <cmath>
#include <ctime>

namespace support::config {
namespace {

using Buffer = fmt::memory_buffer;

void append(Buffer& line, std::string_view text) {
  line.append(text.data(), text.data() + text.size());
}

std::uint8_t byte_at(std::string_view text, std::size_t i) {
  return static_cast<std::uint8_t>(text[i]);
}

// Bytes of the well-formed UTF-8 sequence at `i` (Unicode 15, table 3-7); 0 when there is none.
std::size_t utf8_length(std::string_view text, std::size_t i) {
  const std::uint8_t first = byte_at(text, i);
  if (first < 0x80) return 1;
  if (first < 0xC2 || first > 0xF4) return 0;
  const std::size_t length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  if (i + length > text.size()) return 0;
  std::uint8_t least = 0x80;
  std::uint8_t most = 0xBF;
  if (first == 0xE0) least = 0xA0;
  if (first == 0xED) most = 0x9F;
  if (first == 0xF0) least = 0x90;
  if (first == 0xF4) most = 0x8F;
  if (byte_at(text, i + 1) < least || byte_at(text, i + 1) > most) return 0;
  for (std::size_t k = 2; k < length; ++k) {
    if ((byte_at(text, i + k) & 0xC0U) != 0x80) return 0;
  }
  return length;
}

// Nothing any form escapes: most of any text.
bool is_ordinary(char c) {
  return c >= 0x20 && c < 0x7F && c != '"' && c != '\\';
}

// Appends `text`; `special` gets each byte from 1 to 0x7f that `is_special` picks, `bad` each byte that is no UTF-8,
// and both write what stands in its place. Runs of ordinary text are copied at once.
template <typename IsSpecial, typename Special, typename Bad>
void append_escaped(Buffer& line, std::string_view text, IsSpecial is_special, Special special, Bad bad) {
  std::size_t copied = 0;
  std::size_t i = 0;
  const auto copy_run = [&] { append(line, text.substr(copied, i - copied)); };
  while (i < text.size()) {
    if (is_ordinary(text[i])) {
      ++i;
      continue;
    }
    const std::size_t length = utf8_length(text, i);
    if (length > 0 && !is_special(text.substr(i, length))) {
      i += length;
      continue;
    }
    copy_run();
    if (length == 0) {
      bad(byte_at(text, i));
    } else {
      special(text.substr(i, length));
    }
    i += std::max<std::size_t>(length, 1);
    copied = i;
  }
  copy_run();
}

void append_json_string(Buffer& line, std::string_view text) {
  line.push_back('"');
  append_escaped(
      line, text, [](std::string_view c) { return static_cast<std::uint8_t>(c[0]) < 0x20 || c == "\"" || c == "\\"; },
      [&](std::string_view c) {
        if (c == "\"" || c == "\\") {
          line.push_back('\\');
          return line.push_back(c[0]);
        }
        if (c == "\n") return append(line, "\\n");
        if (c == "\t") return append(line, "\\t");
        fmt::format_to(fmt::appender(line), "\\u{:04x}", c[0]);
      },
      [&](std::uint8_t) { append(line, "\\ufffd"); });
  line.push_back('"');
}

// Control characters, C1 included (a terminal obeys them), and Unicode's line ends.
bool breaks_a_line(std::string_view c) {
  const auto first = static_cast<std::uint8_t>(c[0]);
  if (first < 0x20 || first == 0x7F) return true;
  if (first == 0xC2) return static_cast<std::uint8_t>(c[1]) < 0xA0;
  return c == "\u2028" || c == "\u2029";
}

enum class Quotes { none, escape };

void append_text(Buffer& line, std::string_view text, Quotes quotes) {
  append_escaped(
      line, text,
      [quotes](std::string_view c) {
        return breaks_a_line(c) || (quotes == Quotes::escape && (c == "\"" || c == "\\"));
      },
      [&](std::string_view c) {
        if (c == "\n") return append(line, "\\n");
        if (c == "\r") return append(line, "\\r");
        if (c == "\t") return append(line, "\\t");
        if (c == "\"" || c == "\\") {
          line.push_back('\\');
          return line.push_back(c[0]);
        }
        for (const char byte : c) fmt::format_to(fmt::appender(line), "\\x{:02x}", static_cast<std::uint8_t>(byte));
      },
      [&](std::uint8_t byte) { fmt::format_to(fmt::appender(line), "\\x{:02x}", byte); });
}

// RFC 3339 in UTC with milliseconds. The calendar part is kept for as long as the second lasts.
void append_time(Buffer& line, std::chrono::system_clock::time_point time) {
  using namespace std::chrono;
  thread_local std::int64_t cached_second = -1;
  thread_local std::array<char, 32> cached{};
  const std::int64_t count = floor<milliseconds>(time).time_since_epoch().count();
  const std::int64_t second = floor<seconds>(time).time_since_epoch().count();
  if (second != cached_second) {
    const std::time_t clock = second;
    std::tm parts{};
    ::gmtime_r(&clock, &parts);
    std::strftime(cached.data(), cached.size(), "%Y-%m-%dT%H:%M:%S", &parts);
    cached_second = second;
  }
  append(line, cached.data());
  fmt::format_to(fmt::appender(line), ".{:03}Z", count - second * 1000);
}

struct LevelNames {
  std::string_view json;
  std::string_view service;
  std::string_view python;  // logging's, cut to five as `%(levelname)-5.5s` does
};

LevelNames names_of(spdlog::level::level_enum level) {
  switch (level) {
    case spdlog::level::trace:
      return {"trace", "trace", "TRACE"};
    case spdlog::level::debug:
      return {"debug", "debug", "DEBUG"};
    case spdlog::level::info:
      return {"info", "info ", "INFO "};
    case spdlog::level::warn:
      return {"warning", "warn ", "WARNI"};
    case spdlog::level::err:
      return {"error", "error", "ERROR"};
    default:
      return {"critical", "crit ", "CRITI"};
  }
}

void append_json_value(Buffer& line, const LogField& field) {
  switch (field.kind) {
    case LogField::Kind::text:
      return append_json_string(line, field.text);
    case LogField::Kind::integer:
      fmt::format_to(fmt::appender(line), "{}", field.integer);
      return;
    case LogField::Kind::boolean:
      return append(line, field.integer != 0 ? "true" : "false");
    case LogField::Kind::real:
      // JSON has no word for infinity or "not a number".
      if (!std::isfinite(field.real)) return append(line, "null");
      fmt::format_to(fmt::appender(line), "{}", field.real);
  }
}

void append_text_value(Buffer& line, const LogField& field) {
  if (field.kind != LogField::Kind::text) return append_json_value(line, field);
  const bool plain = !field.text.empty() && field.text.find_first_of(" \"=\\\n\r\t") == std::string_view::npos;
  if (plain) return append_text(line, field.text, Quotes::none);
  line.push_back('"');
  append_text(line, field.text, Quotes::escape);
  line.push_back('"');
}

void append_json_line(Buffer& line, const LogRecord& record) {
  append(line, R"({"ts":")");
  append_time(line, record.time);
  append(line, R"(","level":")");
  append(line, names_of(record.level).json);
  append(line, R"(","logger":)");
  append_json_string(line, record.logger);
  append(line, R"(,"message":)");
  append_json_string(line, record.message);
  for (const LogField& field : record.fields) {
    line.push_back(',');
    append_json_string(line, field.key);
    line.push_back(':');
    append_json_value(line, field);
  }
  line.push_back('}');
}

void append_text_line(Buffer& line, const LogRecord& record, TextStyle style) {
  if (style == TextStyle::alembic) {
    append(line, names_of(record.level).python);
    append(line, " [");
    append_text(line, record.logger, Quotes::none);
    append(line, "] ");
  } else {
    append_time(line, record.time);
    line.push_back(' ');
    append(line, names_of(record.level).service);
    line.push_back(' ');
    append_text(line, record.logger, Quotes::none);
    append(line, ": ");
  }
  append_text(line, record.message, Quotes::none);
  for (const LogField& field : record.fields) {
    line.push_back(' ');
    append_text(line, field.key, Quotes::none);
    line.push_back('=');
    append_text_value(line, field);
  }
}

}  // namespace

void append_line(fmt::memory_buffer& line, const LogRecord& record, LogFormat format, TextStyle style) {
  if (format == LogFormat::json) return append_json_line(line, record);
  append_text_line(line, record, style);
}

}  // namespace support::config

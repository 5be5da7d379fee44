#include "app/alembic/safety/guard/progress_line.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>

#include <fmt/format.h>

#include "app/alembic/runtime/messages.hpp"
#include "app/alembic/safety/guard/duration_text.hpp"

namespace support::alembic::safety {

namespace {

constexpr std::chrono::milliseconds terminal_interval{1000};
constexpr std::chrono::milliseconds log_interval{10'000};

std::size_t terminal_width() {
  winsize size{};
  return ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

// The characters that fit; none of them half.
std::string_view beginning(std::string_view text, std::size_t width) {
  if (text.size() <= width) return text;
  while (width > 0 && (static_cast<unsigned char>(text[width]) & 0xC0U) == 0x80U) --width;
  return text.substr(0, width);
}

}  // namespace

ProgressLine::Place ProgressLine::place_of_process() {
  return ::isatty(STDERR_FILENO) == 1 ? Place::terminal : Place::log;
}

void ProgressLine::show(const std::string& statement, std::chrono::milliseconds elapsed, const std::string& detail) {
  if (elapsed - shown_at_ < (place_ == Place::terminal ? terminal_interval : log_interval)) return;
  shown_at_ = elapsed;
  const auto text =
      fmt::format("{}: {} so far{}: {}", step_, duration_text(elapsed), detail.empty() ? "" : ", " + detail, statement);
  if (place_ == Place::log) return log_migration("Still running, " + text);
  is_shown_ = true;
  fmt::print(stderr, "\r\x1b[K{}", beginning(text, terminal_width() - 1));
  std::fflush(stderr);
}

void ProgressLine::clear() {
  shown_at_ = {};
  if (!std::exchange(is_shown_, false)) return;
  fmt::print(stderr, "\r\x1b[K");
  std::fflush(stderr);
}

}  // namespace support::alembic::safety

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
  fmt::print(stderr, "\r\x1b[K{}", text.substr(0, terminal_width() - 1));
  std::fflush(stderr);
}

void ProgressLine::clear() {
  shown_at_ = {};
  if (!std::exchange(is_shown_, false)) return;
  fmt::print(stderr, "\r\x1b[K");
  std::fflush(stderr);
}

}  // namespace support::alembic::safety

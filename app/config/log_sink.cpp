#include "app/config/log_sink.hpp"

#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>
#include <system_error>

#include <fmt/format.h>

#include "app/config/log_line.hpp"

namespace support::config {

const char* const finished_line = "finished line";

LogSink::LogSink(const std::string& path, LogFormat format, TextStyle style)
    : fd_(STDERR_FILENO), format_(format), style_(style) {
  if (!path.empty()) {
    fd_ = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0640);
    if (fd_ < 0) {
      throw std::runtime_error(
          fmt::format("LOG_FILE is '{}', which can't be opened for writing: {}; write a path in a folder "
                      "that this user may write to, or leave it out for stderr.",
                      path, std::generic_category().message(errno)));
    }
    owns_fd_ = true;
  }
  struct stat status {};
  is_file_ = ::fstat(fd_, &status) == 0 && S_ISREG(status.st_mode);
}

LogSink::~LogSink() {
  if (owns_fd_) ::close(fd_);
}

void LogSink::close_within(std::chrono::milliseconds patience) {
  give_up_ = std::chrono::steady_clock::now() + patience;
}

void LogSink::sink_it_(const spdlog::details::log_msg& message) {
  thread_local fmt::memory_buffer line;
  line.clear();
  const std::string_view text(message.payload.data(), message.payload.size());
  if (message.source.filename == finished_line) {
    line.append(text.data(), text.data() + text.size());
  } else {
    append_line(line,
                {.time = message.time,
                 .level = message.level,
                 .logger = std::string_view(message.logger_name.data(), message.logger_name.size()),
                 .message = text},
                format_, style_);
  }
  line.push_back('\n');
  if (!write_all(std::string_view(line.data(), line.size()))) failed_.fetch_add(1, std::memory_order_relaxed);
}

bool LogSink::write_all(std::string_view text) const {
  while (!text.empty()) {
    if (!is_file_ && !wait_until_writable()) return false;
    // A pipe that polls as writable takes PIPE_BUF bytes without a wait.
    const ssize_t count =
        ::write(fd_, text.data(), is_file_ ? text.size() : std::min<std::size_t>(text.size(), PIPE_BUF));
    if (count < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (count < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

bool LogSink::wait_until_writable() const {
  using namespace std::chrono;
  constexpr milliseconds longest_poll{100};  // close_within() may shorten the wait meanwhile
  for (;;) {
    const auto left = ceil<milliseconds>(give_up_.load() - steady_clock::now());
    pollfd descriptor{.fd = fd_, .events = POLLOUT, .revents = 0};
    if (::poll(&descriptor, 1, static_cast<int>(std::clamp(left, 0ms, longest_poll).count())) > 0) return true;
    if (left <= 0ms) return false;
  }
}

}  // namespace support::config

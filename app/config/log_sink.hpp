#pragma once

#include <atomic>
#include <chrono>
#include <mutex>
#include <string>
#include <string_view>

#include <spdlog/sinks/base_sink.h>

#include "app/config/logging.hpp"

namespace support::config {

// Marks a message that is a finished line: its source location names this address.
extern const char* const finished_line;

// Writes lines to a file descriptor, one write(2) a line, so that lines of several processes don't mix in a file or a
// pipe. Thread-safe.
class LogSink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  // A file opened for appending, made with mode 0640 when it is missing; stderr when `path` is empty. Throws
  // std::runtime_error when the file can't be opened.
  LogSink(const std::string& path, LogFormat format, TextStyle style);
  ~LogSink() override;
  LogSink(const LogSink&) = delete;
  LogSink& operator=(const LogSink&) = delete;

  // From now on a reader that does not read (a full pipe) holds a line up for this long in all; then lines are dropped.
  void close_within(std::chrono::milliseconds patience);
  // Lines that could not be written.
  std::uint64_t failed() const { return failed_.load(std::memory_order_relaxed); }

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override;
  void flush_() override {}

 private:
  bool write_all(std::string_view text) const;
  bool wait_until_writable() const;

  int fd_;
  bool owns_fd_ = false;
  bool is_file_ = false;  // never makes a writer wait
  LogFormat format_;
  TextStyle style_;
  std::atomic<std::uint64_t> failed_ = 0;
  std::atomic<std::chrono::steady_clock::time_point> give_up_ = std::chrono::steady_clock::time_point::max();
};

}  // namespace support::config

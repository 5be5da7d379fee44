#include "app/config/logging.hpp"

#include <signal.h>

#include <atomic>
#include <mutex>

#include <spdlog/async_logger.h>
#include <spdlog/details/thread_pool.h>

#include "app/config/log_line.hpp"
#include "app/config/log_sink.hpp"

namespace support::config {
namespace {

constexpr std::size_t queue_length = 4096;  // lines; about 2 MiB
constexpr std::chrono::milliseconds patience_at_exit{1000};

struct Output {
  LogFormat format = LogFormat::text;
  TextStyle style = TextStyle::service;
  std::shared_ptr<LogSink> sink;
  std::shared_ptr<spdlog::details::thread_pool> queue;  // absent: lines are written by the thread that logs them
  std::shared_ptr<spdlog::logger> logger;
};

spdlog::level::level_enum spdlog_level(LogLevel level) {
  switch (level) {
    case LogLevel::trace:
      return spdlog::level::trace;
    case LogLevel::debug:
      return spdlog::level::debug;
    case LogLevel::info:
      return spdlog::level::info;
    case LogLevel::warning:
      return spdlog::level::warn;
    case LogLevel::error:
      return spdlog::level::err;
    case LogLevel::critical:
      return spdlog::level::critical;
    case LogLevel::off:
      break;
  }
  return spdlog::level::off;
}

// Signals are for the threads that wait for them; a reader that is gone must show as EPIPE, not end the process.
void block_signals() {
  sigset_t all;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_BLOCK, &all, nullptr);
}

std::unique_ptr<Output> direct_output(std::shared_ptr<LogSink> sink, LogFormat format, TextStyle style,
                                      spdlog::level::level_enum level) {
  auto output = std::make_unique<Output>();
  output->format = format;
  output->style = style;
  output->sink = std::move(sink);
  output->logger = std::make_shared<spdlog::logger>("support-agent", output->sink);
  output->logger->set_level(level);
  return output;
}

void add_queue(Output& output) {
  output.queue = std::make_shared<spdlog::details::thread_pool>(queue_length, 1, block_signals);
  const auto level = output.logger->level();
  output.logger = std::make_shared<spdlog::async_logger>("support-agent", output.sink, output.queue,
                                                         spdlog::async_overflow_policy::overrun_oldest);
  output.logger->set_level(level);
}

// What lines are written with. Replaced outputs stay, because a thread may still be in the middle of a line.
class Outputs {
 public:
  Outputs() {
    spdlog::default_logger_raw();  // spdlog's registry must outlive this object, which uses it in the end
    use(direct_output(std::make_shared<LogSink>("", LogFormat::text, TextStyle::service), LogFormat::text,
                      TextStyle::service, spdlog::level::info));
  }
  ~Outputs() { retire(); }
  Outputs(const Outputs&) = delete;
  Outputs& operator=(const Outputs&) = delete;

  Output& current() { return *current_.load(std::memory_order_acquire); }

  void replace(std::unique_ptr<Output> output) {
    const std::lock_guard lock(mutex_);
    retire();
    spdlog::set_default_logger(output->logger);
    use(std::move(output));
  }

  void shut_down() {
    const std::lock_guard lock(mutex_);
    retire();
  }

  std::uint64_t dropped() {
    const std::lock_guard lock(mutex_);
    std::uint64_t count = overrun_;
    for (const auto& output : all_) count += output->queue ? output->queue->overrun_counter() : 0;
    for (const auto& sink : sinks_) count += sink->failed();
    return count;
  }

 private:
  void use(std::unique_ptr<Output> output) {
    if (sinks_.empty() || sinks_.back() != output->sink) sinks_.push_back(output->sink);
    current_.store(output.get(), std::memory_order_release);
    all_.push_back(std::move(output));
  }

  // Writes out what is queued; lines that come later are written directly.
  void retire() {
    Output& last = current();
    if (!last.queue) return;
    auto direct = direct_output(last.sink, last.format, last.style, last.logger->level());
    spdlog::set_default_logger(direct->logger);
    use(std::move(direct));
    last.sink->close_within(patience_at_exit);
    overrun_ += last.queue->overrun_counter();
    last.queue.reset();  // joins its thread
  }

  std::mutex mutex_;
  std::vector<std::unique_ptr<Output>> all_;
  std::vector<std::shared_ptr<LogSink>> sinks_;
  std::atomic<Output*> current_ = nullptr;
  std::uint64_t overrun_ = 0;
};

Outputs& outputs() {
  static Outputs instance;
  return instance;
}

}  // namespace

void set_up_logging(const Settings& settings, TextStyle style) {
  const auto& values = settings.values();
  auto output = direct_output(std::make_shared<LogSink>(values.log_file, values.log_format, style), values.log_format,
                              style, spdlog_level(values.log_level));
  // A command's lines stand in order with what it prints; a service's lines must not make a request wait.
  if (style == TextStyle::service) add_queue(*output);
  outputs().replace(std::move(output));
}

void shut_down_logging() {
  outputs().shut_down();
}

std::uint64_t dropped_log_lines() {
  return outputs().dropped();
}

void log_event(spdlog::level::level_enum level, std::string_view logger, std::string_view message,
               std::initializer_list<LogField> fields) {
  Output& output = outputs().current();
  if (!output.logger->should_log(level)) return;
  thread_local fmt::memory_buffer line;
  line.clear();
  append_line(line,
              {.time = std::chrono::system_clock::now(),
               .level = level,
               .logger = logger,
               .message = message,
               .fields = {fields.begin(), fields.size()}},
              output.format, output.style);
  output.logger->log(spdlog::source_loc{finished_line, 1, ""}, level, spdlog::string_view_t(line.data(), line.size()));
}

}  // namespace support::config

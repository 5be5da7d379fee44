#include "app/database/listener.hpp"

#include <algorithm>
#include <cassert>
#include <random>
#include <utility>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>

#include "app/config/logging.hpp"
#include "app/database/connection.hpp"

namespace support::database {
namespace {

using Clock = Deadline::Clock;

constexpr std::size_t longest_channel = 63;  // bytes; the server cuts a longer one, and would listen to another channel

std::optional<Error> channel_problem(const std::string& channel) {
  const auto refused = [&](std::string_view why) {
    return Error(Condition::bad_parameter,
                 fmt::format("\"{}\" can't be the name of a channel: {}.", channel.c_str(), why));
  };
  if (channel.empty()) return refused("it is empty");
  if (channel.size() > longest_channel) {
    return refused(fmt::format("it has {} bytes, and {} are allowed", channel.size(), longest_channel));
  }
  if (channel.find('\0') != std::string::npos) return refused("it holds a zero byte");
  return std::nullopt;
}

std::string listen_statements(const std::vector<std::string>& channels) {
  std::string sql;
  for (const std::string& channel : channels) {
    sql += "LISTEN \"";
    for (const char c : channel) sql += c == '"' ? "\"\"" : std::string(1, c);
    sql += "\";";
  }
  return sql;
}

}  // namespace

// Shared by the listener and the coroutine that serves it.
class Listener::Shell {
 public:
  Shell(asio::io_context& context, ListenerOptions options)
      : context_(context),
        options_(std::move(options)),
        queue_(options_.queue_limit),
        arrival_(context),
        random_(std::random_device()()) {}

  static void start(const std::shared_ptr<Shell>& self) {
    const auto done = [self](const std::exception_ptr&) {
      // The coroutine that ends here still looks at the signal's slot: it must not go before it.
      asio::post(self->context_, [self] {});
    };
    asio::co_spawn(self->context_, serve(self), asio::bind_cancellation_slot(self->stop_.slot(), done));
  }

  void stop() {
    stopped_ = true;
    stop_.emit(asio::cancellation_type::terminal);
  }

  static asio::awaitable<Result<ListenerEvent>> next(std::shared_ptr<Shell> self, Deadline deadline) {
    assert(!self->is_awaited_);
    for (;;) {
      if (auto event = self->queue_.pop()) co_return std::move(*event);
      if (deadline.is_set() && Clock::now() >= deadline.or_after({})) co_return self->nothing_came();
      self->arrival_.expires_at(deadline.is_set() ? deadline.or_after({}) : Clock::time_point::max());
      error_code ec;
      self->is_awaited_ = true;
      co_await self->arrival_.async_wait(asio::redirect_error(asio::use_awaitable, ec));
      self->is_awaited_ = false;
      const bool woken = std::exchange(self->woken_, false);
      if (ec && !woken) {
        co_return Error(ec, Diagnostics{.message = "Waiting for a notification was cancelled."});
      }
    }
  }

  ListenerStats stats() const {
    ListenerStats now = stats_;
    now.dropped = queue_.dropped();
    return now;
  }

 private:
  static asio::awaitable<void> serve(std::shared_ptr<Shell> self) {
    for (int failures = 0; !self->stopped_; ++failures) {
      const Error error = co_await self->listen_once(failures);
      self->stats_.connected = false;
      if (self->stopped_) co_return;
      self->note(error);
      asio::steady_timer pause(self->context_, self->delay(failures));
      co_await pause.async_wait(asio::use_awaitable);
    }
  }

  // One connection, from its making to its end; why it ended. Sets `failures` to 0 once it listens.
  asio::awaitable<Error> listen_once(int& failures) {
    auto made = co_await Connection::connect(context_, options_.connect);
    if (!made) co_return made.error();
    Connection& connection = **made;
    const auto listening = co_await connection.run(listen_statements(options_.channels));
    if (!listening) co_return listening.error();
    failures = 0;
    stats_.connected = true;
    queue_.push_gap(stats_.connections++ == 0 ? Gap::Reason::started : Gap::Reason::reconnected);
    if (last_error_) {
      config::log_event(spdlog::level::info, "database", "Notifications of the database are heard again.");
    }
    last_error_.reset();
    for (;;) {
      while (auto notification = connection.take_notification()) {
        ++stats_.notifications;
        queue_.push(std::move(*notification));
      }
      wake();
      const auto heard = co_await connection.wait_for_input(Deadline::after(options_.keep_alive));
      if (!heard) co_return heard.error();
      if (*heard) continue;
      const auto alive = co_await connection.ping(Deadline::after(options_.keep_alive_timeout));
      if (!alive) co_return alive.error();
    }
  }

  void wake() {
    if (!is_awaited_ || queue_.empty()) return;
    woken_ = true;
    arrival_.cancel();
  }

  void note(const Error& error) {
    const bool is_news = !last_error_;
    last_error_ = error;
    if (!is_news) return;
    config::log_event(spdlog::level::warn, "database", "Notifications of the database can't be heard for now.",
                      {{"error", error.text()}});
  }

  Clock::duration delay(int failures) {
    const auto longest = std::min(options_.last_retry, options_.first_retry * (1 << std::min(failures, 16)));
    std::uniform_int_distribution<std::int64_t> part(longest.count() / 2, longest.count());
    return std::chrono::milliseconds(part(random_));
  }

  Error nothing_came() const {
    if (stats_.connected) return {Condition::deadline_exceeded, "No notification came before the deadline."};
    return {Condition::deadline_exceeded,
            fmt::format("No notification came before the deadline, and the database is not listened to at the moment: "
                        "{}",
                        last_error_ ? last_error_->text() : "the connection is being made.")};
  }

  asio::io_context& context_;
  ListenerOptions options_;
  NotificationQueue queue_;
  asio::steady_timer arrival_;  // next() waits on it
  asio::cancellation_signal stop_;
  std::minstd_rand random_;
  ListenerStats stats_;
  std::optional<Error> last_error_;
  bool is_awaited_ = false;
  bool woken_ = false;
  bool stopped_ = false;
};

Result<Listener> Listener::open(asio::io_context& context, ListenerOptions options) {
  assert(!options.channels.empty() && options.queue_limit > 0);
  for (const std::string& channel : options.channels) {
    if (auto problem = channel_problem(channel)) return std::move(*problem);
  }
  auto shell = std::make_shared<Shell>(context, std::move(options));
  Shell::start(shell);
  return Listener(std::move(shell));
}

Listener::~Listener() {
  if (shell_) shell_->stop();
}

asio::awaitable<Result<ListenerEvent>> Listener::next(Deadline deadline) {
  return Shell::next(shell_, deadline);
}

ListenerStats Listener::stats() const {
  return shell_->stats();
}

}  // namespace support::database

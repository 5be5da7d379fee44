#include "app/database/standby_monitor.hpp"

#include <algorithm>
#include <deque>
#include <random>
#include <utility>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "app/database/connection.hpp"
#include "app/database/standby_lag.hpp"
#include "app/database/standby_log.hpp"

namespace support::database {
namespace {

using Clock = std::chrono::steady_clock;

}  // namespace

std::optional<StandbyMonitorOptions> StandbyMonitorOptions::from(const config::Settings& settings) {
  if (settings->database_read_max_lag.count() == 0) return std::nullopt;
  StandbyMonitorOptions options;
  options.connect = ConnectOptions::from(settings);
  options.connect.echo = false;  // several times a second
  options.hosts = split_hosts(options.connect.keywords);
  options.max_lag = settings->database_read_max_lag;
  options.interval = std::clamp(options.max_lag / 4, options.least_interval, std::chrono::milliseconds(500));
  return options;
}

class StandbyMonitor::Shell : public std::enable_shared_from_this<Shell> {
 public:
  using TimePoint = Clock::time_point;

  Shell(asio::io_context& context, StandbyMonitorOptions options, StandbyBoard& board)
      : context_(context),
        options_(std::move(options)),
        board_(board),
        lag_(options_.hosts.size()),
        log_(board, Clock::now()),
        hosts_(options_.hosts.size()),
        random_(std::random_device()()) {}

  static void start(const std::shared_ptr<Shell>& self) {
    self->board_.on_question([weak = std::weak_ptr(self)] {
      if (const auto shell = weak.lock()) asio::post(shell->context_, [shell] { shell->hurry_primary(); });
    });
    for (std::size_t host = 0; host < self->hosts_.size(); ++host) {
      const auto done = [self](const std::exception_ptr&) {
        // The coroutine that ends here still looks at the signal's slot: it must not go before it.
        asio::post(self->context_, [self] {});
      };
      asio::co_spawn(self->context_, watch(self, host),
                     asio::bind_cancellation_slot(self->hosts_[host].stop.slot(), done));
    }
  }

  void stop() {
    is_stopped_ = true;
    for (Host& host : hosts_) {
      host.stop.emit(asio::cancellation_type::terminal);
      interrupt(host);
    }
  }

 private:
  struct Host {
    asio::cancellation_signal stop;
    asio::cancellation_signal hurry;
    bool is_pausing = false;  // hurry ends it
    bool is_hurried = false;
  };

  static asio::awaitable<void> watch(std::shared_ptr<Shell> self, std::size_t host) {
    for (int failures = 0; !self->is_stopped_; ++failures) {
      const Error error = co_await self->watch_session(host, failures);
      if (self->is_stopped_) co_return;
      self->lag_.lost(host);
      self->publish();
      self->log_.note(host, HostUse::unreachable, Clock::now(), error.text());
      asio::steady_timer pause(self->context_, self->retry_delay(failures));
      co_await pause.async_wait(asio::use_awaitable);
    }
  }

  // One session, from its making to its end; why it ended. Sets `failures` to 0 when it is of use.
  asio::awaitable<Error> watch_session(std::size_t host, int& failures) {
    auto made = co_await Connection::connect(context_, connect_options(host));
    if (!made) co_return made.error();
    Connection& connection = **made;
    HostEntry address = options_.hosts[host];
    if (const std::string numeric = connection.server_address(); !numeric.empty()) address.hostaddr = numeric;
    board_.begin_session(host, std::move(address));
    for (;;) {
      if (is_primary(host)) board_.take_question();
      const TimePoint asked = Clock::now();
      const auto report = co_await ask_server(connection, Deadline::at(asked + options_.answer_timeout));
      if (!report) co_return report.error();
      failures = 0;
      lag_.reported(host, asked, *report);
      publish();
      if (is_primary(host)) hurry_standbys();
      const auto error = co_await pause(host, connection, asked);
      if (error) co_return *error;
    }
  }

  // Until the next question is due. Waits on the session, so that its end is noticed at once.
  asio::awaitable<std::optional<Error>> pause(std::size_t number, Connection& connection, TimePoint asked) {
    Host& host = hosts_[number];
    for (;;) {
      const TimePoint until = asked + pause_of(number);
      if (is_stopped_ || Clock::now() >= until) break;
      host.is_pausing = true;
      const auto heard = co_await asio::co_spawn(context_, connection.wait_for_input(Deadline::at(until)),
                                                 asio::bind_cancellation_slot(host.hurry.slot(), asio::use_awaitable));
      host.is_pausing = false;
      if (!heard && heard.error().code() != asio::error::operation_aborted) co_return heard.error();
    }
    host.is_hurried = false;
    co_return std::nullopt;
  }

  std::chrono::milliseconds pause_of(std::size_t host) const {
    const bool is_hurried = hosts_[host].is_hurried;
    if (is_primary(host)) return is_hurried ? options_.least_interval : options_.interval;
    // The primary's answers set the pace; without them it is its own.
    return is_hurried ? std::chrono::milliseconds(0) : options_.interval * 2;
  }

  bool is_primary(std::size_t host) const { return lag_.standing(host) == StandbyLag::Standing::primary; }

  void hurry(Host& host) {
    host.is_hurried = true;
    interrupt(host);
  }
  static void interrupt(Host& host) {
    if (std::exchange(host.is_pausing, false)) host.hurry.emit(asio::cancellation_type::terminal);
  }
  void hurry_primary() {
    for (std::size_t host = 0; host < hosts_.size(); ++host) {
      if (is_primary(host)) hurry(hosts_[host]);
    }
  }
  void hurry_standbys() {
    for (std::size_t host = 0; host < hosts_.size(); ++host) {
      if (!is_primary(host)) hurry(hosts_[host]);
    }
  }

  void publish() {
    const TimePoint now = Clock::now();
    for (std::size_t host = 0; host < hosts_.size(); ++host) {
      board_.publish(host, lag_.current_as_of(host));
      log_.note(host, use_of(lag_, host, now, options_.max_lag), now);
    }
  }

  ConnectOptions connect_options(std::size_t host) const {
    ConnectOptions options = options_.connect;
    options.keywords =
        with_keyword(with_hosts(options.keywords, {options_.hosts[host]}), {"target_session_attrs", "any"});
    return options;
  }

  Clock::duration retry_delay(int failures) {
    const auto longest = std::min(options_.last_retry, options_.first_retry * (1 << std::min(failures, 16)));
    std::uniform_int_distribution<std::int64_t> part(longest.count() / 2, longest.count());
    return std::chrono::milliseconds(part(random_));
  }

  asio::io_context& context_;
  StandbyMonitorOptions options_;
  StandbyBoard& board_;
  StandbyLag lag_;
  StandbyLog log_;
  std::deque<Host> hosts_;
  std::minstd_rand random_;
  bool is_stopped_ = false;
};

StandbyMonitor::StandbyMonitor(asio::io_context& context, StandbyMonitorOptions options, StandbyBoard& board)
    : shell_(std::make_shared<Shell>(context, std::move(options), board)) {
  Shell::start(shell_);
}

StandbyMonitor::~StandbyMonitor() {
  shell_->stop();
}

}  // namespace support::database

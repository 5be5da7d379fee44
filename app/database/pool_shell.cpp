#include "app/database/pool_shell.hpp"

#include <algorithm>
#include <cassert>
#include <functional>
#include <random>
#include <utility>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>

#include "app/config/logging.hpp"

namespace support::database {
namespace {

using Clock = std::chrono::steady_clock;

// While the server is away its error is logged this often.
constexpr std::chrono::seconds failure_log_interval{10};

PoolCore::Limits limits_of(const PoolOptions& options) {
  PoolCore::Limits limits;
  limits.size = static_cast<std::size_t>(options.size);
  const auto limit = [](int value) {
    return value < 0 ? std::nullopt : std::optional(static_cast<std::size_t>(value));
  };
  limits.max_overflow = limit(options.max_overflow);
  limits.min_size = static_cast<std::size_t>(options.min_size);
  limits.max_waiting = limit(options.max_waiting);
  limits.max_connecting = limit(options.max_connecting);
  limits.recycle = options.recycle;
  if (limits.recycle) limits.recycle_jitter = *limits.recycle / 4;
  limits.first_retry = options.first_retry;
  limits.last_retry = options.last_retry;
  return limits;
}

double seconds(Clock::duration duration) {
  return std::chrono::duration<double>(duration).count();
}

}  // namespace

// A request in the queue, for as long as its coroutine lives.
class PoolShell::Waiting {
 public:
  Waiting(PoolShell& shell, PoolCore::WaiterId place) : shell_(shell), timer_(shell.context_), id_(place) {
    shell_.waiting_.emplace(id_, this);
  }
  ~Waiting() {
    shell_.waiting_.erase(id_);
    shell_.core_.leave(id_, Clock::now());
    shell_.run_commands();
  }
  Waiting(const Waiting&) = delete;
  Waiting& operator=(const Waiting&) = delete;

  // Ends the wait: there is a connection to take(), or there will be none.
  void notify(bool failed) {
    notified_ = true;
    failed_ = failed;
    timer_.cancel();
  }
  bool was_notified() { return std::exchange(notified_, false); }
  // The connection of `slot` was no good: wait (again) in this place.
  void exchange(SlotId slot) {
    shell_.core_.exchange(slot, id_, Clock::now());
    shell_.run_commands();
  }

  std::optional<SlotId> take() { return shell_.core_.take(id_); }
  bool has_failed() const { return failed_; }
  asio::steady_timer& timer() { return timer_; }

 private:
  PoolShell& shell_;
  asio::steady_timer timer_;
  PoolCore::WaiterId id_;
  bool notified_ = false;
  bool failed_ = false;
};

PoolShell::PoolShell(asio::io_context& context, PoolOptions options)
    : context_(context),
      options_(std::move(options)),
      core_(limits_of(options_), std::random_device()()),
      metrics_(options_.connect.metrics ? options_.connect.metrics : std::make_shared<DatabaseMetrics>()),
      retry_timer_(context),
      empty_timer_(context) {
  options_.connect.metrics = metrics_;
}

void PoolShell::start() {
  core_.tick(Clock::now());
  run_commands();
}

asio::awaitable<Result<Lease>> PoolShell::acquire(std::shared_ptr<PoolShell> self, Deadline deadline) {
  assert(self->context_.get_executor().running_in_this_thread());
  const TimePoint started = Clock::now();
  const TimePoint pool_deadline = started + self->options_.timeout;
  const TimePoint give_up = deadline.is_set() ? std::min(pool_deadline, deadline.or_after({})) : pool_deadline;
  std::optional<Waiting> waiting;
  std::optional<SlotId> slot;
  PoolCore::WaiterId place = 0;
  if (const auto grant = self->core_.take_idle(started)) {
    slot = grant->slot;
    place = grant->place;
  } else if (const auto joined = self->core_.join(started)) {
    waiting.emplace(*self, *joined);
  }
  self->run_commands();
  if (!slot && !waiting) co_return self->refusal_error();
  for (;;) {
    // A connection that was granted is taken before anything else is looked at: a wake-up and a cancellation can
    // arrive together, and a grant that nobody takes would be lost.
    if (!slot) slot = waiting->take();
    if (slot) {
      Lease lease = self->lend(*slot, deadline);
      bool usable = lease->is_alive();
      if (usable && self->wants_ping(*lease)) {
        const auto until = std::min(give_up, Clock::now() + self->options_.ping_timeout);
        const auto pong = co_await lease->ping(Deadline::at(until));
        if (!pong && pong.error().code() == asio::error::operation_aborted) co_return pong.error();
        usable = pong.has_value();
      }
      if (usable) {
        lease->set_deadline(deadline);
        self->metrics_->acquire.observe(Clock::now() - started);
        co_return lease;
      }
      lease.connection_.reset();
      self->entries_.erase(*slot);
      if (!waiting) waiting.emplace(*self, place);
      waiting->exchange(*slot);
      slot.reset();
      continue;
    }
    if (waiting->has_failed()) co_return self->failure_error();
    if (Clock::now() >= give_up) co_return self->timeout_error(give_up < pool_deadline);
    error_code ec;
    waiting->timer().expires_at(give_up);
    co_await waiting->timer().async_wait(asio::redirect_error(asio::use_awaitable, ec));
    if (!waiting->was_notified() && ec) {
      co_return Error(ec, Diagnostics{.message = "Waiting for a database connection was cancelled."});
    }
  }
}

Lease PoolShell::lend(SlotId slot, const Deadline& deadline) {
  Entry& entry = entries_.at(slot);
  const auto copy = [](auto& to, std::string_view from) {
    to.assign(from.data(), std::min(from.size(), to.max_size()));
  };
  copy(entry.request_id, deadline.caller().request_id);
  copy(entry.route, deadline.caller().route);
  entry.taken = Clock::now();
  entry.backend_pid = entry.connection->backend_pid();
  entry.on_loan = true;
  Lease lease(shared_from_this(), slot, std::move(entry.connection));
  lease->set_deadline({});
  return lease;
}

void PoolShell::park(SlotId slot, std::unique_ptr<Connection> connection) {
  Entry& entry = entries_[slot];
  entry.connection = std::move(connection);
  // Its texts are borrowed from a request that may be over.
  entry.connection->set_deadline({});
  entry.on_loan = false;
}

bool PoolShell::wants_ping(const Connection& connection) const {
  return options_.pre_ping && Clock::now() - connection.last_used() >= options_.pre_ping_after;
}

void PoolShell::give_back(SlotId slot, std::unique_ptr<Connection> connection) {
  const auto health = connection->health();
  if (connection->has_refused_write()) {
    // The server takes no writes any more; no other connection to it is better.
    connection.reset();
    drop(slot, CloseReason::broken);
    expire_all();
  } else if (health == Connection::Health::idle && !connection->needs_reset()) {
    park(slot, std::move(connection));
    core_.give_back(slot, Clock::now());
    run_commands();
  } else if (health == Connection::Health::broken || abandoned_) {
    connection.reset();
    drop(slot, health == Connection::Health::broken ? CloseReason::broken : CloseReason::shutdown);
  } else {
    entries_.at(slot).on_loan = false;
    core_.recover(slot);
    connection->set_deadline({});
    start_recovery(slot, std::move(connection));
  }
}

void PoolShell::drop(SlotId slot, CloseReason reason) {
  entries_.erase(slot);
  core_.discard(slot, reason, Clock::now());
  run_commands();
}

asio::awaitable<bool> PoolShell::close(std::shared_ptr<PoolShell> self, TimePoint deadline) {
  if (!self->core_.is_closed()) {
    self->core_.close(Clock::now());
    self->run_commands();
    self->cancel_connecting();
    self->empty_timer_.expires_at(deadline);
    error_code ec;
    if (!self->core_.is_empty()) co_await self->empty_timer_.async_wait(asio::redirect_error(asio::use_awaitable, ec));
  }
  co_return self->core_.is_empty();
}

void PoolShell::abandon() {
  abandoned_ = true;
  core_.close(Clock::now());
  run_commands();
  cancel_connecting();
}

void PoolShell::expire_all() {
  core_.expire_all(Clock::now());
  run_commands();
}

std::vector<Holder> PoolShell::holders() const {
  const TimePoint now = Clock::now();
  std::vector<Holder> holders;
  for (const auto& [slot, entry] : entries_) {
    if (!entry.on_loan) continue;
    holders.push_back({.request_id = {entry.request_id.begin(), entry.request_id.end()},
                       .route = {entry.route.begin(), entry.route.end()},
                       .held = now - entry.taken,
                       .backend_pid = entry.backend_pid});
  }
  std::ranges::sort(holders, std::greater(), &Holder::held);
  return holders;
}

void PoolShell::run_commands() {
  // Opening can fail on the spot and come back here; its commands are then next in the loop below.
  if (running_commands_) return;
  running_commands_ = true;
  for (auto commands = core_.take_commands(); !commands.empty(); commands = core_.take_commands()) {
    for (const auto& [action, slot, waiter] : commands) {
      switch (action) {
        case PoolCore::Action::open:
          open(slot);
          break;
        case PoolCore::Action::close:
          entries_.erase(slot);
          break;
        case PoolCore::Action::wake:
        case PoolCore::Action::fail: {
          const auto found = waiting_.find(waiter);
          if (found != waiting_.end()) found->second->notify(action == PoolCore::Action::fail);
        }
      }
    }
  }
  running_commands_ = false;
  metrics_->take(core_.stats());
  arm_retry_timer();
  if (core_.is_closed() && core_.is_empty()) empty_timer_.cancel();
}

void PoolShell::open(SlotId slot) {
  const auto signal = std::make_shared<asio::cancellation_signal>();
  connecting_.emplace(slot, signal);
  const auto done = [self = shared_from_this(), slot, signal](std::exception_ptr exception,
                                                              Result<std::unique_ptr<Connection>> connection) {
    // The coroutine that ends here still looks at the signal's slot: it must not go before it.
    asio::post(self->context_, [signal] {});
    if (exception) connection = Error(Condition::connect_failed, "Connecting to the database was broken off.");
    self->opened(slot, std::move(connection));
  };
  asio::co_spawn(context_, Connection::connect(context_, options_.connect),
                 asio::bind_cancellation_slot(signal->slot(), done));
}

void PoolShell::opened(SlotId slot, Result<std::unique_ptr<Connection>> connection) {
  connecting_.erase(slot);
  if (connection) {
    if (last_failure_ && failure_logged_) {
      config::log_event(spdlog::level::info, "database", "The database can be reached again.");
    }
    failure_logged_.reset();
    park(slot, std::move(*connection));
    core_.opened(slot, Clock::now());
  } else {
    if (!core_.is_closed()) note_connect_failure(connection.error());
    core_.open_failed(slot, Clock::now());
  }
  run_commands();
}

void PoolShell::note_connect_failure(const Error& error) {
  const auto now = Clock::now();
  last_failure_ = ConnectFailure{error, now};
  if (failure_logged_ && now - *failure_logged_ < failure_log_interval) return;
  failure_logged_ = now;
  config::log_event(spdlog::level::warn, "database", error.text());
}

void PoolShell::start_recovery(SlotId slot, std::unique_ptr<Connection> connection) {
  asio::co_spawn(context_, recover(std::move(connection), options_.recovery_timeout),
                 [self = shared_from_this(), slot](std::exception_ptr, std::unique_ptr<Connection> recovered) {
                   self->recovered(slot, std::move(recovered));
                 });
}

asio::awaitable<std::unique_ptr<Connection>> PoolShell::recover(std::unique_ptr<Connection> connection,
                                                                std::chrono::milliseconds timeout) {
  const auto done = co_await connection->recover(Deadline::after(timeout));
  if (!done) {
    config::log_event(spdlog::level::warn, "database", "A connection could not be recovered and is closed.",
                      {{"error", done.error().text()}});
    connection.reset();
  }
  co_return connection;
}

void PoolShell::recovered(SlotId slot, std::unique_ptr<Connection> connection) {
  if (!connection) return drop(slot, CloseReason::unrecovered);
  park(slot, std::move(connection));
  core_.recovered(slot, Clock::now());
  run_commands();
}

void PoolShell::arm_retry_timer() {
  const auto next = core_.next_wakeup();
  if (next == retry_armed_) return;
  retry_armed_ = next;
  if (!next) {
    retry_timer_.cancel();
    return;
  }
  retry_timer_.expires_at(*next);
  retry_timer_.async_wait([weak = weak_from_this()](const error_code& ec) {
    const auto self = weak.lock();
    if (ec || !self) return;
    self->retry_armed_.reset();
    self->core_.tick(Clock::now());
    self->run_commands();
  });
}

void PoolShell::cancel_connecting() {
  // Each may end on the spot and take itself off the list.
  const auto connecting = connecting_;
  for (const auto& [slot, signal] : connecting) signal->emit(asio::cancellation_type::terminal);
}

Error PoolShell::timeout_error(bool by_deadline) {
  core_.count_timeout();
  metrics_->take(core_.stats());
  std::string text = by_deadline ? "The request's deadline passed while it waited for a database connection"
                                 : fmt::format("No database connection became free within {} s (DATABASE_POOL_TIMEOUT)",
                                               seconds(options_.timeout));
  text += ": " + situation();
  // Not while the last attempt to connect failed: then more connections are no remedy.
  if (!failure_logged_) text += " Raise DATABASE_POOL_SIZE or DATABASE_MAX_OVERFLOW, or make transactions shorter.";
  return {by_deadline ? Condition::deadline_exceeded : Condition::pool_timeout, std::move(text)};
}

Error PoolShell::refusal_error() const {
  return {Condition::pool_full, fmt::format("As many requests wait for a database connection as may "
                                            "(DATABASE_POOL_MAX_WAITING, {} for this thread): {}",
                                            options_.max_waiting, situation())};
}

std::string PoolShell::situation() const {
  const PoolStats now = core_.stats();
  std::string text = fmt::format("{} in use, {} being made, {} being recovered, {} requests waiting.", now.in_use,
                                 now.connecting, now.recovering, now.waiting);
  if (const auto held = holders(); !held.empty()) {
    const Holder& longest = held.front();
    text += fmt::format(" Held longest, {:.1f} s now: by {}{}, server process {}.", seconds(longest.held),
                        longest.request_id.empty() ? "an unnamed caller" : "request " + longest.request_id,
                        longest.route.empty() ? "" : " to " + longest.route, longest.backend_pid);
  }
  if (last_failure_) {
    text += fmt::format(" Last failure to connect, {:.1f} s ago: {}", seconds(Clock::now() - last_failure_->when),
                        last_failure_->error.text());
  }
  return text;
}

Error PoolShell::failure_error() const {
  if (core_.is_closed()) {
    return {Condition::pool_closed, "The connection pool is closed because the program is shutting down."};
  }
  return last_failure_->error;
}

}  // namespace support::database

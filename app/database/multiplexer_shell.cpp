#include "app/database/multiplexer_shell.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/post.hpp>
#include <fmt/format.h>

#include "app/config/logging.hpp"
#include "app/database/connection.hpp"
#include "app/database/own_writes.hpp"

namespace support::database {
namespace {

using Clock = std::chrono::steady_clock;

// Fewer than this are not divided among idle connections: a system call costs more than waiting for so few.
constexpr std::size_t least_share = 4;
// What runs for nobody may end by itself within this time before it is cancelled.
constexpr std::chrono::milliseconds cancel_grace{10};
// What was lost waits this long for a new connection while there are others.
constexpr std::chrono::milliseconds wait_for_new{250};
constexpr std::size_t max_parameters = 65'535;  // the protocol counts them in 16 bits

Error closed_error() {
  return {Condition::pool_closed, "The shared connections are closed because the program is shutting down."};
}

Error in_doubt_error(std::string_view why) {
  return {Condition::in_doubt,
          fmt::format("The statement was sent and {} before its answer came, so whether it happened is not known: look "
                      "for its effects before doing it again.",
                      why)};
}

Error late_error(const SharedStatement& statement) {
  if (statement.place == SharedStatement::Place::queued) {
    return {Condition::deadline_exceeded, "The statement's deadline passed before a shared connection could take it."};
  }
  if (statement.kind == StatementKind::read) {
    return {Condition::deadline_exceeded, "The database did not answer before the statement's deadline."};
  }
  return in_doubt_error("its deadline passed");
}

}  // namespace

MultiplexerShell::MultiplexerShell(asio::io_context& context, MultiplexerOptions options)
    : context_(context),
      options_(std::move(options)),
      log_(options_.connect.metrics, options_.connect.slow_statement, options_.connect.echo),
      timer_(context),
      random_(std::random_device()()) {
  assert(options_.connections > 0 && options_.write_connections > 0);
  groups_[1].kind = StatementKind::write;
  groups_[0].slots.resize(options_.connections);
  groups_[1].slots.resize(options_.write_connections);
}

asio::awaitable<Result<Rows>> MultiplexerShell::run(std::shared_ptr<MultiplexerShell> self, StatementKind kind,
                                                    std::string_view sql, Params params, Deadline deadline) {
  const TimePoint now = Clock::now();
  TimePoint until = deadline.or_after(self->options_.connect.command_timeout);
  if (self->options_.connect.statement_timeout) {
    until = std::min(until, now + *self->options_.connect.statement_timeout - server_margin);
  }
  if (auto error = self->refusal(self->group_of(kind), params, now, until)) co_return std::move(*error);
  SharedStatement statement(kind, sql, params, until);
  statement.rerun_lost = self->options_.rerun_lost;
  auto initiate = [&](auto handler) { self->submit(statement, std::move(handler), now); };
  auto answer = asio::async_initiate<const asio::deferred_t, void()>(initiate, asio::deferred);
  co_await std::move(answer);
  const auto& own_writes = self->options_.connect.own_writes;
  if (own_writes && kind == StatementKind::write) own_writes->note(Clock::now());
  // What no server had is among the statistics alone.
  if (statement.sent_at != TimePoint()) {
    self->log_.ended({.sql = sql,
                      .params = &params,
                      .started = statement.sent_at,
                      .caller = deadline.caller(),
                      .backend_pid = statement.backend_pid},
                     statement.error ? *statement.error : Error());
  }
  if (statement.error) co_return std::move(*statement.error);
  co_return Rows(std::move(statement.result));
}

std::optional<Error> MultiplexerShell::refusal(const Group& group, const Params& params, TimePoint now,
                                               TimePoint deadline) {
  assert(context_.get_executor().running_in_this_thread());
  if (is_closed_) return closed_error();
  if (!params.problem().empty()) return Error(Condition::bad_parameter, params.problem());
  if (params.size() > max_parameters) {
    return Error(Condition::bad_parameter,
                 fmt::format("A statement can have at most {} parameters, this one has {}: send an array.",
                             max_parameters, params.size()));
  }
  if (deadline <= now) {
    return Error(Condition::deadline_exceeded, "The deadline had passed before the statement was sent.");
  }
  if (group.queue.size() < options_.max_waiting) return std::nullopt;
  ++counted_.refused;
  publish();
  const MultiplexerStats all = stats();
  return Error(Condition::pool_full,
               fmt::format("{} statements wait for a shared connection already, which is the most there may be; {} are "
                           "under way on {} connections. Try again later.",
                           group.queue.size(), all.in_flight, all.connections));
}

void MultiplexerShell::submit(SharedStatement& statement, asio::any_completion_handler<void()> resume, TimePoint now) {
  ++counted_.statements;
  auto slot = asio::get_associated_cancellation_slot(resume);
  if (slot.is_connected()) {
    slot.assign([this, &statement](asio::cancellation_type type) {
      if (type != asio::cancellation_type::none) cancel(statement);
    });
  }
  statement.resume.swap(resume);  // Boost 1.81 never comes back from its assignment
  group_of(statement.kind).queue.push_back(statement);
  wake_by(std::min(statement.deadline, now + options_.slow_after));
  if (is_in_turn_ || is_turn_posted_) return;
  // Whatever else this turn of the loop makes ready goes out with it.
  is_turn_posted_ = true;
  asio::post(context_, [self = shared_from_this()] {
    self->is_turn_posted_ = false;
    self->turn();
  });
}

void MultiplexerShell::withdraw(SharedStatement& statement) {
  if (statement.place == SharedStatement::Place::sent) {
    statement.connection->abandon(statement);
  } else {
    StatementList& queue = group_of(statement.kind).queue;
    queue.erase(queue.iterator_to(statement));
  }
  statement.place = SharedStatement::Place::done;
}

void MultiplexerShell::cancel(SharedStatement& statement) {
  if (statement.place == SharedStatement::Place::done) return;
  withdraw(statement);
  statement.error = Error(asio::error::operation_aborted, Diagnostics{.message = "The statement was cancelled."});
  asio::post(context_, std::move(statement.resume));
  wake_by(Clock::now() + cancel_grace);
}

void MultiplexerShell::take_from(SharedConnection& connection) {
  StatementList returned = connection.take_returned();
  counted_.run_again += returned.size();
  StatementList& queue = group_of(connection).queue;
  queue.splice(queue.begin(), returned);
  StatementList finished = connection.take_finished();
  finished_.splice(finished_.end(), finished);
}

MultiplexerShell::Group& MultiplexerShell::group_of(const SharedConnection& connection) {
  const auto has = [&](const Group& group) {
    return std::any_of(group.slots.begin(), group.slots.end(),
                       [&](const Slot& slot) { return slot.connection.get() == &connection; });
  };
  return has(groups_[0]) ? groups_[0] : groups_[1];
}

void MultiplexerShell::progressed(SharedConnection& connection) {
  take_from(connection);
  turn();
}

void MultiplexerShell::lost(SharedConnection& connection, const Error& error) {
  ++counted_.lost_connections;
  config::log_event(spdlog::level::warn, "database", "A shared connection was lost.", {{"error", error.text()}});
  take_from(connection);
  Group& group = group_of(connection);
  group.last_loss = Clock::now();
  for (Slot& slot : group.slots) {
    if (slot.connection.get() == &connection) slot = {};
  }
  turn();
}

void MultiplexerShell::turn() {
  if (is_in_turn_) return;
  const auto self = shared_from_this();
  is_in_turn_ = true;
  // A coroutine that ends with an exception throws it through here: the others must not wait for ever.
  struct End {
    MultiplexerShell& shell;
    ~End() {
      shell.is_in_turn_ = false;
      while (!shell.finished_.empty()) {
        SharedStatement& statement = shell.finished_.front();
        shell.finished_.pop_front();
        asio::post(shell.context_, std::move(statement.resume));
      }
      shell.publish();
    }
  } const end{*this};
  do {
    resume_finished();
    if (is_closed_) return;
    const TimePoint now = Clock::now();
    for (Group& group : groups_) dispatch(group, now);
  } while (!finished_.empty());
}

void MultiplexerShell::resume_finished() {
  while (!finished_.empty()) {
    SharedStatement& statement = finished_.front();
    finished_.pop_front();
    auto resume = std::move(statement.resume);
    std::move(resume)();
  }
}

void MultiplexerShell::dispatch(Group& group, TimePoint now) {
  while (!group.queue.empty()) {
    const auto connection = choose(group, now);  // shared: it may break while it sends
    if (!connection) break;
    const std::size_t idle_share = share(group);
    // More connections than there are would be of use.
    if (!connection->is_idle() || idle_share > least_share) want_connection(group, now);
    ++counted_.batches;
    connection->send(group.queue, std::min(idle_share, options_.max_batch), now);
    take_from(*connection);
  }
  if (group.queue.empty()) return;
  want_connection(group, now);
  if (now < group.last_loss + wait_for_new) wake_by(group.last_loss + wait_for_new);
}

// The idle one that comes first, else the one with the least to do.
std::shared_ptr<SharedConnection> MultiplexerShell::choose(Group& group, TimePoint now) {
  // What was lost with a connection goes to a new one, because the others may be about to break, too; unless there is
  // none to be had, or not soon.
  const bool only_new = group.queue.front().was_lost && (group.is_connecting || now >= group.next_attempt) &&
                        now < group.last_loss + wait_for_new;
  std::shared_ptr<SharedConnection> best;
  for (Slot& slot : group.slots) {
    if (!slot.connection) continue;
    SharedConnection& connection = *slot.connection;
    if (now >= slot.replace_at) {
      if (!connection.is_idle()) continue;
      connection.close();
      slot = {};
      continue;
    }
    if (only_new && slot.since <= group.last_loss) continue;
    if (!connection.can_send() || connection.batches() >= options_.max_batches) continue;
    if (connection.is_idle()) return slot.connection;
    if (connection.in_flight() > 0 && now - connection.running_since() > options_.slow_after) continue;
    if (!best || connection.in_flight() < best->in_flight()) best = slot.connection;
  }
  return best;
}

std::size_t MultiplexerShell::share(const Group& group) {
  const auto idle =
      static_cast<std::size_t>(std::count_if(group.slots.begin(), group.slots.end(), [](const Slot& slot) {
        return slot.connection && slot.connection->is_idle() && slot.connection->can_send();
      }));
  const std::size_t parts = std::max<std::size_t>(idle, 1);
  return std::max((group.queue.size() + parts - 1) / parts, least_share);
}

void MultiplexerShell::want_connection(Group& group, TimePoint now) {
  const bool has_room =
      std::any_of(group.slots.begin(), group.slots.end(), [](const Slot& slot) { return !slot.connection; });
  if (group.is_connecting || !has_room) return;
  if (now < group.next_attempt) return wake_by(group.next_attempt);
  group.is_connecting = true;
  asio::co_spawn(context_, connect(group.kind),
                 [self = shared_from_this(), &group](const std::exception_ptr& exception,
                                                     Result<std::shared_ptr<SharedConnection>> connection) {
                   if (exception) {
                     connection = Error(Condition::connect_failed, "Connecting to the database was broken off.");
                   }
                   self->connected(group, std::move(connection));
                 });
}

asio::awaitable<Result<std::shared_ptr<SharedConnection>>> MultiplexerShell::connect(StatementKind kind) {
  const auto self = shared_from_this();
  ConnectOptions session = options_.connect;
  session.read_only = kind == StatementKind::read && session.statement_cache_size > 0;
  auto made = co_await Connection::connect(context_, std::move(session));
  if (!made) co_return made.error();
  SharedConnection::Listener& listener = *this;
  auto connection = std::make_shared<SharedConnection>(Connection::take_wire(std::move(*made)),
                                                       options_.connect.statement_cache_size, listener);
  const auto started = connection->start();
  if (!started) co_return started.error();
  co_return connection;
}

void MultiplexerShell::connected(Group& group, Result<std::shared_ptr<SharedConnection>> connection) {
  group.is_connecting = false;
  const TimePoint now = Clock::now();
  if (is_closed_) {
    if (connection) (*connection)->close();
    return;
  }
  if (connection) {
    group.retry_delay = {};
    const auto slot =
        std::find_if(group.slots.begin(), group.slots.end(), [](const Slot& free) { return !free.connection; });
    slot->connection = std::move(*connection);
    slot->since = now;
    if (options_.recycle) slot->replace_at = now + *options_.recycle;
    return turn();
  }
  group.retry_delay = std::clamp(group.retry_delay * 2, options_.first_retry, options_.last_retry);
  std::uniform_int_distribution<std::chrono::milliseconds::rep> off(0, group.retry_delay.count() / 2);
  group.next_attempt = now + group.retry_delay - std::chrono::milliseconds(off(random_));
  const bool has_any =
      std::any_of(group.slots.begin(), group.slots.end(), [](const Slot& slot) { return slot.connection != nullptr; });
  if (!has_any) {
    for (SharedStatement& statement : group.queue) {
      statement.error = connection.error();
      statement.place = SharedStatement::Place::done;
    }
    finished_.splice(finished_.end(), group.queue);
  }
  turn();
}

void MultiplexerShell::wake_by(TimePoint when) {
  if (when >= wake_at_) return;
  wake_at_ = when;
  timer_.expires_at(when);
  timer_.async_wait([weak = weak_from_this()](const error_code& ec) {
    const auto self = weak.lock();
    if (!ec && self && !self->is_closed_) self->wake();
  });
}

void MultiplexerShell::wake() {
  wake_at_ = TimePoint::max();
  const TimePoint now = Clock::now();
  TimePoint next = TimePoint::max();
  for (Group& group : groups_) tend(group, now, next);
  if (next != TimePoint::max()) wake_by(next);
  turn();
}

void MultiplexerShell::tend(Group& group, TimePoint now, TimePoint& next) {
  StatementList expired;
  for (auto waiting = group.queue.begin(); waiting != group.queue.end();) {
    SharedStatement& statement = *waiting++;
    if (statement.deadline > now) {
      next = std::min(next, statement.deadline);
      continue;
    }
    group.queue.erase(group.queue.iterator_to(statement));
    expired.push_back(statement);
  }
  for (Slot& slot : group.slots) {
    const auto connection = slot.connection;
    if (!connection || connection->is_idle()) continue;
    next = std::min(next, connection->take_expired(now, expired));
    const auto running_for = now - connection->running_since();
    if (connection->is_cancelling()) {
      connection->give_up_if_stuck(now);
    } else if (connection->runs_for_nobody() && running_for >= cancel_grace) {
      ++counted_.cancelled_on_server;
      connection->cancel_running();
    } else if (running_for > options_.slow_after && group.slots.size() > 1) {
      connection->move_followers();
      const std::uint64_t before = counted_.run_again;
      take_from(*connection);
      counted_.moved += counted_.run_again - before;
      counted_.run_again = before;
    }
    next = std::min(next, now + (connection->runs_for_nobody() ? cancel_grace : options_.slow_after));
  }
  for (SharedStatement& statement : expired) {
    statement.error = late_error(statement);
    statement.place = SharedStatement::Place::done;
  }
  counted_.timeouts += expired.size();
  finished_.splice(finished_.end(), expired);
}

void MultiplexerShell::close() {
  is_closed_ = true;
  timer_.cancel();
  for (Group& group : groups_) {
    for (Slot& slot : group.slots) {
      if (!slot.connection) continue;
      StatementList waiting;
      slot.connection->take_expired(TimePoint::max(), waiting);
      for (SharedStatement& statement : waiting) {
        const bool is_write = statement.kind == StatementKind::write;
        statement.error = is_write ? in_doubt_error("the program shut down") : closed_error();
      }
      finished_.splice(finished_.end(), waiting);
      slot.connection->close();
      slot = {};
    }
    for (SharedStatement& statement : group.queue) statement.error = closed_error();
    finished_.splice(finished_.end(), group.queue);
  }
  // Posted, because whoever destroys the multiplexer does not expect coroutines to run meanwhile.
  while (!finished_.empty()) {
    SharedStatement& statement = finished_.front();
    finished_.pop_front();
    statement.place = SharedStatement::Place::done;
    asio::post(context_, std::move(statement.resume));
  }
  publish();
}

void MultiplexerShell::publish() {
  if (!options_.connect.metrics) return;
  const MultiplexerStats now = stats();
  options_.connect.metrics->take(now, std::exchange(published_, now));
}

MultiplexerStats MultiplexerShell::stats() const {
  MultiplexerStats now = counted_;
  for (const Group& group : groups_) {
    now.waiting += group.queue.size();
    for (const Slot& slot : group.slots) {
      if (!slot.connection) continue;
      ++now.connections;
      now.in_flight += slot.connection->in_flight();
    }
  }
  return now;
}

}  // namespace support::database

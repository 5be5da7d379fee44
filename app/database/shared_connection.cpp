#include "app/database/shared_connection.hpp"

#include <array>
#include <cassert>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <fmt/format.h>

#include "app/database/blocking_threads.hpp"
#include "app/database/parameter_arrays.hpp"
#include "app/database/statement_name.hpp"

namespace support::database {
namespace {

using Clock = std::chrono::steady_clock;
using Descriptor = asio::posix::stream_descriptor;

constexpr int binary_results = 1;
// libpq sends on its own when it holds 64 KiB. A batch stays below that, so that nothing is added to what could not be
// sent (with TLS that is not allowed before it has gone).
constexpr std::size_t most_batch_bytes = 48 * 1024;
constexpr std::chrono::seconds longest_cancelling{2};
// So many evicted statements are deallocated together; fewer only when there is nothing else to do.
constexpr std::size_t many_evicted = 16;

// About what a statement adds to libpq's buffer.
std::size_t bytes_of(const SharedStatement& statement) {
  return 128 + statement.sql.size() + statement.params.bytes().size() + statement.params.size() * 12;
}

bool ends_session(const Error& error) {
  const std::string& severity = error.diagnostics().severity;
  return severity == "FATAL" || severity == "PANIC" || error.is(Condition::connection_lost);
}

bool is_copy(ExecStatusType status) {
  return status == PGRES_COPY_IN || status == PGRES_COPY_OUT || status == PGRES_COPY_BOTH;
}

Answer answer_of(const PGresult& result) {
  if (PQresultStatus(&result) == PGRES_PIPELINE_ABORTED) return Answer::aborted;
  if (!is_error(result)) return Answer::success;
  if (is_stale_statement(result)) return Answer::stale;
  const char* const state = PQresultErrorField(&result, PG_DIAG_SQLSTATE);
  return state && sqlstate(state) == sqlstates::query_canceled ? Answer::cancelled : Answer::failure;
}

}  // namespace

SharedConnection::SharedConnection(std::unique_ptr<Wire> wire, std::size_t statement_cache_size, Listener& listener)
    : wire_(std::move(wire)), listener_(listener), statements_(statement_cache_size, unique_statement_prefix()) {}

Result<void> SharedConnection::start() {
  if (PQenterPipelineMode(wire_->handle()) == 0) return wire_->lost();
  wait_readable();
  return {};
}

void SharedConnection::send(StatementList& queue, std::size_t count, TimePoint now) {
  assert(can_send());
  if (ledger_.empty()) running_since_ = now;
  std::size_t batch = 0;  // bytes that wait for their Sync
  for (; count > 0 && !queue.empty() && has_room() && !is_broken_; --count) {
    SharedStatement& statement = queue.front();
    const bool alone = statement.alone || statement.kind == StatementKind::write;
    const std::size_t bytes = bytes_of(statement);
    if (batch > 0 && (alone || batch + bytes > most_batch_bytes)) {
      sync(nullptr);
      batch = 0;
      if (!has_room() || is_broken_) break;
    }
    queue.pop_front();
    if (!put(statement, now)) continue;
    batch += bytes;
    if (!alone && batch <= most_batch_bytes) continue;
    sync(statement.kind == StatementKind::write ? &statement : nullptr);
    batch = 0;
  }
  if (batch > 0 && !is_broken_) sync(nullptr);
  if (statements_.evicted() >= many_evicted && can_send()) deallocate_evicted();
  if (is_broken_) die();
}

// False when nothing was sent, and the statement is finished or, with the connection, broken.
bool SharedConnection::put(SharedStatement& statement, TimePoint now) {
  const bool unprepared = statements_.capacity() == 0 || statement.stale > 1;
  const StatementCache::Statement* known =
      unprepared ? nullptr : statements_.find(statement.sql, statement.params.types());
  if (!known && statement.sql.find('\0') != std::string_view::npos) {
    statement.error = Error(Condition::bad_parameter,
                            "A statement holds a zero byte and can't be sent: take it out of the SQL text.");
    finish(statement);
    return false;
  }
  statement.place = SharedStatement::Place::sent;
  statement.connection = this;
  if (statement.sent_at == TimePoint()) statement.sent_at = now;
  statement.backend_pid = PQbackendPID(wire_->handle());
  const ParameterArrays arrays(statement.params);
  int sent = 0;
  if (unprepared) {
    sent = PQsendQueryParams(wire_->handle(), std::string(statement.sql).c_str(), arrays.count(),
                             statement.params.types().data(), arrays.values(), arrays.lengths(), arrays.formats(),
                             binary_results);
  } else if (known || put_preparation(statement)) {
    if (!known) known = statements_.find(statement.sql, statement.params.types());
    sent = PQsendQueryPrepared(wire_->handle(), known->name.c_str(), arrays.count(), arrays.values(), arrays.lengths(),
                               arrays.formats(), binary_results);
  }
  // What was not taken over counts as sent, because libpq does not say how far it came.
  statement.ticket = ledger_.push({Step::execute, &statement, {}});
  is_broken_ = is_broken_ || sent == 0;
  return sent != 0;
}

bool SharedConnection::put_preparation(SharedStatement& statement) {
  const auto types = statement.params.types();
  std::string name = statements_.next_name();
  if (PQsendPrepare(wire_->handle(), name.c_str(), std::string(statement.sql).c_str(), static_cast<int>(types.size()),
                    types.data()) == 0) {
    return false;
  }
  // Known from here on: what follows in the pipeline may use it. Should the server refuse it, it is forgotten again.
  statements_.insert(statement.sql, types, name);
  ledger_.push({Step::prepare, &statement, std::move(name)});
  return true;
}

void SharedConnection::sync(SharedStatement* statement) {
  if (PQpipelineSync(wire_->handle()) == 0) {
    is_broken_ = true;
    return;
  }
  ledger_.push({Step::sync, statement, {}});
  flush();
}

void SharedConnection::deallocate_evicted() {
  if (ledger_.empty()) running_since_ = Clock::now();
  for (std::string& name : statements_.take_evicted()) {
    const std::string sql = "DEALLOCATE " + name;
    if (PQsendQueryParams(wire_->handle(), sql.c_str(), 0, nullptr, nullptr, nullptr, nullptr, binary_results) == 0) {
      is_broken_ = true;
      return;
    }
    ledger_.push({Step::deallocate, nullptr, std::move(name)});
  }
  sync(nullptr);
}

void SharedConnection::flush() {
  const bool was_flushing = is_flushing_;
  const int left = PQflush(wire_->handle());
  is_flushing_ = left > 0;
  if (left < 0) is_broken_ = true;
  if (is_flushing_ && !was_flushing) wait_writable();
}

void SharedConnection::wait_readable() {
  wire_->socket().async_wait(Descriptor::wait_read, [self = shared_from_this()](const error_code& ec) {
    if (self->wire_ && ec != asio::error::operation_aborted) self->read();
  });
}

void SharedConnection::wait_writable() {
  wire_->socket().async_wait(Descriptor::wait_write, [self = shared_from_this()](const error_code& ec) {
    if (!self->wire_ || ec == asio::error::operation_aborted) return;
    self->is_flushing_ = false;
    self->flush();
    if (self->is_broken_) return self->die();
    if (!self->is_flushing_) self->listener_.progressed(*self);
  });
}

void SharedConnection::read() {
  do {
    if (PQconsumeInput(wire_->handle()) == 0) is_broken_ = true;
    take_answers();
    if (is_broken_ || wire_->is_broken()) return die();
  } while (wire_->has_decrypted_bytes());
  if (ledger_.empty()) {
    if (is_cancelling_) end_cancelling();
    if (statements_.has_evicted() && can_send()) deallocate_evicted();
    if (is_broken_) return die();
  }
  wait_readable();
  listener_.progressed(*this);
}

void SharedConnection::take_answers() {
  const std::size_t before = ledger_.size();
  while (!ledger_.empty() && !PQisBusy(wire_->handle())) {
    ResultHandle result(PQgetResult(wire_->handle()));
    if (result) {
      take(std::move(result));
      if (last_words_) break;
      continue;
    }
    // The end of an answer. Without an answer it is the end of the pipeline: after some errors libpq repeats it for
    // ever.
    if (!std::exchange(has_answer_, false)) {
      is_broken_ = true;
      break;
    }
    // What failed in a Sync is still to be followed by the Sync itself.
    if (ledger_.head().step != Step::sync) ledger_.pop();
  }
  if (ledger_.size() != before) running_since_ = Clock::now();
}

void SharedConnection::take(ResultHandle result) {
  Entry& entry = ledger_.head();
  const ExecStatusType status = PQresultStatus(result.get());
  if (status == PGRES_PIPELINE_SYNC) {
    take_sync(entry);
    has_answer_ = false;
    ledger_.pop();
    return;
  }
  has_answer_ = true;
  if (is_copy(status)) {
    if (entry.statement) {
      entry.statement->error =
          Error(Condition::connection_unusable,
                "COPY to or from the client is no statement for a shared connection: acquire one from the pool.");
      finish(*std::exchange(entry.statement, nullptr));
    }
    is_broken_ = true;
    last_words_ = Error(Condition::connection_lost, "Another caller started a COPY on the shared connection.");
    return;
  }
  const Answer answer = answer_of(*result);
  if (answer == Answer::failure) {
    const Error error = error_of(*result);
    if (ends_session(error)) {
      is_broken_ = true;
      last_words_ = error;
      return;
    }
  }
  switch (entry.step) {
    case Step::prepare:
      return take_preparation(entry, answer, *result);
    case Step::execute:
      return take_execution(entry, answer, std::move(result));
    case Step::deallocate:
      // Skipped because an earlier one was unknown: again, later.
      if (answer == Answer::aborted) statements_.still_evicted(std::move(entry.name));
      return;
    case Step::sync:
      if (!entry.statement || answer == Answer::success) return;
      entry.statement->answer = answer;
      entry.statement->error = error_of(*result);
      return;
  }
}

void SharedConnection::take_preparation(Entry& entry, Answer answer, const PGresult& result) {
  if (answer == Answer::success) return;
  statements_.forget(entry.name);
  if (!entry.statement || answer == Answer::aborted) return;
  SharedStatement& statement = *entry.statement;
  statement.error = error_of(result);
  if (statement.kind == StatementKind::write) {
    statement.answer = answer;
    return;
  }
  ledger_.abandon(statement);
  conclude(statement, answer);
}

void SharedConnection::take_execution(Entry& entry, Answer answer, ResultHandle result) {
  if (!entry.statement) return;
  SharedStatement& statement = *entry.statement;
  if (statement.answer) return;  // a write that could not be prepared
  if (answer == Answer::success) {
    statement.result = std::move(result);
  } else if (answer != Answer::aborted) {
    statement.error = error_of(*result);
  }
  if (statement.kind == StatementKind::write) {
    statement.answer = answer;
    return;
  }
  entry.statement = nullptr;
  conclude(statement, answer);
}

void SharedConnection::take_sync(Entry& entry) {
  if (!entry.statement) return;
  SharedStatement& statement = *std::exchange(entry.statement, nullptr);
  const Answer answer = statement.answer.value_or(Answer::aborted);
  conclude(statement, answer);
}

void SharedConnection::conclude(SharedStatement& statement, Answer answer) {
  if (answer == Answer::stale) statements_.evict(statement.sql, statement.params.types());
  if (judge(statement, answer, is_cancelling_) == Verdict::deliver) return finish(statement);
  statement.answer.reset();
  statement.error.reset();
  statement.result.reset();
  statement.place = SharedStatement::Place::queued;
  returned_.push_back(statement);
}

void SharedConnection::finish(SharedStatement& statement) {
  statement.place = SharedStatement::Place::done;
  finished_.push_back(statement);
}

void SharedConnection::abandon(SharedStatement& statement) {
  ledger_.abandon(statement);
}

void SharedConnection::move_followers() {
  StatementList moved;
  ledger_.move_followers(moved);
  for (SharedStatement& statement : moved) statement.place = SharedStatement::Place::queued;
  returned_.splice(returned_.end(), moved);
}

bool SharedConnection::runs_for_nobody() const {
  const Entry* running = ledger_.running();
  return running && !running->statement;
}

SharedConnection::TimePoint SharedConnection::take_expired(TimePoint now, StatementList& expired) {
  TimePoint next = TimePoint::max();
  ledger_.for_each_waiting([&](SharedStatement& statement) {
    if (statement.deadline <= now) {
      expired.push_back(statement);
    } else {
      next = std::min(next, statement.deadline);
    }
  });
  for (SharedStatement& statement : expired) ledger_.abandon(statement);
  return next;
}

void SharedConnection::cancel_running() {
  if (is_cancelling_ || !wire_) return;
  is_cancelling_ = true;
  is_cancel_sent_ = false;
  stuck_at_ = Clock::now() + longest_cancelling;
  asio::co_spawn(wire_->context(), send_cancel(stuck_at_),
                 [self = shared_from_this()](const std::exception_ptr& exception, bool sent) {
                   if (!self->wire_) return;
                   if (exception || !sent) return self->die();
                   self->is_cancel_sent_ = true;
                   if (!self->ledger_.empty()) return;
                   self->end_cancelling();
                   self->listener_.progressed(*self);
                 });
}

void SharedConnection::give_up_if_stuck(TimePoint now) {
  if (!is_cancelling_ || now < stuck_at_) return;
  last_words_ = Error(Condition::connection_lost,
                      "The database connection was given up: the server did not react to a cancellation.");
  die();
}

asio::awaitable<bool> SharedConnection::send_cancel(TimePoint deadline) {
  const auto self = shared_from_this();
  const std::shared_ptr<PGcancel> cancel(PQgetCancel(wire_->handle()), CancelDeleter());
  std::function<void()> work = [cancel] {
    std::array<char, 256> ignored{};  // when it can't be sent, the deadline will find out
    PQcancel(cancel.get(), ignored.data(), static_cast<int>(ignored.size()));
  };
  const auto sent = co_await BlockingThreads::for_cancels().run(wire_->context(), std::move(work), deadline);
  co_return sent == BlockingThreads::Outcome::done;
}

// Not before the cancellation has certainly arrived: it would hit what is sent next.
void SharedConnection::end_cancelling() {
  if (is_cancel_sent_) is_cancelling_ = false;
}

void SharedConnection::lose(SharedStatement& statement, const Error& error) {
  if (statement.kind == StatementKind::write) {
    // A refusal that did arrive is what it says.
    if (!statement.error) {
      statement.error =
          Error(Condition::in_doubt,
                fmt::format("The statement was sent and its answer did not come, so whether it happened is not known: "
                            "look for its effects before doing it again. Cause: {}",
                            error.text()));
    }
    return finish(statement);
  }
  if (statement.was_lost || !statement.rerun_lost) {
    statement.error = error;
    return finish(statement);
  }
  statement.was_lost = true;
  statement.alone = true;
  statement.place = SharedStatement::Place::queued;
  returned_.push_back(statement);
}

void SharedConnection::die() {
  const Error silence = wire_->lost();
  const Error error = last_words_ ? *last_words_ : silence;
  ledger_.for_each_waiting([&](SharedStatement& statement) { lose(statement, error); });
  close();
  listener_.lost(*this, error);
}

void SharedConnection::close() {
  ledger_.clear();
  wire_.reset();
}

}  // namespace support::database

#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

#include "app/database/error.hpp"
#include "app/database/pipeline_ledger.hpp"
#include "app/database/shared_statement.hpp"
#include "app/database/statement_cache.hpp"
#include "app/database/wire.hpp"

namespace support::database {

// A session in libpq's pipeline mode that many coroutines share. Reads handed over together become one batch with one
// Sync, because libpq 15 makes a system call of every Sync; when one of them fails, the others, which the server then
// skips, are given back to be run again. A write has a Sync of its own and is never given back once it was handed over,
// unless the server itself says that it did not run.
//
// Everything happens on the thread of the io_context. Owned by shared_ptr, because its waits on the socket outlive it.
class SharedConnection : public std::enable_shared_from_this<SharedConnection> {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  class Listener {
   public:
    // Answers came, or there is room again.
    virtual void progressed(SharedConnection& connection) = 0;
    // The connection is gone. Every statement is among take_finished() or take_returned().
    virtual void lost(SharedConnection& connection, const Error& error) = 0;

   protected:
    ~Listener() = default;
  };

  // `listener` must live until close().
  SharedConnection(std::unique_ptr<Wire> wire, std::size_t statement_cache_size, Listener& listener);

  // Enters pipeline mode and begins to listen. An error: the connection is of no use.
  Result<void> start();
  // Hands over at most `count` statements from the front of `queue` and sends them in one system call where possible.
  // Precondition: can_send().
  void send(StatementList& queue, std::size_t count, TimePoint now);
  bool can_send() const { return wire_ && !is_cancelling_ && has_room(); }
  // Nobody waits for the statement any more; its answer will be dropped. Precondition: it was sent here.
  void abandon(SharedStatement& statement);
  // Gives back the reads that wait behind the one that runs.
  void move_followers();
  // Asks the server to cancel what runs. Nothing is sent until everything under way is answered; when that takes longer
  // than two seconds, give_up_if_stuck() ends the connection.
  void cancel_running();
  void give_up_if_stuck(TimePoint now);
  // Ends the session; nobody is told.
  void close();

  // Their coroutines can be resumed.
  StatementList take_finished() { return std::move(finished_); }
  // To be run again, here or elsewhere.
  StatementList take_returned() { return std::move(returned_); }

  bool is_idle() const { return ledger_.empty(); }
  bool is_cancelling() const { return is_cancelling_; }
  // Statements and batches without an answer.
  std::size_t in_flight() const { return ledger_.executions(); }
  std::size_t batches() const { return ledger_.batches(); }
  // Since when the server has been at what it does now. Precondition: !is_idle().
  TimePoint running_since() const { return running_since_; }
  // True when nobody waits for what runs.
  bool runs_for_nobody() const;
  // The earliest deadline of those who wait, after expired ones went to `expired`.
  TimePoint take_expired(TimePoint now, StatementList& expired);

 private:
  using Entry = PipelineLedger::Entry;
  using Step = PipelineLedger::Step;

  // PgBouncer hands a session to another client when a Sync is answered, also when it has already passed on the
  // beginning of what follows, and the answers to that reach somebody else. So nothing follows a Sync behind a pooler.
  bool has_room() const { return !is_flushing_ && (statements_.capacity() > 0 || ledger_.batches() == 0); }
  bool put(SharedStatement& statement, TimePoint now);
  bool put_preparation(SharedStatement& statement);
  void sync(SharedStatement* statement);
  void deallocate_evicted();
  void flush();

  void wait_readable();
  void wait_writable();
  void read();
  void take_answers();
  void take(ResultHandle result);
  void take_preparation(Entry& entry, Answer answer, const PGresult& result);
  void take_execution(Entry& entry, Answer answer, ResultHandle result);
  void take_sync(Entry& entry);
  void conclude(SharedStatement& statement, Answer answer);
  void finish(SharedStatement& statement);
  void lose(SharedStatement& statement, const Error& error);
  // Takes leave of a broken connection.
  void die();
  asio::awaitable<bool> send_cancel(TimePoint deadline);
  void end_cancelling();

  std::unique_ptr<Wire> wire_;  // null: closed
  Listener& listener_;
  StatementCache statements_;
  PipelineLedger ledger_;
  StatementList finished_;
  StatementList returned_;
  TimePoint running_since_;
  std::optional<Error> last_words_;  // of a server that ended the session
  bool has_answer_ = false;          // of the head of the ledger; its end has not come yet
  bool is_broken_ = false;
  bool is_flushing_ = false;    // libpq could not send everything yet
  bool is_cancelling_ = false;  // until the server has answered everything
  bool is_cancel_sent_ = false;
  TimePoint stuck_at_;
};

}  // namespace support::database

#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

#include "app/database/connect_options.hpp"
#include "app/database/copy_stream.hpp"
#include "app/database/deadline.hpp"
#include "app/database/error.hpp"
#include "app/database/notification.hpp"
#include "app/database/own_writes.hpp"
#include "app/database/params.hpp"
#include "app/database/row_stream.hpp"
#include "app/database/rows.hpp"
#include "app/database/statement_cache.hpp"
#include "app/database/statement_log.hpp"
#include "app/database/text_rows.hpp"

namespace support::database {

namespace asio = boost::asio;
class Wire;

// One session with the server. Programs get theirs from a Pool.
//
// Lives on one io_context driven by one thread; one operation at a time (asserted). Every operation ends by its
// deadline: Deadline{} means DATABASE_COMMAND_TIMEOUT, and set_deadline() caps them all. When an operation ends early,
// by deadline_exceeded or by Asio cancellation (terminal; operation_aborted), its statement is still with the server:
// the connection answers connection_unusable until the pool, to which it is returned, has cancelled and drained it.
class Connection {
 public:
  enum class Health {
    idle,            // clean: no statement, no transaction
    in_transaction,  // a transaction is open
    interrupted,     // a statement was given up; cancel and drain before any other use
    broken,
  };

  // Makes a session: resolves names off this thread, tries every address within options.connect_timeout.
  static asio::awaitable<Result<std::unique_ptr<Connection>>> connect(asio::io_context&, ConnectOptions);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // One statement with parameters; prepared once a connection and kept in an LRU cache. `sql` must live until the
  // operation ends.
  asio::awaitable<Result<Rows>> query(std::string_view sql, Params params = {}, Deadline deadline = {});
  // The same for a statement whose rows do not matter: how many it affected.
  asio::awaitable<Result<std::int64_t>> execute(std::string_view sql, Params params = {}, Deadline deadline = {});
  // One or more statements without parameters and without their rows, never prepared: DDL, SET, scripts.
  asio::awaitable<Result<void>> run(std::string sql, Deadline deadline = {});
  // The same with the rows of the last statement, every value as text.
  asio::awaitable<Result<TextRows>> query_text(std::string sql, Deadline deadline = {});
  // The same, telling how many statements were completed, all or those before the one that failed.
  struct Script {
    std::size_t completed = 0;
    Result<TextRows> last;
  };
  asio::awaitable<Script> run_script(std::string sql, Deadline deadline = {});

  // As query(), for results that are too large for memory.
  asio::awaitable<Result<RowStream>> stream(std::string_view sql, Params params = {}, Deadline deadline = {});
  // One COPY … FROM STDIN or COPY … TO STDOUT, with any options. bad_parameter when the statement is none: it may have
  // run.
  asio::awaitable<Result<CopyIn>> start_copy_in(std::string sql, Deadline deadline = {});
  asio::awaitable<Result<CopyOut>> start_copy_out(std::string sql, Deadline deadline = {});
  // The whole of a COPY … FROM STDIN that reads `data`: how many rows came in.
  asio::awaitable<Result<std::int64_t>> copy_in(std::string sql, std::string data, Deadline deadline = {});

  // LISTEN's notifications (app/database/listener.hpp keeps a subscription). Waits until the server sends something
  // unasked; false when it did not by the deadline. Precondition: health() is idle.
  asio::awaitable<Result<bool>> wait_for_input(Deadline deadline);
  // The next notification that has arrived, if any.
  std::optional<Notification> take_notification();

  // No statement outlasts `when`, whatever its own deadline. Set by the pool from the deadline of acquire().
  void set_deadline(Deadline when) { cap_ = when; }
  const Deadline& deadline() const { return cap_; }
  // Something was done to the session that would surprise the next one to use it and that the engine can't see, such as
  // an advisory lock or a temporary table. Then, as after SET and LISTEN, the pool resets the session when the
  // connection comes back, before anybody else gets it.
  void reset_on_return() { altered_ = true; }
  bool needs_reset() const { return altered_; }
  Health health() const;
  // It is read-only on a server that is no primary, and has refused to write: the pool closes it when it comes back.
  bool has_refused_write() const;
  int server_version() const;  // 150020 is 15.20
  int backend_pid() const;
  // The numeric address that the session leads to; empty for a Unix socket.
  std::string server_address() const;
  const StatementCache& statements() const { return statements_; }

  // For the pool.
  // False when the socket shows, without a round trip, that the server has gone. Precondition: health() is idle.
  bool is_alive();
  Deadline::Clock::time_point last_used() const { return last_used_; }
  // One empty round trip.
  asio::awaitable<Result<void>> ping(Deadline deadline);
  // Brings a connection that is interrupted, in a transaction or altered back to idle: cancels on the server, drains,
  // rolls back, resets. On an error the connection is only fit to be destroyed.
  asio::awaitable<Result<void>> recover(Deadline deadline);

  // For shared connections. The session itself, without what a Connection knows about it. Precondition: health() is
  // idle and nothing was prepared.
  static std::unique_ptr<Wire> take_wire(std::unique_ptr<Connection> connection);

  // For transactions.
  // BEGIN, as `sql` spells it; the same message tells the server who asks and how long it may take.
  asio::awaitable<Result<void>> begin(std::string sql, Deadline deadline);
  // Puts SQL off until the next statement, which it precedes.
  void owe(std::string_view sql) { arrears_ += sql; }
  // COMMIT. in_doubt when it was sent and no answer came; rolled_back when the server did that instead.
  asio::awaitable<Result<void>> commit(Deadline deadline);

 private:
  friend class CopyIn;
  friend class CopyOut;
  friend class RowStream;
  using TimePoint = Deadline::Clock::time_point;
  enum class CopyDirection { in, out };
  class Operation;

  Connection(std::unique_ptr<Wire> wire, const ConnectOptions& options);

  asio::awaitable<Result<ResultHandle>> statement(std::string_view sql, const Params& params, TimePoint deadline);
  asio::awaitable<Result<ResultHandle>> unprepared(std::string_view sql, const Params& params, TimePoint deadline);
  asio::awaitable<Result<ResultHandle>> prepared(std::string_view sql, const Params& params, TimePoint deadline);
  asio::awaitable<std::optional<Error>> prepare(std::string_view sql, std::span<const Oid> types, TimePoint deadline);
  std::optional<Error> send_unprepared(std::string_view sql, const Params& params);
  // Precondition: it was prepared.
  std::optional<Error> send_prepared(std::string_view sql, const Params& params);
  // Sends a statement whose rows come one by one, and reads the first result.
  asio::awaitable<Result<ResultHandle>> first_row(std::string_view sql, const Params& params, TimePoint deadline);
  asio::awaitable<std::optional<Error>> start_copy(std::string sql, CopyDirection direction, Deadline deadline);
  // Makes ready for statements in the simple protocol.
  asio::awaitable<std::optional<Error>> prepare_simple(std::string_view sql, TimePoint deadline);
  // One or more statements in the simple protocol.
  asio::awaitable<Result<ResultHandle>> command(std::string_view sql, TimePoint deadline);
  // What must reach the server before the next statement: SQL that is owed, DEALLOCATE of evicted statements.
  bool has_arrears() const;
  asio::awaitable<std::optional<Error>> settle(TimePoint deadline);
  asio::awaitable<std::optional<Error>> forget_statements(TimePoint deadline);
  asio::awaitable<std::optional<Error>> cancel_and_drain(TimePoint deadline);
  // For a stream that is ended early.
  asio::awaitable<Result<void>> abandon_answer(Deadline deadline);

  // Why a statement can't be sent now; empty: it can.
  std::optional<Error> obstacle(TimePoint deadline) const;
  std::optional<Error> obstacle(const Params& params, TimePoint deadline) const;
  TimePoint effective(Deadline deadline) const;
  std::string transaction_settings(Deadline deadline) const;
  asio::awaitable<std::optional<Error>> reset_session(TimePoint deadline);
  void note_alteration(std::string_view sql, const pg_result& result);
  // Lets the server take as long as the statement may, where the session's statement_timeout is shorter.
  void allow_until(TimePoint deadline);
  // The same for an answer that is read piece by piece: without a deadline each piece has DATABASE_COMMAND_TIMEOUT, and
  // the whole, which is what the server counts, has no end.
  void allow_pieces_until(Deadline deadline);
  void ended(std::string_view sql, const Params* params, TimePoint started, const Error& error) const;

  std::unique_ptr<Wire> wire_;
  StatementCache statements_;
  std::string arrears_;  // SQL
  Deadline cap_;
  TimePoint last_used_;
  std::chrono::milliseconds command_timeout_;
  std::string session_settings_;                                // SQL
  std::optional<std::chrono::milliseconds> session_timeout_;    // what they make of statement_timeout
  std::optional<std::chrono::milliseconds> statement_timeout_;  // as it is now
  bool limit_transactions_;
  std::string application_name_;           // empty: transactions are not tagged
  std::shared_ptr<OwnWrites> own_writes_;  // null: nobody wants to know
  StatementLog log_;
  bool altered_ = false;
  bool busy_ = false;       // an operation is under way
  bool preparing_ = false;  // a statement was sent to be prepared; whether it was is not known yet
};

}  // namespace support::database

#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include "app/database/error.hpp"
#include "app/database/libpq.hpp"
#include "app/database/watchdog.hpp"

namespace support::database {

namespace asio = boost::asio;

// A PGconn and its socket on an io_context: the loops that libpq wants around its nonblocking calls, and nothing else.
//
// The socket belongs to libpq; the descriptor here only adopts it to wait on it. libpq may close it in any call that
// fails, and does change it while connecting, so it is let go before such calls and adopted again after them.
class Wire {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  // `connection` is fresh from PQconnectStartParams.
  Wire(asio::io_context& context, ConnectionHandle connection);
  // Never blocks.
  ~Wire();
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;

  // One step of connecting: waits for what the last PQconnectPoll asked for (at first: writing), then polls. The result
  // says whether the connection is made; libpq gave up: connect_failed.
  asio::awaitable<Result<bool>> connect_step(TimePoint deadline);
  // After the last step. Makes the connection nonblocking.
  Result<void> finish_connecting();

  // Sends what a PQsend… call has queued and reads to the end of its answer: the last result, or the first error. When
  // it ends early (deadline_exceeded, operation_aborted) is_interrupted() stays true until a later exchange() reads the
  // rest.
  asio::awaitable<Result<ResultHandle>> exchange(TimePoint deadline);
  // The same, but also tells a statement that the server has forgotten from other errors.
  struct Answer {
    ResultHandle result;  // null when libpq had no answer at all
    std::optional<Error> error;
    bool stale_statement = false;
    std::size_t completed = 0;  // results before the error
  };
  asio::awaitable<Answer> answer(TimePoint deadline);

  // For answers that are read piece by piece; is_interrupted() stays true until the last of them was read.
  // True when the next result can be taken without waiting.
  bool has_result() const { return PQisBusy(handle()) == 0; }
  // Sends what is queued and reads the next result; null at the end of the answer. A COPY's result comes again and
  // again until its data has ended.
  asio::awaitable<Result<ResultHandle>> next_result(TimePoint deadline);
  // Precondition, for both: the last result was PGRES_COPY_IN. `error`: why the COPY is to fail; null: the data is
  // complete.
  asio::awaitable<std::optional<Error>> put_copy_data(std::string_view data, TimePoint deadline);
  asio::awaitable<std::optional<Error>> end_copy_in(const char* error, TimePoint deadline);
  // Precondition: the last result was PGRES_COPY_OUT.
  asio::awaitable<Result<CopyPiece>> next_copy_piece(TimePoint deadline);
  // Reads an answer to its end and throws it away; a COPY that waits for data is failed.
  asio::awaitable<std::optional<Error>> drain(TimePoint deadline);
  // Waits, between statements, until the server says something unasked, and reads it. False at the deadline.
  asio::awaitable<Result<bool>> wait_for_input(TimePoint deadline);

  // Who gets notices instead of the log; see ConnectOptions.
  void set_notice_handler(std::function<void(std::string_view)> handler) { on_notice_ = std::move(handler); }

  // False when the socket shows that the server has gone, without a round trip. Reads what has come in meanwhile.
  bool is_alive();
  // connection_lost with libpq's words. Call when a libpq call failed.
  Error lost();

  // For a pipeline, which has loops of its own: the socket to wait on, and whether there is something to read that no
  // wait would see.
  asio::posix::stream_descriptor& socket() { return socket_; }
  bool has_decrypted_bytes() const;

  PGconn* handle() const { return connection_.get(); }
  asio::io_context& context() const { return context_; }
  bool is_broken() const { return broken_ || PQstatus(connection_.get()) == CONNECTION_BAD; }
  bool is_interrupted() const { return interrupted_; }
  // The server has refused to write because it is a standby, or was made read-only: not the primary that was wanted.
  bool has_refused_write() const { return refused_write_; }

 private:
  enum class Readiness { read, write, either };

  asio::awaitable<error_code> wait(Readiness readiness, TimePoint deadline);
  // The rest of sending, when PQflush could not hand everything to the kernel.
  asio::awaitable<std::optional<Error>> flush(TimePoint deadline);
  // Sends what is queued, as far as it does not fit the socket yet.
  asio::awaitable<std::optional<Error>> send_rest(TimePoint deadline);
  // Reads what has come, after waiting for it where nothing has.
  asio::awaitable<std::optional<Error>> read_more(TimePoint deadline);
  // The error behind a wait that ended early.
  static Error given_up(const error_code& ec);
  static void receive_notice(void* wire, const PGresult* notice);
  // Looks for what makes the connection unfit although it works.
  void note_error(const Error& error);
  bool adopt_socket();
  void let_go_of_socket();

  asio::io_context& context_;
  ConnectionHandle connection_;
  asio::posix::stream_descriptor socket_;
  Watchdog watchdog_;
  std::function<void(std::string_view)> on_notice_;  // empty: the log
  PostgresPollingStatusType wanted_ = PGRES_POLLING_WRITING;
  bool broken_ = false;
  bool interrupted_ = false;
  bool refused_write_ = false;
};

}  // namespace support::database

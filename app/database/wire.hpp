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
  // The same for a queued COPY … FROM STDIN, which reads `data`. bad_parameter when the statement is none: it has run,
  // and the data went nowhere. When it ends early the connection can't be brought in order any more.
  asio::awaitable<Result<ResultHandle>> copy_in(std::string_view data, TimePoint deadline);

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

 private:
  enum class Readiness { read, write, either };

  asio::awaitable<error_code> wait(Readiness readiness, TimePoint deadline);
  // The rest of sending, when PQflush could not hand everything to the kernel.
  asio::awaitable<std::optional<Error>> flush(TimePoint deadline);
  asio::awaitable<std::optional<Error>> put_copy_data(std::string_view data, TimePoint deadline);
  asio::awaitable<std::optional<Error>> end_copy_data(TimePoint deadline);
  // Sends what is queued, as far as it does not fit the socket yet.
  asio::awaitable<std::optional<Error>> send_rest(TimePoint deadline);
  // The next result of a statement that was sent; null at the end of its answer.
  asio::awaitable<Result<ResultHandle>> next_result(TimePoint deadline);
  // The error behind a wait that ended early.
  static Error given_up(const error_code& ec);
  static void receive_notice(void* wire, const PGresult* notice);
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
};

}  // namespace support::database

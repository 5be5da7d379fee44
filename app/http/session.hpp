#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/intrusive/list_hook.hpp>

#include "app/http/gauge_guard.hpp"
#include "app/http/request_plan.hpp"
#include "app/http/request_reader.hpp"
#include "app/http/watchdog.hpp"

namespace support::http {

class ServerCore;

// One connection: reads a request, has it answered, and goes on with the next one for as long as both sides want. One
// coroutine with one deadline; what needs no waiting is done by plain functions in between, so that a request that is
// all there, for a handler that waits for nothing, costs no further coroutine and no allocation. Runs on the
// io_context's one thread.
class Session : public std::enable_shared_from_this<Session>,
                public boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
 public:
  Session(std::shared_ptr<ServerCore> core, boost::asio::ip::tcp::socket socket, std::string peer);
  ~Session();

  void start();
  // The port is closed: a connection between two requests has drain_grace left to begin one.
  void close_when_idle();
  // Looks out, while a handler runs, for the client to go.
  enum class ClientWatch { on, too_early, no_handler };
  ClientWatch watch_client();
  // Ends it now. A request whose handler is running is answered 503, and the handler is cancelled.
  void abort();

 private:
  friend class Watchdog<Session>;
  using Clock = std::chrono::steady_clock;
  enum class Phase { idle, reading, handling, writing, lingering };
  // What comes next, for the request at hand or for the connection.
  enum class Step { read_head, read_body, handle, answer, next_request, linger, close };

  // session.cpp: the connection
  boost::asio::awaitable<void> run();
  boost::asio::mutable_buffer prepare_to_idle();
  bool take_first_bytes(std::size_t received);
  boost::asio::awaitable<void> linger();
  boost::asio::awaitable<boost::system::error_code> receive(std::size_t size);
  bool send_now(std::string_view head, std::string_view body);
  boost::asio::awaitable<bool> send_rest();
  bool more_bytes();
  void on_deadline();
  void set_phase(Phase phase, Clock::time_point deadline);
  void log_failure(const char* what) const;

  // session_request.cpp: one request
  Step begin_request();
  Step advance_head();
  Step plan();
  Step advance_body();
  boost::asio::awaitable<Step> receive_rest(Step step);
  Clock::time_point body_deadline(Clock::time_point start) const;
  Step reading_failed(const boost::system::error_code& ec, const char* what);
  Step refused(Problem problem);
  void call_handler();
  boost::asio::awaitable<Step> run_handler();
  void handler_failed();
  bool send_answer();
  Step end_answer(bool sent);
  bool keep_open();
  void add_cors(Response& response) const;
  void log_request(const Response& response, std::size_t bytes);

  // session_client.cpp: a client that goes, and answers in a handler's place
  void wait_for_client_to_go();
  void on_client_event();
  void probe_client();
  void stop_watching();
  void answer_early(Problem problem);

  std::shared_ptr<ServerCore> core_;
  GaugeGuard own_count_;
  GaugeGuard shared_count_;
  boost::asio::ip::tcp::socket socket_;
  std::string peer_;
  Watchdog<Session> watchdog_;
  boost::asio::cancellation_signal cancel_handler_;
  boost::beast::flat_buffer input_;
  std::string output_;  // the head of the answer
  std::array<boost::asio::const_buffer, 2> unsent_;
  Request request_;
  std::optional<RequestReader> reader_;
  RequestPlan plan_;  // its answer becomes the handler's
  std::uint64_t body_received_ = 0;
  std::size_t body_sent_ = 0;  // of the answer
  Clock::time_point started_{};
  Clock::time_point last_answer_{};
  Clock::time_point handler_started_{};
  std::uint64_t served_ = 0;
  std::uint64_t burst_ = 0;  // requests since other connections last had the thread
  Phase phase_ = Phase::idle;
  bool must_close_ = false;  // nobody knows where the next request would begin
  bool open_ = false;        // the connection outlives the answer at hand
  bool watching_client_ = false;
  bool client_probed_ = false;
  bool expired_ = false;
  bool aborted_ = false;
  bool answered_early_ = false;
};

}  // namespace support::http

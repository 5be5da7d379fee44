#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include <boost/asio/awaitable.hpp>
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

// One connection: reads a request, has it answered, and goes on with the next one for as long as both sides want. A
// single coroutine with a single deadline; an idle connection has given its input buffer back. Runs on the io_context's
// one thread.
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
  enum class Received { complete, refused, gone };
  enum class After { keep_open, linger, close };

  boost::asio::awaitable<void> run();
  boost::asio::awaitable<bool> wait_for_request();
  boost::asio::awaitable<After> serve_request();
  boost::asio::awaitable<Received> read_head();
  boost::asio::awaitable<Received> read_body();
  boost::asio::awaitable<boost::system::error_code> receive(std::size_t size);
  boost::asio::awaitable<bool> send_continue();
  boost::asio::awaitable<void> handle(const Route& route, Response& response);
  boost::asio::awaitable<After> answer(Response response, MethodSet allowed, bool must_close);
  boost::asio::awaitable<bool> write(std::string_view head, std::string_view body);
  boost::asio::awaitable<void> linger();

  void wait_for_client_to_go();
  void on_client_event();
  void probe_client();
  void stop_watching();
  void on_deadline();
  void set_phase(Phase phase, Clock::time_point deadline);
  Received reading_failed(const boost::system::error_code& ec, const char* what);
  Received refused(Problem problem);
  void add_cors(MethodSet allowed, Response& response) const;
  bool keep_open(bool must_close);
  bool more_bytes();
  void answer_early(Problem problem);
  void log_failure(const char* what) const;
  void log_request(const Response& response, std::size_t bytes);

  std::shared_ptr<ServerCore> core_;
  GaugeGuard own_count_;
  GaugeGuard shared_count_;
  boost::asio::ip::tcp::socket socket_;
  std::string peer_;
  Watchdog<Session> watchdog_;
  boost::asio::cancellation_signal cancel_handler_;
  boost::beast::flat_buffer input_;
  std::string output_;  // the head of the answer
  Request request_;
  std::optional<RequestReader> reader_;
  const Route* route_ = nullptr;  // of the request; null: none answers it
  std::optional<Problem> refusal_;
  Clock::time_point started_{};
  Clock::time_point handler_started_{};
  std::uint64_t served_ = 0;
  std::uint64_t burst_ = 0;  // requests since other connections last had the thread
  Phase phase_ = Phase::idle;
  bool watching_client_ = false;
  bool client_probed_ = false;
  bool expired_ = false;
  bool aborted_ = false;
  bool answered_early_ = false;
};

}  // namespace support::http

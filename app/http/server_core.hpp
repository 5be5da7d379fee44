#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <ctime>
#include <memory>
#include <string_view>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/intrusive/list.hpp>

#include "app/http/cors.hpp"
#include "app/http/response_writer.hpp"
#include "app/http/server.hpp"
#include "app/http/session.hpp"

namespace support::http {

// The inside of a Server: the acceptor, the list of sessions and what they share. Sessions keep it alive. All of it
// runs on the io_context's one thread; counters() and port() may be read from any.
class ServerCore : public std::enable_shared_from_this<ServerCore> {
 public:
  ServerCore(boost::asio::io_context& context, const Router& router, ServerOptions options, ServiceState& state);

  void start();
  boost::asio::awaitable<DrainResult> drain(std::chrono::milliseconds delay, std::chrono::milliseconds timeout);
  void stop();
  std::uint16_t port() const { return port_; }
  ServerCounters counters() const;

  // For sessions.
  boost::asio::io_context& context() { return context_; }
  const Router& router() const { return router_; }
  const ServerOptions& options() const { return options_; }
  const Cors& cors() const { return cors_; }
  std::string_view date() { return date_.text(std::chrono::system_clock::from_time_t(std::time(nullptr))); }
  bool draining() const { return state_.draining(); }
  // The port is closed: idle connections have a moment left.
  bool closing() const { return closing_; }
  std::atomic<std::int64_t>& connections() { return connections_; }
  std::atomic<std::int64_t>& all_connections() { return state_.connections_; }
  std::atomic<std::int64_t>& in_flight() { return in_flight_; }
  void count_request() { requests_.fetch_add(1, std::memory_order_relaxed); }
  void count_client_gone() { clients_gone_.add(); }
  RouteMetrics& unrouted() { return unrouted_; }
  // A handler has begun to run: those that still run after disconnect_watch have their clients watched from then on, so
  // that quick ones cost nothing.
  void expect_disconnects();
  void on_session_end();

 private:
  using Tcp = boost::asio::ip::tcp;

  static boost::asio::awaitable<void> accept_loop(std::shared_ptr<ServerCore> self);
  void admit_or_log(Tcp::socket socket);
  void admit(Tcp::socket socket);
  void refuse(Tcp::socket socket, std::string peer);
  boost::asio::awaitable<void> close_acceptor();
  boost::asio::awaitable<void> wait_for_sessions(std::chrono::milliseconds limit);
  std::int64_t abort_sessions();
  void watch_disconnects();

  boost::asio::io_context& context_;
  const Router& router_;
  ServerOptions options_;
  ServiceState& state_;
  Cors cors_;
  DateCache date_;
  Tcp::acceptor acceptor_;
  std::uint16_t port_;

  boost::intrusive::list<Session, boost::intrusive::constant_time_size<false>> sessions_;
  std::int64_t session_count_ = 0;
  boost::asio::steady_timer pause_;        // of the accept loop, after running out of descriptors
  boost::asio::steady_timer drain_timer_;  // of the drain; cancelled by whatever it waits for
  boost::asio::steady_timer disconnect_timer_;
  bool expects_disconnects_ = false;  // the timer runs
  bool accepting_ = false;
  bool accept_loop_runs_ = false;
  bool closing_ = false;
  bool stopped_ = false;
  std::int64_t lingering_refusals_ = 0;
  std::chrono::steady_clock::time_point last_refusal_line_{};

  std::atomic<std::int64_t> connections_{0};
  std::atomic<std::int64_t> in_flight_{0};
  std::atomic<std::uint64_t> accepted_{0};
  std::atomic<std::uint64_t> refused_{0};
  std::atomic<std::uint64_t> requests_{0};
  metrics::Counter clients_gone_;
  RouteMetrics unrouted_;
};

}  // namespace support::http

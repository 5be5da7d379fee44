#include "app/http/server_core.hpp"

#include <netinet/tcp.h>

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "app/config/logging.hpp"
#include "app/http/listener.hpp"
#include "app/http/request_id.hpp"

namespace support::http {

namespace asio = boost::asio;
using ErrorCode = boost::system::error_code;

namespace {

// Connections over the limit whose clients still get time to read the 503; those beyond are closed on the spot.
constexpr std::int64_t max_lingering_refusals = 64;
// For handshakes that had begun before the listener stopped to answer new ones.
constexpr std::chrono::milliseconds handshake_settle{50};
// For handlers to end after they were cancelled.
constexpr std::chrono::milliseconds abort_grace{2000};

using UserTimeout = asio::detail::socket_option::integer<IPPROTO_TCP, TCP_USER_TIMEOUT>;

bool is_exhaustion(const ErrorCode& ec) {
  using namespace boost::system;
  return ec == errc::too_many_files_open || ec == errc::too_many_files_open_in_system || ec == errc::no_buffer_space ||
         ec == errc::not_enough_memory;
}

Claim claim_of(const ServerOptions& options, const ServiceState& state) {
  const bool joins = state.port() != 0 && (options.port == 0 || options.port == state.port());
  return joins ? Claim::join : Claim::exclusive;
}

asio::ip::tcp::acceptor listen_for(asio::io_context& context, const ServerOptions& options, const ServiceState& state) {
  const Claim claim = claim_of(options, state);
  return listen_on(context, options.host, claim == Claim::join ? state.port() : options.port, claim);
}

// Lets a refused client read its answer before the socket goes, as Session::linger() does.
asio::awaitable<void> linger_refused(std::shared_ptr<asio::ip::tcp::socket> socket, std::chrono::milliseconds limit) {
  asio::steady_timer deadline(socket->get_executor(), limit);
  // Weak, because the handler may already be queued when the coroutine ends.
  deadline.async_wait([weak = std::weak_ptr(socket)](const ErrorCode& ec) {
    ErrorCode ignored;
    if (const auto alive = ec ? nullptr : weak.lock()) alive->close(ignored);
  });
  std::array<char, 1024> unread{};
  ErrorCode ec;
  while (!ec) co_await socket->async_read_some(asio::buffer(unread), asio::redirect_error(asio::use_awaitable, ec));
}

}  // namespace

ServerCore::ServerCore(asio::io_context& context, const Router& router, ServerOptions options, ServiceState& state)
    : context_(context),
      router_(router),
      options_(std::move(options)),
      state_(state),
      cors_(options_.cors_origins, options_.cors_max_age),
      acceptor_(listen_for(context, options_, state)),
      port_(acceptor_.local_endpoint().port()),
      pause_(context),
      drain_timer_(context),
      disconnect_timer_(context) {
  if (state_.port() == 0) state_.port_.store(port_, std::memory_order_release);
}

void ServerCore::start() {
  accepting_ = true;
  accept_loop_runs_ = true;
  auto self = shared_from_this();
  asio::co_spawn(context_, accept_loop(self), [self](const std::exception_ptr& failure) {
    self->accept_loop_runs_ = false;
    self->drain_timer_.cancel();
    try {
      if (failure) std::rethrow_exception(failure);
    } catch (const std::exception& error) {
      config::log_event(spdlog::level::critical, "http", "accepting connections failed", {{"error", error.what()}});
    }
  });
}

asio::awaitable<void> ServerCore::accept_loop(std::shared_ptr<ServerCore> self) {
  while (self->accepting_) {
    ErrorCode ec;
    Tcp::socket socket = co_await self->acceptor_.async_accept(asio::redirect_error(asio::use_awaitable, ec));
    if (!ec) {
      self->admit_or_log(std::move(socket));
    } else if (is_exhaustion(ec)) {
      config::log_event(spdlog::level::err, "http", "a connection can't be accepted; raise the limit of open files",
                        {{"error", ec.message()}, {"connections", self->state_.connections()}});
      self->pause_.expires_after(self->options_.accept_back_off);
      co_await self->pause_.async_wait(asio::redirect_error(asio::use_awaitable, ec));
    }
    // Anything else concerns the one connection (its client gave up), or is the acceptor's end.
  }
}

// One connection that can't be set up (no memory) must not end the accepting of all others.
void ServerCore::admit_or_log(Tcp::socket socket) {
  try {
    admit(std::move(socket));
  } catch (const std::exception& error) {
    config::log_event(spdlog::level::err, "http", "a connection can't be served", {{"error", error.what()}});
  }
}

void ServerCore::admit(Tcp::socket socket) {
  ErrorCode ec;
  const auto remote = socket.remote_endpoint(ec);
  if (ec) return;  // reset between the handshake and now
  accepted_.fetch_add(1, std::memory_order_relaxed);
  socket.non_blocking(true, ec);
  socket.set_option(Tcp::no_delay(true), ec);
  // The kernel gives up on a client that acknowledges nothing, also where no write of ours is pending.
  socket.set_option(UserTimeout(static_cast<int>(options_.write_timeout.count())), ec);
  if (state_.connections() >= options_.max_connections) return refuse(std::move(socket), to_text(remote));
  auto session = std::make_shared<Session>(shared_from_this(), std::move(socket), to_text(remote));
  sessions_.push_back(*session);
  ++session_count_;
  session->start();
}

void ServerCore::refuse(Tcp::socket socket, std::string peer) {
  const auto refused = refused_.fetch_add(1, std::memory_order_relaxed) + 1;
  const std::string request_id = new_request_id();
  Response response =
      unavailable("The service has as many connections as it can serve; try again.", std::chrono::seconds(1));
  render_problem(response, request_id);
  std::string text;
  write_head(response, {.request_id = request_id, .date = date(), .connection = ConnectionField::close}, text);
  text += response.body;
  ErrorCode ec;
  socket.write_some(asio::buffer(text), ec);
  socket.shutdown(Tcp::socket::shutdown_send, ec);

  // A flood of connections must not become a flood of lines.
  const auto now = std::chrono::steady_clock::now();
  if (now - last_refusal_line_ >= std::chrono::seconds(1)) {
    last_refusal_line_ = now;
    config::log_event(spdlog::level::warn, "http", "connection refused: too many connections",
                      {{"request_id", request_id},
                       {"status", 503},
                       {"peer", peer},
                       {"connections", state_.connections()},
                       {"refused", refused}});
  }
  if (lingering_refusals_ >= max_lingering_refusals) return;
  ++lingering_refusals_;
  asio::co_spawn(context_, linger_refused(std::make_shared<Tcp::socket>(std::move(socket)), options_.linger_timeout),
                 [self = shared_from_this()](const std::exception_ptr&) { --self->lingering_refusals_; });
}

void ServerCore::on_session_end() {
  --session_count_;
  if (session_count_ == 0 && closing_) drain_timer_.cancel();
}

asio::awaitable<DrainResult> ServerCore::drain(std::chrono::milliseconds delay, std::chrono::milliseconds timeout) {
  auto self = shared_from_this();  // the Server may go before the drain is over
  state_.start_draining();
  ErrorCode ignored;
  if (!stopped_) {
    drain_timer_.expires_after(delay);
    co_await drain_timer_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  }
  co_await close_acceptor();
  closing_ = true;
  DrainResult result;
  const std::int64_t at_close = session_count_;
  for (Session& session : sessions_) session.close_when_idle();
  if (!stopped_) co_await wait_for_sessions(timeout);
  result.cancelled = abort_sessions();
  result.finished = at_close - result.cancelled;
  co_await wait_for_sessions(abort_grace);
  co_return result;
}

asio::awaitable<void> ServerCore::close_acceptor() {
  ErrorCode ec;
  if (acceptor_.is_open() && !stopped_) {
    ignore_new_handshakes(acceptor_);
    drain_timer_.expires_after(handshake_settle);
    co_await drain_timer_.async_wait(asio::redirect_error(asio::use_awaitable, ec));
  }
  accepting_ = false;
  acceptor_.cancel(ec);
  pause_.cancel();
  while (accept_loop_runs_) {
    drain_timer_.expires_at(std::chrono::steady_clock::time_point::max());
    co_await drain_timer_.async_wait(asio::redirect_error(asio::use_awaitable, ec));
  }
  // Whoever is still in the queue has been told by the kernel that it is connected, and may have sent its request.
  while (acceptor_.is_open()) {
    Tcp::socket socket(context_);
    acceptor_.accept(socket, ec);
    if (!ec) {
      admit_or_log(std::move(socket));
    } else if (ec != boost::system::errc::connection_aborted && ec != boost::system::errc::interrupted) {
      acceptor_.close(ec);
    }
  }
}

// Returns when there is none left, when the time is over, or when stop() is called.
asio::awaitable<void> ServerCore::wait_for_sessions(std::chrono::milliseconds limit) {
  if (session_count_ == 0) co_return;
  ErrorCode ignored;
  drain_timer_.expires_after(limit);
  co_await drain_timer_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
}

std::int64_t ServerCore::abort_sessions() {
  std::vector<std::shared_ptr<Session>> left;  // aborting one may end it, and with it its place in the list
  for (Session& session : sessions_) left.push_back(session.shared_from_this());
  for (const auto& session : left) session->abort();
  return static_cast<std::int64_t>(left.size());
}

void ServerCore::expect_disconnects() {
  if (expects_disconnects_) return;
  expects_disconnects_ = true;
  disconnect_timer_.expires_after(options_.disconnect_watch);
  disconnect_timer_.async_wait([weak = weak_from_this()](const ErrorCode& ec) {
    const auto self = weak.lock();
    if (!ec && self) self->watch_disconnects();
  });
}

void ServerCore::watch_disconnects() {
  expects_disconnects_ = false;
  for (Session& session : sessions_) {
    if (session.watch_client() == Session::ClientWatch::too_early) expect_disconnects();
  }
}

void ServerCore::stop() {
  stopped_ = true;
  closing_ = true;
  accepting_ = false;
  ErrorCode ignored;
  acceptor_.close(ignored);
  pause_.cancel();
  drain_timer_.cancel();
  disconnect_timer_.cancel();
  abort_sessions();
}

ServerCounters ServerCore::counters() const {
  return {.connections = connections_.load(std::memory_order_relaxed),
          .requests_in_flight = in_flight_.load(std::memory_order_relaxed),
          .accepted = accepted_.load(std::memory_order_relaxed),
          .refused = refused_.load(std::memory_order_relaxed),
          .requests = requests_.load(std::memory_order_relaxed),
          .clients_gone = clients_gone_.value()};
}

}  // namespace support::http

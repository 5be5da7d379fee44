#include "app/http/session.hpp"

#include <utility>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include "app/config/logging.hpp"
#include "app/http/read_sizes.hpp"
#include "app/http/server_core.hpp"

namespace support::http {

namespace asio = boost::asio;
using ErrorCode = boost::system::error_code;

namespace {

// A client that pipelines without end must not keep the thread from the others.
constexpr std::uint64_t max_burst = 16;

}  // namespace

Session::Session(std::shared_ptr<ServerCore> core, asio::ip::tcp::socket socket, std::string peer)
    : core_(std::move(core)),
      own_count_(core_->connections()),
      shared_count_(core_->all_connections()),
      socket_(std::move(socket)),
      peer_(std::move(peer)),
      watchdog_(core_->context()),
      input_(core_->options().max_header_size + body_read_size + head_read_size) {}

Session::~Session() = default;

void Session::start() {
  auto self = shared_from_this();
  last_answer_ = Clock::now();
  asio::co_spawn(core_->context(), run(),
                 asio::bind_cancellation_slot(cancel_handler_.slot(), [self](const std::exception_ptr& failure) {
                   try {
                     if (failure) std::rethrow_exception(failure);
                   } catch (const std::exception& error) {
                     self->log_failure(error.what());
                   }
                   ErrorCode ignored;
                   self->socket_.close(ignored);
                   self->unlink();
                   self->core_->on_session_end();
                 }));
}

asio::awaitable<void> Session::run() {
  Step step = Step::next_request;
  while (step == Step::next_request) {
    if (input_.size() == 0) {
      ErrorCode ec;
      const std::size_t received =
          co_await socket_.async_read_some(prepare_to_idle(), asio::redirect_error(asio::use_awaitable, ec));
      if (!take_first_bytes(received)) co_return;
    } else if (++burst_ % max_burst == 0) {
      co_await asio::post(core_->context(), asio::use_awaitable);
      if (aborted_) co_return;
    }
    const GaugeGuard in_flight(core_->in_flight());
    step = begin_request();
    if (step == Step::read_head || step == Step::read_body) step = co_await receive_rest(step);
    if (step == Step::handle) {
      if (plan_.route->handler->is_plain()) {
        call_handler();
        step = Step::answer;
      } else {
        step = co_await run_handler();
      }
    }
    if (step != Step::answer) continue;
    bool sent = send_answer();
    if (sent && asio::buffer_size(unsent_) > 0) sent = co_await send_rest();
    step = end_answer(sent);
  }
  if (step == Step::linger) co_await linger();
}

// Where the first bytes of the next request go.
asio::mutable_buffer Session::prepare_to_idle() {
  if (input_.capacity() > head_read_size) input_.shrink_to_fit();
  const auto& options = core_->options();
  set_phase(Phase::idle, core_->closing() ? Clock::now() + options.drain_grace : last_answer_ + options.idle_timeout);
  return input_.prepare(head_read_size);
}

// False when the connection ends here: closed by the client, idle for too long, or the service is going away.
bool Session::take_first_bytes(std::size_t received) {
  if (aborted_) return false;
  // Bytes that arrived together with the deadline count.
  ErrorCode ec;
  if (received == 0 && expired_) received = socket_.read_some(input_.prepare(head_read_size), ec);
  input_.commit(received);
  return received > 0;
}

// Adds what the socket has, at most `size` bytes, to input_. The first try is synchronous: mostly the bytes are there.
asio::awaitable<ErrorCode> Session::receive(std::size_t size) {
  const auto space = input_.prepare(size);
  ErrorCode ec;
  std::size_t received = socket_.read_some(space, ec);
  if (ec == asio::error::would_block) {
    ec = {};
    received = co_await socket_.async_read_some(space, asio::redirect_error(asio::use_awaitable, ec));
  }
  input_.commit(received);
  co_return ec;
}

// Both in one system call. What the socket does not take stays in unsent_. False: the connection is broken.
bool Session::send_now(std::string_view head, std::string_view body) {
  unsent_ = {asio::buffer(head), asio::buffer(body)};
  ErrorCode ec;
  const std::size_t sent = socket_.write_some(unsent_, ec);
  if (ec && ec != asio::error::would_block) return false;
  unsent_[0] += sent;
  if (sent > head.size()) unsent_[1] += sent - head.size();
  return true;
}

asio::awaitable<bool> Session::send_rest() {
  set_phase(Phase::writing, Clock::now() + core_->options().write_timeout);
  ErrorCode ec;
  co_await asio::async_write(socket_, unsent_, asio::redirect_error(asio::use_awaitable, ec));
  co_return !ec;
}

// Closing a socket that has unread bytes resets the connection, and a reset takes the answer away from a client that
// has not read it yet. So: say that nothing more comes, then read until the client has closed too, or for
// linger_timeout.
asio::awaitable<void> Session::linger() {
  ErrorCode ec;
  socket_.shutdown(asio::ip::tcp::socket::shutdown_send, ec);
  set_phase(Phase::lingering, Clock::now() + core_->options().linger_timeout);
  input_.clear();
  while (!ec && !expired_) {
    ec = co_await receive(body_read_size);
    input_.clear();
  }
}

bool Session::more_bytes() {
  if (input_.size() > 0) return true;
  ErrorCode ec;
  return socket_.available(ec) > 0 && !ec;
}

void Session::set_phase(Phase phase, Clock::time_point deadline) {
  phase_ = phase;
  expired_ = false;
  watchdog_.set(weak_from_this(), deadline);
}

void Session::on_deadline() {
  expired_ = true;
  ErrorCode ignored;
  if (phase_ == Phase::handling) {
    answer_early({.status = Status::gateway_timeout,
                  .detail = "The request took longer than the service allows; try again or ask for less."});
  } else if (phase_ == Phase::writing) {
    socket_.close(ignored);
  } else {
    socket_.cancel(ignored);
  }
}

void Session::close_when_idle() {
  if (phase_ == Phase::idle) set_phase(Phase::idle, Clock::now() + core_->options().drain_grace);
}

void Session::abort() {
  aborted_ = true;
  if (phase_ == Phase::handling) {
    answer_early(unavailable("The service is shutting down; try again.", std::chrono::seconds(1)));
    return;
  }
  ErrorCode ignored;
  socket_.close(ignored);
}

void Session::log_failure(const char* what) const {
  config::log_event(spdlog::level::err, "http", "request failed",
                    {{"request_id", request_.request_id}, {"route", request_.route}, {"peer", peer_}, {"error", what}});
}

}  // namespace support::http

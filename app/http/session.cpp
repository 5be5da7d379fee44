#include "app/http/session.hpp"

#include <poll.h>

#include <algorithm>
#include <array>
#include <utility>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include "app/config/logging.hpp"
#include "app/http/request_id.hpp"
#include "app/http/server_core.hpp"

namespace support::http {

namespace asio = boost::asio;
using ErrorCode = boost::system::error_code;

namespace {

constexpr std::size_t head_read_size = 2 * 1024;
constexpr std::size_t body_read_size = 16 * 1024;
constexpr std::uint64_t max_burst = 16;
constexpr std::string_view continue_response = "HTTP/1.1 100 Continue\r\n\r\n";

std::string_view view(const boost::beast::flat_buffer& buffer) {
  const auto data = buffer.data();
  return {static_cast<const char*>(data.data()), data.size()};
}

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
  After after = After::keep_open;
  while (after == After::keep_open) {
    const bool ready = co_await wait_for_request();
    if (!ready) co_return;
    after = co_await serve_request();
  }
  if (after == After::linger) co_await linger();
}

// False when the connection ends here: closed by the client, idle for too long, or the service is going away.
asio::awaitable<bool> Session::wait_for_request() {
  if (input_.size() > 0) {
    // A client that pipelines without end must not keep the thread from the others.
    if (++burst_ % max_burst == 0) co_await asio::post(core_->context(), asio::use_awaitable);
    co_return !aborted_;
  }
  if (input_.capacity() > head_read_size) input_.shrink_to_fit();
  request_.clear();
  reader_.reset();
  const auto& options = core_->options();
  set_phase(Phase::idle, Clock::now() + (core_->closing() ? options.drain_grace : options.idle_timeout));
  const auto space = input_.prepare(head_read_size);
  ErrorCode ec;
  std::size_t received = co_await socket_.async_read_some(space, asio::redirect_error(asio::use_awaitable, ec));
  if (aborted_) co_return false;
  // Bytes that arrived together with the deadline count.
  if (received == 0 && expired_) received = socket_.read_some(space, ec);
  input_.commit(received);
  co_return received > 0;
}

asio::awaitable<Session::After> Session::serve_request() {
  const GaugeGuard in_flight(core_->in_flight());
  const auto& options = core_->options();
  started_ = Clock::now();
  answered_early_ = false;
  route_ = nullptr;
  request_.clear();
  request_.peer = peer_;
  const HeadLimits limits = {
      .request_line = options.max_request_line, .size = options.max_header_size, .fields = options.max_header_count};
  reader_.emplace(request_, limits, options.max_chunk_extensions);

  Received received = co_await read_head();
  if (received == Received::gone) co_return After::close;
  take_request_id(request_.headers, request_.request_id);
  if (received == Received::refused) {
    const MethodSet nothing_known;
    Response refusal = std::move(*refusal_);
    co_return co_await answer(std::move(refusal), nothing_known, true);
  }

  RequestPlan plan = plan_request(core_->router(), *reader_, options.max_body_size, request_);
  route_ = plan.route;
  if (!plan.route) {
    // The body was not read, so nobody knows where the next request would begin.
    const bool must_close = reader_->has_body();
    co_return co_await answer(std::move(plan.answer), plan.allowed, must_close);
  }
  if (reader_->has_body()) {
    if (plan.send_continue && input_.size() == 0) {
      const bool sent = co_await send_continue();
      if (!sent) co_return After::close;
    }
    reader_->limit_body(plan.body_limit);
    received = co_await read_body();
    if (received == Received::gone) co_return After::close;
    if (received == Received::refused) {
      Response refusal = std::move(*refusal_);
      co_return co_await answer(std::move(refusal), plan.allowed, true);
    }
  }
  Response response;
  co_await handle(*plan.route, response);
  if (answered_early_) co_return aborted_ ? After::close : After::linger;
  co_return co_await answer(std::move(response), plan.allowed, false);
}

asio::awaitable<Session::Received> Session::read_head() {
  const auto deadline = started_ + core_->options().header_timeout;
  while (true) {
    if (input_.size() > 0) {
      const auto progress = reader_->read_head(view(input_));
      if (progress == RequestReader::Progress::refused) co_return refused(reader_->problem());
      if (progress == RequestReader::Progress::done) {
        input_.consume(reader_->head_size());
        co_return Received::complete;
      }
    }
    set_phase(Phase::reading, deadline);
    const ErrorCode ec = co_await receive(head_read_size);
    if (ec) co_return reading_failed(ec, "the head");
  }
}

asio::awaitable<Session::Received> Session::read_body() {
  const auto& options = core_->options();
  const auto start = Clock::now();
  std::uint64_t total = input_.size();
  while (true) {
    std::size_t consumed = 0;
    const auto progress = reader_->read_body(view(input_), consumed);
    input_.consume(consumed);
    if (progress == RequestReader::Progress::refused) co_return refused(reader_->problem());
    if (progress == RequestReader::Progress::done) co_return Received::complete;

    auto deadline = start + options.body_timeout;
    if (options.min_body_rate > 0) {
      // Each byte buys its time at the minimum rate, so a slow sender runs out of it without anybody measuring.
      const std::chrono::milliseconds bought(total * 1000 / options.min_body_rate);
      deadline = std::min<Clock::time_point>(deadline, start + options.body_rate_grace + bought);
    }
    set_phase(Phase::reading, deadline);
    const std::size_t before = input_.size();
    const ErrorCode ec = co_await receive(body_read_size);
    if (ec) co_return reading_failed(ec, "the body");
    total += input_.size() - before;
  }
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

Session::Received Session::refused(Problem problem) {
  refusal_ = std::move(problem);
  return Received::refused;
}

Session::Received Session::reading_failed(const ErrorCode& ec, const char* what) {
  if (aborted_) return Received::gone;
  if (expired_) {
    return refused({.status = Status::request_timeout,
                    .detail = std::string("The client took too long to send ") + what + " of the request."});
  }
  // The client may have closed its sending side only, and deserves to hear why there is no result.
  if (ec == asio::error::eof) {
    return refused(bad_request(std::string("The connection ended in the middle of ") + what + " of the request."));
  }
  return Received::gone;
}

asio::awaitable<bool> Session::send_continue() {
  co_return co_await write(continue_response, {});
}

asio::awaitable<void> Session::handle(const Route& route, Response& response) {
  request_.deadline = Clock::now() + core_->options().request_timeout;
  try {
    if (route.handler->is_plain()) {
      response = route.handler->call(request_);
    } else {
      set_phase(Phase::handling, request_.deadline);
      handler_started_ = Clock::now();
      core_->expect_disconnects();
      response = co_await route.handler->start(request_);
    }
  } catch (const ProblemError& error) {
    response = Response(error.problem());
  } catch (const std::exception& error) {
    if (!answered_early_) log_failure(error.what());
    response =
        http::problem(Status::internal_server_error, "The service failed; the request id tells the operator where.");
  } catch (...) {
    log_failure("an exception of unknown type");
    response =
        http::problem(Status::internal_server_error, "The service failed; the request id tells the operator where.");
  }
  // From here to the next wait nothing has a deadline, the handler's least of all.
  phase_ = Phase::reading;
  watchdog_.clear();
  stop_watching();
  // The cancellation was the handler's; what follows (lingering) is not to be cancelled by it.
  if (answered_early_) co_await asio::this_coro::reset_cancellation_state(asio::enable_terminal_cancellation());
}

asio::awaitable<Session::After> Session::answer(Response response, MethodSet allowed, bool must_close) {
  render_problem(response, request_.request_id);
  add_cors(allowed, response);
  const bool open = keep_open(must_close);
  ResponseContext context = {
      .request_id = request_.request_id, .date = core_->date(), .head_request = reader_->method() == Method::head};
  if (!open) {
    context.connection = ConnectionField::close;
  } else if (reader_->version() < 11) {
    context.connection = ConnectionField::keep_alive;
  }
  output_.clear();
  write_head(response, context, output_);
  const std::string_view body = body_follows(response, context) ? std::string_view(response.body) : std::string_view();
  const bool written = co_await write(output_, body);
  log_request(response, written ? body.size() : 0);
  if (!written) co_return After::close;
  co_return open ? After::keep_open : After::linger;
}

bool Session::keep_open(bool must_close) {
  ++served_;
  if (must_close || !reader_->keep_alive() || served_ >= core_->options().max_requests_per_connection) return false;
  // While draining, every answer is the connection's last, unless the client has already sent the next request.
  return !core_->draining() || more_bytes();
}

bool Session::more_bytes() {
  if (input_.size() > 0) return true;
  ErrorCode ec;
  return socket_.available(ec) > 0 && !ec;
}

void Session::add_cors(MethodSet allowed, Response& response) const {
  if (Cors::is_preflight(request_) && response.status == Status::no_content) {
    core_->cors().add_preflight(request_, allowed, response);
  } else {
    core_->cors().add(request_.headers, response);
  }
}

// Head and body in one system call, mostly without suspending; what the socket does not take has until the deadline.
asio::awaitable<bool> Session::write(std::string_view head, std::string_view body) {
  std::array<asio::const_buffer, 2> buffers = {asio::buffer(head), asio::buffer(body)};
  ErrorCode ec;
  const std::size_t sent = socket_.write_some(buffers, ec);
  if (ec && ec != asio::error::would_block) co_return false;
  if (sent == head.size() + body.size()) co_return true;
  buffers[0] += sent;
  if (sent > head.size()) buffers[1] += sent - head.size();
  set_phase(Phase::writing, Clock::now() + core_->options().write_timeout);
  ec = {};
  co_await asio::async_write(socket_, buffers, asio::redirect_error(asio::use_awaitable, ec));
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

Session::ClientWatch Session::watch_client() {
  if (phase_ != Phase::handling || answered_early_) return ClientWatch::no_handler;
  if (watching_client_) return ClientWatch::on;
  if (Clock::now() - handler_started_ < core_->options().disconnect_watch) return ClientWatch::too_early;
  watching_client_ = true;
  client_probed_ = false;
  wait_for_client_to_go();
  return ClientWatch::on;
}

void Session::wait_for_client_to_go() {
  // Once bytes or an end can be read, reading tells nothing new; a reset always does.
  const bool wants_reset = client_probed_ || more_bytes();
  const auto event = wants_reset ? asio::ip::tcp::socket::wait_error : asio::ip::tcp::socket::wait_read;
  socket_.async_wait(event, [weak = weak_from_this()](const ErrorCode& ec) {
    const auto self = weak.lock();
    if (!ec && self && self->watching_client_) self->on_client_event();
  });
}

// The client has sent the next request, its end, or a reset. A client that closes and one that only stops to send look
// the same, and the latter is to have its answer. So it is sent the smallest thing there is: the kernel of a client
// that is gone answers that with a reset.
void Session::on_client_event() {
  pollfd state{.fd = socket_.native_handle(), .events = POLLIN | POLLRDHUP, .revents = 0};
  if (::poll(&state, 1, 0) < 0) return;
  const bool is_reset = (state.revents & (POLLERR | POLLHUP)) != 0;
  if (!is_reset) {
    if ((state.revents & POLLRDHUP) != 0) probe_client();
    return wait_for_client_to_go();
  }
  core_->count_client_gone();
  // The status that nginx logs for it; nobody is left to read it.
  answer_early({.status = static_cast<Status>(499), .detail = "The client closed the connection before its answer."});
}

void Session::probe_client() {
  client_probed_ = true;
  if (reader_->version() < 11) return;  // knows no interim responses
  ErrorCode ec;
  const auto sent = socket_.write_some(asio::buffer(continue_response), ec);
  // Half of it would spoil the answer behind it; a client that takes no 25 bytes more does not read.
  if (sent > 0 && sent < continue_response.size()) socket_.shutdown(asio::ip::tcp::socket::shutdown_both, ec);
}

void Session::stop_watching() {
  if (!std::exchange(watching_client_, false)) return;
  ErrorCode ignored;
  socket_.cancel(ignored);
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

// Answers in the place of a handler that is still running, then cancels it. One attempt to write: an answer this small
// fits into the socket's buffer unless the client has stopped reading.
void Session::answer_early(Problem reason) {
  if (answered_early_) return;
  answered_early_ = true;
  Response response = std::move(reason);
  render_problem(response, request_.request_id);
  core_->cors().add(request_.headers, response);
  const ResponseContext context = {.request_id = request_.request_id,
                                   .date = core_->date(),
                                   .connection = ConnectionField::close,
                                   .head_request = request_.method == Method::head};
  std::string text;
  write_head(response, context, text);
  if (body_follows(response, context)) text += response.body;
  ErrorCode ignored;
  socket_.write_some(asio::buffer(text), ignored);
  socket_.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
  log_request(response, response.body.size());
  cancel_handler_.emit(asio::cancellation_type::terminal);
}

void Session::log_failure(const char* what) const {
  config::log_event(spdlog::level::err, "http", "request failed",
                    {{"request_id", request_.request_id}, {"route", request_.route}, {"peer", peer_}, {"error", what}});
}

void Session::log_request(const Response& response, std::size_t bytes) {
  core_->count_request();
  const auto method = reader_->method();
  const auto took = Clock::now() - started_;
  const std::chrono::duration<double, std::milli> duration = took;
  const auto status = static_cast<unsigned>(response.status);
  (route_ ? route_->metrics : core_->unrouted()).count(status, took);
  config::log_event(status >= 500 ? spdlog::level::warn : spdlog::level::info, "http", "request",
                    {{"request_id", request_.request_id},
                     {"method", method ? to_string(*method) : std::string_view("-")},
                     {"route", request_.route.empty() ? std::string_view("-") : request_.route},
                     {"status", status},
                     {"bytes", bytes},
                     {"duration_ms", duration.count()},
                     {"peer", peer_}});
}

}  // namespace support::http

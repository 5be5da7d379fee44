// A client that goes while its request is being handled, and answers in a handler's place.
#include <poll.h>

#include <string>
#include <utility>

#include "app/http/interim_response.hpp"
#include "app/http/server_core.hpp"
#include "app/http/session.hpp"

namespace support::http {

namespace asio = boost::asio;
using ErrorCode = boost::system::error_code;

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

}  // namespace support::http

// One request of a connection, from its first bytes to the log line behind its answer.
#include <algorithm>
#include <utility>

#include <boost/asio/this_coro.hpp>

#include "app/config/logging.hpp"
#include "app/http/interim_response.hpp"
#include "app/http/read_sizes.hpp"
#include "app/http/request_id.hpp"
#include "app/http/server_core.hpp"
#include "app/http/session.hpp"

namespace support::http {

namespace asio = boost::asio;
using ErrorCode = boost::system::error_code;

namespace {

std::string_view view(const boost::beast::flat_buffer& buffer) {
  const auto data = buffer.data();
  return {static_cast<const char*>(data.data()), data.size()};
}

}  // namespace

Session::Step Session::begin_request() {
  const auto& options = core_->options();
  started_ = Clock::now();
  answered_early_ = false;
  must_close_ = false;
  plan_.route = nullptr;
  plan_.allowed = {};
  request_.peer = peer_;
  const HeadLimits limits = {
      .request_line = options.max_request_line, .size = options.max_header_size, .fields = options.max_header_count};
  reader_.emplace(request_, limits, options.max_chunk_extensions);
  return advance_head();
}

Session::Step Session::advance_head() {
  const auto progress = reader_->read_head(view(input_));
  if (progress == RequestReader::Progress::need_more) return Step::read_head;
  if (progress == RequestReader::Progress::refused) return refused(reader_->problem());
  input_.consume(reader_->head_size());
  return plan();
}

Session::Step Session::plan() {
  take_request_id(request_.headers, request_.request_id);
  plan_ = plan_request(core_->router(), *reader_, core_->options().max_body_size, request_);
  if (!plan_.route) {
    // The body is not read, so nobody knows where the next request begins.
    must_close_ = reader_->has_body();
    return Step::answer;
  }
  if (!reader_->has_body()) return Step::handle;
  reader_->limit_body(plan_.body_limit);
  body_received_ = input_.size();
  return advance_body();
}

Session::Step Session::advance_body() {
  std::size_t consumed = 0;
  const auto progress = reader_->read_body(view(input_), consumed);
  input_.consume(consumed);
  if (progress == RequestReader::Progress::need_more) return Step::read_body;
  if (progress == RequestReader::Progress::refused) return refused(reader_->problem());
  return Step::handle;
}

// Step::read_head or Step::read_body, until something else comes next.
asio::awaitable<Session::Step> Session::receive_rest(Step step) {
  while (step == Step::read_head) {
    set_phase(Phase::reading, started_ + core_->options().header_timeout);
    const ErrorCode ec = co_await receive(head_read_size);
    step = ec ? reading_failed(ec, "the head") : advance_head();
  }
  if (step == Step::read_body && plan_.send_continue && body_received_ == 0) {
    bool sent = send_now(continue_response, {});
    if (sent && asio::buffer_size(unsent_) > 0) sent = co_await send_rest();
    if (!sent) co_return Step::close;
  }
  const auto start = Clock::now();
  while (step == Step::read_body) {
    set_phase(Phase::reading, body_deadline(start));
    const std::size_t before = input_.size();
    const ErrorCode ec = co_await receive(body_read_size);
    body_received_ += input_.size() - before;
    step = ec ? reading_failed(ec, "the body") : advance_body();
  }
  co_return step;
}

Session::Clock::time_point Session::body_deadline(Clock::time_point start) const {
  const auto& options = core_->options();
  const auto latest = start + options.body_timeout;
  if (options.min_body_rate == 0) return latest;
  // Each byte buys its time at the minimum rate, so a slow sender runs out of it without anybody measuring.
  const std::chrono::milliseconds bought(body_received_ * 1000 / options.min_body_rate);
  return std::min<Clock::time_point>(latest, start + options.body_rate_grace + bought);
}

Session::Step Session::refused(Problem problem) {
  if (request_.request_id.empty()) take_request_id(request_.headers, request_.request_id);
  plan_.answer = std::move(problem);
  must_close_ = true;
  return Step::answer;
}

Session::Step Session::reading_failed(const ErrorCode& ec, const char* what) {
  if (aborted_) return Step::close;
  if (expired_) {
    return refused({.status = Status::request_timeout,
                    .detail = std::string("The client took too long to send ") + what + " of the request."});
  }
  // The client may have closed its sending side only, and deserves to hear why there is no result.
  if (ec == asio::error::eof) {
    return refused(bad_request(std::string("The connection ended in the middle of ") + what + " of the request."));
  }
  return Step::close;
}

void Session::call_handler() {
  request_.deadline = started_ + core_->options().request_timeout;
  try {
    plan_.answer = plan_.route->handler->call(request_);
  } catch (...) {
    handler_failed();
  }
}

asio::awaitable<Session::Step> Session::run_handler() {
  handler_started_ = Clock::now();
  request_.deadline = handler_started_ + core_->options().request_timeout;
  set_phase(Phase::handling, request_.deadline);
  core_->expect_disconnects();
  try {
    plan_.answer = co_await plan_.route->handler->start(request_);
  } catch (...) {
    handler_failed();
  }
  // From here to the next wait nothing has a deadline, the handler's least of all.
  phase_ = Phase::reading;
  watchdog_.clear();
  stop_watching();
  if (!answered_early_) co_return Step::answer;
  // The cancellation was the handler's; what follows (lingering) is not to be cancelled by it.
  co_await asio::this_coro::reset_cancellation_state(asio::enable_terminal_cancellation());
  co_return aborted_ ? Step::close : Step::linger;
}

// Called while the handler's exception is being caught.
void Session::handler_failed() {
  constexpr auto sentence = "The service failed; the request id tells the operator where.";
  try {
    throw;
  } catch (const ProblemError& error) {
    plan_.answer = error.problem();
  } catch (const std::exception& error) {
    if (!answered_early_) log_failure(error.what());
    plan_.answer = http::problem(Status::internal_server_error, sentence);
  } catch (...) {
    log_failure("an exception of unknown type");
    plan_.answer = http::problem(Status::internal_server_error, sentence);
  }
}

bool Session::send_answer() {
  Response& response = plan_.answer;
  render_problem(response, request_.request_id);
  add_cors(response);
  open_ = keep_open();
  ResponseContext context = {
      .request_id = request_.request_id, .date = core_->date(), .head_request = reader_->method() == Method::head};
  if (!open_) {
    context.connection = ConnectionField::close;
  } else if (reader_->version() < 11) {
    context.connection = ConnectionField::keep_alive;
  }
  output_.clear();
  write_head(response, context, output_);
  const std::string_view body = body_follows(response, context) ? std::string_view(response.body) : std::string_view();
  body_sent_ = body.size();
  return send_now(output_, body);
}

Session::Step Session::end_answer(bool sent) {
  log_request(plan_.answer, sent ? body_sent_ : 0);
  // An idle connection keeps small buffers only.
  plan_.answer = {};
  request_.clear();
  reader_.reset();
  if (!sent) return Step::close;
  return open_ ? Step::next_request : Step::linger;
}

bool Session::keep_open() {
  ++served_;
  if (must_close_ || !reader_->keep_alive() || served_ >= core_->options().max_requests_per_connection) return false;
  // While draining, every answer is the connection's last, unless the client has already sent the next request.
  return !core_->draining() || more_bytes();
}

void Session::add_cors(Response& response) const {
  if (Cors::is_preflight(request_) && response.status == Status::no_content) {
    core_->cors().add_preflight(request_, plan_.allowed, response);
  } else {
    core_->cors().add(request_.headers, response);
  }
}

void Session::log_request(const Response& response, std::size_t bytes) {
  core_->count_request();
  const auto method = reader_->method();
  last_answer_ = Clock::now();
  const auto took = last_answer_ - started_;
  const std::chrono::duration<double, std::milli> duration = took;
  const auto status = static_cast<unsigned>(response.status);
  (plan_.route ? plan_.route->metrics : core_->unrouted()).count(status, took);
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

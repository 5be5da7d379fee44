#include "app/database/wire.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <optional>
#include <utility>

#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>
#include <openssl/ssl.h>

#include "app/config/logging.hpp"

namespace support::database {
namespace {

using Descriptor = asio::posix::stream_descriptor;

void log_notice(const PGresult& notice) {
  const char* severity = PQresultErrorField(&notice, PG_DIAG_SEVERITY_NONLOCALIZED);
  const char* message = PQresultErrorField(&notice, PG_DIAG_MESSAGE_PRIMARY);
  const bool is_warning = severity && std::string_view(severity) == "WARNING";
  config::log_event(is_warning ? spdlog::level::warn : spdlog::level::debug, "database", "The server says something.",
                    {{"severity", severity ? severity : ""}, {"notice", message ? message : ""}});
}

bool is_copy(ExecStatusType status) {
  return status == PGRES_COPY_IN || status == PGRES_COPY_OUT || status == PGRES_COPY_BOTH;
}

}  // namespace

Wire::Wire(asio::io_context& context, ConnectionHandle connection)
    : context_(context), connection_(std::move(connection)), socket_(context), watchdog_(context, socket_) {
  PQsetNoticeReceiver(connection_.get(), receive_notice, this);
}

Wire::~Wire() {
  let_go_of_socket();
  // PQfinish says goodbye to the server. On a socket in the middle of something nobody may be listening: shut down
  // first, it fails at once instead of trying.
  const int fd = PQsocket(connection_.get());
  if (fd >= 0 && (broken_ || interrupted_)) ::shutdown(fd, SHUT_RDWR);
}

// Runs inside libpq's calls: may neither throw nor call back into libpq with this connection.
void Wire::receive_notice(void* wire, const PGresult* notice) {
  try {
    const auto& handler = static_cast<Wire*>(wire)->on_notice_;
    if (handler) return handler(PQresultErrorMessage(notice));
    log_notice(*notice);
  } catch (const std::exception&) {
    // A notice that can't be logged is lost; the statement goes on.
  }
}

bool Wire::adopt_socket() {
  const int fd = PQsocket(connection_.get());
  if (fd < 0) return false;
  error_code ec;
  socket_.assign(fd, ec);
  return !ec;
}

void Wire::let_go_of_socket() {
  if (socket_.is_open()) socket_.release();
}

Error Wire::given_up(const error_code& ec) {
  if (ec == Condition::deadline_exceeded) {
    return {Condition::deadline_exceeded, "The database did not answer before the statement's deadline."};
  }
  return {ec, Diagnostics{.message = fmt::format("Waiting for the database ended early: {}.", ec.message())}};
}

asio::awaitable<error_code> Wire::wait(Readiness readiness, TimePoint deadline) {
  error_code ec;
  watchdog_.watch(deadline);
  if (readiness == Readiness::either) {
    auto both = asio::experimental::make_parallel_group(socket_.async_wait(Descriptor::wait_read, asio::deferred),
                                                        socket_.async_wait(Descriptor::wait_write, asio::deferred));
    const auto [order, on_read, on_write] =
        co_await both.async_wait(asio::experimental::wait_for_one(), asio::use_awaitable);
    ec = order[0] == 0 ? on_read : on_write;
  } else {
    const auto direction = readiness == Readiness::read ? Descriptor::wait_read : Descriptor::wait_write;
    co_await socket_.async_wait(direction, asio::redirect_error(asio::use_awaitable, ec));
  }
  if (watchdog_.rest() && ec) ec = make_error_code(Condition::deadline_exceeded);
  co_return ec;
}

asio::awaitable<Result<bool>> Wire::connect_step(TimePoint deadline) {
  if (!adopt_socket()) co_return Error(Condition::connect_failed, connect_failure(*handle()));
  const auto readiness = wanted_ == PGRES_POLLING_READING ? Readiness::read : Readiness::write;
  const error_code ec = co_await wait(readiness, deadline);
  let_go_of_socket();
  if (ec) co_return given_up(ec);
  wanted_ = PQconnectPoll(handle());
  if (wanted_ == PGRES_POLLING_FAILED) co_return Error(Condition::connect_failed, connect_failure(*handle()));
  co_return wanted_ == PGRES_POLLING_OK;
}

Result<void> Wire::finish_connecting() {
  if (!adopt_socket() || PQsetnonblocking(handle(), 1) != 0) return lost();
  return {};
}

bool Wire::has_decrypted_bytes() const {
  // One PQconsumeInput reads one chunk of a TLS record; the rest waits inside OpenSSL, where no poll sees it.
  if (!PQsslInUse(handle())) return false;
  auto* ssl = static_cast<SSL*>(PQsslStruct(handle(), "OpenSSL"));
  return ssl && SSL_pending(ssl) > 0;
}

asio::awaitable<std::optional<Error>> Wire::flush(TimePoint deadline) {
  for (int left = 1; left != 0; left = PQflush(handle())) {
    if (left < 0) co_return lost();
    // While we wait only to write, the server may wait for us to read: both at once, or neither moves.
    const error_code ec = co_await wait(Readiness::either, deadline);
    if (ec) co_return given_up(ec);
    if (PQconsumeInput(handle()) == 0) co_return lost();
  }
  co_return std::nullopt;
}

asio::awaitable<Wire::Answer> Wire::answer(TimePoint deadline) {
  Answer answer;
  interrupted_ = true;
  const int left = PQflush(handle());
  if (left < 0) answer.error = lost();
  if (left > 0) answer.error = co_await flush(deadline);
  if (answer.error) co_return answer;
  for (;;) {
    // Behind one read of a long answer the next is often there already.
    for (bool waited = false; PQisBusy(handle()); waited = !waited) {
      if (!waited && !has_decrypted_bytes()) {
        error_code ec;
        watchdog_.watch(deadline);
        // Every statement passes here: deferred, because use_awaitable would take a coroutine frame for each wait.
        auto initiate = [&](auto handler) {
          socket_.async_wait(Descriptor::wait_read, asio::redirect_error(std::move(handler), ec));
        };
        auto readable = asio::async_initiate<const asio::deferred_t, void()>(initiate, asio::deferred);
        co_await std::move(readable);
        const bool by_deadline = watchdog_.rest();
        if (ec) {
          answer.error = given_up(by_deadline ? make_error_code(Condition::deadline_exceeded) : ec);
          co_return answer;
        }
      }
      if (PQconsumeInput(handle()) == 0) {
        const Error silence = lost();
        // The server's last words, when it spoke before it left, say more than the silence after them.
        if (!answer.error) answer.error = silence;
        co_return answer;
      }
    }
    ResultHandle result(PQgetResult(handle()));
    if (!result) break;
    if (is_copy(PQresultStatus(result.get()))) {
      broken_ = true;
      answer.error = Error(Condition::connection_unusable,
                           "COPY to or from the client is not a query; the connection it was sent on is closed.");
      co_return answer;
    }
    if (is_error(*result) && !answer.error) {
      answer.error = error_of(*result);
      note_error(*answer.error);
      answer.stale_statement = is_stale_statement(*result);
    }
    if (!answer.error) ++answer.completed;
    answer.result = std::move(result);
  }
  interrupted_ = false;
  if (PQsocket(handle()) < 0) let_go_of_socket();
  co_return answer;
}

void Wire::note_error(const Error& error) {
  if (!error.is(sqlstates::read_only_sql_transaction)) return;
  // A transaction that was begun READ ONLY gets the same error from a primary: the server's own state tells.
  for (const char* setting : {"in_hot_standby", "default_transaction_read_only"}) {
    const char* value = PQparameterStatus(handle(), setting);
    refused_write_ = refused_write_ || (value && std::string_view(value) == "on");
  }
}

asio::awaitable<Result<ResultHandle>> Wire::exchange(TimePoint deadline) {
  Answer got = co_await answer(deadline);
  if (got.error) co_return std::move(*got.error);
  if (!got.result) co_return lost();
  co_return std::move(got.result);
}

bool Wire::is_alive() {
  pollfd socket{.fd = PQsocket(handle()), .events = POLLIN | POLLRDHUP, .revents = 0};
  if (is_broken() || socket.fd < 0 || ::poll(&socket, 1, 0) < 0) return false;
  if ((socket.revents & ~POLLIN) == 0 && (socket.revents == 0 || PQconsumeInput(handle()) == 1)) {
    (void)PQisBusy(handle());  // parses what came: a parameter's change, a notice
    return !is_broken();
  }
  (void)lost();
  return false;
}

Error Wire::lost() {
  broken_ = true;
  interrupted_ = false;
  std::optional<Error> last_words;
  // libpq has given up, so none of these can block; what the server said before it left may still be in the buffer.
  for (int i = 0; i < 8 && !PQisBusy(handle()); ++i) {
    const ResultHandle result(PQgetResult(handle()));
    if (!result) break;
    if (is_error(*result) && !last_words) last_words = error_of(*result);
  }
  if (PQsocket(handle()) < 0) let_go_of_socket();
  if (last_words) return *last_words;
  const std::string message = error_message(*handle());
  return {Condition::connection_lost,
          fmt::format("The database connection broke{}{}.", message.empty() ? "" : ": ", message)};
}

}  // namespace support::database

#include "app/api/database_problem.hpp"

#include "app/config/logging.hpp"

namespace support::api {
namespace {

constexpr std::chrono::seconds retry_after{1};

void log_error(const database::Error& error, const http::Request& request) {
  config::log_event(
      spdlog::level::err, "api", error.text(),
      {{"request_id", request.request_id}, {"route", request.route}, {"sqlstate", error.diagnostics().sqlstate}});
}

}  // namespace

http::Problem to_problem(const database::Error& error, const http::Request& request) {
  log_error(error, request);
  if (error.is_in_doubt() || error.is_connection_lost()) {
    return http::unavailable(
        "The connection to the database broke. A change may or may not have been made; read before you repeat it.",
        retry_after);
  }
  if (error.is_unavailable() || error.is_retryable()) {
    return http::unavailable("The database can't answer at the moment. Try again shortly.", retry_after);
  }
  // A standby before it is promoted, or a primary that is fenced; the pool looks for another server.
  if (error.is(database::sqlstates::read_only_sql_transaction)) {
    return http::unavailable("The database takes no changes at the moment. Try again shortly.", retry_after);
  }
  if (error.is_canceled()) {
    return {.status = http::Status::gateway_timeout,
            .detail = "The database was told to end the statement, so nothing was changed. Try again or ask for less."};
  }
  if (error.is_deadline_exceeded()) {
    return {.status = http::Status::gateway_timeout,
            .detail =
                "The database did not answer in time. A change may or may not have been made; read before you "
                "repeat it."};
  }
  return {.status = http::Status::internal_server_error,
          .detail = "The request could not be carried out because of a fault in the service. It has been logged."};
}

}  // namespace support::api

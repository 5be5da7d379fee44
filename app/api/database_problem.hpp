#pragma once

#include <utility>

#include "app/database/deadline.hpp"
#include "app/database/error.hpp"
#include "app/http/problem.hpp"
#include "app/http/request.hpp"

namespace support::api {

// What the client is told about a database error: 503 with Retry-After when the database is away or busy, 504 when time
// ran out, 500 otherwise. The error itself goes to the log, with the request's id; none of it goes to the client.
http::Problem to_problem(const database::Error& error, const http::Request& request);

// The value, or the problem on its way to the client.
template <class T>
T value_or_problem(database::Result<T>&& result, const http::Request& request) {
  if (!result) throw http::ProblemError(to_problem(result.error(), request));
  return std::move(*result);
}

// The request's own deadline, and its name, for everything it asks of the database.
inline database::Deadline deadline_of(const http::Request& request) {
  return database::Deadline::at(request.deadline)
      .on_behalf_of({.request_id = request.request_id, .route = request.route});
}

}  // namespace support::api

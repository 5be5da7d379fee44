#include "app/http/problem.hpp"

#include <algorithm>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/throw_exception.hpp>

namespace support::http {

namespace {

std::string_view text(const std::string& value) {
  return value;
}

boost::json::value to_json(const FieldError& error) {
  boost::json::object object;
  if (error.place == FieldError::Place::body) {
    object["pointer"] = text(error.pointer);
  } else {
    object["parameter"] = text(error.pointer);
    object["in"] = error.place == FieldError::Place::query ? "query" : "path";
  }
  object["detail"] = text(error.detail);
  return object;
}

}  // namespace

Problem bad_request(std::string detail) {
  return {.status = Status::bad_request, .detail = std::move(detail)};
}

Problem not_found(std::string detail) {
  return {.status = Status::not_found, .detail = std::move(detail)};
}

Problem conflict(std::string detail) {
  return {.status = Status::conflict, .detail = std::move(detail)};
}

Problem invalid_fields(std::vector<FieldError> errors) {
  return {.status = Status::unprocessable_entity,
          .title = "Invalid input",
          .detail = errors.size() == 1 ? "One field is not valid; see errors."
                                       : std::to_string(errors.size()) + " fields are not valid; see errors.",
          .errors = std::move(errors)};
}

Problem unavailable(std::string detail, std::chrono::seconds retry_after) {
  const auto seconds = std::max<std::chrono::seconds::rep>(1, retry_after.count());
  return {.status = Status::service_unavailable,
          .detail = std::move(detail),
          .headers = {{"Retry-After", std::to_string(seconds)}}};
}

boost::json::value to_json(const Problem& problem, std::string_view request_id) {
  boost::json::object object;
  object["type"] = text(problem.type);
  if (problem.title.empty()) {
    object["title"] = boost::beast::http::obsolete_reason(problem.status);
  } else {
    object["title"] = text(problem.title);
  }
  object["status"] = static_cast<unsigned>(problem.status);
  if (!problem.detail.empty()) object["detail"] = text(problem.detail);
  if (!request_id.empty()) object["instance"] = "urn:request:" + std::string(request_id);
  if (!problem.errors.empty()) {
    boost::json::array& errors = object["errors"].emplace_array();
    for (const FieldError& error : problem.errors) errors.push_back(to_json(error));
  }
  return object;
}

void throw_exception_from_error(const Problem& problem, const boost::source_location& location) {
  boost::throw_exception(ProblemError(problem), location);
}

}  // namespace support::http

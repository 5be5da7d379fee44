#pragma once

#include <chrono>
#include <exception>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/assert/source_location.hpp>
#include <boost/json/value.hpp>
#include <boost/system/result.hpp>

#include "app/http/status.hpp"

namespace support::http {

// One thing that is wrong with the input, and where: a JSON pointer into the body (RFC 6901), or the name of a query or
// path parameter.
struct FieldError {
  enum class Place { body, query, path };

  std::string pointer;  // "/email"; for a parameter its name
  std::string detail;   // a full sentence
  Place place = Place::body;
  friend bool operator==(const FieldError&, const FieldError&) = default;
};

// An answer that is an error, as RFC 9457 spells it (application/problem+json). Handlers return it in a Response, put
// it in a Result, or throw it in a ProblemError; the transport adds `instance` ("urn:request:<request id>") and writes
// it.
struct Problem {
  Status status = Status::internal_server_error;
  std::string title;   // empty: the status's standard phrase
  std::string detail;  // a full sentence for the caller: what is wrong and what to do; never internals
  std::vector<FieldError> errors = {};
  std::string type = "about:blank";
  std::vector<std::pair<std::string, std::string>> headers = {};  // "Retry-After", "Allow", "WWW-Authenticate" …

  friend bool operator==(const Problem&, const Problem&) = default;
};

Problem bad_request(std::string detail);
Problem not_found(std::string detail);
Problem conflict(std::string detail);
// 422 with every field that is wrong.
Problem invalid_fields(std::vector<FieldError> errors);
// 503; the client is asked to come back after `retry_after`, at least a second.
Problem unavailable(std::string detail, std::chrono::seconds retry_after);

// The document that is sent. `request_id` empty: no `instance`.
boost::json::value to_json(const Problem& problem, std::string_view request_id);

// A problem on its way up through a handler.
class ProblemError : public std::exception {
 public:
  explicit ProblemError(Problem problem) : problem_(std::move(problem)) {}
  const char* what() const noexcept override { return problem_.detail.c_str(); }
  const Problem& problem() const { return problem_; }

 private:
  Problem problem_;
};

// A value or the problem to answer with; value() on a problem throws it as ProblemError.
template <class T>
using Result = boost::system::result<T, Problem>;

[[noreturn]] void throw_exception_from_error(const Problem& problem, const boost::source_location& location);

}  // namespace support::http

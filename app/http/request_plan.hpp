#pragma once

#include <cstdint>

#include "app/http/request.hpp"
#include "app/http/request_reader.hpp"
#include "app/http/response.hpp"
#include "app/http/router.hpp"

namespace support::http {

// What is to be done with a request whose head has been read: let the route's handler answer once the body is there, or
// answer at once. Decided before any byte of the body, so that a client that waits for "100 Continue" is refused in
// time.
struct RequestPlan {
  const Route* route = nullptr;  // null: `answer` it is
  std::uint64_t body_limit = 0;
  bool send_continue = false;
  Response answer;
  MethodSet allowed;  // of the path
};

// Sets the request's route and path parameters.
RequestPlan plan_request(const Router& router, const RequestReader& reader, std::uint64_t max_body_size,
                         Request& request);

}  // namespace support::http

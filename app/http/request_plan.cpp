#include "app/http/request_plan.hpp"

#include <utility>

#include "app/http/negotiation.hpp"

namespace support::http {

namespace {

MethodSet every_method() {
  MethodSet all;
  for (std::size_t index = 0; index < method_count; ++index) all.insert(static_cast<Method>(index));
  return all;
}

Response options_answer(const MethodSet& allowed) {
  return no_content().header("Allow", allowed.to_string());
}

Problem method_not_allowed(const MethodSet& allowed) {
  const std::string list = allowed.to_string();
  return {.status = Status::method_not_allowed,
          .detail = "This path does not answer the method; it answers " + list + ".",
          .headers = {{"Allow", list}}};
}

std::optional<Problem> check_against_route(const Request& request, const RequestReader& reader, RequestPlan& plan) {
  const RouteOptions& options = plan.route->options;
  if (!options.produces.empty() && !accepts(request.headers, options.produces)) {
    return Problem{.status = Status::not_acceptable,
                   .detail = "This route answers " + options.produces + ", which the Accept field rules out."};
  }
  if (auto problem = check_body_type(request.headers, reader.has_body(), options)) return problem;
  const auto expectation = expectation_of(request.headers, reader.version());
  if (!expectation) return expectation.error();
  if (reader.content_length().value_or(0) > plan.body_limit) {
    return Problem{
        .status = Status::payload_too_large,
        .detail = "The body is larger than the " + std::to_string(plan.body_limit) + " bytes that this route accepts."};
  }
  plan.send_continue = reader.has_body() && *expectation == Expectation::continue_;
  return std::nullopt;
}

}  // namespace

RequestPlan plan_request(const Router& router, const RequestReader& reader, std::uint64_t max_body_size,
                         Request& request) {
  RequestPlan plan;
  if (reader.target().form == Target::Form::asterisk) {
    plan.allowed = every_method();
    plan.answer = options_answer(plan.allowed);
    return plan;
  }
  Router::Match match = router.find(request.method, reader.target().segments);
  plan.allowed = match.allowed;
  if (!match.route) {
    if (match.allowed.empty()) {
      plan.answer = not_found("There is nothing at this path.");
    } else if (request.method == Method::options) {
      plan.answer = options_answer(match.allowed);
    } else {
      plan.answer = method_not_allowed(match.allowed);
    }
    return plan;
  }
  request.route = match.route->path;
  for (std::size_t index = 0; index < match.values.size(); ++index) {
    request.path_parameters.push_back(
        {.name = match.route->parameter_names[index], .value = std::move(match.values[index])});
  }
  plan.route = match.route;
  plan.body_limit = match.route->options.max_body_size.value_or(max_body_size);
  if (auto problem = check_against_route(request, reader, plan)) {
    plan.route = nullptr;
    plan.answer = std::move(*problem);
  }
  return plan;
}

}  // namespace support::http

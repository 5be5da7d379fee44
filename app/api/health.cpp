#include "app/api/health.hpp"

#include <memory>

#include <boost/json/object.hpp>

#include "app/api/readiness.hpp"

namespace support::api {
namespace {
namespace asio = boost::asio;
namespace json = boost::json;
using http::Request;
using http::Response;

http::Status status_of(const Readiness& readiness) {
  return readiness.is_ready() ? http::Status::ok : http::Status::service_unavailable;
}

json::object pool_of_this_thread(const database::PoolStats& stats) {
  return {{"size", stats.size},        {"in_use", stats.in_use},   {"idle", stats.idle},
          {"waiting", stats.waiting},  {"created", stats.created}, {"connect_failures", stats.connect_failures},
          {"timeouts", stats.timeouts}};
}

asio::awaitable<Response> ready(Services& services, std::shared_ptr<ReadinessCheck> check, const Request& request) {
  const auto readiness = co_await check->run(request.deadline);
  co_return http::json(status_of(readiness), to_json(readiness, services.expected_heads));
}

asio::awaitable<Response> health(Services& services, std::shared_ptr<ReadinessCheck> check, const Request& request) {
  const auto readiness = co_await check->run(request.deadline);
  json::object document = to_json(readiness, services.expected_heads);
  document["service"] = services.app_name;
  document["version"] = services.version;
  document["uptime_seconds"] =
      std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now() - services.started).count();
  document["connections"] = services.state.connections();
  document["pool"] = pool_of_this_thread(services.pool.stats());
  co_return http::json(status_of(readiness), document);
}

}  // namespace

void add_health_routes(http::RouteGroup& group, Services& services) {
  using enum http::Method;
  auto check = std::make_shared<ReadinessCheck>(services);
  group.add(get, "/ping", [](const Request&) { return http::json_text(http::Status::ok, R"({"status":"ok"})"); });
  group.add(get, "/live", [](const Request&) { return http::json_text(http::Status::ok, R"({"status":"alive"})"); });
  group.add(get, "/ready", [&services, check](const Request& request) { return ready(services, check, request); });
  group.add(get, "/health", [&services, check](const Request& request) { return health(services, check, request); });
}

}  // namespace support::api

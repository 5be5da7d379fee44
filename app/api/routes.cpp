#include "app/api/routes.hpp"

#include "app/api/conversations.hpp"
#include "app/api/customers.hpp"
#include "app/api/health.hpp"
#include "app/api/messages.hpp"
#include "app/api/service_metrics.hpp"

namespace support::api {

void add_routes(http::Router& router, Services& services) {
  auto checks = router.group({"", "/api/v1"});
  add_health_routes(checks, services);
  if (services.metrics) {
    auto bare = router.group({""});
    add_metrics_route(bare, services);
  }
  auto resources = router.group({"/api/v1"});
  add_customer_routes(resources, services);
  add_conversation_routes(resources, services);
  add_message_routes(resources, services);
}

}  // namespace support::api

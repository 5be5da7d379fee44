// The service while `support-agent migrate` changes its schema, up and down again. Nobody is refused.
#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/chaos/service_under_fault.hpp"
#include "tests/support/http_client.hpp"

namespace support::tests {
namespace {

// While the schema is not the binary's, /ready says so; requests are served all the same (docs/deploying.md, "Health").
unsigned readiness(const ServiceUnderFault& service) {
  return HttpClient(service.port()).get("/ready").status;
}

TEST(ServiceMigration, UpAndDownWhileItServes) {
  ServiceUnderFault service(TestCluster::instance());
  const std::string locations = "builtin:" SUPPORT_SOURCE_DIR "/tests/data/chaos_serving";
  print_counts({
      service.try_unnoticed("the tables in use are migrated, and back",
                            [&](std::size_t) {
                              service.migrate({"--script-location", locations, "upgrade", "serving@head"});
                              EXPECT_EQ(readiness(service), 503U);
                              service.migrate({"--script-location", locations, "downgrade", "serving@base"});
                            }),
      service.try_unnoticed("the newest migration is taken back, and made again",
                            [&](std::size_t) {
                              service.migrate({"downgrade", "-1"});
                              EXPECT_EQ(readiness(service), 503U);
                              service.migrate({"upgrade", "head"});
                            }),
  });
  service.end();
}

}  // namespace
}  // namespace support::tests

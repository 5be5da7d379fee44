#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "tests/chaos/byte_proxy.hpp"
#include "tests/chaos/fault_count.hpp"
#include "tests/chaos/service_load.hpp"
#include "tests/support/agent_process.hpp"
#include "tests/support/test_cluster.hpp"

namespace support::tests {

// A running service on a server of its own, through a proxy of ours, under load.
class ServiceUnderFault {
 public:
  // Returns when the database can be reached again; recovery is measured from then.
  using Strike = std::function<void(std::size_t number)>;

  // Migrates a new database and starts the service, which is not started again whatever happens.
  explicit ServiceUnderFault(TestCluster& cluster);

  ByteProxy& proxy() { return proxy_; }
  TestDatabase& database() { return database_; }
  std::uint16_t port() const { return service_->port(); }
  // The service's sessions with the server, and an SQL condition for them.
  static constexpr const char* sessions = "application_name LIKE 'support-agent%' AND datname = current_database()";

  // Twice, or more often with a smaller SUPPORT_CHAOS_STRIDE: strikes while clients write and read, and looks whether
  // afterwards every client is served within the limit; whether all answers were right, what was acknowledged is
  // there once and what was not at most once; and whether nothing has leaked. What is wrong becomes a failure of the
  // test.
  FaultCount try_often(const std::string& name, const Strike& strike);
  // The same where even refusals are wrong.
  FaultCount try_unnoticed(const std::string& name, const Strike& strike);
  // Once only.
  FaultCount try_once(const std::string& name, const Strike& strike);
  // Further looks at the database, which is the cluster's unless something has moved it.
  void look_at(std::function<std::vector<std::vector<std::string>>(const std::string& sql)> query) {
    query_ = std::move(query);
  }
  // `support-agent migrate` with these words, on the service's database and past the proxy. Throws when it fails.
  void migrate(std::vector<std::string> words) const;
  // SIGTERM; the service has to end well.
  void end();

 private:
  enum class Refusals { allowed, wrong };
  FaultCount try_all(const std::string& name, const Strike& strike, std::size_t times, Refusals refusals);
  // What is wrong; empty: nothing.
  std::string disturb(const Strike& strike, std::size_t number, Refusals refusals);
  std::string check_written(const std::string& table, const std::string& column, const std::string& mark,
                            const ServiceLoad::Written& written) const;
  std::string check_leaks() const;
  long session_count() const;
  long connection_count() const;
  long descriptor_count() const;
  long resident_kib() const;

  TestDatabase database_;
  ByteProxy proxy_;
  std::unique_ptr<RunningService> service_;
  std::function<std::vector<std::vector<std::string>>(const std::string& sql)> query_;
  long descriptors_ = 0;  // without those of connections to the database, at rest
  long resident_kib_ = 0;
  int marks_ = 0;
};

}  // namespace support::tests

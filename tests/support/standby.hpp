#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "app/cli/cluster/local_cluster.hpp"
#include "app/config/database_url.hpp"

#include "tests/support/test_cluster.hpp"
#include "tests/support/throw_away_cluster.hpp"

namespace support::tests {

// A copy of a TestCluster, made by pg_basebackup, that streams from it; gone with the object. The primary must outlive
// the constructor only.
class Standby {
 public:
  // False where the server's installation has no pg_basebackup (PostgreSQL 18 from npm).
  static bool is_possible(const TestCluster& primary);

  explicit Standby(const TestCluster& primary);

  int tcp_port() const { return port_; }
  config::DatabaseUrl url(const std::string& database = "postgres") const { return (*cluster_)->url(database); }
  // Runs statements as the superuser; the first value of the last one's rows, "" when there is none.
  std::string sql(const std::string& statements) const;
  // Returns once it takes writes; it need not take sessions before.
  void promote() const;
  void stop(cli::LocalCluster::StopMode mode = cli::LocalCluster::StopMode::fast) { (*cluster_)->stop(mode); }
  void start() { (*cluster_)->start(); }

 private:
  void wait_until_streaming() const;

  std::filesystem::path data_;
  int port_;
  std::optional<ThrowAwayCluster> cluster_;
};

}  // namespace support::tests

#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/cli/cluster/local_cluster.hpp"
#include "app/config/database_url.hpp"

#include "tests/support/throw_away_cluster.hpp"

namespace support::tests {

// A throw-away PostgreSQL cluster, one a test process, started on first use and gone with the process. Clusters that a
// crashed test run left behind are removed by the next one. The server is Debian's, or the one whose pg_ctl is in the
// folder TEST_POSTGRES_BIN (tests/support/on_postgres18).
class TestCluster {
 public:
  // The process's cluster. Not thread-safe: call it from the test's main thread.
  static TestCluster& instance();

  // A private one, for tests that stop the server.
  TestCluster();
  ~TestCluster();
  TestCluster(const TestCluster&) = delete;
  TestCluster& operator=(const TestCluster&) = delete;

  // Over the Unix socket, as the superuser `support_agent`.
  config::DatabaseUrl url(const std::string& database = "postgres") const { return (*cluster_)->url(database); }
  // The same server over TCP on 127.0.0.1.
  config::DatabaseUrl tcp_url(const std::string& database = "postgres") const;
  int tcp_port() const { return port_; }
  // Where its programs are.
  std::filesystem::path bin_directory() const { return (*cluster_)->bin_directory(); }
  // The major version: 15, 18.
  int version() const;

  void stop(cli::LocalCluster::StopMode mode = cli::LocalCluster::StopMode::fast) { (*cluster_)->stop(mode); }
  void start() { (*cluster_)->start(); }
  void restart(cli::LocalCluster::StopMode mode = cli::LocalCluster::StopMode::fast);

  // Runs SQL (several statements allowed) as the superuser; returns the rows of the last one as text, NULL as "".
  std::vector<std::vector<std::string>> sql(const std::string& statements,
                                            const std::string& database = "postgres") const;
  // `pg_dump --schema-only --no-owner` of a database, without the lines that differ from run to run; for a server that
  // comes without pg_dump describe_catalog(). Comparable within one server version.
  std::string dump_schema(const std::string& database) const;
  // The schema as the catalogs have it, one object a line.
  std::string describe_catalog(const std::string& database) const;

 private:
  int port_;
  std::filesystem::path copied_server_;  // empty: the server runs where it is installed
  std::optional<ThrowAwayCluster> cluster_;
};

// A fresh, empty database in a cluster; dropped at the end of its life, other sessions included.
class TestDatabase {
 public:
  explicit TestDatabase(TestCluster& cluster = TestCluster::instance());
  ~TestDatabase();
  TestDatabase(const TestDatabase&) = delete;
  TestDatabase& operator=(const TestDatabase&) = delete;

  const std::string& name() const { return name_; }
  config::DatabaseUrl url() const { return cluster_.url(name_); }
  config::DatabaseUrl tcp_url() const { return cluster_.tcp_url(name_); }
  // For libpqxx and as DATABASE_URL.
  std::string url_text() const { return url().sync(config::Password::show); }
  std::vector<std::vector<std::string>> sql(const std::string& statements) const {
    return cluster_.sql(statements, name_);
  }
  std::string dump_schema() const { return cluster_.dump_schema(name_); }
  TestCluster& cluster() const { return cluster_; }

 private:
  TestCluster& cluster_;
  std::string name_;
};

}  // namespace support::tests

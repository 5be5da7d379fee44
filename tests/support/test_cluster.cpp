#include "tests/support/test_cluster.hpp"

#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <regex>
#include <sstream>
#include <stdexcept>

#include <fmt/format.h>
#include <pqxx/pqxx>

#include "app/cli/cluster/command_line.hpp"
#include "app/cli/cluster/server_account.hpp"

#include "tests/support/catalog_dump.hpp"
#include "tests/support/free_port.hpp"

namespace support::tests {
namespace fs = std::filesystem;
namespace {

// A checkout in a folder that the server's account can't enter (root's home) still has to serve: the server is copied.
fs::path reachable(const fs::path& bin, const fs::path& copy) {
  const auto account = cli::ServerAccount::current();
  if (cli::run_program(account.run_as({"/usr/bin/test", "-x", bin / "pg_ctl"})).status == 0) return bin;
  fs::copy(bin.parent_path(), copy, fs::copy_options::recursive | fs::copy_options::copy_symlinks);
  return copy / bin.filename();
}

}  // namespace

TestCluster& TestCluster::instance() {
  static TestCluster cluster;
  return cluster;
}

TestCluster::TestCluster() : port_(free_tcp_port()) {
  cli::ClusterOptions options;
  options.folder = next_cluster_folder();
  options.durable = false;
  options.tcp_port = port_;
  static const bool swept = (remove_orphaned_clusters(), true);
  static_cast<void>(swept);
  if (const char* bin = std::getenv("TEST_POSTGRES_BIN")) {
    copied_server_ = options.folder.string() + "-server";
    options.bin_directory = reachable(bin, copied_server_);
  }
  cluster_.emplace(options);
}

TestCluster::~TestCluster() {
  cluster_.reset();
  std::error_code ignored;
  if (!copied_server_.empty()) fs::remove_all(copied_server_, ignored);
}

int TestCluster::version() const {
  return std::stoi(sql("SHOW server_version_num").front().front()) / 10000;
}

config::DatabaseUrl TestCluster::tcp_url(const std::string& database) const {
  return config::DatabaseUrl::parse(fmt::format("postgresql://support_agent@127.0.0.1:{}/{}", port_, database));
}

void TestCluster::restart(cli::LocalCluster::StopMode mode) {
  stop(mode);
  start();
}

std::vector<std::vector<std::string>> TestCluster::sql(const std::string& statements,
                                                       const std::string& database) const {
  pqxx::connection connection(url(database).sync(config::Password::show));
  pqxx::nontransaction session(connection);
  std::vector<std::vector<std::string>> rows;
  for (const auto& row : session.exec(statements)) {
    auto& copy = rows.emplace_back();
    for (const auto& field : row) copy.emplace_back(field.is_null() ? "" : field.c_str());
  }
  return rows;
}

std::string TestCluster::describe_catalog(const std::string& database) const {
  std::string lines;
  for (const auto& row : sql(catalog_query, database)) {
    lines += fmt::format("{} {}: {}\n", row.at(0), row.at(1), row.at(2));
  }
  return lines;
}

std::string TestCluster::dump_schema(const std::string& database) const {
  const auto pg_dump = bin_directory() / "pg_dump";
  if (!fs::exists(pg_dump)) return describe_catalog(database);
  const auto result = cli::run_program({pg_dump, "--schema-only", "--no-owner", "--exclude-schema=alembic",
                                        "--dbname=" + url(database).sync(config::Password::show)});
  if (result.status != 0) throw std::runtime_error("pg_dump failed: " + result.output);
  // Newer minor versions print a random \restrict key.
  static const std::regex noise("^\\\\(un)?restrict .*$");
  std::istringstream lines(result.output);
  std::string kept;
  for (std::string line; std::getline(lines, line);) {
    if (!std::regex_match(line, noise)) kept += line + '\n';
  }
  return kept;
}

TestDatabase::TestDatabase(TestCluster& cluster) : cluster_(cluster) {
  static std::atomic<int> counter = 0;
  name_ = fmt::format("test_{}_{}", ::getpid(), ++counter);
  cluster_.sql("CREATE DATABASE " + name_);
}

TestDatabase::~TestDatabase() {
  try {
    cluster_.sql("DROP DATABASE " + name_ + " WITH (FORCE)");
  } catch (const std::exception&) {
    // The test stopped the server; the whole cluster goes with the process.
  }
}

}  // namespace support::tests

#include "tests/support/standby.hpp"

#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <stdexcept>

#include <fmt/format.h>
#include <pqxx/pqxx>

#include "app/cli/cluster/command_line.hpp"
#include "app/cli/cluster/server_account.hpp"

#include "tests/support/free_port.hpp"

namespace support::tests {
namespace fs = std::filesystem;
namespace {

// Beside TestCluster's folders, and swept up like them.
std::string next_folder() {
  static std::atomic<int> counter = 0;
  return fmt::format("/tmp/support-agent-tests/{}-standby-{}", ::getpid(), ++counter);
}

}  // namespace

bool Standby::is_possible(const TestCluster& primary) {
  return fs::exists(primary.bin_directory() / "pg_basebackup");
}

Standby::Standby(const TestCluster& primary) : folder_(next_folder()), port_(free_tcp_port()) {
  const auto account = cli::ServerAccount::current();
  account.make_private_folder(folder_);
  account.make_private_folder(folder_ + "/data");
  const auto copied = cli::run_program(
      account.run_as({primary.bin_directory() / "pg_basebackup", "--pgdata=" + folder_ + "/data",
                      "--write-recovery-conf", "--checkpoint=fast", "--wal-method=stream", "--no-sync",
                      "--host=127.0.0.1", fmt::format("--port={}", primary.tcp_port()), "--username=support_agent"}));
  if (copied.status != 0) throw std::runtime_error("pg_basebackup failed: " + copied.output);
  cli::ClusterOptions options;
  options.folder = folder_;
  options.bin_directory = primary.bin_directory();
  options.durable = false;
  options.tcp_port = port_;
  cluster_.emplace(cli::LocalCluster::open(options));
}

Standby::~Standby() {
  try {
    cluster_->stop(cli::LocalCluster::StopMode::immediate);
  } catch (const std::exception&) {
    // The test stopped it itself.
  }
  cluster_.reset();
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

std::string Standby::sql(const std::string& statements) const {
  pqxx::connection connection(url().sync(config::Password::show));
  pqxx::nontransaction session(connection);
  const auto rows = session.exec(statements);
  return rows.empty() || rows[0][0].is_null() ? "" : rows[0][0].c_str();
}

void Standby::promote() const {
  if (sql("select pg_promote(true, 30)") != "t") throw std::runtime_error("The standby was not promoted in 30 s.");
}

}  // namespace support::tests

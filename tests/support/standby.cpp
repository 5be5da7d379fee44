#include "tests/support/standby.hpp"

#include <chrono>
#include <filesystem>
#include <stdexcept>
#include <thread>

#include <fmt/format.h>
#include <pqxx/pqxx>

#include "app/cli/cluster/command_line.hpp"
#include "app/cli/cluster/server_account.hpp"

#include "tests/support/free_port.hpp"

namespace support::tests {
namespace fs = std::filesystem;

bool Standby::is_possible(const TestCluster& primary) {
  return fs::exists(primary.bin_directory() / "pg_basebackup");
}

Standby::Standby(const TestCluster& primary) : port_(free_tcp_port()) {
  cli::ClusterOptions options;
  options.folder = next_cluster_folder("standby-");
  options.bin_directory = primary.bin_directory();
  options.durable = false;
  options.tcp_port = port_;
  data_ = options.folder / "data";
  const auto account = cli::ServerAccount::current();
  account.make_private_folder(options.folder);
  account.make_private_folder(data_);
  const auto copied = cli::run_program(
      account.run_as({primary.bin_directory() / "pg_basebackup", "--pgdata=" + data_.string(), "--write-recovery-conf",
                      "--checkpoint=fast", "--wal-method=stream", "--no-sync", "--host=127.0.0.1",
                      fmt::format("--port={}", primary.tcp_port()), "--username=support_agent"}));
  if (copied.status != 0) throw std::runtime_error("pg_basebackup failed: " + copied.output);
  cluster_.emplace(options);
  wait_until_streaming();
}

void Standby::wait_until_streaming() const {
  const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (sql("SELECT status FROM pg_stat_wal_receiver") != "streaming") {
    if (std::chrono::steady_clock::now() > give_up) throw std::runtime_error("The standby does not stream.");
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
}

std::string Standby::sql(const std::string& statements) const {
  pqxx::connection connection(url().sync(config::Password::show));
  pqxx::nontransaction session(connection);
  const auto rows = session.exec(statements);
  return rows.empty() || rows[0][0].is_null() ? "" : rows[0][0].c_str();
}

void Standby::promote() const {
  const auto promoted = cli::run_program(cli::ServerAccount::current().run_as(
      {(*cluster_)->bin_directory() / "pg_ctl", "promote", "--wait", "--timeout=60", "--pgdata=" + data_.string()}));
  if (promoted.status != 0) throw std::runtime_error("The standby was not promoted: " + promoted.output);
}

}  // namespace support::tests

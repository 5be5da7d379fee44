#include "app/cli/cluster/local_cluster.hpp"

#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <functional>

#include <fmt/format.h>
#include <pqxx/pqxx>

#include "app/cli/cluster/command_line.hpp"
#include "app/config/logging.hpp"

namespace support::cli {
namespace fs = std::filesystem;
namespace {

constexpr std::string_view role = "support_agent";

// Debian keeps each major version in a folder of its own; the newest serves a new cluster, an old one needs its own.
fs::path find_bin_directory(const fs::path& data_directory) {
  const fs::path versions = "/usr/lib/postgresql";
  std::string wanted;
  if (std::ifstream file(data_directory / "PG_VERSION"); file) std::getline(file, wanted);
  fs::path best;
  int best_version = 0;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(versions, ignored)) {
    const std::string name = entry.path().filename();
    const int version = std::atoi(name.c_str());
    if (!fs::exists(entry.path() / "bin" / "pg_ctl") || (!wanted.empty() && name != wanted)) continue;
    if (version > best_version) {
      best_version = version;
      best = entry.path() / "bin";
    }
  }
  if (best.empty()) {
    throw std::runtime_error(
        fmt::format("No PostgreSQL{} server found under {}; install Debian's postgresql-15, or set DATABASE_URL to a "
                    "server that runs "
                    "already.",
                    wanted.empty() ? "" : " " + wanted, versions.string()));
  }
  return best;
}

// Socket paths are limited to 107 bytes (unix(7)), so the socket can't live beside the data of a deep checkout.
fs::path socket_directory_for(const fs::path& folder, uid_t uid) {
  const char* runtime = std::getenv("XDG_RUNTIME_DIR");
  const fs::path parent =
      runtime != nullptr && ::geteuid() == uid && *runtime == '/' ? fs::path(runtime) : fs::path("/tmp");
  return parent / fmt::format("support-agent-{}-{:016x}", uid, std::hash<std::string>{}(folder.string()));
}

void run_or_throw(const ServerAccount& account, std::vector<std::string> command, const std::string& doing,
                  const fs::path& log = {}) {
  const ProgramResult result = run_program(account.run_as(std::move(command)));
  if (result.status == 0) return;
  std::string message = fmt::format("{} failed (exit status {}): {}", doing, result.status, result.output);
  if (!log.empty()) message += fmt::format(" The server's log is {}.", log.string());
  throw std::runtime_error(message);
}

}  // namespace

LocalCluster::LocalCluster(ClusterOptions options, ServerAccount account, FileLock use)
    : options_(std::move(options)),
      account_(account),
      bin_directory_(options_.bin_directory ? *options_.bin_directory : find_bin_directory(data_directory())),
      socket_directory_(socket_directory_for(options_.folder, account.uid())),
      use_(std::move(use)) {}

LocalCluster::LocalCluster(LocalCluster&& other) noexcept
    : options_(std::move(other.options_)),
      account_(other.account_),
      bin_directory_(std::move(other.bin_directory_)),
      socket_directory_(std::move(other.socket_directory_)),
      use_(std::exchange(other.use_, std::nullopt)) {}

LocalCluster LocalCluster::open(ClusterOptions options) {
  const ServerAccount account = ServerAccount::current();
  options.folder = fs::absolute(options.folder).lexically_normal();
  account.make_private_folder(options.folder);
  std::optional<FileLock> change(std::in_place, options.folder / "change.lock", FileLock::Mode::exclusive);
  LocalCluster cluster(options, account, FileLock(options.folder / "users.lock", FileLock::Mode::shared));
  try {
    cluster.initialise_if_missing();
    account.make_private_folder(cluster.socket_directory_);
    if (!cluster.is_running()) cluster.start();
    cluster.create_database_if_missing();
  } catch (...) {
    change.reset();  // the destructor of `cluster` takes it again
    throw;
  }
  return cluster;
}

ClusterOptions LocalCluster::embedded_options() {
  ClusterOptions options;
  options.folder = fs::current_path() / "var" / "postgres";
  const ServerAccount account = ServerAccount::current();
  account.make_private_folder(options.folder);
  if (account.can_write(options.folder)) return options;
  const fs::path elsewhere =
      fs::path("/var/lib/support-agent") / fmt::format("{:016x}", std::hash<std::string>{}(options.folder.string()));
  config::log_event(spdlog::level::info, "cluster", "The server's account can't enter the working folder",
                    {{"data", elsewhere.string()}});
  options.folder = elsewhere;
  return options;
}

LocalCluster::~LocalCluster() {
  if (!use_) return;
  try {
    const FileLock change(options_.folder / "change.lock", FileLock::Mode::exclusive);
    const bool last = use_->try_exclusive();
    if (!last) return;
    if (is_running()) stop();
    fs::remove_all(socket_directory_);
  } catch (const std::exception& error) {
    config::log_event(spdlog::level::warn, "cluster", "The private PostgreSQL server could not be stopped",
                      {{"error", error.what()}});
  }
}

config::DatabaseUrl LocalCluster::url(const std::string& database) const {
  const std::string port = options_.tcp_port ? fmt::format("&port={}", *options_.tcp_port) : "";
  return config::DatabaseUrl::parse(
      fmt::format("postgresql:///{}?host={}&user={}{}", database, socket_directory_.string(), role, port));
}

void LocalCluster::initialise_if_missing() {
  if (fs::exists(data_directory() / "PG_VERSION")) return;
  config::log_event(spdlog::level::info, "cluster", "Creating a private PostgreSQL cluster",
                    {{"data", data_directory().string()}});
  // A run that was interrupted leaves a half-made folder; initdb works in a fresh one and is moved in place when done.
  const fs::path fresh = options_.folder / "data.new";
  fs::remove_all(fresh);
  account_.make_private_folder(fresh);
  std::vector<std::string> command{bin_directory_ / "initdb",
                                   "--pgdata=" + fresh.string(),
                                   "--username=" + std::string(role),
                                   "--auth=trust",
                                   "--encoding=UTF8",
                                   "--locale=C.UTF-8"};
  if (!options_.durable) command.push_back("--no-sync");
  run_or_throw(account_, std::move(command), "initdb");
  fs::rename(fresh, data_directory());
}

bool LocalCluster::is_running() const {
  return run_program(account_.run_as({bin_directory_ / "pg_ctl", "status", "--pgdata=" + data_directory().string()}))
             .status == 0;
}

std::string LocalCluster::server_options() const {
  std::string text =
      fmt::format("-c unix_socket_directories={} -c unix_socket_permissions=0700", socket_directory_.string());
  if (options_.tcp_port) {
    text += fmt::format(" -c listen_addresses=127.0.0.1 -c port={}", *options_.tcp_port);
  } else {
    text += " -c listen_addresses=";
  }
  if (!options_.durable) text += " -c fsync=off -c full_page_writes=off -c synchronous_commit=off";
  return text;
}

void LocalCluster::start() {
  const fs::path log = options_.folder / "server.log";
  run_or_throw(account_,
               {bin_directory_ / "pg_ctl", "start", "--wait", "--timeout=60", "--silent",
                "--pgdata=" + data_directory().string(), "--log=" + log.string(), "--options=" + server_options()},
               "Starting the private PostgreSQL server", log);
}

void LocalCluster::stop(StopMode mode) {
  run_or_throw(account_,
               {bin_directory_ / "pg_ctl", "stop", "--wait", "--timeout=60", "--silent",
                "--pgdata=" + data_directory().string(), mode == StopMode::fast ? "--mode=fast" : "--mode=immediate"},
               "Stopping the private PostgreSQL server");
}

void LocalCluster::create_database_if_missing() {
  try {
    pqxx::connection connection(url("postgres").sync(config::Password::show));
    pqxx::nontransaction session(connection);
    const auto found = session.exec_params("SELECT 1 FROM pg_database WHERE datname = $1", options_.database);
    if (found.empty()) session.exec("CREATE DATABASE " + session.quote_name(options_.database));
  } catch (const pqxx::failure& error) {
    throw std::runtime_error(
        fmt::format("Creating the database {} in the private cluster failed: {}", options_.database, error.what()));
  }
}

}  // namespace support::cli

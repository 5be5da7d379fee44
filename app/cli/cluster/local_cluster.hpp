#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "app/cli/cluster/file_lock.hpp"
#include "app/cli/cluster/server_account.hpp"
#include "app/config/database_url.hpp"

namespace support::cli {

struct ClusterOptions {
  std::filesystem::path folder;                        // lock files, server log and data live in it
  std::optional<std::filesystem::path> bin_directory;  // where pg_ctl is; found when absent
  std::string database = "support_agent";
  bool durable = true;          // false: fsync off, for throw-away clusters
  std::optional<int> tcp_port;  // also listen on 127.0.0.1; absent: Unix socket only
};

// A private PostgreSQL cluster: made by initdb on first use, started by pg_ctl, reachable through a Unix socket in a
// folder that only its owner may enter. Several processes may use one cluster at once: the first one in starts the
// server, the last one out stops it. A process that is killed leaves its lock and thereby its use; the next user takes
// the server over.
class LocalCluster {
 public:
  // Initialises and starts the cluster where needed. Throws std::runtime_error with what initdb or pg_ctl said.
  static LocalCluster open(ClusterOptions options);
  // The embedded default: <working folder>/var/postgres, or a folder under /var/lib/support-agent when root works in a
  // place that the server's account can't enter.
  static ClusterOptions embedded_options();

  ~LocalCluster();  // stops the server when this was its last user
  LocalCluster(LocalCluster&& other) noexcept;
  LocalCluster& operator=(LocalCluster&&) = delete;

  // Over the Unix socket.
  config::DatabaseUrl url() const { return url(options_.database); }
  config::DatabaseUrl url(const std::string& database) const;
  const std::filesystem::path& socket_directory() const { return socket_directory_; }
  std::filesystem::path bin_directory() const { return bin_directory_; }

  enum class StopMode { fast, immediate };
  void stop(StopMode mode = StopMode::fast);
  void start();

 private:
  LocalCluster(ClusterOptions options, ServerAccount account, FileLock use);

  void initialise_if_missing();
  bool is_running() const;
  void create_database_if_missing();
  std::filesystem::path data_directory() const { return options_.folder / "data"; }
  std::string server_options() const;

  ClusterOptions options_;
  ServerAccount account_;
  std::filesystem::path bin_directory_;
  std::filesystem::path socket_directory_;
  std::optional<FileLock> use_;  // empty once moved from
};

}  // namespace support::cli

#pragma once

#include <optional>

#include "app/cli/cluster/local_cluster.hpp"
#include "app/config/logging.hpp"
#include "app/config/settings.hpp"

namespace support::cli {

// What a subcommand does with the database, and so what has to stand before it runs.
enum class DatabaseUse { none, required };

// Settings loaded and installed, logging set up, and with DatabaseUse::required a database to talk to: DATABASE_URL's,
// or in development without one the embedded private cluster, which stops with this object if nobody else uses it.
// Throws config::SettingsError for a configuration that can't be used, std::runtime_error when the cluster can't be
// had.
class StartUp {
 public:
  StartUp(config::TextStyle log_style, DatabaseUse use);
  ~StartUp();
  StartUp(const StartUp&) = delete;
  StartUp& operator=(const StartUp&) = delete;

  const config::Settings& settings() const { return config::Settings::instance(); }
  bool embedded() const { return cluster_.has_value(); }

 private:
  std::optional<LocalCluster> cluster_;
};

}  // namespace support::cli

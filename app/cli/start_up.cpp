#include "app/cli/start_up.hpp"

namespace support::cli {

StartUp::StartUp(config::TextStyle log_style, DatabaseUse use) {
  config::Settings settings = config::Settings::load(config::SettingsSources::of_process());
  config::set_up_logging(settings, log_style);
  if (use == DatabaseUse::required && !settings.has_database_url()) {
    cluster_.emplace(LocalCluster::open(LocalCluster::embedded_options()));
    settings = settings.with_embedded_database(cluster_->url());
  }
  config::Settings::install(std::move(settings));
}

StartUp::~StartUp() {
  cluster_.reset();
  config::shut_down_logging();
}

}  // namespace support::cli

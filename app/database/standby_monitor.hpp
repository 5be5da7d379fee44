#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <vector>

#include <boost/asio/io_context.hpp>

#include "app/config/settings.hpp"
#include "app/database/connect_options.hpp"
#include "app/database/host_list.hpp"
#include "app/database/standby_board.hpp"

namespace support::database {

struct StandbyMonitorOptions {
  ConnectOptions connect;                        // with DATABASE_URL's own list of hosts
  std::vector<HostEntry> hosts;                  // of that list
  std::chrono::milliseconds max_lag{1'000};      // DATABASE_READ_MAX_LAG
  std::chrono::milliseconds interval{250};       // between two questions to a host
  std::chrono::milliseconds least_interval{10};  // the same while a read waits for the answer
  std::chrono::milliseconds answer_timeout{2'000};
  std::chrono::milliseconds first_retry{50};    // wait between failed connection attempts, doubled up to
  std::chrono::milliseconds last_retry{1'000};  // this, minus up to half of it at random

  // Empty when DATABASE_READ_MAX_LAG is 0 (off). The interval is a quarter of the bound, at most half a second.
  static std::optional<StandbyMonitorOptions> from(const config::Settings& settings);
};

// Asks every host of DATABASE_URL, over one session each, where it stands, and publishes what that says about the
// standbys. The primary is asked first and the standbys as soon as it has answered, so that what is known of a standby
// in good order is hardly older than the question.
//
// Everything happens on the thread that drives the io_context; only the board is for others.
class StandbyMonitor {
 public:
  // `board` has the same hosts, and outlives the io_context.
  StandbyMonitor(boost::asio::io_context& context, StandbyMonitorOptions options, StandbyBoard& board);
  // Its sessions end soon after, while the io_context runs.
  ~StandbyMonitor();
  StandbyMonitor(const StandbyMonitor&) = delete;
  StandbyMonitor& operator=(const StandbyMonitor&) = delete;

 private:
  class Shell;
  std::shared_ptr<Shell> shell_;
};

}  // namespace support::database

#pragma once

#include <memory>
#include <optional>
#include <thread>

#include <boost/asio/io_context.hpp>

#include "app/database/standby_monitor.hpp"

namespace support::cli {

// A thread that watches the standbys for all threads of the service, from its construction on.
class StandbyWatch {
 public:
  explicit StandbyWatch(database::StandbyMonitorOptions options);
  // Ends the thread.
  ~StandbyWatch();
  StandbyWatch(const StandbyWatch&) = delete;
  StandbyWatch& operator=(const StandbyWatch&) = delete;

  const std::shared_ptr<database::StandbyBoard>& board() const { return board_; }

 private:
  boost::asio::io_context context_;
  std::shared_ptr<database::StandbyBoard> board_;
  std::optional<database::StandbyMonitor> monitor_;
  std::thread thread_;
};

}  // namespace support::cli

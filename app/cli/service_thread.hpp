#pragma once

#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <boost/asio/io_context.hpp>

#include "app/api/service_metrics.hpp"
#include "app/api/services.hpp"
#include "app/config/settings.hpp"
#include "app/database/database.hpp"
#include "app/database/multiplexer.hpp"
#include "app/database/pool.hpp"
#include "app/database/read_split.hpp"
#include "app/database/standby_board.hpp"
#include "app/http/router.hpp"
#include "app/http/server.hpp"

namespace support::cli {

// One thread of the service and everything that belongs to it alone. Constructed and destroyed on the main thread; in
// between only its own thread touches what is inside, through post().
class ServiceThread {
 public:
  // `index` of `count` threads decides its share of the connections. `standbys` null: reads go where writes go. Adds
  // itself to `metrics`. Binds; throws http::BindError.
  ServiceThread(const config::Settings& settings, const std::vector<std::string>& expected_heads,
                const std::shared_ptr<database::StandbyBoard>& standbys, http::ServiceState& state,
                api::ServiceMetrics& metrics, int index, int count);
  ~ServiceThread();
  ServiceThread(const ServiceThread&) = delete;
  ServiceThread& operator=(const ServiceThread&) = delete;

  void start();
  // Begins to drain; the thread ends when it is done. Callable once, from any thread.
  void drain(std::chrono::milliseconds delay, std::chrono::milliseconds timeout);
  // Drops everything.
  void stop();
  void join();
  std::uint16_t port() const { return server_.port(); }

 private:
  boost::asio::awaitable<void> drain_and_close(std::chrono::milliseconds delay, std::chrono::milliseconds timeout);

  boost::asio::io_context context_;
  std::shared_ptr<database::DatabaseMetrics> database_metrics_;  // of the pool and the shared connections
  database::Pool pool_;
  std::unique_ptr<database::Multiplexer> shared_;    // null: none
  std::unique_ptr<database::ReadSplit> read_split_;  // null: none
  database::Database database_;
  api::Services services_;
  http::Router router_;
  http::Server server_;
  std::thread thread_;
};

}  // namespace support::cli

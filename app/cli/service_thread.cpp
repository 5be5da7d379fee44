#include "app/cli/service_thread.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>

#include "app/alembic/runtime/version_table.hpp"
#include "app/api/routes.hpp"
#include "app/cli/version.hpp"
#include "app/config/event_loop_thread.hpp"
#include "app/config/logging.hpp"

namespace support::cli {
namespace asio = boost::asio;
namespace {

http::Router make_router(api::Services& services) {
  http::Router router;
  api::add_routes(router, services);
  return router;
}

using Metrics = std::shared_ptr<database::DatabaseMetrics>;
using Standbys = std::shared_ptr<database::StandbyBoard>;

database::PoolOptions pool_options(const config::Settings& settings, int index, int count, const Metrics& metrics,
                                   const Standbys& standbys) {
  auto options = database::PoolOptions::from(settings, index, count);
  options.connect.metrics = metrics;
  if (standbys) options.connect.own_writes = {standbys, &standbys->own_writes()};
  return options;
}

std::unique_ptr<database::Multiplexer> make_shared_connections(asio::io_context& context,
                                                               const config::Settings& settings, const Metrics& metrics,
                                                               const Standbys& standbys) {
  auto options = database::MultiplexerOptions::from(settings);
  if (!options) return nullptr;
  options->connect.metrics = metrics;
  if (standbys) options->connect.own_writes = {standbys, &standbys->own_writes()};
  return std::make_unique<database::Multiplexer>(context, std::move(*options));
}

std::unique_ptr<database::ReadSplit> make_read_split(asio::io_context& context, const Standbys& standbys,
                                                     const database::Multiplexer* shared, int index) {
  if (!standbys || !shared) return nullptr;
  return std::make_unique<database::ReadSplit>(context, *standbys, shared->options(), static_cast<std::size_t>(index));
}

std::string version_query(const config::Settings& settings) {
  return alembic::VersionTable(settings->migration_version_table, settings->migration_version_table_schema)
      .select_sql();
}

}  // namespace

ServiceThread::ServiceThread(const config::Settings& settings, const std::vector<std::string>& expected_heads,
                             const std::shared_ptr<database::StandbyBoard>& standbys, http::ServiceState& state,
                             api::ServiceMetrics& metrics, int index, int count)
    : context_(BOOST_ASIO_CONCURRENCY_HINT_UNSAFE_IO),  // one thread runs it; others only post
      database_metrics_(std::make_shared<database::DatabaseMetrics>()),
      pool_(context_, pool_options(settings, index, count, database_metrics_, standbys)),
      shared_(make_shared_connections(context_, settings, database_metrics_, standbys)),
      read_split_(make_read_split(context_, standbys, shared_.get(), index)),
      database_(pool_, shared_.get(), read_split_.get()),
      services_{.pool = pool_,
                .database = database_,
                .state = state,
                .cursors = api::CursorSigner(settings->secret_key),
                .app_name = settings->app_name,
                .version = std::string(version()),
                .version_query = version_query(settings),
                .expected_heads = expected_heads,
                .metrics = settings->http_metrics ? &metrics : nullptr},
      router_(make_router(services_)),
      server_(context_, router_, http::ServerOptions::from(settings), state) {
  metrics.push_back(
      {.router = &router_, .server = &server_, .database = database_metrics_.get(), .standbys = standbys.get()});
}

ServiceThread::~ServiceThread() {
  stop();
  join();
}

void ServiceThread::start() {
  server_.start();
  thread_ = std::thread([this] {
    const config::EventLoopThread mark;
    context_.run();
  });
}

asio::awaitable<void> ServiceThread::drain_and_close(std::chrono::milliseconds delay,
                                                     std::chrono::milliseconds timeout) {
  const auto result = co_await server_.drain(delay, timeout);
  if (result.cancelled > 0) {
    config::log_event(spdlog::level::warn, "http", "Connections were cut at the end of DRAIN_TIMEOUT",
                      {{"connections", result.cancelled}});
  }
  co_await pool_.close();
  context_.stop();
}

void ServiceThread::drain(std::chrono::milliseconds delay, std::chrono::milliseconds timeout) {
  asio::co_spawn(context_, drain_and_close(delay, timeout), [this](const std::exception_ptr& error) {
    if (error) context_.stop();
  });
}

void ServiceThread::stop() {
  context_.stop();
}

void ServiceThread::join() {
  if (thread_.joinable()) thread_.join();
}

}  // namespace support::cli

#include "app/http/server.hpp"

#include <utility>

#include "app/http/server_core.hpp"

namespace support::http {

Server::Server(boost::asio::io_context& context, const Router& router, ServerOptions options, ServiceState& state)
    : core_(std::make_shared<ServerCore>(context, router, std::move(options), state)) {}

Server::~Server() {
  core_->stop();
}

void Server::start() {
  core_->start();
}

boost::asio::awaitable<DrainResult> Server::drain(std::chrono::milliseconds delay, std::chrono::milliseconds timeout) {
  return core_->drain(delay, timeout);
}

void Server::stop() {
  core_->stop();
}

std::uint16_t Server::port() const {
  return core_->port();
}

const RouteMetrics& Server::unrouted() const {
  return core_->unrouted();
}
ServerCounters Server::counters() const {
  return core_->counters();
}

}  // namespace support::http

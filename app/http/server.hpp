#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <stdexcept>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

#include "app/http/router.hpp"
#include "app/http/server_options.hpp"
#include "app/http/service_state.hpp"

namespace support::http {

// The address can't be had. what() is a sentence with address, port, cause and remedy.
class BindError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

struct ServerCounters {
  std::int64_t connections = 0;         // open now
  std::int64_t requests_in_flight = 0;  // from a request's first byte to its answer
  std::uint64_t accepted = 0;           // connections since the start
  std::uint64_t refused = 0;            // connections beyond max_connections
  std::uint64_t requests = 0;           // answered since the start, refused ones included
  std::uint64_t clients_gone = 0;       // requests whose client closed the connection before the answer
};

struct DrainResult {
  std::int64_t finished = 0;   // connections that ended by themselves after the acceptor was closed
  std::int64_t cancelled = 0;  // connections that were cut at the timeout
};

class ServerCore;

// An HTTP/1.1 server on one io_context, which one thread runs. Each thread has a server of its own on the same address
// (SO_REUSEPORT); the first that is constructed with a ServiceState claims the address alone, so a second copy of the
// program is refused it: construct them one after the other, before their threads run. Not thread-safe, counters(),
// unrouted() and port() apart. `router` and `state` must outlive the io_context.
class Server {
 public:
  // Binds and listens. Throws BindError.
  Server(boost::asio::io_context& context, const Router& router, ServerOptions options, ServiceState& state);
  // Cancels what is left, as stop().
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Starts to accept.
  void start();

  // Takes the server out of service without losing a request:
  // 1. draining() is true and every answer says Connection: close; connections are accepted for `delay` more, so that a
  //    load balancer notices;
  // 2. what the kernel has queued is accepted, then the port is closed;
  // 3. requests in flight finish; a connection between two requests may start one within drain_grace, then is closed;
  // 4. after `timeout` what is left is cancelled.
  // Call once, on the io_context's thread. Returns when the last connection is gone.
  boost::asio::awaitable<DrainResult> drain(std::chrono::milliseconds delay, std::chrono::milliseconds timeout);
  // Cancels everything at once; a drain() under way returns soon after.
  void stop();

  std::uint16_t port() const;
  ServerCounters counters() const;
  // Requests that no route answered: unknown paths, malformed requests. The others are with their routes.
  const RouteMetrics& unrouted() const;

 private:
  std::shared_ptr<ServerCore> core_;
};

}  // namespace support::http

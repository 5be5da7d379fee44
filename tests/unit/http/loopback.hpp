#pragma once

#include <chrono>
#include <future>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>

#include "app/http/router.hpp"
#include "app/http/server.hpp"

namespace support::http::tests {

// Generous deadlines on a free port of the loopback interface; a test shortens what it is about.
ServerOptions loopback_options();

// Routes that show what the transport hands to a handler and does with its answer.
void add_test_routes(Router& router, const ServiceState& state);

// A server on a thread of its own.
class Loopback {
 public:
  explicit Loopback(ServerOptions options = loopback_options());
  ~Loopback();
  Loopback(const Loopback&) = delete;
  Loopback& operator=(const Loopback&) = delete;

  std::uint16_t port() const { return server_->port(); }
  ServerCounters counters() const { return server_->counters(); }
  ServiceState& state() { return state_; }
  std::future<DrainResult> drain(std::chrono::milliseconds delay, std::chrono::milliseconds timeout);
  void stop();

 private:
  boost::asio::io_context context_{1};
  ServiceState state_;
  Router router_;
  std::optional<Server> server_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  std::thread thread_;
};

struct RawResponse {
  int status = 0;
  std::string head;  // status line and fields
  std::string body;

  // The value of a field, empty when absent.
  std::string field(std::string_view name) const;
};

// A blocking socket that sends what it is told, well-formed or not. Every wait ends after some seconds.
class RawClient {
 public:
  explicit RawClient(std::uint16_t port);
  ~RawClient();
  RawClient(RawClient&& other) noexcept;
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;
  RawClient& operator=(RawClient&&) = delete;

  bool is_connected() const { return fd_ >= 0; }
  // False when the server has closed already.
  bool send(std::string_view bytes);
  bool send_slowly(std::string_view bytes, std::size_t step);
  void shutdown_send();
  // The end of this object will be a reset, not an orderly close.
  void reset_on_close();
  // The next response, nothing when the connection ended or stayed silent. HEAD has no body to wait for.
  std::optional<RawResponse> receive(bool to_head = false);
  // True when the server has closed and nothing is left to read.
  bool at_end();
  // True when something can be read now, if only the end.
  bool has_input() const;

 private:
  bool read_more();

  int fd_ = -1;
  std::string received_;
  bool ended_ = false;
};

// One request on a connection of its own.
std::optional<RawResponse> ask(std::uint16_t port, std::string_view request, bool to_head = false);

// "GET <path> HTTP/1.1" with Host and `fields` (each with its CRLF).
std::string get(std::string_view path, std::string_view fields = "");
std::string post(std::string_view path, std::string_view body, std::string_view fields = "");

}  // namespace support::http::tests

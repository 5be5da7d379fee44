#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace support::tests {

// Stands between a client and a PostgreSQL server on 127.0.0.1, counts what the client asks for, and lets something
// happen at the n-th request: that hits every boundary between two statements, one after the other. A request is the
// begin of a session, a simple query, the Sync of the extended protocol, or the end of a COPY. Unencrypted sessions
// only.
class FaultProxy {
 public:
  enum class When {
    before,    // the server has not heard of the request
    torn,      // it has half of it
    sent,      // it has it, and may or may not have begun
    answered,  // it has carried it out, and the client does not know
  };
  // Called on the proxy's thread, while no byte passes; `connection` counts from 0 in the order of connecting.
  using Fault = std::function<void(FaultProxy& proxy, std::size_t connection)>;

  // Asked about one request after the other, on the proxy's thread.
  using Choice = std::function<bool(const std::string& request)>;

  // `at`: number of the request, from 1; 0: nothing happens.
  FaultProxy(int server_port, std::size_t at, When when, Fault fault);
  // At the first request that is chosen.
  FaultProxy(int server_port, Choice choice, When when, Fault fault);
  ~FaultProxy();
  FaultProxy(const FaultProxy&) = delete;
  FaultProxy& operator=(const FaultProxy&) = delete;

  int port() const { return port_; }
  std::size_t requests() const { return requests_; }
  bool has_struck() const { return has_struck_; }
  // All requests so far.
  std::vector<std::string> heard() const;
  // The request that was hit, as far as it is text.
  std::string struck_request() const;

  // For a fault.
  void cut(std::size_t connection);
  // The client sees the end of the connection, the server does not; it does when the proxy ends.
  void cut_client_side(std::size_t connection);
  void cut_all();
  // What the server has as client_port of the session; 0 when there is no such connection.
  int port_at_server(std::size_t connection) const;

 private:
  struct Link;

  void run();
  void accept_client();
  void from_client(std::size_t connection);
  void from_server(std::size_t connection);
  void pass_request(std::size_t connection, const std::string& message);
  void strike(std::size_t connection);

  const int server_port_;
  const Choice choice_;
  const When when_;
  const Fault fault_;
  int listener_ = -1;
  int port_ = 0;
  std::atomic<std::size_t> requests_ = 0;
  std::atomic<bool> has_struck_ = false;
  std::atomic<bool> is_over_ = false;
  bool is_awaited_ = false;   // the answer to the chosen request
  mutable std::mutex mutex_;  // of what follows
  std::vector<std::string> heard_;
  std::string struck_request_;
  std::vector<std::unique_ptr<Link>> links_;
  std::thread thread_;
};

}  // namespace support::tests

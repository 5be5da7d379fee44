#pragma once

#include <atomic>
#include <chrono>
#include <list>
#include <mutex>
#include <string>
#include <thread>

namespace support::tests {

// Stands between a client and a server on 127.0.0.1, at an address of 127.0.0.0/8, knows nothing of what they say to
// each other, and carries it well or badly. A thread for each direction of a connection, so that a side that does not
// read holds up nothing else.
class ByteProxy {
 public:
  enum class Manner {
    pass,
    stall,  // nothing moves; what was sent is kept
    split,  // every byte is a packet of its own
    delay,  // everything 20 ms late
  };

  // `port` 0: any.
  explicit ByteProxy(int server_port, const std::string& address = "127.0.0.1", int port = 0);
  ~ByteProxy();
  ByteProxy(const ByteProxy&) = delete;
  ByteProxy& operator=(const ByteProxy&) = delete;

  int port() const { return port_; }
  // Where new connections go.
  void lead_to(int server_port) { server_port_ = server_port; }
  // From now on, old connections too.
  void behave(Manner manner) { manner_ = manner; }
  // Both sides of every connection get a reset.
  void cut();
  // The client sees the server's end of every connection, and can still send.
  void end_answers();
  // The server sees the client's end of every connection.
  void end_requests();

 private:
  struct Link {
    int client = -1;
    int server = -1;
    std::atomic<bool> is_cut = false;
    std::atomic<int> directions = 2;  // that still carry
    std::thread up, down;
  };

  void run();
  void accept_client();
  void carry(Link& link, int from, int to);
  void send(int fd, const char* bytes, std::size_t size) const;
  void join_ended();

  std::atomic<int> server_port_;
  std::atomic<Manner> manner_ = Manner::pass;
  std::atomic<bool> is_over_ = false;
  int listener_ = -1;
  int port_ = 0;
  std::mutex mutex_;  // of links_
  std::list<Link> links_;
  std::thread thread_;
};

}  // namespace support::tests

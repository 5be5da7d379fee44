#pragma once

#include <cstdint>
#include <string>

namespace support::bench {

// A keep-alive connection to a service on 127.0.0.1, for one request at a time. Throws std::runtime_error when the
// connection fails or an answer is no success.
class ClientSocket {
 public:
  explicit ClientSocket(std::uint16_t port);
  ~ClientSocket();
  ClientSocket(ClientSocket&& other) noexcept;
  ClientSocket& operator=(ClientSocket&& other) noexcept;
  ClientSocket(const ClientSocket&) = delete;

  void send(const std::string& request);
  // Reads what is there; true when the answer is whole. Waits for bytes when there are none.
  bool receive();
  // Sends and reads the whole answer.
  void ask(const std::string& request);

  int fd() const { return fd_; }
  // The last answer, head included.
  const std::string& answer() const { return answer_; }

 private:
  int fd_;
  std::string answer_;
};

}  // namespace support::bench

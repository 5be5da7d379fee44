#include "bench/client_socket.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace support::bench {

namespace {

bool is_whole(const std::string& answer) {
  const auto end = answer.find("\r\n\r\n");
  if (end == std::string::npos) return false;
  if (!answer.starts_with("HTTP/1.1 2")) throw std::runtime_error("This is no success:\n" + answer);
  constexpr std::string_view field = "\r\ncontent-length: ";
  const auto same = [](char a, char b) { return std::tolower(static_cast<unsigned char>(a)) == b; };
  const auto body = answer.begin() + static_cast<std::ptrdiff_t>(end + 4);
  const auto at = std::search(answer.begin(), body, field.begin(), field.end(), same);
  if (at == body) throw std::runtime_error("An answer without Content-Length:\n" + answer);
  return std::distance(body, answer.end()) >= std::atol(&*at + field.size());
}

}  // namespace

ClientSocket::ClientSocket(std::uint16_t port) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  const int on = 1;
  ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    ::close(fd_);
    throw std::runtime_error("No connection to port " + std::to_string(port) + " of 127.0.0.1");
  }
}

ClientSocket::~ClientSocket() {
  if (fd_ >= 0) ::close(fd_);
}

ClientSocket::ClientSocket(ClientSocket&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), answer_(std::move(other.answer_)) {}

ClientSocket& ClientSocket::operator=(ClientSocket&& other) noexcept {
  std::swap(fd_, other.fd_);
  std::swap(answer_, other.answer_);
  return *this;
}

void ClientSocket::send(const std::string& request) {
  answer_.clear();
  if (::send(fd_, request.data(), request.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(request.size())) {
    throw std::runtime_error("A request could not be sent");
  }
}

bool ClientSocket::receive() {
  std::array<char, 16 * 1024> bytes;
  const auto size = ::recv(fd_, bytes.data(), bytes.size(), 0);
  if (size <= 0) throw std::runtime_error("The service has closed a connection");
  answer_.append(bytes.data(), static_cast<std::size_t>(size));
  return is_whole(answer_);
}

void ClientSocket::ask(const std::string& request) {
  send(request);
  while (!receive()) {
  }
}

}  // namespace support::bench

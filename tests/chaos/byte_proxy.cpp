#include "tests/chaos/byte_proxy.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <stdexcept>

#include "tests/chaos/loopback.hpp"

namespace support::tests {
namespace {

constexpr std::chrono::milliseconds tick{5};
constexpr std::chrono::milliseconds lateness{20};

bool is_readable(int fd) {
  pollfd polled{.fd = fd, .events = POLLIN, .revents = 0};
  return ::poll(&polled, 1, static_cast<int>(tick.count())) > 0;
}

// What close() sends then is a reset.
void reset_at_close(int fd) {
  const linger now{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

}  // namespace

ByteProxy::ByteProxy(int server_port, const std::string& address, int port) : server_port_(server_port) {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  auto bound = loopback(port);
  ::inet_pton(AF_INET, address.c_str(), &bound.sin_addr);
  socklen_t length = sizeof bound;
  if (::bind(listener_, reinterpret_cast<const sockaddr*>(&bound), length) != 0 || ::listen(listener_, 64) != 0 ||
      ::getsockname(listener_, reinterpret_cast<sockaddr*>(&bound), &length) != 0) {
    throw std::runtime_error("The proxy can't listen on " + address + ".");
  }
  port_ = ntohs(bound.sin_port);
  thread_ = std::thread([this] { run(); });
}

ByteProxy::~ByteProxy() {
  is_over_ = true;
  thread_.join();
  cut();
  for (auto& link : links_) {
    link.up.join();
    link.down.join();
    ::close(link.client);
    ::close(link.server);
  }
  ::close(listener_);
}

void ByteProxy::run() {
  while (!is_over_) {
    const bool has_client = is_readable(listener_);
    const std::scoped_lock lock(mutex_);
    join_ended();
    if (has_client) accept_client();
  }
}

void ByteProxy::accept_client() {
  const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
  const int server = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const auto address = loopback(server_port_);
  if (::connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    reset_at_close(client);
    ::close(client);
    ::close(server);
    return;
  }
  const int on = 1;
  ::setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  ::setsockopt(server, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  Link& link = links_.emplace_back();
  link.client = client;
  link.server = server;
  link.up = std::thread([this, &link] { carry(link, link.client, link.server); });
  link.down = std::thread([this, &link] { carry(link, link.server, link.client); });
}

void ByteProxy::carry(Link& link, int from, int to) {
  std::array<char, 16384> bytes;
  while (!is_over_ && !link.is_cut) {
    if (manner_ == Manner::stall) {
      std::this_thread::sleep_for(tick);
      continue;
    }
    if (!is_readable(from)) continue;
    const auto size = ::recv(from, bytes.data(), bytes.size(), 0);
    if (size <= 0) break;
    if (manner_ == Manner::delay) std::this_thread::sleep_for(lateness);
    send(to, bytes.data(), static_cast<std::size_t>(size));
  }
  // What the one has ended is over for both. A reset must not be announced by an end.
  if (!link.is_cut) {
    ::shutdown(link.client, SHUT_RDWR);
    ::shutdown(link.server, SHUT_RDWR);
  }
  --link.directions;
}

void ByteProxy::send(int fd, const char* bytes, std::size_t size) const {
  std::size_t sent = 0;
  while (sent < size) {
    const std::size_t piece = manner_ == Manner::split ? 1 : size - sent;
    const auto taken = ::send(fd, bytes + sent, piece, MSG_NOSIGNAL);
    if (taken <= 0) return;  // the end of the other side is read
    sent += static_cast<std::size_t>(taken);
  }
}

void ByteProxy::join_ended() {
  for (auto link = links_.begin(); link != links_.end();) {
    if (link->directions > 0) {
      ++link;
      continue;
    }
    link->up.join();
    link->down.join();
    ::close(link->client);
    ::close(link->server);
    link = links_.erase(link);
  }
}

void ByteProxy::cut() {
  const std::scoped_lock lock(mutex_);
  for (auto& link : links_) {
    reset_at_close(link.client);
    reset_at_close(link.server);
    link.is_cut = true;
  }
}

void ByteProxy::end_answers() {
  const std::scoped_lock lock(mutex_);
  for (auto& link : links_) ::shutdown(link.client, SHUT_WR);
}

void ByteProxy::end_requests() {
  const std::scoped_lock lock(mutex_);
  for (auto& link : links_) ::shutdown(link.server, SHUT_WR);
}

}  // namespace support::tests

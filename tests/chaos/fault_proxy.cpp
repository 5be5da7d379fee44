#include "tests/chaos/fault_proxy.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>
#include <stdexcept>

#include "tests/chaos/loopback.hpp"

namespace support::tests {

namespace {

constexpr std::uint32_t protocol_3 = 196608;

std::uint32_t number_at(const std::string& bytes, std::size_t offset) {
  std::uint32_t number = 0;
  std::memcpy(&number, bytes.data() + offset, sizeof number);
  return ntohl(number);
}

void send_all(int fd, std::string_view bytes) {
  while (fd >= 0 && !bytes.empty()) {
    const auto sent = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return;  // the end of the other side is read
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

void close_fd(int& fd) {
  if (fd >= 0) ::close(fd);
  fd = -1;
}

int port_of(int fd) {
  sockaddr_in address{};
  socklen_t length = sizeof address;
  if (fd < 0 || ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &length) != 0) return 0;
  return ntohs(address.sin_port);
}

// Takes the first whole message off the bytes; empty when there is none. The first one of a session has no type.
std::string take_message(std::string& bytes, bool has_type) {
  const std::size_t header = has_type ? 5 : 4;
  if (bytes.size() < header) return {};
  const auto size = number_at(bytes, header - 4) + (has_type ? 1U : 0U);
  if (bytes.size() < size) return {};
  auto message = bytes.substr(0, size);
  bytes.erase(0, size);
  return message;
}

}  // namespace

struct FaultProxy::Link {
  int client = -1;
  int server = -1;
  bool is_started = false;  // the client's first message has passed
  std::string client_bytes;
  std::string server_bytes;
  bool strikes_at_answer = false;
};

FaultProxy::FaultProxy(int server_port, std::size_t at, When when, Fault fault)
    : FaultProxy(
          server_port, [at, number = std::size_t{0}](const std::string&) mutable { return ++number == at; }, when,
          std::move(fault)) {}

FaultProxy::FaultProxy(int server_port, Choice choice, When when, Fault fault)
    : server_port_(server_port), choice_(std::move(choice)), when_(when), fault_(std::move(fault)) {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const auto address = loopback(0);
  if (::bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      ::listen(listener_, 16) != 0) {
    throw std::runtime_error("The proxy can't listen on 127.0.0.1.");
  }
  port_ = port_of(listener_);
  thread_ = std::thread([this] { run(); });
}

FaultProxy::~FaultProxy() {
  is_over_ = true;
  thread_.join();
  cut_all();
  close_fd(listener_);
}

std::vector<std::string> FaultProxy::heard() const {
  const std::scoped_lock lock(mutex_);
  return heard_;
}

std::string FaultProxy::struck_request() const {
  const std::scoped_lock lock(mutex_);
  return struck_request_;
}

void FaultProxy::cut(std::size_t connection) {
  if (connection >= links_.size()) return;
  close_fd(links_[connection]->client);
  close_fd(links_[connection]->server);
}

void FaultProxy::cut_client_side(std::size_t connection) {
  if (connection < links_.size()) close_fd(links_[connection]->client);
}

void FaultProxy::cut_all() {
  for (std::size_t i = 0; i < links_.size(); ++i) cut(i);
}

int FaultProxy::port_at_server(std::size_t connection) const {
  return connection < links_.size() ? port_of(links_[connection]->server) : 0;
}

void FaultProxy::run() {
  while (!is_over_) {
    std::vector<pollfd> polled = {{.fd = listener_, .events = POLLIN, .revents = 0}};
    for (const auto& link : links_) {
      polled.push_back({.fd = link->client, .events = POLLIN, .revents = 0});
      polled.push_back({.fd = link->server, .events = POLLIN, .revents = 0});
    }
    if (::poll(polled.data(), polled.size(), 20) <= 0) continue;
    const auto links = links_.size();
    for (std::size_t i = 0; i < links; ++i) {
      if (polled[1 + 2 * i].revents != 0 && links_[i]->client >= 0) from_client(i);
      if (polled[2 + 2 * i].revents != 0 && links_[i]->server >= 0) from_server(i);
    }
    if (polled[0].revents != 0) accept_client();
  }
}

void FaultProxy::accept_client() {
  auto link = std::make_unique<Link>();
  link->client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
  link->server = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const auto address = loopback(server_port_);
  if (::connect(link->server, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    close_fd(link->client);
    close_fd(link->server);
  }
  // Else every request waits 40 ms for the acknowledgement of the one before.
  for (const int end : {link->client, link->server}) {
    const int on = 1;
    if (end >= 0) ::setsockopt(end, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  }
  links_.push_back(std::move(link));
}

void FaultProxy::from_client(std::size_t connection) {
  auto& link = *links_[connection];
  char bytes[65536];
  const auto size = ::recv(link.client, bytes, sizeof bytes, 0);
  if (size <= 0) {
    close_fd(link.client);
    // Where the client side was cut before, the server goes on; a client that is gone takes the session along.
    close_fd(link.server);
    return;
  }
  link.client_bytes.append(bytes, static_cast<std::size_t>(size));
  while (link.client >= 0) {
    const auto message = take_message(link.client_bytes, link.is_started);
    if (message.empty()) return;
    const bool is_first = !link.is_started;
    if (is_first) link.is_started = number_at(message, 4) == protocol_3;
    const bool is_request = is_first ? link.is_started : std::string_view("QSc").find(message[0]) != std::string::npos;
    if (is_request) {
      pass_request(connection, message);
    } else {
      send_all(link.server, message);
    }
  }
}

void FaultProxy::pass_request(std::size_t connection, const std::string& message) {
  auto& link = *links_[connection];
  {
    const std::scoped_lock lock(mutex_);
    heard_.push_back(message);
  }
  ++requests_;
  if (has_struck_ || is_awaited_ || !choice_(message)) return send_all(link.server, message);
  {
    const std::scoped_lock lock(mutex_);
    for (const char c : message.substr(message.size() > 5 ? 5 : 0, 300)) struck_request_ += c < ' ' ? ' ' : c;
  }
  switch (when_) {
    case When::before:
      strike(connection);
      return send_all(link.server, message);
    case When::torn:
      send_all(link.server, std::string_view(message).substr(0, message.size() / 2));
      strike(connection);
      return send_all(link.server, std::string_view(message).substr(message.size() / 2));
    case When::sent:
      send_all(link.server, message);
      return strike(connection);
    case When::answered:
      is_awaited_ = true;
      link.strikes_at_answer = true;
      return send_all(link.server, message);
  }
}

void FaultProxy::from_server(std::size_t connection) {
  auto& link = *links_[connection];
  char bytes[65536];
  const auto size = ::recv(link.server, bytes, sizeof bytes, 0);
  if (size <= 0) {
    if (std::exchange(link.strikes_at_answer, false)) strike(connection);
    close_fd(link.server);
    close_fd(link.client);
    return;
  }
  link.server_bytes.append(bytes, static_cast<std::size_t>(size));
  for (;;) {
    const auto message = take_message(link.server_bytes, true);
    if (message.empty()) return;
    const bool ends_answer = message[0] == 'Z' || message[0] == 'G';
    if (ends_answer && std::exchange(link.strikes_at_answer, false)) strike(connection);
    send_all(link.client, message);
  }
}

void FaultProxy::strike(std::size_t connection) {
  has_struck_ = true;
  fault_(*this, connection);
}

}  // namespace support::tests

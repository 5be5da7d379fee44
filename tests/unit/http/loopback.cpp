#include "loopback.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <charconv>
#include <stdexcept>

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json/object.hpp>

#include "app/http/json_body.hpp"

namespace support::http::tests {

namespace asio = boost::asio;

namespace {

std::int64_t number(const Request& request, std::string_view name) {
  const std::string_view text = request.query_parameter(name).value_or("0");
  std::int64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

asio::awaitable<Response> echo(const Request& request) {
  const auto value = parse_json_body(request);
  if (!value) co_return value.error();
  co_return json(Status::ok, *value);
}

// Waits ?ms=…, as for a database.
asio::awaitable<Response> slow(const Request& request) {
  const auto executor = co_await asio::this_coro::executor;
  asio::steady_timer timer(executor, std::chrono::milliseconds(number(request, "ms")));
  co_await timer.async_wait(asio::use_awaitable);
  co_return text(Status::ok, "slept");
}

// Does not let itself be cancelled.
asio::awaitable<Response> stubborn(const Request& request) {
  co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
  const auto executor = co_await asio::this_coro::executor;
  asio::steady_timer timer(executor, std::chrono::milliseconds(number(request, "ms")));
  co_await timer.async_wait(asio::use_awaitable);
  co_return text(Status::ok, "slept");
}

asio::awaitable<Response> fail(const Request&) {
  throw std::runtime_error("relation \"secret_table\" does not exist");
  co_return Response();
}

asio::awaitable<Response> throw_problem(const Request&) {
  throw ProblemError(unavailable("The database is away; try again.", std::chrono::seconds(2)));
  co_return Response();
}

Response describe(const Request& request) {
  boost::json::object object;
  object["path"] = request.path;
  object["route"] = std::string(request.route);
  object["id"] = std::string(request.path_parameter("id"));
  object["q"] = std::string(request.query_parameter("q").value_or(""));
  object["request_id"] = request.request_id;
  object["peer"] = request.peer;
  object["authorization"] = std::string(request.header("Authorization").value_or(""));
  object["body"] = request.body;
  return json(Status::ok, object);
}

}  // namespace

ServerOptions loopback_options() {
  ServerOptions options;
  options.port = 0;
  options.linger_timeout = std::chrono::milliseconds(500);
  return options;
}

void add_test_routes(Router& router, const ServiceState& state) {
  auto group = router.group({"", "/api/v1"});
  group.add(Method::get, "/ping", [](const Request&) { return json(Status::ok, {{"status", "ok"}}); });
  group.add(Method::get, "/ready", [&state](const Request&) -> Response {
    if (state.draining()) return unavailable("The service is going away.", std::chrono::seconds(1));
    return json(Status::ok, {{"status", "ready"}});
  });
  group.add(Method::post, "/echo", {.body = BodyRule::json}, echo);
  group.add(Method::post, "/small", {.body = BodyRule::json, .max_body_size = 16}, echo);
  group.add(Method::post, "/things/{id}", {.body = BodyRule::optional}, describe);
  group.add(Method::get, "/things/{id}", describe);
  group.add(Method::get, "/slow", slow);
  group.add(Method::get, "/stubborn", stubborn);
  group.add(Method::get, "/fail", fail);
  group.add(Method::get, "/throw-problem", throw_problem);
  group.add(Method::get, "/problem", [](const Request&) -> Response { return conflict("It is there already."); });
  group.add(Method::delete_, "/things/{id}", [](const Request&) { return no_content(); });
  group.add(Method::get, "/big", [](const Request& request) {
    return text(Status::ok, std::string(static_cast<std::size_t>(number(request, "size")), 'x'));
  });
}

Loopback::Loopback(ServerOptions options) : work_(context_.get_executor()) {
  add_test_routes(router_, state_);
  server_.emplace(context_, router_, std::move(options), state_);
  server_->start();
  thread_ = std::thread([this] { context_.run(); });
}

Loopback::~Loopback() {
  stop();
  work_.reset();
  thread_.join();
}

std::future<DrainResult> Loopback::drain(std::chrono::milliseconds delay, std::chrono::milliseconds timeout) {
  return asio::co_spawn(context_, server_->drain(delay, timeout), asio::use_future);
}

void Loopback::stop() {
  asio::post(context_, [this] { server_->stop(); });
}

std::string RawResponse::field(std::string_view name) const {
  std::size_t start = head.find("\r\n");
  while (start != std::string::npos && start + 2 < head.size()) {
    start += 2;
    const std::size_t end = head.find("\r\n", start);
    const std::string_view line = std::string_view(head).substr(start, end - start);
    const std::size_t colon = line.find(": ");
    if (colon != std::string_view::npos && equal_without_case(line.substr(0, colon), name)) {
      return std::string(line.substr(colon + 2));
    }
    start = end;
  }
  return "";
}

RawClient::RawClient(std::uint16_t port) {
  fd_ = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const timeval timeout = {.tv_sec = 5, .tv_usec = 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
  ::setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof(timeout));
  const int no_delay = 1;
  ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &no_delay, sizeof(no_delay));
  if (::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
    ::close(fd_);
    fd_ = -1;
    ended_ = true;
  }
}

RawClient::~RawClient() {
  if (fd_ >= 0) ::close(fd_);
}

RawClient::RawClient(RawClient&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), received_(std::move(other.received_)), ended_(other.ended_) {}

bool RawClient::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

bool RawClient::send_slowly(std::string_view bytes, std::size_t step) {
  for (std::size_t start = 0; start < bytes.size(); start += step) {
    if (!send(bytes.substr(start, step))) return false;
  }
  return true;
}

void RawClient::reset_on_close() {
  const linger now{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
}

void RawClient::shutdown_send() {
  ::shutdown(fd_, SHUT_WR);
}

bool RawClient::read_more() {
  if (ended_) return false;
  char buffer[16384];
  const ssize_t size = ::recv(fd_, buffer, sizeof(buffer), 0);
  if (size > 0) {
    received_.append(buffer, static_cast<std::size_t>(size));
    return true;
  }
  if (size == 0) ended_ = true;
  return false;
}

std::optional<RawResponse> RawClient::receive(bool to_head) {
  std::size_t head_end = 0;
  while ((head_end = received_.find("\r\n\r\n")) == std::string::npos) {
    if (!read_more()) return std::nullopt;
  }
  RawResponse response;
  response.head = received_.substr(0, head_end + 2);
  response.status = std::stoi(response.head.substr(9, 3));
  received_.erase(0, head_end + 4);
  const std::string length = to_head || response.status == 100 ? "" : response.field("Content-Length");
  const std::size_t size = length.empty() ? 0 : std::stoul(length);
  while (received_.size() < size) {
    if (!read_more()) return std::nullopt;
  }
  response.body = received_.substr(0, size);
  received_.erase(0, size);
  return response;
}

bool RawClient::at_end() {
  while (read_more()) {
  }
  return ended_ && received_.empty();
}

bool RawClient::has_input() const {
  pollfd entry = {.fd = fd_, .events = POLLIN, .revents = 0};
  return ::poll(&entry, 1, 0) > 0;
}

std::optional<RawResponse> ask(std::uint16_t port, std::string_view request, bool to_head) {
  RawClient client(port);
  client.send(request);
  return client.receive(to_head);
}

std::string get(std::string_view path, std::string_view fields) {
  return "GET " + std::string(path) + " HTTP/1.1\r\nHost: test\r\n" + std::string(fields) + "\r\n";
}

std::string post(std::string_view path, std::string_view body, std::string_view fields) {
  return "POST " + std::string(path) +
         " HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n" + std::string(fields) + "\r\n" + std::string(body);
}

}  // namespace support::http::tests

#include "tests/support/http_client.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <boost/json/parse.hpp>

namespace support::tests {
namespace http = boost::beast::http;

boost::json::value HttpAnswer::json() const {
  return boost::json::parse(body);
}

std::string HttpAnswer::header(std::string_view name) const {
  const auto found = headers.find(boost::beast::string_view(name.data(), name.size()));
  return found == headers.end() ? std::string() : std::string(found->value());
}

void HttpClient::connect() {
  const boost::asio::ip::tcp::endpoint endpoint(boost::asio::ip::address_v4::loopback(), port_);
  stream_.connect(endpoint);
  // A server that a test starts meanwhile would keep it open.
  ::fcntl(stream_.socket().native_handle(), F_SETFD, FD_CLOEXEC);
  // A server that hangs fails the test instead of hanging it, too.
  const timeval patience{.tv_sec = 60, .tv_usec = 0};
  ::setsockopt(stream_.socket().native_handle(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  buffer_.clear();
  connected_ = true;
}

void HttpClient::disconnect() {
  boost::system::error_code ignored;
  stream_.socket().close(ignored);
  connected_ = false;
}

HttpAnswer HttpClient::request(http::verb method, std::string_view target, std::string_view body,
                               std::string_view content_type) {
  if (!connected_) connect();
  http::request<http::string_body> request(method, boost::beast::string_view(target.data(), target.size()), 11);
  request.set(http::field::host, "localhost");
  if (!content_type.empty()) {
    request.set(http::field::content_type, boost::beast::string_view(content_type.data(), content_type.size()));
    request.body() = body;
    request.prepare_payload();
  }
  http::response<http::string_body> response;
  try {
    http::write(stream_, request);
    http::read(stream_, buffer_, response);
  } catch (...) {
    disconnect();
    throw;
  }
  if (!response.keep_alive()) disconnect();
  HttpAnswer answer;
  answer.status = response.result_int();
  answer.body = std::move(response.body());
  answer.headers = std::move(response.base());
  return answer;
}

}  // namespace support::tests

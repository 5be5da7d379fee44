#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include <boost/asio/io_context.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <boost/json/value.hpp>

namespace support::tests {

struct HttpAnswer {
  unsigned status = 0;
  std::string body;
  boost::beast::http::fields headers;

  // The body as JSON; throws when it is none.
  boost::json::value json() const;
  std::string header(std::string_view name) const;
};

// A blocking HTTP/1.1 client on one keep-alive connection, made on first use and again after the server has closed it.
// Throws boost::system::system_error when no answer comes.
class HttpClient {
 public:
  explicit HttpClient(std::uint16_t port) : port_(port) {}

  HttpAnswer get(std::string_view target) { return request(boost::beast::http::verb::get, target, "", ""); }
  HttpAnswer post(std::string_view target, std::string_view json) {
    return request(boost::beast::http::verb::post, target, json, "application/json");
  }
  HttpAnswer patch(std::string_view target, std::string_view json) {
    return request(boost::beast::http::verb::patch, target, json, "application/json");
  }
  HttpAnswer request(boost::beast::http::verb method, std::string_view target, std::string_view body,
                     std::string_view content_type);
  bool is_connected() const { return connected_; }
  // Gives the connection up; the next request makes a new one.
  void disconnect();

 private:
  void connect();

  std::uint16_t port_;
  boost::asio::io_context context_;
  boost::beast::tcp_stream stream_{context_};
  boost::beast::flat_buffer buffer_;
  bool connected_ = false;
};

}  // namespace support::tests

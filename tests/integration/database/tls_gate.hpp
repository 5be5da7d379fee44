#pragma once

#include <memory>
#include <string>
#include <thread>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

namespace support::database::tests {

// A relay on 127.0.0.1, on a thread of its own, that speaks TLS with the engine and none with the server behind it, as
// poolers do. What the server sends goes on in TLS records as large as they may be, 16 KiB, of which libpq reads the
// half at a time.
class TlsGate {
 public:
  TlsGate(int target_port, const std::string& certificate, const std::string& key)
      : target_(boost::asio::ip::make_address_v4("127.0.0.1"), static_cast<unsigned short>(target_port)),
        acceptor_(context_, {boost::asio::ip::make_address_v4("127.0.0.1"), 0}) {
    tls_.use_certificate_chain_file(certificate);
    tls_.use_private_key_file(key, boost::asio::ssl::context::pem);
    boost::asio::co_spawn(context_, accept(), boost::asio::detached);
    thread_ = std::thread([this] { context_.run(); });
  }
  ~TlsGate() {
    context_.stop();
    thread_.join();
  }
  TlsGate(const TlsGate&) = delete;
  TlsGate& operator=(const TlsGate&) = delete;

  int port() { return acceptor_.local_endpoint().port(); }

 private:
  using Tcp = boost::asio::ip::tcp;
  struct Pair {
    Pair(boost::asio::io_context& context, boost::asio::ssl::context& tls) : client(context, tls), server(context) {}
    boost::asio::ssl::stream<Tcp::socket> client;
    Tcp::socket server;
  };
  static constexpr std::size_t record = 16 * 1024;

  boost::asio::awaitable<void> accept() {
    for (;;) {
      const auto pair = std::make_shared<Pair>(context_, tls_);
      co_await acceptor_.async_accept(pair->client.next_layer(), boost::asio::use_awaitable);
      boost::asio::co_spawn(context_, open(pair), boost::asio::detached);
    }
  }

  boost::asio::awaitable<void> open(std::shared_ptr<Pair> pair) {
    boost::system::error_code ec;
    std::string request(8, '\0');  // SSLRequest
    co_await boost::asio::async_read(pair->client.next_layer(), boost::asio::buffer(request),
                                     boost::asio::redirect_error(boost::asio::use_awaitable, ec));
    const std::string yes = "S";
    if (!ec) {
      co_await boost::asio::async_write(pair->client.next_layer(), boost::asio::buffer(yes),
                                        boost::asio::redirect_error(boost::asio::use_awaitable, ec));
    }
    if (!ec) {
      co_await pair->client.async_handshake(boost::asio::ssl::stream_base::server,
                                            boost::asio::redirect_error(boost::asio::use_awaitable, ec));
    }
    if (!ec) {
      co_await pair->server.async_connect(target_, boost::asio::redirect_error(boost::asio::use_awaitable, ec));
    }
    if (ec) co_return;
    pair->client.next_layer().set_option(Tcp::no_delay(true));
    pair->server.set_option(Tcp::no_delay(true));
    boost::asio::co_spawn(context_, to_server(pair), boost::asio::detached);
    boost::asio::co_spawn(context_, to_client(pair), boost::asio::detached);
  }

  boost::asio::awaitable<void> to_server(std::shared_ptr<Pair> pair) {
    std::string buffer(record, '\0');
    boost::system::error_code ec;
    while (!ec) {
      const std::size_t size = co_await pair->client.async_read_some(
          boost::asio::buffer(buffer), boost::asio::redirect_error(boost::asio::use_awaitable, ec));
      if (ec) break;
      co_await boost::asio::async_write(pair->server, boost::asio::buffer(buffer.data(), size),
                                        boost::asio::redirect_error(boost::asio::use_awaitable, ec));
    }
    pair->server.close(ec);
  }

  boost::asio::awaitable<void> to_client(std::shared_ptr<Pair> pair) {
    std::string buffer(record, '\0');
    boost::asio::steady_timer pause(context_);
    boost::system::error_code ec;
    while (!ec) {
      std::size_t size = co_await pair->server.async_read_some(
          boost::asio::buffer(buffer), boost::asio::redirect_error(boost::asio::use_awaitable, ec));
      // A server sends 8 KiB at a time; what follows within a moment goes into the same record.
      while (!ec && size < record) {
        pause.expires_after(std::chrono::microseconds(300));
        co_await pause.async_wait(boost::asio::use_awaitable);
        if (pair->server.available() == 0) break;
        size += co_await pair->server.async_read_some(boost::asio::buffer(buffer) + size,
                                                      boost::asio::redirect_error(boost::asio::use_awaitable, ec));
      }
      if (size == 0) break;
      co_await boost::asio::async_write(pair->client, boost::asio::buffer(buffer.data(), size),
                                        boost::asio::redirect_error(boost::asio::use_awaitable, ec));
    }
    pair->client.next_layer().close(ec);
  }

  boost::asio::io_context context_;
  boost::asio::ssl::context tls_{boost::asio::ssl::context::tls_server};
  Tcp::endpoint target_;
  Tcp::acceptor acceptor_;
  std::thread thread_;
};

}  // namespace support::database::tests

#pragma once

#include <atomic>
#include <list>
#include <memory>
#include <thread>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

namespace support::database::tests {

// A TCP relay on 127.0.0.1 between the engine and a real server, on a thread of its own, that can be frozen (bytes
// stop, like a peer that lost its power) and cut (connections break).
class TcpGate {
 public:
  explicit TcpGate(int target_port)
      : target_(boost::asio::ip::make_address_v4("127.0.0.1"), static_cast<unsigned short>(target_port)),
        acceptor_(context_, {boost::asio::ip::make_address_v4("127.0.0.1"), 0}) {
    boost::asio::co_spawn(context_, accept(), boost::asio::detached);
    thread_ = std::thread([this] { context_.run(); });
  }
  ~TcpGate() {
    context_.stop();
    thread_.join();
  }
  TcpGate(const TcpGate&) = delete;
  TcpGate& operator=(const TcpGate&) = delete;

  int port() { return acceptor_.local_endpoint().port(); }
  void freeze() { frozen_ = true; }
  void thaw() { frozen_ = false; }
  // Breaks every connection that there is.
  void cut() {
    boost::asio::post(context_, [this] {
      for (const auto& socket : sockets_) socket->close();
      sockets_.clear();
    });
  }
  // From the next byte of the engine's on, nothing passes and everything breaks: the server never sees that byte.
  void cut_at_next_request() { cutting_ = true; }

 private:
  using Tcp = boost::asio::ip::tcp;
  using Socket = std::shared_ptr<Tcp::socket>;

  boost::asio::awaitable<void> accept() {
    for (;;) {
      const auto client = std::make_shared<Tcp::socket>(co_await acceptor_.async_accept(boost::asio::use_awaitable));
      const auto server = std::make_shared<Tcp::socket>(context_);
      co_await pass_gate();
      boost::system::error_code ec;
      co_await server->async_connect(target_, boost::asio::redirect_error(boost::asio::use_awaitable, ec));
      if (ec) continue;
      client->set_option(Tcp::no_delay(true));
      server->set_option(Tcp::no_delay(true));
      sockets_.push_back(client);
      sockets_.push_back(server);
      boost::asio::co_spawn(context_, relay(client, server, true), boost::asio::detached);
      boost::asio::co_spawn(context_, relay(server, client, false), boost::asio::detached);
    }
  }

  boost::asio::awaitable<void> relay(Socket from, Socket to, bool from_engine) {
    std::vector<char> buffer(64 * 1024);
    boost::system::error_code ec;
    for (;;) {
      const std::size_t size = co_await from->async_read_some(
          boost::asio::buffer(buffer), boost::asio::redirect_error(boost::asio::use_awaitable, ec));
      if (ec) break;
      co_await pass_gate();
      if (from_engine && cutting_.exchange(false)) break;
      co_await boost::asio::async_write(*to, boost::asio::buffer(buffer.data(), size),
                                        boost::asio::redirect_error(boost::asio::use_awaitable, ec));
      if (ec) break;
    }
    from->close();
    to->close();
  }

  boost::asio::awaitable<void> pass_gate() {
    while (frozen_) {
      boost::asio::steady_timer timer(context_, std::chrono::milliseconds(1));
      co_await timer.async_wait(boost::asio::use_awaitable);
    }
  }

  boost::asio::io_context context_;
  Tcp::endpoint target_;
  Tcp::acceptor acceptor_;
  std::list<Socket> sockets_;
  std::atomic<bool> frozen_ = false;
  std::atomic<bool> cutting_ = false;
  std::thread thread_;
};

// A port that accepts connections (the kernel does) and never says a word.
class SilentPort {
 public:
  SilentPort() : acceptor_(context_, {boost::asio::ip::make_address_v4("127.0.0.1"), 0}) {}
  int port() { return acceptor_.local_endpoint().port(); }

 private:
  boost::asio::io_context context_;
  boost::asio::ip::tcp::acceptor acceptor_;
};

// A port on which nobody listens: taken, and given back.
inline int closed_port() {
  return SilentPort().port();
}

}  // namespace support::database::tests

// What /ping is measured against: answers whatever arrives on a connection with the bytes of a file, unread.
// Arguments: port, file.
#include <array>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

asio::awaitable<void> answer(tcp::socket socket, const std::string& response) {
  std::array<char, 4096> input{};
  boost::system::error_code ec;
  while (!ec) {
    co_await socket.async_read_some(asio::buffer(input), asio::redirect_error(asio::use_awaitable, ec));
    if (ec) co_return;
    co_await asio::async_write(socket, asio::buffer(response), asio::redirect_error(asio::use_awaitable, ec));
  }
}

asio::awaitable<void> listen(tcp::acceptor acceptor, const std::string& response) {
  while (true) {
    tcp::socket socket = co_await acceptor.async_accept(asio::use_awaitable);
    socket.set_option(tcp::no_delay(true));
    asio::co_spawn(acceptor.get_executor(), answer(std::move(socket), response), asio::detached);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  std::ifstream file(argv[2], std::ios::binary);
  const std::string response(std::istreambuf_iterator<char>(file), {});
  asio::io_context context(BOOST_ASIO_CONCURRENCY_HINT_UNSAFE_IO);  // as the threads of the service
  const auto port = static_cast<asio::ip::port_type>(std::atoi(argv[1]));
  tcp::acceptor acceptor(context, {asio::ip::address_v4::loopback(), port});
  asio::co_spawn(context, listen(std::move(acceptor), response), asio::detached);
  context.run();
}

#pragma once

#include <cstdint>
#include <string>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

namespace support::http {

enum class Claim {
  exclusive,  // the first listener of the process: fails when anybody else has the address
  join,       // another one of the same process on the same address (SO_REUSEPORT)
};

// A nonblocking, listening acceptor. `host` is an address or a name that resolves to one; resolving blocks, so this is
// for the program's start. Throws BindError.
boost::asio::ip::tcp::acceptor listen_on(boost::asio::io_context& context, const std::string& host, std::uint16_t port,
                                         Claim claim);

// Makes the kernel ignore new connection attempts on this listener while those whose handshake has begun still
// complete, so that closing it after the queue is empty resets nobody. A client that is ignored tries again a second
// later and is then refused. Best effort: where the kernel forbids it, closing has a window of microseconds.
void ignore_new_handshakes(boost::asio::ip::tcp::acceptor& acceptor);

// "192.0.2.7:51234" or "[2001:db8::1]:51234".
std::string to_text(const boost::asio::ip::tcp::endpoint& endpoint);

}  // namespace support::http

#include "app/http/listener.hpp"

#include <linux/filter.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>

#include <boost/asio/ip/v6_only.hpp>
#include <boost/system/system_error.hpp>

#include "app/http/server.hpp"

namespace support::http {

namespace {

namespace asio = boost::asio;
using Tcp = asio::ip::tcp;
using ErrorCode = boost::system::error_code;

using ReusePort = asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;

// The kernel caps it at net.core.somaxconn.
constexpr int backlog = 4096;

Tcp::endpoint resolve(asio::io_context& context, const std::string& host, std::uint16_t port) {
  ErrorCode ec;
  const auto address = asio::ip::make_address(host, ec);
  if (!ec) return {address, port};
  Tcp::resolver resolver(context);
  const auto found = resolver.resolve(host, std::to_string(port), Tcp::resolver::passive, ec);
  if (ec || found.empty()) {
    throw BindError("HTTP_HOST \"" + host + "\" does not resolve to an address (" + ec.message() +
                    "); set it to an address of this machine, such as 127.0.0.1 or 0.0.0.0.");
  }
  const auto v4 = std::ranges::find_if(found, [](const auto& entry) { return entry.endpoint().address().is_v4(); });
  return v4 == found.end() ? found.begin()->endpoint() : v4->endpoint();
}

[[noreturn]] void throw_bind_error(const Tcp::endpoint& endpoint, const ErrorCode& ec) {
  const std::string where = to_text(endpoint);
  if (ec == asio::error::address_in_use) {
    throw BindError("Another program already listens on " + where +
                    "; stop it (\"ss -ltnp\" shows which one it is) or set HTTP_PORT to another port.");
  }
  if (ec == boost::system::errc::address_not_available) {
    throw BindError("The address of " + where +
                    " is not one of this machine's; set HTTP_HOST to one that is, or to 0.0.0.0 for all of them.");
  }
  if (ec == asio::error::access_denied) {
    throw BindError("This user may not listen on " + where +
                    ", because ports below 1024 are privileged; set HTTP_PORT to 1024 or above.");
  }
  throw BindError("Listening on " + where + " failed (" + ec.message() + "); check HTTP_HOST and HTTP_PORT.");
}

void open_and_listen(Tcp::acceptor& acceptor, const Tcp::endpoint& endpoint, Claim claim) {
  acceptor.open(endpoint.protocol());
  acceptor.set_option(Tcp::acceptor::reuse_address(true));
  if (endpoint.address().is_v6()) acceptor.set_option(asio::ip::v6_only(false));
  if (claim == Claim::join) acceptor.set_option(ReusePort(true));
  acceptor.bind(endpoint);
  // Shared only after the bind has shown that the address is free: bound with SO_REUSEPORT from the start, a second
  // copy of the program would silently take half of the connections.
  if (claim == Claim::exclusive) acceptor.set_option(ReusePort(true));
  acceptor.listen(backlog);
  acceptor.non_blocking(true);
}

}  // namespace

Tcp::acceptor listen_on(asio::io_context& context, const std::string& host, std::uint16_t port, Claim claim) {
  const Tcp::endpoint endpoint = resolve(context, host, port);
  Tcp::acceptor acceptor(context);
  try {
    open_and_listen(acceptor, endpoint, claim);
  } catch (const boost::system::system_error& error) {
    throw_bind_error(endpoint, error.code());
  }
  return acceptor;
}

void ignore_new_handshakes(Tcp::acceptor& acceptor) {
  // On a TCP socket a filter sees the segment from its TCP header on; byte 13 has the flags, 0x02 of them is SYN.
  std::array<sock_filter, 4> program = {{
      BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 13),
      BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, 0x02, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, 0),
      BPF_STMT(BPF_RET | BPF_K, 0xffffffff),
  }};
  const sock_fprog filter = {.len = static_cast<unsigned short>(program.size()), .filter = program.data()};
  static_cast<void>(::setsockopt(acceptor.native_handle(), SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof(filter)));
}

std::string to_text(const Tcp::endpoint& endpoint) {
  auto address = endpoint.address();
  // A dual-stack listener sees IPv4 clients as ::ffff:a.b.c.d.
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    address = asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6());
  }
  const std::string port = std::to_string(endpoint.port());
  return address.is_v6() ? "[" + address.to_string() + "]:" + port : address.to_string() + ":" + port;
}

}  // namespace support::http

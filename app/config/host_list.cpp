#include "app/config/host_list.hpp"

#include <arpa/inet.h>

#include <algorithm>

#include <fmt/format.h>

#include "app/config/ascii.hpp"
#include "app/config/database_url.hpp"
#include "app/config/text_values.hpp"

namespace support::config {
namespace {

struct Endpoint {
  std::string host;
  std::string port;  // empty: none
};

bool is_ipv6(const std::string& address) {
  in6_addr parsed{};
  const auto zone = address.find('%');
  if (zone != std::string::npos && zone + 1 == address.size()) return false;
  return inet_pton(AF_INET6, address.substr(0, zone).c_str(), &parsed) == 1;
}

class Reader {
 public:
  explicit Reader(bool may_quote) : may_quote_(may_quote) {}

  std::vector<Endpoint> read_authority(std::string_view list) const {
    std::vector<Endpoint> endpoints;
    if (list.empty()) return endpoints;
    for (const std::string_view raw : split(list, ',')) endpoints.push_back(read_authority_host(raw));
    check_list(endpoints);
    return endpoints;
  }

  std::vector<Endpoint> read_parameters(const std::vector<std::string>& values) const {
    std::vector<Endpoint> endpoints;
    for (const std::string& value : values) {
      for (const std::string_view host : split(value, ',')) endpoints.push_back(read_parameter_host(host));
    }
    check_list(endpoints);
    return endpoints;
  }

  std::vector<std::string> read_ports(const std::vector<std::string>& values) const {
    std::vector<std::string> ports;
    for (const std::string& value : values) {
      for (const std::string_view port : split(value, ',')) ports.push_back(read_port(port));
    }
    return ports;
  }

 private:
  Endpoint read_authority_host(std::string_view raw) const {
    if (raw.starts_with('[')) return read_bracketed(raw);
    const auto colon = raw.find(':');
    const std::string host = percent_decode(raw.substr(0, colon), "host");
    if (colon != std::string_view::npos && raw.find(':', colon + 1) != std::string_view::npos &&
        is_ipv6(std::string(raw))) {
      throw DatabaseUrlError(fmt::format("The host '{0}' is an IPv6 address without brackets; write [{0}].", raw));
    }
    Endpoint endpoint{.host = host, .port = {}};
    if (colon != std::string_view::npos) endpoint.port = read_port(percent_decode(raw.substr(colon + 1), "port"));
    check_host(host);
    return endpoint;
  }

  // `[address]` or `[address]:port`.
  Endpoint read_bracketed(std::string_view raw) const {
    const auto close = raw.find(']');
    const std::string address =
        percent_decode(raw.substr(1, close == std::string_view::npos ? close : close - 1), "host");
    if (close == std::string_view::npos || !is_ipv6(address)) {
      throw DatabaseUrlError("A host begins with a bracket and is no IPv6 address; write it as in [2001:db8::1]:5432.");
    }
    const std::string_view after = raw.substr(close + 1);
    if (!after.empty() && after.front() != ':') {
      throw DatabaseUrlError("A host goes on after its bracket; only a port may follow, as in [2001:db8::1]:5432.");
    }
    return {.host = address, .port = after.empty() ? std::string() : read_port(after.substr(1))};
  }

  // SQLAlchemy puts the port after the host here, libpq doesn't; a socket's folder may hold colons of its own.
  Endpoint read_parameter_host(std::string_view host) const {
    if (host.starts_with('[')) return read_bracketed(host);
    const auto colon = host.find(':');
    if (is_socket(host) || colon == std::string_view::npos || is_ipv6(std::string(host))) {
      check_host(host);
      return {.host = std::string(host), .port = {}};
    }
    check_host(host.substr(0, colon));
    return {.host = std::string(host.substr(0, colon)), .port = read_port(host.substr(colon + 1))};
  }

  std::string read_port(std::string_view port) const {
    if (port.empty()) return {};
    const bool digits = std::all_of(port.begin(), port.end(), is_digit);
    const auto number = digits ? parse_whole(port) : std::nullopt;
    if (number && *number >= 1 && *number <= 65535) return std::to_string(*number);
    // Digits are shown in any case: no parser takes `name:digits` without an '@' for a password.
    const std::string text = digits ? fmt::format(" '{}'", printable(port)) : quoted_port(port);
    throw DatabaseUrlError(
        fmt::format("The port{} after a host is no number from 1 to 65535; write one such as 5432, a ':' that belongs "
                    "to a socket folder "
                    "as %3A, and user and password before an '@'.",
                    text));
  }

  void check_host(std::string_view host) const {
    const bool socket = is_socket(host);
    if (socket && host.size() == 1) {
      throw DatabaseUrlError("The host of the socket is no more than its first character; write the whole folder.");
    }
    const auto unusual = [socket](char c) {
      if (socket) return c == ',';  // libpq splits there
      return !(is_letter(c) || is_digit(c) || c == '-' || c == '.' || c == '_' ||
               static_cast<unsigned char>(c) >= 0x80);
    };
    const auto found = std::find_if(host.begin(), host.end(), unusual);
    if (found == host.end() || is_ipv6(std::string(host))) return;
    // The host itself is not quoted: with an '@' in a password that is not encoded it is a piece of the password.
    throw DatabaseUrlError(
        fmt::format("A host holds '{}', which no host has; write a name, an address, or the folder of a socket, with "
                    "',' between hosts and "
                    "':' before the port.",
                    printable(std::string_view(&*found, 1))));
  }

  void check_list(const std::vector<Endpoint>& endpoints) const {
    const auto is_empty = [](const Endpoint& endpoint) { return endpoint.host.empty(); };
    if (endpoints.size() > 1 && std::any_of(endpoints.begin(), endpoints.end(), is_empty)) {
      throw DatabaseUrlError("The list of hosts holds an empty host; write one host, or nothing, around every ','.");
    }
  }

  std::string quoted_port(std::string_view port) const {
    return may_quote_ ? fmt::format(" '{}'", printable(port)) : std::string();
  }

  bool may_quote_;
};

std::vector<std::string> hosts_of(const std::vector<Endpoint>& endpoints) {
  std::vector<std::string> hosts;
  for (const Endpoint& endpoint : endpoints) {
    if (!endpoint.host.empty()) hosts.push_back(endpoint.host);
  }
  return hosts;
}

// Nothing when no port is given at all.
std::vector<std::string> unless_all_empty(std::vector<std::string> ports) {
  const bool none = std::all_of(ports.begin(), ports.end(), [](const std::string& port) { return port.empty(); });
  return none ? std::vector<std::string>() : ports;
}

std::vector<std::string> ports_of(const std::vector<Endpoint>& endpoints) {
  std::vector<std::string> ports;
  for (const Endpoint& endpoint : endpoints) ports.push_back(endpoint.port);
  return unless_all_empty(std::move(ports));
}

// The one of two lists that is given; both when they agree.
std::vector<std::string> one_of(const std::vector<std::string>& a, const std::vector<std::string>& b,
                                std::string_view what, bool may_quote) {
  if (a.empty()) return b;
  if (b.empty() || a == b) return a;
  const std::string both =
      may_quote ? printable(fmt::format(" ('{}' and '{}')", fmt::join(a, ","), fmt::join(b, ","))) : std::string();
  throw DatabaseUrlError(fmt::format(
      "The database URL gives the {} twice and differently{}: before its path and in its parameters; leave one of "
      "them out.",
      what, both));
}

}  // namespace

bool is_socket(std::string_view host) {
  return host.starts_with('/') || host.starts_with('@');
}

HostsAndPorts read_hosts(const HostSpellings& spellings) {
  const Reader reader(spellings.may_quote);
  const auto authority = reader.read_authority(spellings.authority);
  const auto parameters = reader.read_parameters(spellings.host_parameters);
  const bool quote = spellings.may_quote;
  const auto hosts = one_of(hosts_of(authority), hosts_of(parameters), "host", quote);
  const auto inline_ports = one_of(ports_of(authority), ports_of(parameters), "port", quote);
  const auto ports =
      one_of(inline_ports, unless_all_empty(reader.read_ports(spellings.port_parameters)), "port", quote);

  HostsAndPorts result{.host = fmt::format("{}", fmt::join(hosts, ",")),
                       .port = fmt::format("{}", fmt::join(ports, ","))};
  // libpq reads `//a,b/` as an empty port for each host.
  if (ports.empty() && authority.size() > 1) result.port = std::string(authority.size() - 1, ',');

  const std::size_t addresses = spellings.hostaddr ? split(*spellings.hostaddr, ',').size() : 0;
  if (addresses > 0 && !hosts.empty() && addresses != hosts.size()) {
    throw DatabaseUrlError(
        fmt::format("The database URL names hosts ({}) and, in the parameter 'hostaddr', addresses ({}) that don't "
                    "pair up; write one "
                    "address for each host.",
                    hosts.size(), addresses));
  }
  const std::size_t servers = std::max(addresses, std::max<std::size_t>(hosts.size(), 1));
  if (ports.size() > 1 && ports.size() != servers) {
    throw DatabaseUrlError(
        fmt::format("The database URL names {} ports for {} host{}; write one port for each host, or one for all.",
                    ports.size(), servers, servers == 1 ? "" : "s"));
  }
  return result;
}

}  // namespace support::config

#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/config/url_text.hpp"

namespace support::config {

// libpq's `host` and `port` values: lists of the same length, or one port for all hosts. Empty: not given.
struct HostsAndPorts {
  std::string host;
  std::string port;
};

// What the URL says about servers, in any of the ways: before the path (`a:5432,b`), in libpq's parameters
// (`host=a,b&port=1,2`) and in SQLAlchemy's (`host=a:1&host=b:2`).
struct HostSpellings {
  std::string_view authority;                // not decoded
  std::vector<std::string> host_parameters;  // decoded
  std::vector<std::string> port_parameters;  // decoded
  std::optional<std::string> hostaddr;       // decoded; libpq counts ports by it
  // Whether what is no port may be quoted: without a password before an '@' it may be the password.
  bool may_quote = true;
};

// Throws DatabaseUrlError.
HostsAndPorts read_hosts(const HostSpellings&);

// libpq takes such a host for the folder (or abstract name) of a Unix socket.
bool is_socket(std::string_view host);

}  // namespace support::config

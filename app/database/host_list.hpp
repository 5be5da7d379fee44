#pragma once

#include <map>
#include <string>
#include <vector>

#include "app/config/database_url.hpp"

namespace support::database {

// One place to connect to, as libpq's lists host, hostaddr and port spell it.
struct HostEntry {
  std::string host;      // a name, an address, or a socket folder
  std::string hostaddr;  // a numeric address; empty: as `host` says
  std::string port;

  friend bool operator==(const HostEntry&, const HostEntry&) = default;
};

// True when libpq would ask the resolver, and block, to connect to this entry.
bool needs_resolving(const HostEntry& entry);

// The places that the keywords name, in order. Empty when the lists do not match each other in length (libpq says so
// better) or no host is named at all.
std::vector<HostEntry> split_hosts(const std::vector<config::Keyword>& keywords);

// Every name replaced by one entry an address, the name kept for TLS verification and .pgpass. Names that are not in
// `addresses` are left out.
std::vector<HostEntry> with_addresses(const std::vector<HostEntry>& entries,
                                      const std::map<std::string, std::vector<std::string>>& addresses);

// The keywords with these entries instead of their own host, hostaddr and port.
std::vector<config::Keyword> with_hosts(const std::vector<config::Keyword>& keywords,
                                        const std::vector<HostEntry>& entries);

// The keywords with this one instead of their own of the same name.
std::vector<config::Keyword> with_keyword(std::vector<config::Keyword> keywords, const config::Keyword& keyword);

}  // namespace support::database

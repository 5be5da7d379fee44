#include "app/database/host_list.hpp"

#include <algorithm>
#include <string_view>

#include <boost/asio/ip/address.hpp>

namespace support::database {
namespace {

std::string value_of(const std::vector<config::Keyword>& keywords, std::string_view name) {
  const auto found = std::find_if(keywords.begin(), keywords.end(), [&](const auto& k) { return k.name == name; });
  return found == keywords.end() ? "" : found->value;
}

std::vector<std::string> split_list(std::string_view list) {
  std::vector<std::string> parts;
  if (list.empty()) return parts;
  for (;;) {
    const std::size_t comma = list.find(',');
    parts.emplace_back(list.substr(0, comma));
    if (comma == std::string_view::npos) return parts;
    list.remove_prefix(comma + 1);
  }
}

std::string join(const std::vector<HostEntry>& entries, std::string HostEntry::*part) {
  std::string list;
  for (const HostEntry& entry : entries) {
    if (&entry != &entries.front()) list += ',';
    list += entry.*part;
  }
  return list;
}

bool is_address(const std::string& text) {
  boost::system::error_code ec;
  boost::asio::ip::make_address(text, ec);
  return !ec;
}

}  // namespace

bool needs_resolving(const HostEntry& entry) {
  if (!entry.hostaddr.empty() || entry.host.empty()) return false;
  const bool is_socket = entry.host.starts_with('/') || entry.host.starts_with('@');
  return !is_socket && !is_address(entry.host);
}

std::vector<HostEntry> split_hosts(const std::vector<config::Keyword>& keywords) {
  const auto hosts = split_list(value_of(keywords, "host"));
  const auto addresses = split_list(value_of(keywords, "hostaddr"));
  const auto ports = split_list(value_of(keywords, "port"));
  const std::size_t count = std::max(hosts.size(), addresses.size());
  const auto fits = [count](const auto& list) { return list.empty() || list.size() == count; };
  if (!fits(hosts) || !fits(addresses) || !(fits(ports) || ports.size() == 1)) return {};
  std::vector<HostEntry> entries(count);
  for (std::size_t i = 0; i < count; ++i) {
    if (!hosts.empty()) entries[i].host = hosts[i];
    if (!addresses.empty()) entries[i].hostaddr = addresses[i];
    if (!ports.empty()) entries[i].port = ports.size() == 1 ? ports[0] : ports[i];
  }
  return entries;
}

std::vector<HostEntry> with_addresses(const std::vector<HostEntry>& entries,
                                      const std::map<std::string, std::vector<std::string>>& addresses) {
  std::vector<HostEntry> resolved;
  for (const HostEntry& entry : entries) {
    if (!needs_resolving(entry)) {
      resolved.push_back(entry);
      continue;
    }
    const auto found = addresses.find(entry.host);
    if (found == addresses.end()) continue;
    for (const std::string& address : found->second) resolved.push_back({entry.host, address, entry.port});
  }
  return resolved;
}

std::vector<config::Keyword> with_hosts(const std::vector<config::Keyword>& keywords,
                                        const std::vector<HostEntry>& entries) {
  std::vector<config::Keyword> changed;
  for (const config::Keyword& keyword : keywords) {
    if (keyword.name != "host" && keyword.name != "hostaddr" && keyword.name != "port") changed.push_back(keyword);
  }
  const auto any = [&](std::string HostEntry::*part) {
    return std::any_of(entries.begin(), entries.end(), [&](const HostEntry& e) { return !(e.*part).empty(); });
  };
  if (any(&HostEntry::host)) changed.push_back({"host", join(entries, &HostEntry::host)});
  if (any(&HostEntry::hostaddr)) changed.push_back({"hostaddr", join(entries, &HostEntry::hostaddr)});
  if (any(&HostEntry::port)) changed.push_back({"port", join(entries, &HostEntry::port)});
  return changed;
}

std::vector<config::Keyword> with_keyword(std::vector<config::Keyword> keywords, const config::Keyword& keyword) {
  std::erase_if(keywords, [&](const config::Keyword& other) { return other.name == keyword.name; });
  keywords.push_back(keyword);
  return keywords;
}

}  // namespace support::database

// Making a connection: names, addresses, the polling loop, the session.

#include <netdb.h>
#include <sys/socket.h>

#include <array>
#include <cstdlib>
#include <map>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "app/database/blocking_threads.hpp"
#include "app/database/connection.hpp"
#include "app/database/host_list.hpp"
#include "app/database/wire.hpp"

namespace support::database {
namespace {

using Clock = std::chrono::steady_clock;
using TimePoint = Clock::time_point;
using Addresses = std::map<std::string, std::vector<std::string>>;

bool has(const std::vector<config::Keyword>& keywords, std::string_view name) {
  for (const auto& keyword : keywords) {
    if (keyword.name == name) return true;
  }
  return false;
}

// What the engine relies on, where the URL does not say otherwise.
std::vector<config::Keyword> complete(std::vector<config::Keyword> keywords) {
  const auto provide = [&](const char* name, const char* value) {
    if (!has(keywords, name)) keywords.push_back({name, value});
  };
  // libpq takes a host that is not given from the environment; taken here, it is resolved off this thread.
  const char* host = std::getenv("PGHOST");
  if (host && *host && !has(keywords, "hostaddr")) provide("host", host);
  provide("application_name", "support-agent");
  provide("client_encoding", "UTF8");
  // With a ticket cache on the machine libpq would talk to the Kerberos server, blocking.
  provide("gssencmode", "disable");
  return keywords;
}

std::vector<std::string> look_up(const std::string& name) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  std::vector<std::string> addresses;
  if (::getaddrinfo(name.c_str(), nullptr, &hints, &found) != 0) return addresses;
  for (const addrinfo* entry = found; entry; entry = entry->ai_next) {
    std::array<char, NI_MAXHOST> text{};
    if (::getnameinfo(entry->ai_addr, entry->ai_addrlen, text.data(), text.size(), nullptr, 0, NI_NUMERICHOST) == 0) {
      addresses.emplace_back(text.data());
    }
  }
  ::freeaddrinfo(found);
  return addresses;
}

Error cannot_connect(std::string_view why) {
  return {Condition::connect_failed,
          fmt::format("No connection to the database: {}. Check that the server runs and that DATABASE_URL is right.",
                      why)};
}

// The entries with every name resolved, off this thread. What can't be resolved is left out.
asio::awaitable<Result<std::vector<HostEntry>>> resolve(asio::io_context& context, std::vector<HostEntry> entries,
                                                        TimePoint deadline) {
  std::vector<std::string> names;
  for (const HostEntry& entry : entries) {
    if (needs_resolving(entry)) names.push_back(entry.host);
  }
  if (names.empty()) co_return entries;
  const auto addresses = std::make_shared<Addresses>();
  const std::string list = fmt::format("{}", fmt::join(names, ", "));
  std::function<void()> work = [names = std::move(names), addresses] {
    for (const std::string& name : names) {
      if (auto found = look_up(name); !found.empty()) addresses->insert_or_assign(name, std::move(found));
    }
  };
  const auto outcome = co_await BlockingThreads::for_names().run(context, std::move(work), deadline);
  switch (outcome) {
    case BlockingThreads::Outcome::done:
      break;
    case BlockingThreads::Outcome::cancelled:
      co_return Error(asio::error::operation_aborted, Diagnostics{.message = "Connecting was cancelled."});
    case BlockingThreads::Outcome::refused:
      co_return cannot_connect(fmt::format("too many names wait for the resolver, {} among them", list));
    case BlockingThreads::Outcome::too_late:
      co_return cannot_connect(fmt::format("the resolver did not answer in time for {}", list));
  }
  auto resolved = with_addresses(entries, *addresses);
  if (resolved.empty()) co_return cannot_connect(fmt::format("no address is known for {}", list));
  co_return resolved;
}

Result<std::unique_ptr<Wire>> start(asio::io_context& context, const std::vector<config::Keyword>& keywords) {
  std::vector<const char*> names;
  std::vector<const char*> values;
  for (const auto& keyword : keywords) {
    names.push_back(keyword.name.c_str());
    values.push_back(keyword.value.c_str());
  }
  names.push_back(nullptr);
  values.push_back(nullptr);
  ConnectionHandle connection(PQconnectStartParams(names.data(), values.data(), 0));
  if (!connection) return cannot_connect("there is no memory left");
  if (PQstatus(connection.get()) == CONNECTION_BAD) return cannot_connect(connect_failure(*connection));
  return std::make_unique<Wire>(context, std::move(connection));
}

std::string text_or_empty(const char* text) {
  return text ? text : "";
}

// Which entry libpq is at. It goes through them in order, so the search starts at the last known one.
std::size_t current_entry(PGconn* connection, const std::vector<HostEntry>& entries, std::size_t from) {
  const std::string host = text_or_empty(PQhost(connection));
  const std::string address = text_or_empty(PQhostaddr(connection));
  const std::string port = text_or_empty(PQport(connection));
  for (std::size_t i = from; i < entries.size(); ++i) {
    const HostEntry& entry = entries[i];
    if (!entry.port.empty() && entry.port != port) continue;
    if (!entry.hostaddr.empty() && !address.empty() && entry.hostaddr != address) continue;
    if (!entry.host.empty() && entry.host != host) continue;
    return i;
  }
  return from;
}

// A connection that is made, or what became of it. `silent_entries`: so many entries from the first were tried and left
// unanswered when the time of the last of them was up.
struct Attempt {
  Result<std::unique_ptr<Wire>> wire;
  std::size_t silent_entries = 0;
};

// One pass over the entries. Every entry may take its fair part of the time that is left, so that a host that does not
// answer leaves time for the next.
asio::awaitable<Attempt> attempt(asio::io_context& context, std::vector<config::Keyword> keywords,
                                 std::vector<HostEntry> entries, TimePoint deadline) {
  auto wire = start(context, keywords);
  if (!wire) co_return Attempt{wire.error()};
  const std::size_t count = std::max<std::size_t>(entries.size(), 1);
  std::size_t current = 0;
  const auto fair_part = [&] {
    const auto now = Clock::now();
    return now + (deadline - now) / static_cast<int>(count - current);
  };
  TimePoint entry_deadline = fair_part();
  for (;;) {
    const auto connected = co_await (*wire)->connect_step(entry_deadline);
    if (!connected && connected.error().is_deadline_exceeded()) {
      const HostEntry* entry = current < entries.size() ? &entries[current] : nullptr;
      const std::string where = entry ? (entry->hostaddr.empty() ? entry->host : entry->hostaddr) : "the server";
      const std::string port = entry && !entry->port.empty() ? ", port " + entry->port : "";
      co_return Attempt{cannot_connect(fmt::format("{}{} does not answer", where, port)), current + 1};
    }
    if (!connected) {
      const Error& error = connected.error();
      co_return Attempt{error.is(Condition::connect_failed) ? cannot_connect(error.diagnostics().message) : error};
    }
    if (*connected) co_return Attempt{std::move(wire)};
    const std::size_t now_at = current_entry((*wire)->handle(), entries, current);
    if (now_at != current) {
      current = now_at;
      entry_deadline = fair_part();
    }
  }
}

// What every session of the engine has in common.
asio::awaitable<Result<void>> set_up_session(Wire& wire, const ConnectOptions& options, TimePoint deadline) {
  if (const auto ready = wire.finish_connecting(); !ready) co_return ready.error();
  const std::string zone = text_or_empty(PQparameterStatus(wire.handle(), "TimeZone"));
  const std::string sql = options.session_settings();
  const bool is_as_wanted = !options.statement_timeout && !options.read_only && (zone == "UTC" || zone == "Etc/UTC");
  if (sql.empty() || is_as_wanted) co_return Result<void>();
  if (PQsendQuery(wire.handle(), sql.c_str()) == 0) co_return wire.lost();
  const auto set = co_await wire.exchange(deadline);
  if (!set) co_return set.error();
  co_return Result<void>();
}

}  // namespace

asio::awaitable<Result<std::unique_ptr<Connection>>> Connection::connect(asio::io_context& context,
                                                                         ConnectOptions options) {
  const auto deadline = Clock::now() + options.connect_timeout;
  const auto keywords = complete(options.keywords);
  auto entries = split_hosts(keywords);
  const bool has_entries = !entries.empty();
  if (has_entries) {
    auto resolved = co_await resolve(context, std::move(entries), deadline);
    if (!resolved) co_return resolved.error();
    entries = std::move(*resolved);
  }
  for (;;) {
    // Named, because GCC 12 destroys a conditional's temporary twice inside a co_await.
    auto now_wanted = keywords;
    if (has_entries) now_wanted = with_hosts(keywords, entries);
    auto tried = co_await attempt(context, std::move(now_wanted), entries, deadline);
    if (tried.wire) {
      auto& wire = *tried.wire;
      const auto ready = co_await set_up_session(*wire, options, deadline);
      if (!ready) co_return cannot_connect(ready.error().text());
      co_return std::unique_ptr<Connection>(new Connection(std::move(wire), options));
    }
    const std::size_t silent = tried.silent_entries;
    if (silent == 0 || silent >= entries.size() || Clock::now() >= deadline) co_return tried.wire.error();
    entries.erase(entries.begin(), entries.begin() + static_cast<std::ptrdiff_t>(silent));
  }
}

}  // namespace support::database

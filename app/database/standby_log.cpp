#include "app/database/standby_log.hpp"

#include <fmt/format.h>

#include "app/config/logging.hpp"

namespace support::database {
namespace {

constexpr std::chrono::seconds between_lines{1};

std::string reason_of(HostUse use, const StandbyBoard& board, const std::string& why) {
  switch (use) {
    case HostUse::behind:
      return fmt::format("it is more than {} ms behind (DATABASE_READ_MAX_LAG)", board.max_lag().count());
    case HostUse::primary:
      return "it is the primary";
    case HostUse::rival_primary:
      return "it takes writes, and another host of DATABASE_URL does so too: fence the one that is to stand by";
    case HostUse::stranger:
      return "it is not known to follow the primary's timeline; that shows after its next restartpoint, or "
             "at once to a role that has pg_read_all_stats";
    case HostUse::unreachable:
      return why;
    case HostUse::unknown:
    case HostUse::reads:
      break;
  }
  return {};
}

}  // namespace

HostUse use_of(const StandbyLag& lag, std::size_t host, StandbyLag::TimePoint now, std::chrono::milliseconds max_lag) {
  switch (lag.standing(host)) {
    case StandbyLag::Standing::unknown:
      return HostUse::unknown;
    case StandbyLag::Standing::primary:
      return HostUse::primary;
    case StandbyLag::Standing::rival_primary:
      return HostUse::rival_primary;
    case StandbyLag::Standing::stranger:
      return HostUse::stranger;
    case StandbyLag::Standing::standby:
      break;
  }
  const auto current_as_of = lag.current_as_of(host);
  return current_as_of && now - *current_as_of <= max_lag ? HostUse::reads : HostUse::behind;
}

void StandbyLog::note(std::size_t host, HostUse use, TimePoint now, const std::string& why) {
  Host& noted = hosts_[host];
  if (use == HostUse::unknown || use == noted.said || now - noted.quiet_since < between_lines) return;
  const bool was_read = noted.said == HostUse::reads;
  const bool is_news = use != HostUse::primary || was_read;  // that a list of hosts holds the primary is none
  noted.said = use;
  if (!is_news) return;
  noted.quiet_since = now;
  if (use == HostUse::reads) {
    config::log_event(spdlog::level::info, "database", "Reads may go to a standby.", {{"host", board_.name(host)}});
    return;
  }
  config::log_event(spdlog::level::warn, "database",
                    was_read ? "Reads no longer go to a standby." : "Reads do not go to a standby.",
                    {{"host", board_.name(host)}, {"reason", reason_of(use, board_, why)}});
}

}  // namespace support::database

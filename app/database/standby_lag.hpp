#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "app/database/position_history.hpp"
#include "app/database/server_report.hpp"

namespace support::database {

// How current the standbys among some hosts are, from what the hosts report; no I/O and no clock of its own.
//
// The bound that it finds holds whatever the clocks of the servers say and however idle the primary is: a standby that
// has replayed the position at which the primary was seen at some time shows everything that was committed by then.
// Positions can be compared within one history only: nothing is said while two hosts take writes, and of a standby that
// is not known to be on the primary's timeline.
class StandbyLag {
 public:
  using TimePoint = PositionHistory::TimePoint;

  explicit StandbyLag(std::size_t hosts) : hosts_(hosts) {}

  // Host number `host` answered a question that was sent at `asked`, after the last one was answered.
  void reported(std::size_t host, TimePoint asked, const ServerReport& report);
  // The session with it ended: nothing is known of it any more.
  void lost(std::size_t host);

  // Everything committed on the primary by then can be seen on this standby. Empty: not known.
  std::optional<TimePoint> current_as_of(std::size_t host) const { return hosts_[host].current_as_of; }

  enum class Standing {
    unknown,  // it has not answered, or its primary has not
    primary,
    rival_primary,  // it takes writes, and so does another one of the hosts
    standby,        // of the primary
    stranger,       // a standby, and not known to be the primary's: of another timeline or another cluster
  };
  Standing standing(std::size_t host) const;

 private:
  struct Host {
    std::optional<ServerReport> last;
    std::optional<TimePoint> current_as_of;
  };
  // The history that positions belong to.
  struct Origin {
    std::size_t host = 0;
    std::int64_t timeline = 0;
    std::int64_t system = 0;

    bool has(const ServerReport& report) const { return timeline == report.timeline && system == report.system; }
    friend bool operator==(const Origin&, const Origin&) = default;
  };

  void take_primary(std::size_t host, TimePoint asked, const ServerReport& report);
  void take_standby(std::size_t host, const ServerReport& report);
  std::size_t primaries() const;
  void forget_positions();

  std::vector<Host> hosts_;
  // Of the positions in history_. Kept while the primary can't be asked: what was true of it stays true.
  std::optional<Origin> origin_;
  PositionHistory history_;
};

}  // namespace support::database

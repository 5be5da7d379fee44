#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "app/database/standby_board.hpp"
#include "app/database/standby_lag.hpp"

namespace support::database {

// What a host is to reads that may go to a standby.
enum class HostUse {
  unknown,  // not said yet
  reads,    // a standby within the bound
  behind,   // a standby beyond it
  primary,
  rival_primary,
  stranger,
  unreachable,
};

// As StandbyLag has it at `now`. Precondition: a session with the host is open.
HostUse use_of(const StandbyLag& lag, std::size_t host, StandbyLag::TimePoint now, std::chrono::milliseconds max_lag);

// Tells the log when reads change their way: at most one line a second for a host, so that one that is about at the
// bound does not fill it.
class StandbyLog {
 public:
  using TimePoint = StandbyBoard::TimePoint;

  StandbyLog(const StandbyBoard& board, TimePoint now)
      : board_(board), hosts_(board.size(), Host{.quiet_since = now}) {}

  // `why` says more about what is unreachable.
  void note(std::size_t host, HostUse use, TimePoint now, const std::string& why = {});

 private:
  struct Host {
    HostUse said = HostUse::unknown;
    TimePoint quiet_since;
  };

  const StandbyBoard& board_;
  std::vector<Host> hosts_;
};

}  // namespace support::database

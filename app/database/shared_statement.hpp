#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include <boost/asio/any_completion_handler.hpp>
#include <boost/intrusive/list.hpp>

#include "app/database/error.hpp"
#include "app/database/handles.hpp"
#include "app/database/params.hpp"

namespace support::database {

class SharedConnection;

// What may be done with a statement whose answer did not come: a read may run again, a write may not.
enum class StatementKind : std::uint8_t { read, write };

// What the server made of a statement.
enum class Answer {
  success,
  failure,
  aborted,    // not run, because an earlier one in its batch failed
  stale,      // not run, because what was prepared for it no longer fits
  cancelled,  // broken off by a cancellation
};

// One statement on its way through a shared connection. It lives in the frame of the coroutine that waits for it, until
// that is resumed.
struct SharedStatement : boost::intrusive::list_base_hook<> {
  enum class Place : std::uint8_t { queued, sent, done };

  SharedStatement(StatementKind what, std::string_view text, const Params& parameters,
                  std::chrono::steady_clock::time_point until)
      : sql(text), params(parameters), deadline(until), kind(what) {}

  std::string_view sql;
  const Params& params;
  std::chrono::steady_clock::time_point deadline;
  StatementKind kind;
  Place place = Place::queued;
  // Gets a Sync of its own, so that it shares its fate with nobody. Writes always do, reads after a neighbour failed.
  bool alone = false;
  bool rerun_lost = true;    // once, should the connection break
  bool was_lost = false;     // with a connection, once
  bool was_moved = false;    // away from a slow statement, once
  std::uint8_t stale = 0;    // how often the server had forgotten what was prepared for it
  std::uint8_t cut_off = 0;  // how often a cancellation that was meant for another hit it

  std::chrono::steady_clock::time_point sent_at{};  // first; the epoch: never
  int backend_pid = 0;                              // of the server process that had it last

  SharedConnection* connection = nullptr;  // while sent
  std::uint64_t ticket = 0;                // of its execution in the connection's PipelineLedger

  std::optional<Answer> answer;  // of a write, until its Sync has said that it is committed
  ResultHandle result;
  std::optional<Error> error;
  boost::asio::any_completion_handler<void()> resume;
};

using StatementList = boost::intrusive::list<SharedStatement>;

enum class Verdict { deliver, run_again };

// What becomes of a statement after an answer; notes in it how the next attempt has to differ. `is_cancelling`: we have
// ourselves asked the server to cancel what runs on the connection, and meant another statement.
Verdict judge(SharedStatement& statement, Answer answer, bool is_cancelling);

}  // namespace support::database

#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

#include "app/database/deadline.hpp"
#include "app/database/error.hpp"
#include "app/database/multiplexer_options.hpp"
#include "app/database/params.hpp"
#include "app/database/rows.hpp"

namespace support::database {

namespace asio = boost::asio;
class MultiplexerShell;

struct MultiplexerStats {
  std::size_t connections = 0;  // open now
  std::size_t waiting = 0;      // statements that no connection has yet
  std::size_t in_flight = 0;    // statements that the server has
  std::uint64_t statements = 0;
  std::uint64_t batches = 0;    // hand-overs to a connection; statements divided by batches is what sharing gains
  std::uint64_t run_again = 0;  // because a neighbour failed, a plan was stale, or a connection was lost
  std::uint64_t moved = 0;      // away from behind a slow statement
  std::uint64_t refused = 0;    // because too many waited
  std::uint64_t timeouts = 0;
  std::uint64_t cancelled_on_server = 0;
  std::uint64_t lost_connections = 0;
};

// A few connections of one io_context that many coroutines share for single statements outside transactions. What
// becomes ready in one turn of the loop goes out together, in libpq's pipeline mode.
//
// A statement that fails fails alone. Everything happens on the one thread that drives the io_context; the coroutines
// that call run on the context itself, without a strand.
class Multiplexer {
 public:
  Multiplexer(asio::io_context& context, MultiplexerOptions options);
  // What still waits ends with pool_closed. Destroy it before its io_context.
  ~Multiplexer();
  Multiplexer(const Multiplexer&) = delete;
  Multiplexer& operator=(const Multiplexer&) = delete;

  // One statement that only reads. It may run more than once, and beside others in one transaction of the server; the
  // session is read-only, so the server refuses what writes (25006) — unless nothing is prepared
  // (statement_cache_size 0), as behind a pooler, whose sessions are not ours to set up. `sql` must live until the
  // operation ends. A deadline beyond the session's statement_timeout, which is the same for all, is cut to a second
  // before that: what takes longer than the longest request belongs on a connection of the pool.
  //
  // Errors: the server's; deadline_exceeded; connect_failed while no server can be reached; connection_lost when the
  // connection broke twice, with MultiplexerOptions::rerun_lost off once; pool_timeout at once when too many statements
  // wait; bad_parameter; operation_aborted when cancelled (terminal).
  asio::awaitable<Result<Rows>> read(std::string_view sql, Params params = {}, Deadline deadline = {});
  // One statement that may write, in a transaction of its own. It is handed to the server at most once, unless the
  // server says that it did not run. When its answer does not come, because the connection broke or the deadline
  // passed, that is in_doubt. Cancelled, it may have happened or not.
  asio::awaitable<Result<Rows>> execute_once(std::string_view sql, Params params = {}, Deadline deadline = {});

  MultiplexerStats stats() const;
  const MultiplexerOptions& options() const;

 private:
  std::shared_ptr<MultiplexerShell> shell_;
};

}  // namespace support::database

#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

#include "app/database/connect_options.hpp"
#include "app/database/deadline.hpp"
#include "app/database/error.hpp"
#include "app/database/notification_queue.hpp"

namespace support::database {

namespace asio = boost::asio;

struct ListenerOptions {
  ConnectOptions connect;                               // never of a pooler in transaction mode: LISTEN is lost there
  std::vector<std::string> channels;                    // exactly as NOTIFY has them; quoted here
  std::size_t queue_limit = 1024;                       // notifications that wait to be read
  std::chrono::milliseconds keep_alive{15'000};         // a server silent for this long is asked whether it is there…
  std::chrono::milliseconds keep_alive_timeout{5'000};  // …and has this long to answer, or the connection is replaced
  std::chrono::milliseconds first_retry{50};            // wait between failed connections, doubled up to
  std::chrono::milliseconds last_retry{1'000};          // this, minus up to half of it at random
};

struct ListenerStats {
  bool connected = false;
  std::uint64_t connections = 0;    // made since the beginning
  std::uint64_t notifications = 0;  // received
  std::uint64_t dropped = 0;        // of these, because nobody read them in time
};

// A subscription to channels of NOTIFY, on a connection of its own that is made again, with its subscriptions, whenever
// it breaks. No notification is lost in silence: wherever some may be missing the events have a Gap.
//
// Lives on one io_context driven by one thread.
class Listener {
 public:
  // Begins to listen; next() tells when it does. bad_parameter for a channel that can't be one. `options.channels` must
  // not be empty.
  static Result<Listener> open(asio::io_context& context, ListenerOptions options);
  Listener(Listener&&) noexcept = default;
  Listener& operator=(Listener&&) = delete;
  // Closes the connection in the background.
  ~Listener();

  // The next event, in the order in which they came; the first is a Gap. One caller at a time (asserted). Without a
  // deadline it waits for ever. Errors: deadline_exceeded, which says why when there is no connection; and
  // operation_aborted. Neither loses an event.
  asio::awaitable<Result<ListenerEvent>> next(Deadline deadline = {});

  ListenerStats stats() const;

 private:
  class Shell;
  explicit Listener(std::shared_ptr<Shell> shell) : shell_(std::move(shell)) {}

  std::shared_ptr<Shell> shell_;
};

}  // namespace support::database

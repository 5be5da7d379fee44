#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

#include "app/database/multiplexer.hpp"
#include "app/database/read_route.hpp"
#include "app/database/standby_board.hpp"

namespace support::database {

// The way of one thread's reads to the standbys: shared connections to each that is within the bound, made when the
// first read goes there.
class ReadSplit {
 public:
  // `like` is how the shared connections to the primary behave; `first` is the number of the standby that this thread
  // prefers, so that threads spread over them while one thread stays with one. The board must outlive the io_context.
  ReadSplit(asio::io_context& context, StandbyBoard& board, MultiplexerOptions like, std::size_t first);

  // The answer of a standby. Empty: the primary has to be asked, because no standby may answer, or the one that was
  // asked gave an error or no answer within a second. An error is the caller's own: cancelled (terminal). `sql` and
  // `params` must live until the operation ends.
  asio::awaitable<std::optional<Result<Rows>>> try_read(std::string_view sql, const Params& params, Deadline deadline);

 private:
  struct Standby {
    std::unique_ptr<Multiplexer> shared;  // null: none
    std::uint64_t session = 0;            // of the board, that `shared` was made for
  };

  std::optional<std::size_t> choose(StandbyState::TimePoint now);
  void look_at(std::size_t host);
  std::unique_ptr<Multiplexer> connections_to(const HostEntry& address) const;
  enum class Failure { late, lost };
  // What was known of the host until now does not count any more. When it was lost, its connections go, too.
  void distrust(std::size_t host, std::uint64_t session, Failure failure);

  asio::io_context& context_;
  StandbyBoard& board_;
  MultiplexerOptions like_;
  std::size_t first_;
  std::vector<Standby> standbys_;
  std::vector<StandbyState> states_;  // of the same
  DatabaseMetrics* metrics_;          // null: nothing is counted
};

}  // namespace support::database

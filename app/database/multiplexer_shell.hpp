#pragma once

#include <array>
#include <chrono>
#include <memory>
#include <optional>
#include <random>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "app/database/multiplexer.hpp"
#include "app/database/shared_connection.hpp"
#include "app/database/shared_statement.hpp"
#include "app/database/statement_log.hpp"

namespace support::database {

// The insides of a Multiplexer. The coroutines that wait share it, so that they may outlive the Multiplexer.
class MultiplexerShell final : public std::enable_shared_from_this<MultiplexerShell>,
                               private SharedConnection::Listener {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  MultiplexerShell(asio::io_context& context, MultiplexerOptions options);

  static asio::awaitable<Result<Rows>> run(std::shared_ptr<MultiplexerShell> self, StatementKind kind,
                                           std::string_view sql, Params params, Deadline deadline);
  void close();

  MultiplexerStats stats() const;
  const MultiplexerOptions& options() const { return options_; }

 private:
  struct Slot {
    std::shared_ptr<SharedConnection> connection;  // null: none
    TimePoint since;
    TimePoint replace_at = TimePoint::max();
  };
  // The connections for one kind of statement and what waits for them.
  struct Group {
    StatementKind kind = StatementKind::read;
    StatementList queue;
    std::vector<Slot> slots;
    bool is_connecting = false;
    TimePoint next_attempt;  // not before
    TimePoint last_loss;
    std::chrono::milliseconds retry_delay{};
  };

  void progressed(SharedConnection& connection) override;
  void lost(SharedConnection& connection, const Error& error) override;

  std::optional<Error> refusal(const Group& group, const Params& params, TimePoint now, TimePoint deadline);
  void submit(SharedStatement& statement, asio::any_completion_handler<void()> resume, TimePoint now);
  void cancel(SharedStatement& statement);
  // Takes a statement from wherever it is, to end it with an error.
  void withdraw(SharedStatement& statement);
  void take_from(SharedConnection& connection);

  // Hands over what waits and resumes what is finished, until neither is left.
  void turn();
  void resume_finished();
  void dispatch(Group& group, TimePoint now);
  std::shared_ptr<SharedConnection> choose(Group& group, TimePoint now);
  static std::size_t share(const Group& group);
  void want_connection(Group& group, TimePoint now);
  asio::awaitable<Result<std::shared_ptr<SharedConnection>>> connect(StatementKind kind);
  void connected(Group& group, Result<std::shared_ptr<SharedConnection>> connection);

  void wake_by(TimePoint when);
  void wake();
  void tend(Group& group, TimePoint now, TimePoint& next);

  void publish();

  Group& group_of(StatementKind kind) { return groups_[kind == StatementKind::read ? 0 : 1]; }
  Group& group_of(const SharedConnection& connection);

  asio::io_context& context_;
  MultiplexerOptions options_;
  StatementLog log_;
  std::array<Group, 2> groups_;
  StatementList finished_;  // to be resumed at the end of the turn
  asio::steady_timer timer_;
  TimePoint wake_at_ = TimePoint::max();
  MultiplexerStats counted_;
  MultiplexerStats published_;  // to the metrics, last
  std::minstd_rand random_;
  bool is_in_turn_ = false;
  bool is_turn_posted_ = false;
  bool is_closed_ = false;
};

}  // namespace support::database

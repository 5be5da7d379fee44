#include "app/database/read_split.hpp"

#include <algorithm>
#include <utility>

#include "app/database/database_metrics.hpp"

namespace support::database {
namespace {

using Clock = std::chrono::steady_clock;

// A standby that has not answered a read by then is not waited for.
constexpr std::chrono::milliseconds patience{1'000};

}  // namespace

ReadSplit::ReadSplit(asio::io_context& context, StandbyBoard& board, MultiplexerOptions like, std::size_t first)
    : context_(context),
      board_(board),
      like_(std::move(like)),
      first_(first),
      standbys_(board.size()),
      states_(board.size()),
      metrics_(like_.connect.metrics.get()) {
  like_.rerun_lost = false;
  like_.connect.own_writes.reset();
}

asio::awaitable<std::optional<Result<Rows>>> ReadSplit::try_read(std::string_view sql, const Params& params,
                                                                 Deadline deadline) {
  const auto now = Clock::now();
  const auto until = deadline.or_after(like_.connect.command_timeout);
  if (until <= now) co_return std::nullopt;
  const auto host = choose(now);
  if (!host) co_return std::nullopt;
  const std::uint64_t session = standbys_[*host].session;
  // The primary has as long as the standby had.
  const auto limit = Deadline::at(now + std::min<Clock::duration>(patience, (until - now) / 2));
  Params copy = params;
  auto rows = co_await standbys_[*host].shared->read(sql, std::move(copy), limit.on_behalf_of(deadline.caller()));
  if (rows) {
    if (metrics_) metrics_->bounded_reads.standby.add();
    co_return std::move(rows);
  }
  if (rows.error().code() == asio::error::operation_aborted) co_return std::move(rows);
  if (metrics_) metrics_->bounded_reads.standby_failed.add();
  // A request that has little time left says nothing about the standby.
  const bool is_late = rows.error().is_deadline_exceeded() && Clock::now() - now >= patience;
  if (is_late) distrust(*host, session, Failure::late);
  if (rows.error().is_unavailable()) distrust(*host, session, Failure::lost);
  co_return std::nullopt;
}

std::optional<std::size_t> ReadSplit::choose(StandbyState::TimePoint now) {
  for (std::size_t host = 0; host < standbys_.size(); ++host) look_at(host);
  const ReadRoute route = route_read(
      states_, first_, {.now = now, .max_lag = board_.max_lag(), .last_write = board_.own_writes().latest()});
  if (route.standby) return route.standby;
  if (route.awaits_news) board_.ask_for_news();
  if (metrics_) (route.awaits_news ? metrics_->bounded_reads.after_write : metrics_->bounded_reads.no_standby).add();
  return std::nullopt;
}

void ReadSplit::look_at(std::size_t host) {
  Standby& standby = standbys_[host];
  // The session first: what is then known of the host is of that session or a later one.
  const std::uint64_t session = board_.session(host);
  states_[host].current_as_of = board_.current_as_of(host);
  if (!states_[host].current_as_of) {
    standby.shared.reset();
    return;
  }
  if (standby.shared && standby.session == session) return;
  standby.session = session;
  standby.shared = connections_to(board_.address(host));
}

std::unique_ptr<Multiplexer> ReadSplit::connections_to(const HostEntry& address) const {
  MultiplexerOptions options = like_;
  options.connect.keywords =
      with_keyword(with_hosts(options.connect.keywords, {address}), {"target_session_attrs", "standby"});
  return std::make_unique<Multiplexer>(context_, std::move(options));
}

void ReadSplit::distrust(std::size_t host, std::uint64_t session, Failure failure) {
  Standby& standby = standbys_[host];
  if (standby.session != session) return;
  // A server that was started anew may show less than before.
  states_[host].failed_at = Clock::now();
  if (failure == Failure::lost) standby.shared.reset();
}

}  // namespace support::database

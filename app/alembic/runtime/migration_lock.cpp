#include "app/alembic/runtime/migration_lock.hpp"

#include <algorithm>
#include <random>
#include <thread>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "app/alembic/errors.hpp"
#include "app/config/logging.hpp"

namespace support::alembic {

namespace {

constexpr std::string_view logger = "alembic.runtime.lock";
constexpr std::chrono::milliseconds longest_delay{1000};
constexpr std::chrono::seconds report_interval{10};

// A client that vanishes without a word, its machine dead or its cable pulled: the server looks after 30 s of silence,
// asks three times, and ends the session after a minute, instead of after two hours as operating systems have it. No
// meaning for a Unix socket.
constexpr std::string_view watched_settings =
    "('tcp_keepalives_idle', '30'), ('tcp_keepalives_interval', '10'), ('tcp_keepalives_count', '3'), "
    "('tcp_user_timeout', '60000')";
// The server may end a session that is idle for long; that of the lock has to be.
constexpr std::string_view patient_setting = "('idle_session_timeout', '0')";

// How many of the settings the server has, and has taken. Older servers do not know all of them.
std::string settings_sql(std::string_view settings) {
  return fmt::format(
      "SELECT count(set_config(wanted.name, wanted.setting, false)) FROM (VALUES {}) AS wanted (name, setting) JOIN "
      "pg_settings known ON known.name = wanted.name",
      settings);
}

// Of pg_locks AS l.
std::string held_condition(std::int64_t key) {
  const auto bits = static_cast<std::uint64_t>(key);
  return fmt::format(
      "l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 AND l.classid = {}::oid AND l.objid = {}::oid "
      "AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())",
      bits >> 32U, bits & 0xffffffffU);
}

}  // namespace

std::chrono::milliseconds LockBackoff::next() {
  // xorshift: all that is asked of it is that two processes differ.
  state_ ^= state_ << 13;
  state_ ^= state_ >> 17;
  state_ ^= state_ << 5;
  const auto quarter = delay_.count() / 4;
  const auto shift = static_cast<std::int64_t>(state_ % static_cast<std::uint32_t>(2 * quarter + 1)) - quarter;
  const auto result = delay_ + std::chrono::milliseconds(shift);
  delay_ = std::min(longest_delay, delay_ * 8 / 5);
  return result;
}

std::int64_t migration_lock_key(const std::string& schema, const VersionTable& table) {
  // FNV-1a, 64 bits: the same in every build, which std::hash does not promise.
  std::uint64_t hash = 0xcbf29ce484222325U;
  const auto mix = [&hash](std::string_view text) {
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
    hash = (hash ^ 0xffU) * 0x100000001b3U;
  };
  mix("support-agent migrate");
  mix(table.schema().empty() ? schema : table.schema());
  mix(table.name());
  return static_cast<std::int64_t>(hash);
}

std::string migration_lock_holder(Connection& connection, std::int64_t key) {
  // Without the right to see other users' sessions, host and application are NULL.
  const auto rows =
      connection.query(fmt::format("SELECT l.pid, coalesce(host(a.client_addr), CASE WHEN a.client_port = -1 THEN "
                                   "'local socket' ELSE 'unknown' END), "
                                   "coalesce(nullif(a.application_name, ''), 'unknown') "
                                   "FROM pg_locks l LEFT JOIN pg_stat_activity a ON a.pid = l.pid WHERE {} LIMIT 1",
                                   held_condition(key)));
  if (rows.empty()) return {};
  const auto& row = rows.front();
  return fmt::format("pid {} (host {}, application {})", row.at(0).value_or("?"), row.at(1).value_or("?"),
                     row.at(2).value_or("?"));
}

MigrationLock::MigrationLock(std::unique_ptr<Connection> connection, const ConnectionTarget& target,
                             const VersionTable& table, std::chrono::milliseconds timeout)
    : connection_(std::move(connection)),
      description_(target.description),
      timeout_(timeout),
      key_(migration_lock_key(connection_->scalar("SELECT coalesce(current_schema(), '')"), table)) {
  connection_->query(settings_sql(fmt::format("{}, {}", watched_settings, patient_setting)));
  wait_for(key_, [this] { return try_lock(); });
}

void MigrationLock::wait_for(std::int64_t key, const std::function<bool()>& take) {
  using Clock = std::chrono::steady_clock;
  LockBackoff backoff(std::random_device{}());
  const auto start = Clock::now();
  std::string reported;
  auto reported_at = start;
  while (!take()) {
    const auto now = Clock::now();
    const auto who = migration_lock_holder(*connection_, key);
    if (now - start >= timeout_) {
      throw CommandError(
          fmt::format("Could not get the migration lock of {} within {}: it is held by {}. Let that migration finish, "
                      "raise MIGRATION_LOCK_TIMEOUT, or, when it hangs, end it with SELECT pg_terminate_backend(pid)",
                      description_, timeout_, who.empty() ? "a session that ends just now" : who),
          ExitCode::refused);
    }
    if (!who.empty() && (who != reported || now - reported_at >= report_interval)) {
      config::log_event(spdlog::level::info, logger, fmt::format("Waiting for the migration lock, held by {}", who));
      reported = who;
      reported_at = now;
    }
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(timeout_ - (now - start));
    std::this_thread::sleep_for(std::min(backoff.next(), left));
  }
}

std::int64_t MigrationLock::working_key() const {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(key_) ^ 0x9e3779b97f4a7c15U);
}

void MigrationLock::enter(Connection& session) {
  if (!working_backend_.empty()) return;
  std::string backend;
  wait_for(working_key(), [&] {
    const auto rows = session.query(fmt::format("SELECT pg_try_advisory_lock({}), pg_backend_pid(), ({})",
                                                working_key(), settings_sql(watched_settings)));
    backend = rows.at(0).at(1).value_or("");
    return rows.at(0).at(0) == "t";
  });
  working_backend_ = backend;
}

bool MigrationLock::wait_until_left(Connection& other) {
  if (working_backend_.empty()) return true;
  const auto deadline = std::chrono::steady_clock::now() + timeout_;
  for (;;) {
    // Another run may have entered meanwhile: only the session that was this one's is meant.
    const auto rows = other.query(
        fmt::format("SELECT coalesce(a.state, '') FROM pg_locks l LEFT JOIN pg_stat_activity a ON a.pid = l.pid WHERE "
                    "l.pid = {} AND {}",
                    working_backend_, held_condition(working_key())));
    if (rows.empty()) return true;
    if (rows.at(0).at(0).value_or("").starts_with("idle")) {
      other.query(fmt::format("SELECT pg_terminate_backend({})", working_backend_));
    }
    if (std::chrono::steady_clock::now() >= deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
}

MigrationLock::~MigrationLock() {
  // Closing the session frees the lock as well, but only when the server has noticed; the next one waits for that.
  try {
    connection_->query(fmt::format("SELECT pg_advisory_unlock({})", key_));
  } catch (const std::exception& error) {
    config::log_event(spdlog::level::debug, logger, fmt::format("The lock ended with its session: {}", error.what()));
  }
}

bool MigrationLock::try_lock() {
  const auto rows = connection_->query(fmt::format("SELECT pg_try_advisory_lock({}), pg_backend_pid()", key_));
  backend_ = rows.at(0).at(1).value_or("");
  return rows.at(0).at(0) == "t";
}

std::vector<Connection::Row> MigrationLock::query(const std::string& sql) {
  const std::scoped_lock lock(mutex_);
  return connection_->query(sql);
}

bool MigrationLock::is_held() {
  try {
    const auto rows = query(fmt::format("SELECT EXISTS (SELECT FROM pg_locks l WHERE l.pid = pg_backend_pid() AND {})",
                                        held_condition(key_)));
    return rows.at(0).at(0) == "t";
  } catch (const ConnectionLost&) {
    return false;
  }
}

}  // namespace support::alembic

#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "app/alembic/runtime/connection.hpp"
#include "app/alembic/runtime/version_table.hpp"

namespace support::alembic {

// How long to wait between two tries for a lock: short at first, then longer, up to a second, each shifted at random by
// up to a quarter so that several waiters do not knock at the same moments.
class LockBackoff {
 public:
  explicit LockBackoff(std::uint32_t seed) : state_(seed | 1U) {}
  std::chrono::milliseconds next();

 private:
  std::chrono::milliseconds delay_{50};
  std::uint32_t state_;
};

// The key of the lock within its database, from the schema and the name of the version table.
std::int64_t migration_lock_key(const std::string& schema, const VersionTable& table);

// Who holds the lock of this key in the connection's database: "pid 4711 (host 10.0.0.7, application support-agent
// migrate)"; empty when nobody does.
std::string migration_lock_holder(Connection& connection, std::int64_t key);

// The right to migrate a database: a session-level advisory lock, so one for the database, on a connection of its own.
// It is polled and never waited for in the server, because a waiting statement would hold a snapshot back and block
// CREATE INDEX CONCURRENTLY of the holder. When the process dies, the server frees it.
class MigrationLock {
 public:
  // Waits for the lock, naming its holder in the log. Throws CommandError: exit code 5 when `timeout` has passed.
  MigrationLock(std::unique_ptr<Connection> connection, const ConnectionTarget& target, const VersionTable& table,
                std::chrono::milliseconds timeout);
  ~MigrationLock();
  MigrationLock(const MigrationLock&) = delete;
  MigrationLock& operator=(const MigrationLock&) = delete;

  // Before a run does anything on `session`, which is in no transaction: waits until the sessions that earlier runs
  // worked on have ended. When a program is killed, the session of its lock ends at once, and the server may still be
  // at what the other one was asked for last, a COMMIT even. From then on `session` shows in the same way that it is
  // there. Throws as the constructor does.
  void enter(Connection& session);
  // After the connection of that session broke: waits until the server has ended it, so that what it was asked for last
  // is decided; ends it where it has nothing to do. `other` is a connection of its own. False: it still works after
  // the time-out of the lock.
  bool wait_until_left(Connection& other);

  // Whether the session of the lock still lives and still holds it.
  bool is_held();
  // One statement on the session of the lock, which is in no transaction and idle but for this: a look at what the run
  // itself can't look at while it waits. Any thread may ask. Throws DatabaseError or ConnectionLost.
  std::vector<Connection::Row> query(const std::string& sql);
  // Server process of the session that took the lock.
  const std::string& backend() const { return backend_; }
  std::int64_t key() const { return key_; }

 private:
  bool try_lock();
  std::int64_t working_key() const;
  // Tries until it has it.
  void wait_for(std::int64_t key, const std::function<bool()>& take);

  std::mutex mutex_;  // of connection_, once the lock is held
  std::unique_ptr<Connection> connection_;
  std::string description_;  // of the target
  std::chrono::milliseconds timeout_;
  std::int64_t key_;
  std::string backend_;
  std::string working_backend_;  // of the session that has entered
};

}  // namespace support::alembic

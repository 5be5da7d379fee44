#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "app/alembic/operations/bind.hpp"
#include "app/alembic/safety/guard/lock_request.hpp"

namespace support::alembic::safety {

// A session, or a prepared transaction, that stands in a migration's way. What the role may not see is empty.
struct Blocker {
  std::string pid;       // empty for a prepared transaction
  std::string prepared;  // its name
  std::string user;
  std::string application;
  std::string client;  // address, or "local socket"
  std::string state;   // "active", "idle in transaction"
  std::string query;   // the first line of its last statement, shortened
  std::string relation = {};
  std::string mode = {};  // the lock that it holds, as pg_locks spells it
  // Of its transaction; absent where the role may not see that of others (pg_read_all_stats).
  std::optional<std::chrono::milliseconds> age = {};

  // "pid 4711 (user app, application checkout, local socket), idle in transaction for 3m12s, …"
  std::string text() const;
  // The statement that ends it.
  std::string remedy() const;
};

using Rows = std::vector<Bind::Row>;
using Ask = std::function<Rows(const std::string& sql)>;

// Who holds a lock that makes one of the requests wait, oldest first: on the relation, its partitions and children, on
// the table of an index, on the partners by foreign key. Sessions in `own` don't count, nor does an autovacuum that
// gives way by itself. Relations that are not (yet) there for `ask`'s session are passed over.
std::vector<Blocker> lock_holders(const Ask& ask, std::span<const LockRequest> requests,
                                  std::span<const std::string> own);

// Who keeps the session `pid` waiting, by pg_blocking_pids.
std::vector<Blocker> blockers_of(const Ask& ask, const std::string& pid);

// How many sessions wait for the session `pid`, one behind the other included.
std::size_t queue_behind(const Ask& ask, const std::string& pid);

// Transactions of this database whose snapshot is older than `age`: a concurrent index build waits for each of them.
std::vector<Blocker> old_snapshots(const Ask& ask, std::chrono::milliseconds age, std::span<const std::string> own);

// The texts, one after the other; at most three, and how many more.
std::string joined_texts(std::span<const Blocker> blockers);

}  // namespace support::alembic::safety

#pragma once

#include <atomic>
#include <exception>
#include <functional>
#include <future>
#include <latch>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "app/alembic/runtime/connection.hpp"
#include "app/alembic/safety/trace/relation_catalog.hpp"

namespace support::alembic::safety {

using SeenLocks = std::set<std::pair<Oid, LockMode>>;

// Watches, from another session, the locks that a statement takes, asks for and gives back while it runs; for what the
// server runs in several transactions of its own.
//
// Blockers make it stop where it would have to wait, so that there is time to look: each is a session with a
// transaction open. They are let go one after the other, whenever there has been nothing new for a moment.
class LockSampler {
 public:
  // Begins at once, on a thread of its own, and returns when the first look has been taken.
  LockSampler(std::unique_ptr<Connection> observer, std::vector<std::unique_ptr<Connection>> blockers,
              const std::string& backend);
  ~LockSampler();
  LockSampler(const LockSampler&) = delete;
  LockSampler& operator=(const LockSampler&) = delete;

  // Ends it; the locks that were seen, requested ones among them. Throws what went wrong with the looking.
  SeenLocks stop();

 private:
  void watch();
  bool look();

  std::unique_ptr<Connection> observer_;
  std::vector<std::unique_ptr<Connection>> blockers_;
  std::vector<std::future<std::unique_ptr<Connection>>> releases_;
  std::string sql_;
  SeenLocks seen_;
  std::exception_ptr error_;
  std::latch first_look_{1};
  std::atomic<bool> stopped_ = false;
  std::thread thread_;
};

// What holds a statement up at the places where it has to wait for others: a reader, a writer, an old snapshot, and
// where the role may, rows of the catalog.
std::vector<std::unique_ptr<Connection>> make_blockers(const std::function<std::unique_ptr<Connection>()>& connect);

}  // namespace support::alembic::safety

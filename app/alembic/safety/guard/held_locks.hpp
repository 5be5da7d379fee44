#pragma once

#include <vector>

#include "app/alembic/safety/guard/lock_request.hpp"

namespace support::alembic::safety {

// What a transaction holds on relations that others use.
class HeldLocks {
 public:
  void add(const std::vector<LockRequest>& requests);
  void clear() { held_.clear(); }

  // The requests that these do not cover.
  std::vector<LockRequest> missing(const std::vector<LockRequest>& requests) const;
  // Whether reads or writes of others wait for one of them.
  bool block_application() const;

 private:
  std::vector<LockRequest> held_;
};

}  // namespace support::alembic::safety

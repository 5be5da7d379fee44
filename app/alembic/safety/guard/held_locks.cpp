#include "app/alembic/safety/guard/held_locks.hpp"

#include <algorithm>
#include <iterator>

namespace support::alembic::safety {

void HeldLocks::add(const std::vector<LockRequest>& requests) {
  for (const auto& request : missing(requests)) held_.push_back(request);
}

std::vector<LockRequest> HeldLocks::missing(const std::vector<LockRequest>& requests) const {
  std::vector<LockRequest> missing;
  std::ranges::copy_if(requests, std::back_inserter(missing), [this](const LockRequest& request) {
    return std::ranges::none_of(held_, [&](const LockRequest& held) {
      const bool reaches_as_far = request.partners == LockRequest::Partners::none ||
                                  (held.partners == request.partners && held.partner_name == request.partner_name);
      return held.relation == request.relation && held.mode >= request.mode && reaches_as_far;
    });
  });
  return missing;
}

bool HeldLocks::block_application() const {
  return std::ranges::any_of(held_, [](const LockRequest& held) { return blocks_application(held.mode); });
}

}  // namespace support::alembic::safety

#pragma once

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "app/database/pool_core.hpp"

namespace support::database {

using namespace std::chrono_literals;
using testing::IsEmpty;
using testing::SizeIs;
using Action = PoolCore::Action;
using SlotId = PoolCore::SlotId;
using WaiterId = PoolCore::WaiterId;

// A PoolCore with a clock that only the test moves.
class PoolCoreTest : public testing::Test {
 protected:
  void make(std::size_t size, std::optional<std::size_t> overflow, std::optional<PoolCore::Duration> recycle = {}) {
    make({.size = size, .max_overflow = overflow, .recycle = recycle});
  }
  void make(const PoolCore::Limits& limits) { core_.emplace(limits, 1); }

  // The commands since the last call, as "open 1", "wake 2"…: the waiter for wake and fail, else the slot.
  std::vector<std::string> commands() {
    std::vector<std::string> texts;
    for (const auto& command : core_->take_commands()) {
      switch (command.action) {
        case Action::open:
          texts.push_back("open " + std::to_string(command.slot));
          break;
        case Action::close:
          texts.push_back("close " + std::to_string(command.slot));
          break;
        case Action::wake:
          texts.push_back("wake " + std::to_string(command.waiter));
          break;
        case Action::fail:
          texts.push_back("fail " + std::to_string(command.waiter));
          break;
      }
    }
    return texts;
  }
  WaiterId join() { return core_->join(now_).value(); }
  // A waiter that joins and gets a connection, new or idle.
  SlotId acquire() {
    const WaiterId waiter = join();
    for (const auto& command : core_->take_commands()) {
      if (command.action == Action::open) core_->opened(command.slot, now_);
    }
    core_->take_commands();
    const auto slot = core_->take(waiter);
    EXPECT_TRUE(slot);
    return slot.value_or(0);
  }
  std::vector<std::string> list(std::initializer_list<const char*> texts) { return {texts.begin(), texts.end()}; }
  std::uint64_t closed(CloseReason reason) const { return core_->stats().closed[static_cast<std::size_t>(reason)]; }

  std::optional<PoolCore> core_;
  PoolCore::TimePoint now_{1000s};
};

}  // namespace support::database

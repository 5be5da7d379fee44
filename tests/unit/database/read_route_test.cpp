#include "app/database/read_route.hpp"

#include <array>

#include <gtest/gtest.h>

namespace support::database {
namespace {

using namespace std::chrono_literals;
using TimePoint = StandbyState::TimePoint;

constexpr TimePoint now{1'000s};
constexpr ReadNeeds needs{.now = now, .max_lag = 2s, .last_write = {}};

TEST(ReadRoute, WithoutAStandbyItIsThePrimary) {
  EXPECT_EQ(route_read({}, 3, needs).standby, std::nullopt);
  const std::array unknown{StandbyState{}, StandbyState{}};
  const ReadRoute route = route_read(unknown, 0, needs);
  EXPECT_EQ(route.standby, std::nullopt);
  EXPECT_FALSE(route.awaits_news);
}

TEST(ReadRoute, TakesAStandbyWithinTheBoundAndNoneBeyond) {
  for (const auto& [lag, is_taken] : {std::pair{0ms, true}, {1'999ms, true}, {2'000ms, true}, {2'001ms, false}}) {
    const std::array standbys{StandbyState{.current_as_of = now - lag}};
    EXPECT_EQ(route_read(standbys, 0, needs).standby.has_value(), is_taken) << lag.count();
    EXPECT_FALSE(route_read(standbys, 0, needs).awaits_news);
  }
}

TEST(ReadRoute, BeginsWithTheThreadsOwnStandbyAndGoesOnInACircle) {
  const StandbyState good{.current_as_of = now - 1s};
  const StandbyState behind{.current_as_of = now - 5s};
  const std::array all_good{good, good, good};
  EXPECT_EQ(route_read(all_good, 0, needs).standby, 0U);
  EXPECT_EQ(route_read(all_good, 1, needs).standby, 1U);
  EXPECT_EQ(route_read(all_good, 5, needs).standby, 2U);
  const std::array some_good{good, StandbyState{}, behind};
  EXPECT_EQ(route_read(some_good, 1, needs).standby, 0U);
  EXPECT_EQ(route_read(some_good, 2, needs).standby, 0U);
}

TEST(ReadRoute, AWriteOfOursIsSeen) {
  ReadNeeds after_write = needs;
  after_write.last_write = now - 100ms;
  const StandbyState before{.current_as_of = now - 101ms};
  const StandbyState after{.current_as_of = now - 100ms};
  const std::array only_before{before};
  EXPECT_EQ(route_read(only_before, 0, after_write).standby, std::nullopt);
  EXPECT_TRUE(route_read(only_before, 0, after_write).awaits_news);
  const std::array both{before, after};
  EXPECT_EQ(route_read(both, 0, after_write).standby, 1U);
  // No news makes one good that is too far behind.
  const std::array too_old{StandbyState{.current_as_of = now - 5s}};
  EXPECT_FALSE(route_read(too_old, 0, after_write).awaits_news);
}

TEST(ReadRoute, WhatFailedHasToShowItselfAnew) {
  const std::array failed{StandbyState{.current_as_of = now - 100ms, .failed_at = now - 50ms}};
  EXPECT_EQ(route_read(failed, 0, needs).standby, std::nullopt);
  EXPECT_TRUE(route_read(failed, 0, needs).awaits_news);
  const std::array back{StandbyState{.current_as_of = now - 10ms, .failed_at = now - 50ms}};
  EXPECT_EQ(route_read(back, 0, needs).standby, 0U);
}

}  // namespace
}  // namespace support::database

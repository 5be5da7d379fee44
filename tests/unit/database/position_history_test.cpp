#include "app/database/position_history.hpp"

#include <random>

#include <gtest/gtest.h>

namespace support::database {
namespace {

using namespace std::chrono_literals;
using TimePoint = PositionHistory::TimePoint;

constexpr TimePoint start{100s};

TEST(PositionHistory, APositionCoversWhatThePrimaryHadBeforeIt) {
  PositionHistory history;
  EXPECT_EQ(history.covered_by(1'000), std::nullopt);
  EXPECT_EQ(history.last(), std::nullopt);
  history.add(start, 100);
  history.add(start + 1s, 200);
  history.add(start + 2s, 300);
  EXPECT_EQ(history.covered_by(99), std::nullopt);
  EXPECT_EQ(history.covered_by(100), start);
  EXPECT_EQ(history.covered_by(199), start);
  EXPECT_EQ(history.covered_by(200), start + 1s);
  EXPECT_EQ(history.covered_by(5'000), start + 2s);
  EXPECT_EQ(history.last(), 300);
  history.clear();
  EXPECT_EQ(history.covered_by(5'000), std::nullopt);
}

TEST(PositionHistory, AnIdlePrimaryKeepsACaughtUpStandbyCurrent) {
  PositionHistory history;
  for (int i = 0; i < 100'000; ++i) history.add(start + i * 10ms, 100);
  EXPECT_EQ(history.size(), 1U);
  EXPECT_EQ(history.covered_by(100), start + 99'999 * 10ms);
  EXPECT_EQ(history.covered_by(99), std::nullopt);
}

TEST(PositionHistory, StaysSmallAndNeverClaimsTooMuch) {
  const std::size_t limit = 64;
  PositionHistory history(limit);
  std::vector<std::pair<TimePoint, std::int64_t>> all;
  std::minstd_rand random(7);
  std::int64_t position = 0;
  for (int i = 0; i < 5'000; ++i) {
    position += 1 + static_cast<std::int64_t>(random() % 50);
    all.emplace_back(start + i * 10ms, position);
    history.add(all.back().first, position);
    ASSERT_LE(history.size(), limit);
    ASSERT_EQ(history.covered_by(position), all.back().first);  // the newest is never dropped
    const std::int64_t replayed = static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(position));
    const auto covered = history.covered_by(replayed);
    if (!covered) continue;
    for (const auto& [asked, at] : all) {
      if (asked > *covered) break;
      ASSERT_LE(at, replayed);
    }
  }
}

}  // namespace
}  // namespace support::database

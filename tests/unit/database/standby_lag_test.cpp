#include "app/database/standby_lag.hpp"

#include <gtest/gtest.h>

namespace support::database {
namespace {

using namespace std::chrono_literals;
using TimePoint = StandbyLag::TimePoint;
using Standing = StandbyLag::Standing;

constexpr TimePoint start{100s};
constexpr std::int64_t cluster = 4711;

ServerReport primary_at(std::int64_t position, std::int64_t timeline = 1) {
  return {.in_recovery = false, .position = position, .timeline = timeline, .system = cluster};
}
ServerReport standby_at(std::int64_t position, std::int64_t timeline = 1) {
  return {.in_recovery = true, .position = position, .timeline = timeline, .system = cluster};
}

constexpr std::size_t a = 0;
constexpr std::size_t b = 1;
constexpr std::size_t c = 2;

TEST(StandbyLag, AStandbyIsAsCurrentAsThePositionThatItHasReplayed) {
  StandbyLag lag(2);
  EXPECT_EQ(lag.standing(b), Standing::unknown);
  lag.reported(b, start, standby_at(100));
  EXPECT_EQ(lag.standing(b), Standing::unknown);
  EXPECT_EQ(lag.current_as_of(b), std::nullopt);
  lag.reported(a, start + 1s, primary_at(100));
  lag.reported(a, start + 2s, primary_at(200));
  lag.reported(b, start + 3s, standby_at(150));
  EXPECT_EQ(lag.standing(a), Standing::primary);
  EXPECT_EQ(lag.standing(b), Standing::standby);
  EXPECT_EQ(lag.current_as_of(b), start + 1s);
  EXPECT_EQ(lag.current_as_of(a), std::nullopt);
  lag.reported(b, start + 4s, standby_at(200));
  EXPECT_EQ(lag.current_as_of(b), start + 2s);
}

TEST(StandbyLag, AnIdlePrimaryMakesNoStandbyLate) {
  StandbyLag lag(2);
  for (int i = 0; i < 1'000; ++i) {
    lag.reported(a, start + i * 1s, primary_at(100));
    lag.reported(b, start + i * 1s + 1ms, standby_at(100));
    ASSERT_EQ(lag.current_as_of(b), start + i * 1s);
  }
}

TEST(StandbyLag, AStandbyThatStandsStillFallsBehindWhilePrimaryGoesOn) {
  StandbyLag lag(2);
  for (int i = 0; i < 1'000; ++i) {
    lag.reported(a, start + i * 1s, primary_at(100 + i));
    lag.reported(b, start + i * 1s + 1ms, standby_at(100));
    ASSERT_EQ(lag.current_as_of(b), start);
  }
  lag.reported(b, start + 1'000s, standby_at(100 + 999));
  EXPECT_EQ(lag.current_as_of(b), start + 999s);
}

TEST(StandbyLag, AStandbyThatHasLostItsPrimaryAgesWithThePrimarysSilence) {
  StandbyLag lag(2);
  lag.reported(a, start, primary_at(100));
  lag.reported(b, start, standby_at(100));
  lag.lost(a);
  for (int i = 1; i < 100; ++i) lag.reported(b, start + i * 1s, standby_at(100));
  EXPECT_EQ(lag.current_as_of(b), start);
  // Back, on the same timeline.
  lag.reported(a, start + 200s, primary_at(150));
  lag.reported(b, start + 201s, standby_at(100));
  EXPECT_EQ(lag.current_as_of(b), start);
  lag.reported(b, start + 202s, standby_at(150));
  EXPECT_EQ(lag.current_as_of(b), start + 200s);
}

TEST(StandbyLag, NothingIsKnownOfAStandbyWhoseSessionEnded) {
  StandbyLag lag(2);
  lag.reported(a, start, primary_at(100));
  lag.reported(b, start, standby_at(100));
  lag.lost(b);
  EXPECT_EQ(lag.current_as_of(b), std::nullopt);
  EXPECT_EQ(lag.standing(b), Standing::unknown);
  lag.reported(b, start + 1s, {.in_recovery = true, .position = {}, .timeline = 1, .system = cluster});
  EXPECT_EQ(lag.current_as_of(b), std::nullopt);
  lag.reported(b, start + 2s, standby_at(90));  // started anew, it replays once more
  EXPECT_EQ(lag.current_as_of(b), std::nullopt);
  lag.reported(b, start + 3s, standby_at(100));
  EXPECT_EQ(lag.current_as_of(b), start);
}

TEST(StandbyLag, APromotedStandbyIsNoStandbyAndOthersHaveToFollowItsTimeline) {
  StandbyLag lag(3);
  lag.reported(a, start, primary_at(100));
  lag.reported(b, start, standby_at(90));
  lag.reported(c, start, standby_at(100));
  EXPECT_EQ(lag.current_as_of(c), start);
  lag.lost(a);
  lag.reported(b, start + 1s, primary_at(95, 2));
  EXPECT_EQ(lag.standing(b), Standing::primary);
  EXPECT_EQ(lag.current_as_of(b), std::nullopt);
  EXPECT_EQ(lag.current_as_of(c), std::nullopt);
  // It has replayed more, but of what the new primary never had.
  lag.reported(c, start + 2s, standby_at(100));
  EXPECT_EQ(lag.current_as_of(c), std::nullopt);
  EXPECT_EQ(lag.standing(c), Standing::stranger);
  lag.reported(b, start + 3s, primary_at(120, 2));
  lag.reported(c, start + 4s, standby_at(120, 2));
  EXPECT_EQ(lag.standing(c), Standing::standby);
  EXPECT_EQ(lag.current_as_of(c), start + 3s);
}

TEST(StandbyLag, WithTwoHostsThatTakeWritesNothingIsSaid) {
  StandbyLag lag(3);
  lag.reported(a, start, primary_at(100));
  lag.reported(c, start, standby_at(100));
  lag.reported(b, start + 1s, primary_at(100, 2));
  EXPECT_EQ(lag.standing(a), Standing::rival_primary);
  EXPECT_EQ(lag.standing(b), Standing::rival_primary);
  for (const std::int64_t timeline : {1, 2}) {
    lag.reported(a, start + 2s, primary_at(200));
    lag.reported(c, start + 2s, standby_at(200, timeline));
    EXPECT_EQ(lag.current_as_of(c), std::nullopt);
    EXPECT_EQ(lag.standing(c), Standing::unknown);
  }
  lag.lost(a);
  lag.reported(b, start + 3s, primary_at(150, 2));
  lag.reported(c, start + 4s, standby_at(150, 2));
  EXPECT_EQ(lag.current_as_of(c), start + 3s);
}

TEST(StandbyLag, APrimaryThatBecomesAStandbyTakesItsPositionsAlong) {
  StandbyLag lag(2);
  lag.reported(a, start, primary_at(100));
  lag.reported(b, start, standby_at(100));
  lag.reported(a, start + 1s, standby_at(100));
  EXPECT_EQ(lag.current_as_of(b), std::nullopt);
  lag.reported(b, start + 2s, primary_at(100, 2));
  lag.reported(a, start + 3s, standby_at(100, 2));
  EXPECT_EQ(lag.current_as_of(a), start + 2s);
}

TEST(StandbyLag, AnotherClusterIsNotCompared) {
  StandbyLag lag(2);
  lag.reported(a, start, primary_at(100));
  lag.reported(b, start, {.in_recovery = true, .position = 1'000, .timeline = 1, .system = cluster + 1});
  EXPECT_EQ(lag.current_as_of(b), std::nullopt);
  EXPECT_EQ(lag.standing(b), Standing::stranger);
}

TEST(StandbyLag, APrimaryThatCameBackWithLessOfItsLogIsComparedAnew) {
  StandbyLag lag(2);
  lag.reported(a, start, primary_at(100));
  lag.reported(b, start, standby_at(90));
  lag.lost(a);
  lag.reported(a, start + 1s, primary_at(95));
  lag.reported(b, start + 2s, standby_at(95));
  EXPECT_EQ(lag.current_as_of(b), start + 1s);
}

}  // namespace
}  // namespace support::database

#include "app/database/standby_board.hpp"

#include <thread>

#include <gmock/gmock.h>

#include "app/database/standby_log.hpp"

namespace support::database {
namespace {

using namespace std::chrono_literals;
using TimePoint = StandbyBoard::TimePoint;

const std::vector<HostEntry> hosts{
    {"db1", "", "5432"}, {"", "10.0.0.2", ""}, {"::1", "", "5433"}, {"/run", "", "5434"}};

TEST(StandbyBoard, NamesHostsAsPeopleDo) {
  const StandbyBoard board(hosts, 1s);
  std::vector<std::string> names;
  for (std::size_t host = 0; host < board.size(); ++host) names.push_back(board.name(host));
  EXPECT_THAT(names, testing::ElementsAre("db1:5432", "10.0.0.2", "[::1]:5433", "/run:5434"));
}

TEST(StandbyBoard, ShowsWhatWasPublished) {
  StandbyBoard board(hosts, 1s);
  EXPECT_EQ(board.current_as_of(1), std::nullopt);
  EXPECT_EQ(board.session(1), 0U);
  EXPECT_EQ(board.address(0), hosts[0]);
  board.begin_session(0, {"db1", "10.0.0.7", "5432"});
  board.publish(0, TimePoint(7s));
  EXPECT_EQ(board.current_as_of(0), TimePoint(7s));
  EXPECT_EQ(board.session(0), 1U);
  EXPECT_EQ(board.address(0), (HostEntry{"db1", "10.0.0.7", "5432"}));
  EXPECT_EQ(board.current_as_of(1), std::nullopt);
  board.publish(0, std::nullopt);
  EXPECT_EQ(board.current_as_of(0), std::nullopt);
}

TEST(StandbyBoard, ManyQuestionsWakeTheMonitorOnce) {
  StandbyBoard board(hosts, 1s);
  int woken = 0;
  board.on_question([&] { ++woken; });
  EXPECT_FALSE(board.take_question());
  for (int i = 0; i < 10; ++i) board.ask_for_news();
  EXPECT_EQ(woken, 1);
  EXPECT_TRUE(board.take_question());
  EXPECT_FALSE(board.take_question());
  board.ask_for_news();
  EXPECT_EQ(woken, 2);
}

TEST(OwnWrites, TheLatestStandsWhicheverThreadComesLast) {
  OwnWrites writes;
  EXPECT_EQ(writes.latest(), TimePoint());
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&writes, thread] {
      for (int i = 0; i < 10'000; ++i) {
        const TimePoint mine(std::chrono::seconds(i * 4 + thread));
        writes.note(mine);
        EXPECT_GE(writes.latest(), mine);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(writes.latest(), TimePoint(39'999s));
}

TEST(StandbyLogTest, AStandbyIsOfUseWithinTheBound) {
  StandbyLag lag(2);
  EXPECT_EQ(use_of(lag, 0, TimePoint(10s), 1s), HostUse::unknown);
  lag.reported(0, TimePoint(10s), {.in_recovery = false, .position = 5, .timeline = 1, .system = 9});
  lag.reported(1, TimePoint(10s), {.in_recovery = true, .position = 4, .timeline = 1, .system = 9});
  EXPECT_EQ(use_of(lag, 0, TimePoint(10s), 1s), HostUse::primary);
  EXPECT_EQ(use_of(lag, 1, TimePoint(10s), 1s), HostUse::behind);
  lag.reported(1, TimePoint(10s), {.in_recovery = true, .position = 5, .timeline = 1, .system = 9});
  EXPECT_EQ(use_of(lag, 1, TimePoint(11s), 1s), HostUse::reads);
  EXPECT_EQ(use_of(lag, 1, TimePoint(11'001ms), 1s), HostUse::behind);
  lag.reported(1, TimePoint(12s), {.in_recovery = true, .position = 5, .timeline = 2, .system = 9});
  EXPECT_EQ(use_of(lag, 1, TimePoint(12s), 1s), HostUse::stranger);
  lag.reported(1, TimePoint(13s), {.in_recovery = false, .position = 5, .timeline = 2, .system = 9});
  EXPECT_EQ(use_of(lag, 1, TimePoint(13s), 1s), HostUse::rival_primary);
}

}  // namespace
}  // namespace support::database

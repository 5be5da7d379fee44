#include "app/database/pool_options.hpp"

#include <gtest/gtest.h>

#include "app/database/multiplexer_options.hpp"

namespace support::database {
namespace {

using Variables = std::vector<std::pair<std::string, std::string>>;

config::Settings settings(Variables variables, const std::string& url = "postgresql://u:p@h/d") {
  variables.emplace_back("ENVIRONMENT", "test");
  variables.emplace_back("DATABASE_URL", url);
  return config::Settings::load({.environment = std::move(variables)});
}

struct Totals {
  int size = 0;
  int overflow = 0;
  int smallest = 1'000'000;
};

Totals totals(const config::Settings& from, int slices) {
  Totals totals;
  for (int slice = 0; slice < slices; ++slice) {
    const auto options = PoolOptions::from(from, slice, slices);
    totals.size += options.size;
    totals.overflow += options.max_overflow;
    totals.smallest = std::min(totals.smallest, options.size);
  }
  return totals;
}

TEST(PoolOptionsTest, SlicesAddUpToWhatIsConfigured) {
  const auto from = settings({{"DATABASE_POOL_SIZE", "7"}, {"DATABASE_MAX_OVERFLOW", "5"}});
  for (const int slices : {1, 2, 3, 7}) {
    EXPECT_EQ(totals(from, slices).size, 7) << slices;
    EXPECT_EQ(totals(from, slices).overflow, 5) << slices;
  }
  EXPECT_EQ(PoolOptions::from(from, 0, 3).size, 3);
  EXPECT_EQ(PoolOptions::from(from, 2, 3).size, 2);
}

TEST(PoolOptionsTest, MoreThreadsThanConnectionsBorrowFromTheOverflow) {
  const auto from = settings({{"DATABASE_POOL_SIZE", "2"}, {"DATABASE_MAX_OVERFLOW", "4"}});
  EXPECT_EQ(totals(from, 5).size, 5);
  EXPECT_EQ(totals(from, 5).overflow, 1);
  EXPECT_EQ(totals(from, 5).smallest, 1);
  EXPECT_EQ(totals(from, 8).size, 8);  // one a thread, although only 6 are configured
  EXPECT_EQ(totals(from, 8).overflow, 0);
}

TEST(PoolOptionsTest, UnlimitedOverflowStaysUnlimited) {
  const auto from = settings({{"DATABASE_MAX_OVERFLOW", "-1"}});
  EXPECT_EQ(PoolOptions::from(from, 1, 2).max_overflow, -1);
}

TEST(PoolOptionsTest, LimitsAreSharedAndNoThreadIsWithout) {
  const auto from = settings({{"DATABASE_POOL_SIZE", "8"},
                              {"DATABASE_POOL_MIN_SIZE", "3"},
                              {"DATABASE_POOL_MAX_WAITING", "100"},
                              {"DATABASE_POOL_MAX_CONNECTING", "1"}});
  EXPECT_EQ(PoolOptions::from(from, 0, 2).min_size, 2);
  EXPECT_EQ(PoolOptions::from(from, 1, 2).min_size, 1);
  EXPECT_EQ(PoolOptions::from(from, 1, 2).max_waiting, 50);
  EXPECT_EQ(PoolOptions::from(from, 1, 2).max_connecting, 1);
  const auto unlimited = settings({{"DATABASE_POOL_MAX_WAITING", "-1"}, {"DATABASE_POOL_MIN_SIZE", "1000"}});
  EXPECT_EQ(PoolOptions::from(unlimited, 1, 2).max_waiting, -1);
  EXPECT_EQ(PoolOptions::from(unlimited).min_size, 5) << "no more than are kept";
}

TEST(PoolOptionsTest, TheServerGivesUpAfterTheProgramUnlessAPoolerStandsBetween) {
  const auto direct = settings({{"DATABASE_COMMAND_TIMEOUT", "5"}});
  EXPECT_EQ(PoolOptions::from(direct).connect.statement_timeout, std::chrono::seconds(6));
  EXPECT_EQ(PoolOptions::from(direct).connect.session_settings(),
            "SET TimeZone TO 'UTC';SET statement_timeout = 6000;");
  const auto pooled = settings({{"DATABASE_STATEMENT_CACHE_SIZE", "0"}});
  EXPECT_FALSE(PoolOptions::from(pooled).connect.statement_timeout);
}

TEST(PoolOptionsTest, SharedSessionsAllowTheLongestRequest) {
  const auto limit = [](Variables variables) {
    return MultiplexerOptions::from(settings(std::move(variables)))->connect.statement_timeout;
  };
  EXPECT_EQ(limit({{"DATABASE_COMMAND_TIMEOUT", "5"}, {"REQUEST_TIMEOUT", "20s"}}), std::chrono::seconds(21));
  EXPECT_EQ(limit({{"DATABASE_COMMAND_TIMEOUT", "30"}, {"REQUEST_TIMEOUT", "20s"}}), std::chrono::seconds(31));
  EXPECT_FALSE(limit({{"DATABASE_STATEMENT_CACHE_SIZE", "0"}}));
}

TEST(PoolOptionsTest, EverySettingArrives) {
  const auto options = PoolOptions::from(settings({{"DATABASE_POOL_TIMEOUT", "3"},
                                                   {"DATABASE_POOL_RECYCLE", "1800"},
                                                   {"DATABASE_POOL_PRE_PING", "true"},
                                                   {"DATABASE_CONNECT_TIMEOUT", "4"},
                                                   {"DATABASE_COMMAND_TIMEOUT", "5"},
                                                   {"DATABASE_STATEMENT_CACHE_SIZE", "6"},
                                                   {"DATABASE_SLOW_STATEMENT", "70ms"},
                                                   {"DATABASE_TAG_TRANSACTIONS", "false"},
                                                   {"DATABASE_ECHO", "true"}}));
  EXPECT_EQ(options.connect.slow_statement, std::chrono::milliseconds(70));
  EXPECT_FALSE(options.connect.tag_transactions);
  EXPECT_EQ(options.timeout, std::chrono::seconds(3));
  EXPECT_EQ(options.recycle, std::chrono::seconds(1800));
  EXPECT_TRUE(options.pre_ping);
  EXPECT_EQ(options.connect.connect_timeout, std::chrono::seconds(4));
  EXPECT_EQ(options.connect.command_timeout, std::chrono::seconds(5));
  EXPECT_EQ(options.connect.statement_cache_size, 6U);
  EXPECT_TRUE(options.connect.echo);
}

TEST(PoolOptionsTest, HintsInTheUrlArrive) {
  const auto from = settings({}, "postgresql+asyncpg://u:p@h/d?statement_cache_size=0&command_timeout=7");
  EXPECT_EQ(ConnectOptions::from(from).statement_cache_size, 0U);
  EXPECT_EQ(ConnectOptions::from(from).command_timeout, std::chrono::seconds(7));
}

}  // namespace
}  // namespace support::database

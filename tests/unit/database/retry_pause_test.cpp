#include <gtest/gtest.h>

#include "app/database/transaction.hpp"

namespace support::database {
namespace {

using namespace std::chrono_literals;

TEST(RetryPauseTest, DoublesUpToTheLastAndVariesByHalf) {
  TransactionOptions options;
  options.first_pause = 10ms;
  options.last_pause = 50ms;
  const std::chrono::milliseconds longest[]{10ms, 20ms, 40ms, 50ms, 50ms};
  for (int next = 2; next <= 6; ++next) {
    EXPECT_EQ(retry_pause(options, next, 1), longest[next - 2]) << next;
    EXPECT_EQ(retry_pause(options, next, 0), longest[next - 2] / 2) << next;
  }
  EXPECT_EQ(retry_pause(options, 1'000'000, 1), 50ms);
}

}  // namespace
}  // namespace support::database

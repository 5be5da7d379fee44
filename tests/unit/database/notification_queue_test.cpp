#include "app/database/notification_queue.hpp"

#include <string>

#include <gtest/gtest.h>

namespace support::database {
namespace {

std::string popped(NotificationQueue& queue) {
  const auto event = queue.pop();
  if (!event) return "nothing";
  if (const auto* gap = std::get_if<Gap>(&*event)) {
    return "gap " + std::to_string(static_cast<int>(gap->reason)) + ", " + std::to_string(gap->dropped);
  }
  return std::get<Notification>(*event).payload;
}

Notification notification(const std::string& payload) {
  return {"channel", payload, 1};
}

TEST(NotificationQueueTest, GivesEventsInTheirOrder) {
  NotificationQueue queue(10);
  queue.push_gap(Gap::Reason::started);
  queue.push(notification("a"));
  queue.push_gap(Gap::Reason::reconnected);
  queue.push(notification("b"));
  for (const char* expected : {"gap 0, 0", "a", "gap 1, 0", "b", "nothing"}) EXPECT_EQ(popped(queue), expected);
  EXPECT_TRUE(queue.empty());
}

TEST(NotificationQueueTest, WhatDoesNotFitIsDroppedAndToldWhereItWouldHaveBeen) {
  NotificationQueue queue(2);
  for (const char* payload : {"a", "b", "c", "d"}) queue.push(notification(payload));
  EXPECT_EQ(popped(queue), "a");
  queue.push(notification("e"));
  for (const char* expected : {"b", "gap 2, 2", "e", "nothing"}) EXPECT_EQ(popped(queue), expected);
  EXPECT_EQ(queue.dropped(), 2U);
}

TEST(NotificationQueueTest, GapsThatFollowEachOtherAreOne) {
  NotificationQueue queue(1);
  for (int i = 0; i < 1000; ++i) queue.push_gap(Gap::Reason::reconnected);
  EXPECT_EQ(popped(queue), "gap 1, 0");
  EXPECT_EQ(popped(queue), "nothing");
  queue.push(notification("a"));
  queue.push(notification("b"));
  queue.push_gap(Gap::Reason::reconnected);
  queue.push(notification("c"));
  for (const char* expected : {"a", "gap 2, 2", "nothing"}) EXPECT_EQ(popped(queue), expected);
}

}  // namespace
}  // namespace support::database

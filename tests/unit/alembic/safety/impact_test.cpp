#include "app/alembic/safety/trace/impact.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace support::tests {
namespace {

using namespace alembic::safety;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::uint64_t megabyte = 1024 * 1024;

TracedRelation table(const std::string& name) {
  return {.shown = name, .schema = "public", .name = name, .index = "", .kind = 'r'};
}

TracedRelation index(const std::string& of, const std::string& name) {
  return {.shown = name, .schema = "public", .name = of, .index = name, .kind = 'i'};
}

StatementTrace locking(const std::string& name, LockMode mode) {
  StatementTrace trace;
  trace.locks.push_back({table(name), mode, 0});
  return trace;
}

// A table of 600 MB with 120 MB of indexes and 80 MB of TOAST.
LiveDatabase database() {
  LiveDatabase live;
  live.relations[{"public", "parcel"}] = {.rows = 1'000'000,
                                          .bytes = 400 * megabyte,
                                          .total_bytes = 600 * megabyte,
                                          .index_bytes = 120 * megabyte,
                                          .writes_per_second = 10,
                                          .reads_per_second = 100};
  live.relations[{"public", "depot"}] = {.rows = 50, .bytes = 8192, .total_bytes = 8192};
  live.relations[{"public", "parcel_pkey"}] = {.rows = 1'000'000, .bytes = 80 * megabyte, .total_bytes = 80 * megabyte};
  return live;
}

TEST(Impact, IsNotKnownWithoutALiveDatabase) {
  const auto impact = estimate_impact(locking("parcel", LockMode::access_exclusive), nullptr);
  EXPECT_EQ(impact.strongest, LockMode::access_exclusive);
  EXPECT_FALSE(impact.rows);
  EXPECT_FALSE(impact.seconds);
  EXPECT_FALSE(impact.bytes);
}

TEST(Impact, OfTheCatalogAloneIsAnInstant) {
  const auto live = database();
  const auto impact = estimate_impact(locking("parcel", LockMode::access_exclusive), &live);
  EXPECT_EQ(impact.seconds, 0.0);
  EXPECT_EQ(impact.rows, 1'000'000U) << "of what it locks";
}

TEST(Impact, TakesTimeByTheBytesOfEachWork) {
  const auto live = database();
  const Throughput throughput{.scanned = 100.0 * megabyte, .rewritten = 48.0 * megabyte, .indexed = 20.0 * megabyte};
  StatementTrace scan;
  scan.scans = {table("parcel")};
  EXPECT_DOUBLE_EQ(*estimate_impact(scan, &live, throughput).seconds, 4);
  StatementTrace rewrite;
  rewrite.rewrites = rewrite.scans = {table("parcel")};
  EXPECT_DOUBLE_EQ(*estimate_impact(rewrite, &live, throughput).seconds, 10) << "TOAST as well, and read once";
  rewrite.index_rebuilds = {index("parcel", "parcel_pkey")};
  EXPECT_DOUBLE_EQ(*estimate_impact(rewrite, &live, throughput).seconds, 14);
  StatementTrace build;
  build.scans = {table("parcel")};
  build.index_builds = {index("parcel", "new")};
  EXPECT_DOUBLE_EQ(*estimate_impact(build, &live, throughput).seconds, 24);
}

TEST(Impact, CountsTheRowsOfTheLargestTableThatIsReadNotOfOneThatIsLocked) {
  const auto live = database();
  auto trace = locking("parcel", LockMode::access_exclusive);
  trace.scans = {table("depot")};
  EXPECT_EQ(estimate_impact(trace, &live).rows, 50U);
  trace.scans.push_back(table("parcel"));
  EXPECT_EQ(estimate_impact(trace, &live).rows, 1'000'000U);
}

TEST(Impact, OfATableThatAnEarlierStepMakesIsNothing) {
  const auto live = database();
  StatementTrace trace;
  trace.scans = {table("not_there_yet")};
  EXPECT_EQ(estimate_impact(trace, &live).seconds, 0.0);
  EXPECT_FALSE(estimate_impact(trace, &live).rows);
}

TEST(Impact, QueuesReadersOnlyBehindTheStrongestLock) {
  const auto live = database();
  const Throughput throughput{.scanned = 100.0 * megabyte};
  auto trace = locking("parcel", LockMode::share);
  trace.scans = {table("parcel")};
  auto impact = estimate_impact(trace, &live, throughput);
  ASSERT_THAT(impact.queues, SizeIs(1));
  EXPECT_DOUBLE_EQ(impact.queues[0].statements_per_second, 10);
  EXPECT_DOUBLE_EQ(*impact.queues[0].statements, 40);
  trace.locks.push_back({table("parcel"), LockMode::access_exclusive, 0});
  impact = estimate_impact(trace, &live, throughput);
  ASSERT_THAT(impact.queues, SizeIs(1)) << "one a table";
  EXPECT_DOUBLE_EQ(impact.queues[0].statements_per_second, 110);
  EXPECT_THAT(estimate_impact(locking("parcel", LockMode::share_update_exclusive), &live).queues, IsEmpty());
}

TEST(Impact, WaitsForTransactionsThatHoldWhatConflicts) {
  auto live = database();
  LiveSession session{.pid = "7", .user = "u", .application = "a", .state = "active", .seconds = 60};
  session.locks = {{{"public", "parcel"}, LockMode::access_share}};
  live.long_transactions = {session};
  EXPECT_THAT(estimate_impact(locking("parcel", LockMode::share), &live).waits_for, IsEmpty());
  EXPECT_THAT(estimate_impact(locking("depot", LockMode::access_exclusive), &live).waits_for, IsEmpty());
  const auto waits = estimate_impact(locking("parcel", LockMode::access_exclusive), &live).waits_for;
  ASSERT_THAT(waits, SizeIs(1));
  EXPECT_EQ(waits[0].relation, "parcel");
  EXPECT_EQ(waits[0].mode, LockMode::access_share);
}

TEST(Impact, WaitsForOldSnapshotsWhereItRunsConcurrently) {
  auto live = database();
  live.long_transactions = {
      {.pid = "7", .user = "", .application = "", .state = "", .seconds = 60, .holds_snapshot = true, .locks = {}}};
  auto trace = locking("parcel", LockMode::share_update_exclusive);
  EXPECT_THAT(estimate_impact(trace, &live).waits_for, IsEmpty());
  trace.execution = Execution::sampled;
  ASSERT_THAT(estimate_impact(trace, &live).waits_for, SizeIs(1));
  EXPECT_EQ(estimate_impact(trace, &live).waits_for[0].relation, "");
}

TEST(Impact, ReachesTheReplicasWhenSomethingIsWritten) {
  auto live = database();
  live.replicas = {{.name = "one", .lag_seconds = {}}, {.name = "two", .lag_seconds = 1.5}};
  StatementTrace trace;
  trace.scans = {table("parcel")};
  EXPECT_EQ(estimate_impact(trace, &live).replicas, 0U);
  trace.rewrites = {table("parcel")};
  EXPECT_EQ(estimate_impact(trace, &live).replicas, 2U);
}

}  // namespace
}  // namespace support::tests

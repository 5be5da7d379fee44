// What the guard knows of a statement before it runs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/alembic/safety/guard/duration_text.hpp"
#include "app/alembic/safety/guard/held_locks.hpp"
#include "app/alembic/safety/guard/retry_budget.hpp"
#include "app/alembic/safety/guard/statement_reader.hpp"

namespace support::alembic::safety {
namespace {

using Partners = LockRequest::Partners;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using namespace std::chrono_literals;

const RelationName orders{"public", "orders"};

TEST(ConflictingModes, AreThoseOfTheManual) {
  EXPECT_THAT(conflicting_modes(LockMode::none), IsEmpty());
  EXPECT_THAT(conflicting_modes(LockMode::access_share), ElementsAre("AccessExclusiveLock"));
  EXPECT_THAT(conflicting_modes(LockMode::share),
              ElementsAre("RowExclusiveLock", "ShareUpdateExclusiveLock", "ShareRowExclusiveLock", "ExclusiveLock",
                          "AccessExclusiveLock"));
  EXPECT_EQ(conflicting_modes(LockMode::access_exclusive).size(), 8U);
  // Whoever conflicts with the one conflicts with the other.
  constexpr std::array modes{
      LockMode::access_share, LockMode::row_share,           LockMode::row_exclusive, LockMode::share_update_exclusive,
      LockMode::share,        LockMode::share_row_exclusive, LockMode::exclusive,     LockMode::access_exclusive};
  const auto names = conflicting_modes(LockMode::access_exclusive);
  for (std::size_t a = 0; a < modes.size(); ++a) {
    for (std::size_t b = 0; b < modes.size(); ++b) {
      const auto of_a = conflicting_modes(modes[a]);
      const auto of_b = conflicting_modes(modes[b]);
      EXPECT_EQ(std::ranges::count(of_a, names[b]), std::ranges::count(of_b, names[a])) << names[a] << ' ' << names[b];
    }
  }
}

TEST(StatementReader, TellsWhatIsThereFromWhatTheRunMakes) {
  StatementReader reader;
  EXPECT_TRUE(reader.read("CREATE TABLE orders (id integer)").is_private);
  reader.carried_out();
  EXPECT_TRUE(reader.read("CREATE INDEX by_id ON orders (id)").is_private);
  reader.carried_out();
  EXPECT_TRUE(reader.read("ALTER TABLE orders ADD COLUMN note text").is_private);
  reader.carried_out();
  reader.share();
  const auto& shared = reader.read("ALTER TABLE orders DROP COLUMN note");
  EXPECT_FALSE(shared.is_private);
  EXPECT_THAT(shared.requests, Contains(LockRequest{orders, LockMode::access_exclusive}));
  EXPECT_THAT(shared.requests, Contains(LockRequest{orders, LockMode::access_exclusive, Partners::of_column, "note"}));
}

TEST(StatementReader, TakesWhatItCantSeeThroughForDangerous) {
  StatementReader reader;
  for (const auto* statement :
       {"SELECT touch_everything()", "DO $$ BEGIN PERFORM 1; END $$", "CALL work()", "DROP SCHEMA old CASCADE",
        "ALTER TYPE address ADD ATTRIBUTE zip text", "THIS IS A SYNTAX OF TOMORROW"}) {
    const auto& read = reader.read(statement);
    EXPECT_FALSE(read.is_private) << statement;
    EXPECT_FALSE(read.is_session) << statement;
  }
}

TEST(StatementReader, LooksIntoBlocks) {
  StatementReader reader;
  EXPECT_THAT(reader.read("DO $$ BEGIN ALTER TABLE orders ADD COLUMN note text; END $$").requests,
              Contains(LockRequest{orders, LockMode::access_exclusive}));
}

TEST(StatementReader, KnowsTheKindsThatWaitOtherwise) {
  StatementReader reader;
  EXPECT_TRUE(reader.read("CREATE INDEX CONCURRENTLY i ON orders (id)").builds_index);
  EXPECT_TRUE(reader.read("REINDEX TABLE CONCURRENTLY orders").builds_index);
  EXPECT_TRUE(reader.read("DROP INDEX CONCURRENTLY i").is_concurrent);
  EXPECT_FALSE(reader.read("DROP INDEX CONCURRENTLY i").builds_index);
  EXPECT_TRUE(reader.read("SET lock_timeout = '5s'").sets_timeout);
  EXPECT_TRUE(reader.read("SET LOCAL lock_timeout = 0").sets_timeout);
  EXPECT_FALSE(reader.read("SET work_mem = '64MB'").sets_timeout);
  EXPECT_TRUE(reader.read("SET work_mem = '64MB'").is_session);
}

TEST(LockRequests, ReachForThePartnersOfForeignKeys) {
  StatementReader reader;
  EXPECT_THAT(reader.read("DROP TABLE orders").requests,
              Contains(LockRequest{orders, LockMode::access_exclusive, Partners::all}));
  EXPECT_THAT(reader.read("ALTER TABLE orders DROP CONSTRAINT of_shop").requests,
              Contains(LockRequest{orders, LockMode::access_exclusive, Partners::of_constraint, "of_shop"}));
  EXPECT_THAT(reader.read("ALTER TABLE orders ADD FOREIGN KEY (shop) REFERENCES shops").requests,
              Contains(LockRequest{{"public", "shops"}, LockMode::share_row_exclusive}));
}

TEST(HeldLocks, CoverWhatIsNoStronger) {
  HeldLocks held;
  held.add({{orders, LockMode::share_row_exclusive}});
  EXPECT_TRUE(held.block_application());
  EXPECT_THAT(held.missing({{orders, LockMode::share}}), IsEmpty());
  EXPECT_EQ(held.missing({{orders, LockMode::access_exclusive}}).size(), 1U);
  EXPECT_EQ(held.missing({{{"public", "shops"}, LockMode::access_share}}).size(), 1U);
  EXPECT_EQ(held.missing({{orders, LockMode::share, Partners::all}}).size(), 1U);
  held.clear();
  held.add({{orders, LockMode::row_exclusive}});
  EXPECT_FALSE(held.block_application());
}

TEST(RetryBudget, CountsAllWaitsTogether) {
  RetryBudget budget(100ms);
  budget.begin_statement();
  EXPECT_FALSE(budget.is_exhausted());
  budget.spend(60ms);
  budget.begin_statement();
  budget.spend(40ms);
  EXPECT_TRUE(budget.is_exhausted());
  RetryBudget unlimited(0ms);
  unlimited.spend(24h);
  EXPECT_FALSE(unlimited.is_exhausted());
}

TEST(RetryBudget, PausesGrowAndDiffer) {
  RetryBudget budget(1h);
  budget.begin_statement();
  const auto first = budget.next_pause();
  EXPECT_LE(first, 63ms);
  for (int i = 0; i < 20; ++i) budget.next_pause();
  EXPECT_GE(budget.next_pause(), 750ms);
  EXPECT_EQ(budget.tries(), 22U);
}

TEST(DurationText, IsForPeople) {
  EXPECT_EQ(duration_text(850ms), "850 ms");
  EXPECT_EQ(duration_text(12'400ms), "12 s");
  EXPECT_EQ(duration_text(3min + 12s), "3 min 12 s");
  EXPECT_EQ(duration_text(2h + 5min), "2 h 5 min");
  EXPECT_EQ(duration_text(99h), "4 d 3 h");
}

}  // namespace
}  // namespace support::alembic::safety

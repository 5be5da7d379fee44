#include "app/database/statement_cache.hpp"

#include <gmock/gmock.h>

namespace support::database {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const std::vector<Oid> none;
const std::vector<Oid> integer{23};

std::string insert(StatementCache& cache, std::string_view sql, const std::vector<Oid>& types = none) {
  return cache.insert(sql, types, cache.next_name()).name;
}

TEST(StatementCacheTest, FindsWhatWasInserted) {
  StatementCache cache(2, "x_");
  EXPECT_EQ(cache.find("select 1", none), nullptr);
  const std::string name = insert(cache, "select 1");
  EXPECT_EQ(name, "x_1");
  const auto* found = cache.find(std::string("select ") + "1", none);
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->name, name);
}

TEST(StatementCacheTest, TheTypesOfTheParametersAreAPartOfTheStatement) {
  StatementCache cache(2, "x_");
  const std::string with_integer = insert(cache, "select $1", integer);
  const std::string without = insert(cache, "select $1");
  EXPECT_NE(with_integer, without);
  EXPECT_EQ(cache.find("select $1", integer)->name, with_integer);
  EXPECT_EQ(cache.find("select $1", none)->name, without);
}

TEST(StatementCacheTest, EvictsTheLeastRecentlyUsed) {
  StatementCache cache(2, "x_");
  insert(cache, "a");
  const std::string b = insert(cache, "b");
  cache.find("a", none);
  insert(cache, "c");
  EXPECT_EQ(cache.size(), 2U);
  EXPECT_NE(cache.find("a", none), nullptr);
  EXPECT_EQ(cache.find("b", none), nullptr);
  EXPECT_THAT(cache.take_evicted(), ElementsAre(b));
  EXPECT_THAT(cache.take_evicted(), IsEmpty());
}

TEST(StatementCacheTest, AnInvalidatedStatementIsGoneAndHasToBeDeallocated) {
  StatementCache cache(2, "x_");
  const std::string a = insert(cache, "a");
  cache.evict("a", none);
  cache.evict("never seen", none);
  EXPECT_EQ(cache.find("a", none), nullptr);
  EXPECT_TRUE(cache.has_evicted());
  EXPECT_THAT(cache.take_evicted(), ElementsAre(a));
}

TEST(StatementCacheTest, WhatTheServerDoesNotHaveIsNotDeallocated) {
  StatementCache cache(2, "x_");
  const std::string a = insert(cache, "a");
  const std::string b = insert(cache, "b");
  cache.forget(a);
  cache.evict("b", none);
  cache.forget(b);
  cache.forget("never seen");
  EXPECT_EQ(cache.size(), 0U);
  EXPECT_FALSE(cache.has_evicted());
  cache.still_evicted("x_9");
  EXPECT_THAT(cache.take_evicted(), ElementsAre("x_9"));
}

TEST(StatementCacheTest, NamesAreNeverUsedTwice) {
  StatementCache cache(1, "x_");
  const std::string first = insert(cache, "a");
  cache.evict("a", none);
  EXPECT_NE(insert(cache, "a"), first);
  cache.clear();
  EXPECT_EQ(cache.size(), 0U);
  EXPECT_FALSE(cache.has_evicted());
  EXPECT_NE(insert(cache, "a"), first);
}

TEST(StatementCacheTest, StaysWithinItsCapacityOverManyStatements) {
  StatementCache cache(10, "x_");
  std::size_t evicted = 0;
  for (int i = 0; i < 1000; ++i) {
    insert(cache, "select " + std::to_string(i));
    evicted += cache.take_evicted().size();
    EXPECT_LE(cache.size(), 10U);
  }
  EXPECT_EQ(evicted, 990U);
  EXPECT_NE(cache.find("select 999", none), nullptr);
  EXPECT_NE(cache.find("select 990", none), nullptr);
  EXPECT_EQ(cache.find("select 989", none), nullptr);
}

}  // namespace
}  // namespace support::database

#include "app/alembic/autogenerate/action_graph.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace support::tests {
namespace {

using alembic::autogenerate::ActionGraph;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

TEST(ActionGraph, GoesByRankAndThenByNumberWhereNothingForbidsIt) {
  ActionGraph graph;
  for (const int rank : {3, 1, 2, 1}) graph.add(rank);
  EXPECT_THAT(graph.order().actions, ElementsAre(1, 3, 2, 0));
}

TEST(ActionGraph, PutsAnActionBehindWhatItWaitsForWhateverTheRanks) {
  ActionGraph graph;
  const auto last = graph.add(0);
  const auto first = graph.add(9);
  const auto between = graph.add(5);
  graph.require(first, between);
  graph.require(between, last);
  const auto order = graph.order();
  EXPECT_THAT(order.actions, ElementsAre(first, between, last));
  EXPECT_THAT(order.circle, IsEmpty());
}

TEST(ActionGraph, TakesARequirementThatIsSaidTwiceAsOne) {
  ActionGraph graph;
  const auto last = graph.add(0);
  const auto first = graph.add(1);
  graph.require(first, last);
  graph.require(first, last);
  EXPECT_THAT(graph.order().actions, ElementsAre(first, last));
}

TEST(ActionGraph, LetsNoActionWaitForItself) {
  ActionGraph graph;
  const auto only = graph.add(0);
  graph.require(only, only);
  EXPECT_THAT(graph.order().actions, ElementsAre(only));
}

TEST(ActionGraph, NamesTheCircleAndNotWhatMerelyWaitsForIt) {
  ActionGraph graph;
  const auto free = graph.add(0);
  const auto one = graph.add(0);
  const auto two = graph.add(0);
  const auto three = graph.add(0);
  const auto behind = graph.add(0);
  graph.require(one, two);
  graph.require(two, three);
  graph.require(three, one);
  graph.require(three, behind);
  const auto order = graph.order();
  EXPECT_THAT(order.actions, ElementsAre(free));
  EXPECT_THAT(order.circle, UnorderedElementsAre(one, two, three));
}

}  // namespace
}  // namespace support::tests

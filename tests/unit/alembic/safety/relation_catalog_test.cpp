#include "app/alembic/safety/trace/relation_catalog.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace support::tests {
namespace {

using namespace alembic::safety;
using testing::ElementsAre;
using testing::IsEmpty;

RelationState table(const std::string& name, std::uint64_t file, std::uint64_t scans = 0) {
  return {.name = {.shown = name, .schema = "public", .name = name, .index = "", .kind = 'r'},
          .table = 0,
          .file = file,
          .scans = scans,
          .is_part_of_toast = false};
}

RelationState index(const std::string& name, Oid of, std::uint64_t file) {
  return {.name = {.shown = name, .schema = "public", .name = "t", .index = name, .kind = 'i'},
          .table = of,
          .file = file,
          .scans = 0,
          .is_part_of_toast = false};
}

std::vector<std::string> shown(const std::vector<TracedRelation>& relations) {
  std::vector<std::string> names;
  for (const auto& relation : relations) names.push_back(relation.shown);
  return names;
}

StatementTrace changes(const RelationCatalog& before, const RelationCatalog& after) {
  StatementTrace trace;
  add_changes(trace, before, before, after);
  return trace;
}

TEST(RelationCatalog, ANewFileIsARewriteAndMoreScansAreAScan) {
  const auto trace = changes({{1, table("t", 10)}, {2, table("u", 20, 5)}, {3, table("v", 30, 5)}},
                             {{1, table("t", 11)}, {2, table("u", 20, 6)}, {3, table("v", 30, 5)}});
  EXPECT_THAT(shown(trace.rewrites), ElementsAre("t"));
  EXPECT_THAT(shown(trace.scans), ElementsAre("u"));
}

TEST(RelationCatalog, AnIndexThatKeepsItsNameAndNotItsFileIsRebuilt) {
  const auto trace =
      changes({{1, table("t", 10)}, {2, index("a", 1, 20)}, {3, index("b", 1, 30)}, {4, index("c", 1, 40)}},
              {{1, table("t", 10)}, {2, index("a", 1, 21)}, {7, index("b", 1, 31)}, {8, index("c", 1, 40)}});
  EXPECT_THAT(shown(trace.index_rebuilds), ElementsAre("a", "b"));
  EXPECT_THAT(trace.index_builds, IsEmpty());
}

TEST(RelationCatalog, ARenamedIndexIsNoNewOne) {
  const auto trace =
      changes({{1, table("t", 10)}, {2, index("a", 1, 20)}}, {{1, table("t", 10)}, {2, index("b", 1, 20)}});
  EXPECT_THAT(trace.index_rebuilds, IsEmpty());
  EXPECT_THAT(trace.index_builds, IsEmpty());
}

TEST(RelationCatalog, ANewIndexOfATableThatWasThereIsBuilt) {
  const auto trace =
      changes({{1, table("t", 10)}},
              {{1, table("t", 10)}, {2, index("a", 1, 20)}, {3, table("new", 30)}, {4, index("of_new", 3, 40)}});
  EXPECT_THAT(shown(trace.index_builds), ElementsAre("a"));
}

TEST(RelationCatalog, WhatOnlyTheTransactionSeesDoesNotCount) {
  const RelationCatalog existing{{1, table("t", 10)}};
  const RelationCatalog before{{1, table("t", 10)}, {2, table("mine", 20)}};
  StatementTrace trace;
  add_changes(trace, existing, before, {{1, table("t", 10)}, {2, table("mine", 21, 1)}});
  EXPECT_THAT(trace.rewrites, IsEmpty());
  EXPECT_THAT(trace.scans, IsEmpty());
}

}  // namespace
}  // namespace support::tests

#include "app/alembic/script/revision_map.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace support::alembic {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::ThrowsMessage;

// base - left1 - left2
//      \ right1        (plugin needs left1)
// other (another base) - plugin
RevisionMap forest() {
  return RevisionMap({{.revision = "base0001"},
                      {.revision = "left0001", .down_revisions = {"base0001"}, .branch_labels = {"left"}},
                      {.revision = "left0002", .down_revisions = {"left0001"}},
                      {.revision = "rigt0001", .down_revisions = {"base0001"}, .branch_labels = {"right"}},
                      {.revision = "othr0001", .branch_labels = {"other"}},
                      {.revision = "plug0001", .down_revisions = {"othr0001"}, .depends_on = {"left"}}});
}

RevisionIds ids(const RevisionMap& map, const Nodes& nodes) {
  return map.ids(nodes);
}

TEST(RevisionMapLoad, HeadsAndBasesAreInLoadOrder) {
  const auto map = forest();
  EXPECT_THAT(ids(map, map.heads()), ElementsAre("left0002", "rigt0001", "plug0001"));
  EXPECT_THAT(ids(map, map.bases()), ElementsAre("base0001", "othr0001"));
  EXPECT_THAT(ids(map, map.real_bases()), ElementsAre("base0001", "othr0001"));
}

TEST(RevisionMapLoad, AHeadThatOthersDependOnIsNoRealHead) {
  const RevisionMap map({{.revision = "aaaa"}, {.revision = "bbbb", .depends_on = {"aaaa"}}});
  EXPECT_THAT(ids(map, map.heads()), ElementsAre("aaaa", "bbbb"));
  EXPECT_THAT(ids(map, map.real_heads()), ElementsAre("bbbb"));
}

TEST(RevisionMapLoad, ALabelReachesDescendantsAndTheLineBelowUpToABranchPoint) {
  const RevisionMap map({{.revision = "root"},
                         {.revision = "aaaa", .down_revisions = {"root"}},
                         {.revision = "bbbb", .down_revisions = {"aaaa"}, .branch_labels = {"lib"}},
                         {.revision = "cccc", .down_revisions = {"bbbb"}},
                         {.revision = "side", .down_revisions = {"root"}}});
  EXPECT_THAT(map.branch_labels(1), ElementsAre("lib"));
  EXPECT_THAT(map.branch_labels(3), ElementsAre("lib"));
  EXPECT_THAT(map.branch_labels(0), IsEmpty());
  EXPECT_THAT(map.branch_labels(4), IsEmpty());
}

TEST(RevisionMapLoad, ADependencyThatAnAncestorHasAlreadyIsDropped) {
  const RevisionMap map({{.revision = "dep1"},
                         {.revision = "aaaa", .depends_on = {"dep1"}},
                         {.revision = "bbbb", .down_revisions = {"aaaa"}, .depends_on = {"dep1"}}});
  EXPECT_THAT(ids(map, map.normalized_down(2)), ElementsAre("aaaa"));
  EXPECT_THAT(ids(map, map.normalized_down(1)), ElementsAre("dep1"));
}

TEST(RevisionMapLoad, ADuplicateIsAWarningAndTheLastOneCounts) {
  const RevisionMap map({{.revision = "aaaa"}, {.revision = "bbbb"}, {.revision = "bbbb", .down_revisions = {"aaaa"}}});
  EXPECT_THAT(map.warnings(), ElementsAre("Revision bbbb is present more than once"));
  EXPECT_THAT(ids(map, map.heads()), ElementsAre("bbbb"));
}

struct BadGraph {
  std::vector<Revision> revisions;
  std::string message;
};

class RevisionMapRefuses : public testing::TestWithParam<BadGraph> {};

TEST_P(RevisionMapRefuses, WithASentence) {
  EXPECT_THAT([] { RevisionMap map(GetParam().revisions); },
              ThrowsMessage<RevisionError>(HasSubstr(GetParam().message)));
}

INSTANTIATE_TEST_SUITE_P(
    Graphs, RevisionMapRefuses,
    testing::Values(
        BadGraph{{{.revision = "aaaa", .down_revisions = {"aaaa"}}}, "Self-loop is detected in revisions (aaaa)"},
        BadGraph{{{.revision = "aaaa", .depends_on = {"aaaa"}}},
                 "Dependency self-loop is detected in revisions (aaaa)"},
        BadGraph{{{.revision = "aaaa", .down_revisions = {"bbbb"}}, {.revision = "bbbb", .down_revisions = {"aaaa"}}},
                 "Cycle is detected in revisions (aaaa, bbbb)"},
        BadGraph{{{.revision = "root"},
                  {.revision = "zzzz", .down_revisions = {"yyyy"}},
                  {.revision = "yyyy", .down_revisions = {"zzzz"}}},
                 "Cycle is detected in revisions (yyyy, zzzz)"},
        BadGraph{{{.revision = "aaaa", .depends_on = {"bbbb"}}, {.revision = "bbbb", .depends_on = {"aaaa"}}},
                 "Dependency cycle is detected in revisions (aaaa, bbbb)"},
        BadGraph{{{.revision = "aaaa", .down_revisions = {"gone"}}},
                 "Revision gone referenced from aaaa is not present"},
        BadGraph{{{.revision = "aaaa", .depends_on = {"gone"}}}, "Revision gone referenced from aaaa is not present"},
        BadGraph{{{.revision = "aaaa", .branch_labels = {"lib"}}, {.revision = "bbbb", .branch_labels = {"lib"}}},
                 "Branch name 'lib' in revision bbbb already used by revision aaaa"},
        BadGraph{{{.revision = "aaaa", .branch_labels = {"lib"}}, {.revision = "bbbb", .down_revisions = {"lib"}}},
                 "write the revision identifier aaaa instead"},
        BadGraph{{{.revision = "a@b:c"}}, "Character(s) ':, @' not allowed in revision identifier 'a@b:c'"},
        BadGraph{{{.revision = ""}}, "must not be empty"}));

TEST(RevisionMapLookup, APartialIdentifierMustBeUnique) {
  const auto map = forest();
  EXPECT_EQ(map.id(*map.get_revision("plu")), "plug0001");
  EXPECT_EQ(map.id(*map.get_revision("left@left0002")), "left0002");
  EXPECT_THAT([&] { map.get_revision("left0"); },
              ThrowsMessage<ResolutionError>("Multiple revisions start with 'left0': 'left0001', 'left0002'..."));
  EXPECT_THAT([&] { map.get_revision("zzz"); }, ThrowsMessage<ResolutionError>(HasSubstr("at least four characters")));
}

TEST(RevisionMapLookup, BaseIsNoRevisionAndSeveralHeadsAreAnError) {
  const auto map = forest();
  EXPECT_EQ(map.get_revision("base"), std::nullopt);
  EXPECT_EQ(map.id(*map.get_revision("right@head")), "rigt0001");
  EXPECT_THAT([&] { map.get_revision("head"); }, ThrowsMessage<MultipleHeads>(HasSubstr("argument 'head'")));
  EXPECT_EQ(RevisionMap({}).get_revision("head"), std::nullopt);
}

TEST(RevisionMapLookup, ALabelledIdentifierMustBeOnTheBranch) {
  const auto map = forest();
  EXPECT_THAT([&] { map.get_revision("right@left0002"); },
              ThrowsMessage<ResolutionError>("Revision left0002 is not a member of branch 'right'"));
  EXPECT_THAT([&] { map.get_revision("nowhere@left0002"); },
              ThrowsMessage<ResolutionError>("No such branch: 'nowhere'"));
}

TEST(RevisionMapIterate, DependenciesComeAlongInAnUpgrade) {
  const auto map = forest();
  EXPECT_THAT(ids(map, map.iterate("plug0001", RevisionIds{}, {.implicit_base = true})),
              ElementsAre("plug0001", "othr0001", "left0001", "base0001"));
}

TEST(RevisionMapIterate, ARangeOnlyReachedAcrossADependencyIsListedWhole) {
  // Alembic stops with an AssertionError here.
  const RevisionMap map({{.revision = "root"},
                         {.revision = "dddd", .down_revisions = {"root"}},
                         {.revision = "xxxx", .depends_on = {"dddd"}}});
  EXPECT_THAT(ids(map, map.iterate("xxxx", "root", {.inclusive = true})), ElementsAre("dddd", "root"));
}

TEST(RevisionMapIterate, AnOverlappingRevisionIsNamedOnce) {
  const RevisionMap map({{.revision = "aaaa"}, {.revision = "bbbb", .down_revisions = {"aaaa"}}});
  const Nodes targets{1, 0, 0};
  EXPECT_THAT([&] { map.ancestors_of_distinct(targets); },
              ThrowsMessage<RevisionError>("Requested revision bbbb overlaps with other requested revisions aaaa"));
}

TEST(RevisionMapIterate, AStepUpStartsAtARevisionAndNotAtAnotherStep) {
  const auto map = forest();
  EXPECT_THAT([&] { map.iterate("+1", "-2", {.inclusive = true}); },
              ThrowsMessage<ResolutionError>(HasSubstr("No such revision or branch '-2'")));
}

TEST(RevisionMapIterate, AWalkBelowTheFirstRevisionIsASentence) {
  const auto map = forest();
  EXPECT_THAT([&] { map.iterate("left0001-5", RevisionIds{}, {.implicit_base = true}); },
              ThrowsMessage<RevisionError>("Relative revision -5 didn't produce 5 migrations"));
  EXPECT_THAT([&] { map.iterate("base-1", RevisionIds{}, {.implicit_base = true}); },
              ThrowsMessage<RevisionError>("Relative revision -1 didn't produce 1 migrations"));
  EXPECT_THAT([&] { map.iterate(RevisionIds{"left0002"}, "right@-1", {.for_downgrade = true}); },
              ThrowsMessage<RevisionError>(HasSubstr("no revision of branch 'right' is applied")));
}

}  // namespace
}  // namespace support::alembic

// The graph against a model that is too simple to be wrong: edges as pairs of names, everything else by looking.
#include <algorithm>
#include <map>
#include <numeric>
#include <random>
#include <set>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/alembic/errors.hpp"
#include "app/alembic/script/script_directory.hpp"

#include "tests/support/migration_scripts.hpp"
#include "tests/support/random_graph.hpp"

namespace support::alembic {
namespace {

using Names = std::set<std::string>;

class Model {
 public:
  explicit Model(const std::vector<Revision>& graph) : graph_(graph) {
    for (const auto& revision : graph) {
      for (const auto& label : revision.branch_labels) labels_[label] = revision.revision;
    }
  }

  Names parents(const std::string& id, Dependencies dependencies) const {
    const auto& revision = at(id);
    Names result(revision.down_revisions.begin(), revision.down_revisions.end());
    if (dependencies == Dependencies::ignore) return result;
    for (const auto& name : revision.depends_on) result.insert(labels_.contains(name) ? labels_.at(name) : name);
    return result;
  }
  Names children(const std::string& id, Dependencies dependencies) const {
    Names result;
    for (const auto& other : graph_) {
      if (parents(other.revision, dependencies).contains(id)) result.insert(other.revision);
    }
    return result;
  }
  // With themselves.
  Names ancestors(Names ids, Dependencies dependencies = Dependencies::follow) const {
    return closure(std::move(ids), [&](const std::string& id) { return parents(id, dependencies); });
  }
  Names descendants(Names ids, Dependencies dependencies = Dependencies::follow) const {
    return closure(std::move(ids), [&](const std::string& id) { return children(id, dependencies); });
  }
  Names without_children(Dependencies dependencies) const {
    Names result;
    for (const auto& revision : graph_) {
      if (children(revision.revision, dependencies).empty()) result.insert(revision.revision);
    }
    return result;
  }

 private:
  const Revision& at(const std::string& id) const {
    return *std::ranges::find(graph_, id, [](const Revision& revision) { return revision.revision; });
  }
  static Names closure(Names ids, const auto& further) {
    for (bool grows = true; grows;) {
      auto more = ids;
      for (const auto& id : ids) more.merge(further(id));
      grows = more.size() > ids.size();
      ids = std::move(more);
    }
    return ids;
  }

  const std::vector<Revision>& graph_;
  std::map<std::string, std::string> labels_;
};

ScriptDirectory directory(const std::vector<Revision>& graph) {
  std::vector<Script> scripts;
  for (const auto& revision : graph) scripts.push_back(tests::make_script(revision, "step"));
  return ScriptDirectory(std::move(scripts));
}

Names names(const RevisionIds& ids) {
  return {ids.begin(), ids.end()};
}

Names minus(const Names& all, const Names& gone) {
  Names result;
  std::ranges::set_difference(all, gone, std::inserter(result, result.end()));
  return result;
}

Names both(const Names& one, const Names& other) {
  Names result;
  std::ranges::set_intersection(one, other, std::inserter(result, result.end()));
  return result;
}

Names touched(const Plan& plan, const RevisionMap& map) {
  Names result;
  for (const auto& step : plan.steps) result.insert(map.id(step.node));
  return result;
}

class RandomGraph : public testing::TestWithParam<std::uint32_t> {
 protected:
  const std::vector<Revision> graph_ = tests::random_graph(GetParam(), {.size = 3 + GetParam() % 25, .label = 0.15});
  const Model model_{graph_};
  const ScriptDirectory scripts_ = directory(graph_);
  const RevisionMap& map_ = scripts_.map();
  std::mt19937 random_{GetParam()};

  const std::string& any() { return graph_[random_() % graph_.size()].revision; }
};

TEST_P(RandomGraph, HasTheReachabilityOfTheModel) {
  EXPECT_EQ(names(scripts_.get_heads()), model_.without_children(Dependencies::ignore));
  EXPECT_EQ(names(map_.ids(map_.real_heads())), model_.without_children(Dependencies::follow));
  for (Node node = 0; node < map_.size(); ++node) {
    const auto& id = map_.id(node);
    const std::span one(&node, 1);
    for (const auto dependencies : {Dependencies::ignore, Dependencies::follow}) {
      EXPECT_EQ(names(map_.ids(map_.ancestors(one, dependencies))), model_.ancestors({id}, dependencies)) << id;
      EXPECT_EQ(names(map_.ids(map_.descendants(one, dependencies))), model_.descendants({id}, dependencies)) << id;
    }
    EXPECT_EQ(map_.is_branch_point(node), model_.children(id, Dependencies::ignore).size() > 1) << id;
    EXPECT_EQ(map_.is_merge_point(node), model_.parents(id, Dependencies::ignore).size() > 1) << id;
    EXPECT_EQ(map_.is_base(node), model_.parents(id, Dependencies::ignore).empty()) << id;
  }
}

TEST_P(RandomGraph, IsListedWholeChildrenFirst) {
  Names listed;
  for (const auto node : scripts_.walk_revisions()) {
    const auto& id = map_.id(node);
    EXPECT_EQ(minus(model_.children(id, Dependencies::follow), listed), Names{}) << id;
    EXPECT_TRUE(listed.insert(id).second) << id;
  }
  EXPECT_EQ(listed.size(), graph_.size());
}

TEST_P(RandomGraph, IsUpgradedByWhatIsMissingBelowTheTargetAndNoMore) {
  const auto& start = any();
  const auto applied = model_.ancestors({start});
  for (const auto& target : graph_) {
    const auto& id = target.revision;
    EXPECT_EQ(touched(scripts_.upgrade_revs(id, {start}), map_), minus(model_.ancestors({id}), applied)) << id;
  }
}

TEST_P(RandomGraph, IsDowngradedByWhatStandsAboveTheTargetAndNoMore) {
  const auto rows = map_.ids(map_.real_heads());
  for (const auto& target : graph_) {
    const auto& id = target.revision;
    const auto above = model_.descendants(model_.children(id, Dependencies::ignore));
    // A head that others depend on has nothing above it, and no row either.
    if (above.empty() && std::ranges::find(rows, id) == rows.end()) {
      EXPECT_THROW(scripts_.downgrade_revs(id, rows), CommandError) << id;
      continue;
    }
    EXPECT_EQ(touched(scripts_.downgrade_revs(id, rows), map_), above) << id;
  }
  EXPECT_EQ(touched(scripts_.downgrade_revs("base", rows), map_).size(), graph_.size());
}

TEST_P(RandomGraph, FindsARevisionByEachBeginningThatIsItsOwn) {
  const auto& id = any();
  for (std::size_t length = 1; length <= id.size(); ++length) {
    const auto part = id.substr(0, length);
    const auto matches = std::ranges::count_if(graph_, [&](const Revision& other) {
      const auto& labels = other.branch_labels;
      const auto starts = [&](const std::string& key) { return key.size() > 3 && key.starts_with(part); };
      return starts(other.revision) || std::ranges::any_of(labels, starts);
    });
    if (matches == 1) {
      EXPECT_EQ(map_.id(*scripts_.get_revision(part)), id) << part;
    } else {
      EXPECT_THROW(scripts_.get_revision(part), CommandError) << part;
    }
  }
}

TEST_P(RandomGraph, NarrowsALabelDownToItsLineage) {
  for (const auto& revision : graph_) {
    for (const auto& label : revision.branch_labels) {
      auto lineage = model_.ancestors({revision.revision}, Dependencies::ignore);
      lineage.merge(model_.descendants({revision.revision}, Dependencies::ignore));
      Nodes all(graph_.size());
      std::iota(all.begin(), all.end(), 0U);
      EXPECT_EQ(names(map_.ids(map_.filter_for_lineage(all, label))), lineage) << label;
      EXPECT_EQ(names(map_.ids(scripts_.get_revisions(label + "@heads"))), both(lineage, names(scripts_.get_heads())))
          << label;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomGraph, testing::Range(1U, 101U));

// Texts of the identifier grammar, half of them broken.
class Scribbler {
 public:
  Scribbler(const std::vector<Revision>& graph, std::uint32_t seed) : graph_(graph), random_(seed) {}

  std::string word() {
    static const std::vector<std::string> symbols{
        "head", "heads", "base",   "current", "None", "",  "0",
        "@",    "+",     "-",      ":",       "::",   " ", "ü",
        "+1",   "-1",    "@head",  "@+1",     "-2",   "%", "'",
        "\n",   "\t",    "lïne",   "((",      "*",    "1", "99999999999999999999",
        "{}",   "{0}",   "../../", "\\"};
    const auto& revision = graph_[random_() % graph_.size()];
    switch (random_() % 5) {
      case 0:
        return revision.revision;
      case 1:
        return revision.revision.substr(0, random_() % 8);
      case 2:
        if (!revision.branch_labels.empty()) return revision.branch_labels.front();
        return "@";
      default:
        return symbols[random_() % symbols.size()];
    }
  }
  std::string text() {
    std::string text;
    for (auto words = random_() % 5; words > 0; --words) text += word();
    return text;
  }
  RevisionIds rows() {
    RevisionIds rows;
    for (auto count = random_() % 4; count > 0; --count)
      rows.push_back(random_() % 8 == 0 ? text() : graph_[random_() % graph_.size()].revision);
    return rows;
  }

 private:
  const std::vector<Revision>& graph_;
  std::mt19937 random_;
};

// True when the call succeeded; fails the test on anything but a CommandError that is a sentence.
bool answers_or_explains(const std::string& what, const auto& call) {
  try {
    call();
    return true;
  } catch (const CommandError& error) {
    const std::string_view message = error.what();
    EXPECT_GT(std::ranges::count(message, ' '), 0) << what << ": " << message;
  } catch (const std::exception& error) {
    ADD_FAILURE() << what << " threw " << error.what();
  }
  return false;
}

TEST_P(RandomGraph, AnswersAnyTextOrExplainsWhyNot) {
  Scribbler scribbler(graph_, GetParam());
  for (int i = 0; i < 200; ++i) {
    const auto text = scribbler.text();
    const auto other = scribbler.text();
    const auto rows = scribbler.rows();
    const auto what = fmt::format("'{}', '{}' from [{}]", text, other, comma_separated(rows));
    answers_or_explains("get_revision " + what, [&] { scripts_.get_revision(text); });
    answers_or_explains("get_revisions " + what, [&] { scripts_.get_revisions(text); });
    answers_or_explains("as_revision_number " + what, [&] { scripts_.as_revision_number(text); });
    answers_or_explains("walk_revisions " + what, [&] { scripts_.walk_revisions(text, other); });
    answers_or_explains("get_all_current " + what, [&] { scripts_.get_all_current(rows); });
    answers_or_explains("stamp " + what, [&] { scripts_.stamp_revs({text, other}, rows); });
    answers_or_explains("upgrade " + what, [&] { scripts_.upgrade_revs(text, rows); });
    answers_or_explains("downgrade " + what, [&] { scripts_.downgrade_revs(text, rows); });
  }
}

TEST(Fuzz, ASetOfScriptsIsAGraphOrASentence) {
  std::size_t graphs = 0;
  for (std::uint32_t seed = 1; seed <= 600; ++seed) {
    auto graph = tests::random_graph(seed, {.size = 3 + seed % 9, .label = 0.3});
    std::mt19937 random(seed);
    Scribbler scribbler(graph, seed);
    // Spoils one declaration.
    auto spoiled = graph;
    auto& victim = spoiled[random() % spoiled.size()];
    switch (random() % 5) {
      case 0:
        victim.revision = scribbler.text();
        break;
      case 1:
        victim.down_revisions.push_back(scribbler.word());
        break;
      case 2:
        victim.depends_on.push_back(scribbler.word());
        break;
      case 3:
        victim.branch_labels.push_back(scribbler.word());
        break;
      default:
        victim.down_revisions = {graph.back().revision};
    }
    const auto what = fmt::format("seed {}", seed);
    if (answers_or_explains(what, [&] { directory(spoiled); })) ++graphs;
  }
  EXPECT_GT(graphs, 20U);
  EXPECT_LT(graphs, 500U);
}

}  // namespace
}  // namespace support::alembic

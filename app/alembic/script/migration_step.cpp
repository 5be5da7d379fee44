#include "app/alembic/script/migration_step.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace support::alembic {

namespace {

constexpr std::array<std::string_view, 3> kind_names{"upgrade", "downgrade", "stamp_revision"};

bool contains(const RevisionIds& ids, const std::string& id) {
  return std::ranges::find(ids, id) != ids.end();
}

// Several rows become one: the last one moves, the others go.
std::vector<RowOperation> merge(const RevisionIds& from, const std::string& to) {
  std::vector<RowOperation> operations;
  for (std::size_t i = 0; i + 1 < from.size(); ++i) operations.push_back({RowOperation::Kind::remove, from[i], {}});
  operations.push_back({RowOperation::Kind::update, from.back(), to});
  return operations;
}

// One row becomes several: the last one is where it moves to, the others are new.
std::vector<RowOperation> unmerge(const std::string& from, const RevisionIds& to) {
  std::vector<RowOperation> operations;
  for (std::size_t i = 0; i + 1 < to.size(); ++i) operations.push_back({RowOperation::Kind::insert, {}, to[i]});
  operations.push_back({RowOperation::Kind::update, from, to.back()});
  return operations;
}

}  // namespace

MigrationStep MigrationStep::of_script(const RevisionMap& map, Node node, Kind kind, std::string doc) {
  MigrationStep step{.kind = kind, .node = node, .is_upgrade = kind == Kind::upgrade, .doc = std::move(doc)};
  step.from = map.ids(map.down(node));
  step.to = {map.id(node)};
  if (!step.is_upgrade) std::swap(step.from, step.to);
  return step;
}

std::string MigrationStep::short_log() const {
  return fmt::format("{} {} -> {}", kind_names[static_cast<std::size_t>(kind)], comma_separated(from),
                     comma_separated(to));
}

std::string MigrationStep::log() const {
  return doc.empty() ? short_log() : short_log() + ", " + doc;
}

std::vector<RowOperation> HeadMaintainer::update_to_step(const MigrationStep& step) {
  std::vector<RowOperation> operations;
  if (step.kind != MigrationStep::Kind::stamp && applied_.empty()) find_applied();
  switch (step.kind) {
    case MigrationStep::Kind::upgrade:
      operations = upgrade(step);
      applied_[step.node] = true;
      break;
    case MigrationStep::Kind::downgrade:
      operations = downgrade(step);
      applied_[step.node] = false;
      break;
    case MigrationStep::Kind::stamp:
      operations = stamp(step);
      applied_.clear();
      break;
  }
  for (const auto& operation : operations) apply(operation);
  return operations;
}

std::vector<RowOperation> HeadMaintainer::upgrade(const MigrationStep& step) const {
  const auto& to = step.to.front();
  Nodes moving;
  std::ranges::copy_if(map_.normalized_down(step.node), std::back_inserter(moving),
                       [&](Node below) { return has(map_.id(below)); });
  // Of several parents, those that another row implies have no row of their own to give up.
  const auto from = moving.size() > 1 ? not_needed_by_others(moving, step) : map_.ids(moving);
  if (from.empty()) return {{RowOperation::Kind::insert, {}, to}};
  return merge(from, to);
}

std::vector<RowOperation> HeadMaintainer::downgrade(const MigrationStep& step) const {
  const auto& from = step.from.front();
  if (!has(from)) {
    throw RevisionError(fmt::format("Revision {} can't be downgraded: the version table holds {} instead of it", from,
                                    heads_.empty() ? "no row" : comma_separated(heads_)));
  }
  // What remains of the parents: those that no other revision implies, one of the parents included.
  const auto to = not_needed_by_others(map_.normalized_down(step.node), step);
  if (to.empty()) return {{RowOperation::Kind::remove, from, {}}};
  return unmerge(from, to);
}

std::vector<RowOperation> HeadMaintainer::stamp(const MigrationStep& step) const {
  if (step.to.empty()) return {{RowOperation::Kind::remove, step.from.front(), {}}};
  // Another target of the same command may have moved the rows already.
  const auto from = present(step.from);
  if (from.empty()) return {{RowOperation::Kind::insert, {}, step.to.front()}};
  return merge(from, step.to.front());
}

bool HeadMaintainer::has(const std::string& id) const {
  return contains(heads_, id);
}

RevisionIds HeadMaintainer::present(const RevisionIds& ids) const {
  RevisionIds result;
  std::ranges::copy_if(ids, std::back_inserter(result), [&](const auto& id) { return has(id); });
  return result;
}

void HeadMaintainer::find_applied() {
  applied_.assign(map_.size(), false);
  for (const auto node : map_.ancestors(map_.get_revisions(Target(heads_)))) applied_[node] = true;
}

RevisionIds HeadMaintainer::not_needed_by_others(const Nodes& candidates, const MigrationStep& step) const {
  RevisionIds result;
  for (const auto node : candidates) {
    // What is applied is closed towards the base, so looking one edge up is enough.
    const bool is_needed =
        std::ranges::any_of(map_.dependents(node), [&](Node above) { return above != step.node && applied_[above]; });
    if (!is_needed) result.push_back(map_.id(node));
  }
  return result;
}

void HeadMaintainer::apply(const RowOperation& operation) {
  if (operation.kind != RowOperation::Kind::insert) std::erase(heads_, operation.from);
  if (operation.kind != RowOperation::Kind::remove) heads_.push_back(operation.to);
}

}  // namespace support::alembic

#include "app/alembic/safety/roundtrip/column_groups.hpp"

#include <algorithm>
#include <numeric>
#include <ranges>

#include "app/alembic/safety/roundtrip/check_constants.hpp"

namespace support::alembic::safety {
namespace {

using autogenerate::Column;
using autogenerate::Constraint;
using autogenerate::ConstraintKind;
using autogenerate::Generated;
using autogenerate::Table;

class Grouping {
 public:
  explicit Grouping(const Table& table) : table_(table), parent_(table.columns.size()), is_in_(table.columns.size()) {
    std::iota(parent_.begin(), parent_.end(), std::size_t{0});
  }

  // By name; what is generated stands for what it is made of.
  std::vector<std::size_t> places(const std::vector<std::string>& names) const {
    std::vector<std::size_t> found;
    for (const auto& name : names) {
      const auto column = std::ranges::find(table_.columns, name, &Column::name);
      if (column == table_.columns.end()) continue;
      found.push_back(static_cast<std::size_t>(column - table_.columns.begin()));
      if (column->generated == Generated::none || !column->default_sql) continue;
      for (const auto& made_of : mentioned_names(*column->default_sql)) {
        if (made_of == name) continue;
        const auto source = std::ranges::find(table_.columns, made_of, &Column::name);
        if (source != table_.columns.end()) {
          found.push_back(static_cast<std::size_t>(source - table_.columns.begin()));
        }
      }
    }
    return found;
  }

  // Nothing to do with any column: false.
  bool join(const std::vector<std::size_t>& together) {
    for (const auto place : together) {
      is_in_[place] = true;
      parent_[root(place)] = root(together.front());
    }
    return !together.empty();
  }

  std::size_t root(std::size_t place) const {
    while (parent_[place] != place) place = parent_[place];
    return place;
  }
  bool is_in(std::size_t place) const { return is_in_[place]; }

 private:
  const Table& table_;
  std::vector<std::size_t> parent_;
  std::vector<bool> is_in_;
};

}  // namespace

std::vector<ColumnGroup> find_groups(const Table& table, const std::vector<std::string>& more_conditions) {
  Grouping grouping(table);
  std::vector<std::pair<std::size_t, std::string>> conditions;  // with one of the columns
  std::vector<std::pair<std::size_t, const Constraint*>> keys;
  const auto add_condition = [&](const std::string& condition, const std::vector<std::string>& names) {
    const auto places = grouping.places(names);
    if (grouping.join(places)) conditions.emplace_back(places.front(), condition);
  };
  for (const auto& constraint : table.constraints) {
    if (!constraint.enforced) continue;
    if (constraint.kind == ConstraintKind::check) add_condition(constraint.expression, constraint.columns);
    if (constraint.kind != ConstraintKind::foreign_key) continue;
    const auto places = grouping.places(constraint.columns);
    if (grouping.join(places)) keys.emplace_back(places.front(), &constraint);
  }
  for (const auto& condition : more_conditions) add_condition(condition, mentioned_names(condition));
  std::vector<ColumnGroup> groups;
  for (std::size_t first = 0; first < table.columns.size(); ++first) {
    if (!grouping.is_in(first)) continue;
    const auto root = grouping.root(first);
    const auto places = std::views::iota(std::size_t{0}, table.columns.size());
    const auto belongs = [&](std::size_t place) { return grouping.is_in(place) && grouping.root(place) == root; };
    if (*std::ranges::find_if(places, belongs) != first) continue;
    ColumnGroup group;
    for (const auto place : places) {
      if (belongs(place)) group.columns.push_back(&table.columns[place]);
    }
    for (const auto& [place, condition] : conditions) {
      if (grouping.root(place) == root) group.conditions.push_back(condition);
    }
    for (const auto& [place, key] : keys) {
      if (grouping.root(place) == root) group.foreign_keys.push_back(key);
    }
    groups.push_back(std::move(group));
  }
  return groups;
}

}  // namespace support::alembic::safety

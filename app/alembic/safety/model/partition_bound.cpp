#include "app/alembic/safety/model/partition_bound.hpp"

#include <algorithm>

namespace support::alembic::safety {

namespace {

bool has_comparison(const Constraint& constraint, const std::string& column, std::string_view op,
                    const std::string& value) {
  return std::any_of(constraint.comparisons.begin(), constraint.comparisons.end(), [&](const Comparison& comparison) {
    return (column.empty() || comparison.column == column) && comparison.op == op && comparison.values.size() == 1 &&
           comparison.values.front() == value;
  });
}

// Whether the CHECK says what the bound says of the first key column; MINVALUE and MAXVALUE say nothing.
bool proves_range(const Constraint& constraint, const Node& bound, const std::string& column) {
  const auto lower = bound_values(bound, "lowerdatums");
  const auto upper = bound_values(bound, "upperdatums");
  const auto is_open = [](const std::vector<std::string>& values) { return values.empty() || values[0].empty(); };
  return (is_open(lower) || has_comparison(constraint, column, ">=", lower[0])) &&
         (is_open(upper) || has_comparison(constraint, column, "<", upper[0]));
}

bool proves_list(const Constraint& constraint, const Node& bound, const std::string& column) {
  const auto allowed = bound_values(bound, "listdatums");
  return std::any_of(constraint.comparisons.begin(), constraint.comparisons.end(), [&](const Comparison& comparison) {
    if ((!column.empty() && comparison.column != column) || comparison.op != "=") return false;
    return std::all_of(comparison.values.begin(), comparison.values.end(), [&](const std::string& value) {
      return std::find(allowed.begin(), allowed.end(), value) != allowed.end();
    });
  });
}

}  // namespace

std::vector<std::string> bound_values(const Node& bound, std::string_view list) {
  std::vector<std::string> values;
  for (const auto& datum : bound.items(list)) values.push_back(datum.constant());
  return values;
}

bool is_within_bounds(const Relation& child, const Relation* parent, const Node& bound, unsigned server_version,
                      Unseen unseen) {
  // A constraint that was validated without being seen is taken to be the one that fits.
  if (unseen == Unseen::trusted && !child.validated_unseen.empty()) return true;
  const auto key = parent == nullptr || parent->partition_key.empty() ? std::string() : parent->partition_key.front();
  const bool may_be_null = child.complete && !key.empty() && !is_proven_not_null(&child, key, server_version, unseen);
  if (may_be_null) return false;
  return std::any_of(child.constraints.begin(), child.constraints.end(), [&](const Constraint& constraint) {
    if (constraint.kind != Constraint::Kind::check || !constraint.valid || !constraint.enforced) return false;
    return bound.items("listdatums").empty() ? proves_range(constraint, bound, key)
                                             : proves_list(constraint, bound, key);
  });
}

bool has_index_like(const Relation& child, const Index& index) {
  return std::any_of(child.indexes.begin(), child.indexes.end(), [&](const Index& own) {
    return own.unique >= index.unique && own.predicate == index.predicate && own.keys.size() == index.keys.size() &&
           std::equal(own.keys.begin(), own.keys.end(), index.keys.begin(),
                      [](const IndexKey& a, const IndexKey& b) { return a.text == b.text; });
  });
}

}  // namespace support::alembic::safety

// Views and routines.
#include <algorithm>

#include <fmt/format.h>

#include "tests/support/random_schema/expressions.hpp"
#include "tests/support/random_schema/repair.hpp"

namespace support::tests::random_schema {
namespace {

// One that the other columns follow from.
bool has_primary_key(const Table& table) {
  return std::ranges::any_of(table.constraints, [](const Constraint& constraint) {
    return constraint.kind == ConstraintKind::primary_key && !constraint.deferrable;
  });
}

bool is_good_column(const Model& model, const View& view, const ViewColumn& column, const std::vector<Id>& sources) {
  const auto* routine = model.routine(column.function);
  if (column.wrap == Wrap::call) {
    return routine != nullptr && routine->shape == Shape::count && routine->id < view.id;
  }
  if (!contains(sources, column.source)) return false;
  return column.wrap != Wrap::function || (routine != nullptr && takes(model, *routine, model.type_of(column.source)));
}

bool can_be_grouped(const Model& model, const View& view) {
  return std::ranges::all_of(view.columns, [&](const ViewColumn& column) {
    return column.wrap != Wrap::call && fits(model, "btree", model.type_of(column.source)) &&
           fits(model, "btree", model.type_of(column.id));
  });
}

// Whether all materialized views under it hold something to read.
bool is_populated(const Model& model, Id relation) {
  const auto* view = model.view(relation);
  if (view == nullptr) return true;
  if (view->materialized) return view->with_data;
  return is_populated(model, view->from) && is_populated(model, view->join);
}

bool can_be_populated(const Model& model, const View& view) {
  return is_populated(model, view.from) && is_populated(model, view.join) &&
         std::ranges::all_of(view.columns, [&](const ViewColumn& column) {
           return column.wrap != Wrap::call || is_populated(model, model.routine(column.function)->relation);
         });
}

void repair_query(const Model& model, View& view) {
  const bool groups = view.query == Query::distinct || view.query == Query::grouped;
  if (groups && !can_be_grouped(model, view)) view.query = Query::plain;
  if (view.query == Query::by_key) {
    const auto* table = model.table(view.from);
    const bool is_good = table != nullptr && view.join == 0 && has_primary_key(*table) && can_be_grouped(model, view);
    if (!is_good) view.query = Query::plain;
  }
  const bool is_updatable = view.query == Query::plain && view.join == 0 && model.table(view.from) != nullptr &&
                            !view.columns.empty() && view.columns.front().wrap == Wrap::plain;
  if (view.options.find("check_option") != std::string::npos && !is_updatable) view.options.clear();
  if (view.materialized) {
    if (!can_be_populated(model, view)) view.with_data = false;
    view.options.clear();
    view.triggers.clear();
    view.rules.clear();
  } else {
    view.with_data = true;
    view.indexes.clear();
  }
}

bool is_good_view(const Model& model, View& view) {
  if (!model.has_relation(view.from) || view.from >= view.id) return false;
  if (view.join != 0 && (!model.has_relation(view.join) || view.join >= view.id)) view.join = 0;
  auto sources = model.columns_of(view.from);
  if (view.join != 0) {
    for (const auto id : model.columns_of(view.join)) sources.push_back(id);
  }
  std::erase_if(view.columns, [&](const ViewColumn& column) { return !is_good_column(model, view, column, sources); });
  if (!contains(sources, view.where)) view.where = 0;
  return !view.columns.empty();
}

// What tells overloads apart.
std::string signature(const Model& model, const Routine& routine) {
  auto text = model.qualified(routine);
  for (const auto& parameter : routine.parameters) {
    // A modifier does not count, and a procedure or aggregate has names of the same room.
    const auto type = model.spelled(parameter.type);
    text += ' ' + type.substr(0, type.find('('));
  }
  return text;
}

bool is_good_routine(const Model& model, Routine& routine) {
  for (auto& parameter : routine.parameters) {
    if (parameter.type.user != 0 && !model.has_type(parameter.type.user)) parameter.type = {"text", Family::text};
    if (parameter.constant && !constant(model, parameter.type, *parameter.constant)) parameter.constant.reset();
  }
  // Behind one with a default all have one.
  bool needs_default = false;
  for (auto& parameter : routine.parameters) {
    if (needs_default && !parameter.constant) {
      parameter.type = {"integer", Family::integer};
      parameter.constant = 3;
    }
    needs_default = needs_default || parameter.constant.has_value();
  }
  if (routine.returns.user != 0 && !model.has_type(routine.returns.user)) routine.returns = {"text", Family::text};
  if (routine.shape == Shape::aggregate) {
    const auto* step = model.routine(routine.step);
    return step != nullptr && step->shape == Shape::step;
  }
  if (routine.relation == 0) return true;
  if (!model.has_relation(routine.relation) || routine.relation >= routine.id) return false;
  const auto columns = model.columns_of(routine.relation);
  std::erase_if(routine.columns, [&](Id id) { return !contains(columns, id); });
  return !routine.columns.empty() || routine.shape == Shape::rows;
}

}  // namespace

void repair_views(Model& model) {
  std::erase_if(model.views, [&](View& view) { return !is_good_view(model, view); });
  for (auto& view : model.views) {
    repair_query(model, view);
    const auto columns = model.columns_of(view.id);
    repair_indexes(model, view.indexes, columns);
    repair_triggers(model, view.triggers, columns);
    std::erase_if(view.triggers, [](const Trigger& trigger) { return trigger.timing != "INSTEAD OF"; });
    repair_rules(model, view.rules, columns);
    for (auto& rule : view.rules) rule.disabled = false;
  }
}

void repair_routines(Model& model) {
  std::set<std::string> signatures;
  std::erase_if(model.routines, [&](Routine& routine) {
    return !is_good_routine(model, routine) || !signatures.insert(signature(model, routine)).second;
  });
}

}  // namespace support::tests::random_schema

// Routines and views, at random.
#include <algorithm>

#include <fmt/format.h>

#include "tests/support/random_schema/builder.hpp"
#include "tests/support/random_schema/expressions.hpp"

namespace support::tests::random_schema {

std::string Builder::attributes() {
  static const std::vector<std::string> list = {"", "", "", " STRICT", " PARALLEL SAFE", " COST 7", " LEAKPROOF"};
  return dice_.pick(list);
}

void Builder::add_expression_routine() {
  Routine routine;
  name(routine);
  const bool is_text = dice_.chance(50);
  routine.shape = is_text ? Shape::text : Shape::integer;
  routine.variant = dice_.below(9);
  routine.attributes = attributes();
  if (is_text) {
    routine.returns = {"text", Family::text};
  } else {
    routine.returns = {dice_.chance(70) ? "integer" : "bigint", Family::integer};
  }
  routine.parameters.push_back({"given", {is_text ? "text" : "integer", is_text ? Family::text : Family::integer}, {}});
  if (dice_.chance(25)) routine.parameters.push_back({"more", {"integer", Family::integer}, dice_.below(2)});
  model_.routines.push_back(routine);
}

void Builder::add_trigger_function() {
  Routine routine;
  name(routine);
  routine.shape = Shape::trigger;
  routine.variant = dice_.below(9);
  model_.routines.push_back(routine);
}

// Sometimes with the name of another one.
void Builder::add_plain_routine() {
  Routine routine;
  // A call of one of those with defaults would mean the newer one.
  auto others = model_.routines;
  std::erase_if(others, [](const Routine& other) { return other.shape != Shape::plain; });
  name(routine);
  if (dice_.chance(30) && !others.empty()) {
    const auto& other = dice_.pick(others);
    routine.name = other.name;
    routine.schema = other.schema;
  }
  routine.shape = dice_.chance(70) ? Shape::plain : Shape::procedure;
  routine.variant = dice_.below(9);
  routine.attributes = attributes();
  routine.returns = any_type();
  for (int i = dice_.below(4); i > 0; --i) {
    Parameter parameter{fmt::format("p{}", i), any_type(), {}};
    if (i < 3 && dice_.chance(50)) parameter.constant = dice_.below(9);
    routine.parameters.push_back(parameter);
  }
  model_.routines.push_back(routine);
}

void Builder::add_aggregate() {
  Routine step;
  name(step);
  step.shape = Shape::step;
  step.variant = dice_.below(9);
  step.returns = {"integer", Family::integer};
  step.parameters = {{"state", {"integer", Family::integer}, {}}, {"value", {"integer", Family::integer}, {}}};
  Routine aggregate;
  name(aggregate);
  aggregate.shape = Shape::aggregate;
  aggregate.variant = dice_.below(9);
  aggregate.parameters = {{"", {"integer", Family::integer}, {}}};
  aggregate.step = step.id;
  model_.routines.push_back(step);
  model_.routines.push_back(aggregate);
}

void Builder::add_reader() {
  static constexpr std::array shapes = {Shape::rows, Shape::table, Shape::atomic, Shape::count, Shape::count};
  Routine routine;
  name(routine);
  routine.shape = dice_.pick(shapes);
  routine.variant = dice_.below(9);
  routine.relation = any_relation();
  if (routine.relation == 0) return;
  const auto columns = model_.columns_of(routine.relation);
  for (int i = dice_.below(3) + 1; i > 0 && !columns.empty(); --i) {
    const auto column = dice_.pick(columns);
    if (std::ranges::count(routine.columns, column) == 0) routine.columns.push_back(column);
  }
  routine.returns = {"bigint", Family::integer};
  model_.routines.push_back(routine);
}

void Builder::add_view() {
  static constexpr std::array queries = {Query::plain,  Query::plain,  Query::plain, Query::distinct, Query::grouped,
                                         Query::by_key, Query::united, Query::named, Query::windowed};
  static const std::vector<std::string> options = {"security_barrier = true", "check_option = local",
                                                   "security_invoker = true"};
  View view;
  name(view);
  view.from = any_relation();
  if (view.from == 0) return;
  view.materialized = dice_.chance(25);
  view.with_data = dice_.chance(70);
  view.query = dice_.pick(queries);
  auto columns = model_.columns_of(view.from);
  if (dice_.chance(30) && view.query != Query::by_key) {
    view.join = any_relation();
    if (view.join == view.from) view.join = 0;
    for (const auto id : model_.columns_of(view.join)) columns.push_back(id);
  }
  if (columns.empty()) return;
  for (int i = dice_.below(4) + 1; i > 0; --i) {
    ViewColumn column{.id = model_.next_id(), .name = fmt::format("v{}", i), .source = dice_.pick(columns)};
    column.comment = comment();
    if (dice_.chance(15)) column.wrap = Wrap::text;
    if (dice_.chance(20)) {
      column.function = expression_routine(model_.type_of(column.source));
      if (column.function != 0) column.wrap = Wrap::function;
    }
    if (dice_.chance(5)) column.constant = dice_.below(9);
    view.columns.push_back(column);
  }
  for (const auto& routine : model_.routines) {
    if (routine.shape != Shape::count || !dice_.chance(40)) continue;
    view.columns.push_back(
        {.id = model_.next_id(), .name = "called", .wrap = Wrap::call, .source = 0, .function = routine.id});
    break;
  }
  if (dice_.chance(40)) view.where = dice_.pick(columns);
  view.variant = dice_.below(20);
  if (dice_.chance(25)) view.options = dice_.pick(options);
  model_.views.push_back(view);
  auto& added = model_.views.back();
  if (added.materialized && dice_.chance(60)) add_index(added.indexes, model_.columns_of(added.id));
  if (!added.materialized && dice_.chance(15)) add_instead_of(added);
  if (!added.materialized && dice_.chance(10)) add_rule(added.rules, model_.columns_of(added.id));
}

void Builder::add_instead_of(View& view) {
  for (const auto& routine : model_.routines) {
    if (routine.shape != Shape::trigger) continue;
    view.triggers.push_back({.name = fresh_name(),
                             .function = routine.id,
                             .timing = "INSTEAD OF",
                             .event = "INSERT OR UPDATE",
                             .variant = dice_.below(9),
                             .comment = comment()});
    return;
  }
}

}  // namespace support::tests::random_schema

#include "tests/support/random_schema/edit.hpp"

#include <algorithm>

#include "tests/support/random_schema/expressions.hpp"

namespace support::tests::random_schema {
namespace {

template <class T>
bool erase_one(Dice& dice, std::vector<T>& list) {
  if (list.empty()) return false;
  list.erase(list.begin() + dice.below(static_cast<int>(list.size())));
  return true;
}

}  // namespace

void Editor::edit() {
  using Change = void (Editor::*)();
  static const std::vector<std::pair<Change, int>> changes = {
      {&Editor::add, 12},
      {&Editor::remove, 10},
      {&Editor::rename, 6},
      {&Editor::swap_names, 3},
      {&Editor::move, 3},
      {&Editor::replace_by_another_kind, 4},
      {&Editor::change_comment, 4},
      {&Editor::change_enum, 8},
      {&Editor::change_domain, 5},
      {&Editor::change_composite, 3},
      {&Editor::change_sequence, 3},
      {&Editor::change_routine, 8},
      {&Editor::change_table, 6},
      {&Editor::change_partitioning, 6},
      {&Editor::change_column, 10},
      {&Editor::change_column_type, 12},
      {&Editor::change_constraint, 8},
      {&Editor::change_index, 7},
      {&Editor::change_hangings, 6},
      {&Editor::change_view, 9},
  };
  int total = 0;
  for (const auto& [change, weight] : changes) total += weight;
  int drawn = dice_.below(total);
  for (const auto& [change, weight] : changes) {
    drawn -= weight;
    if (drawn < 0) return (this->*change)();
  }
}

Named* Editor::any_object() {
  std::vector<Named*> objects;
  const auto collect = [&](auto& list) {
    for (auto& object : list) objects.push_back(&object);
  };
  collect(model_.enums);
  collect(model_.domains);
  collect(model_.composites);
  collect(model_.ranges);
  collect(model_.sequences);
  collect(model_.routines);
  collect(model_.tables);
  collect(model_.views);
  for (auto& table : model_.tables) collect(table.statistics);
  return objects.empty() ? nullptr : dice_.pick(objects);
}

void Editor::add() {
  auto* table = any(model_.tables);
  switch (dice_.below(18)) {
    case 0:
      return builder_.add_schema();
    case 1:
      return builder_.add_enum();
    case 2:
      return builder_.add_domain();
    case 3:
      return builder_.add_composite();
    case 4:
      return builder_.add_range();
    case 5:
      return builder_.add_sequence();
    case 6:
      return builder_.add_plain_routine();
    case 7:
      return builder_.add_aggregate();
    case 8:
      return builder_.add_table();
    case 9:
      return builder_.add_partitioned_table();
    case 10:
      return builder_.add_child();
    case 11:
      return builder_.add_view();
    case 12:
      return builder_.add_reader();
    case 13:
      if (table != nullptr) builder_.add_reference(*table);
      return;
    case 14:
      if (table != nullptr) builder_.add_policy(*table);
      return;
    case 15:
      if (table != nullptr) builder_.add_trigger(*table);
      return;
    case 16:
      if (table != nullptr) builder_.add_statistics(*table);
      return;
    default:
      if (table != nullptr) builder_.add_rule(table->rules, model_.columns_of(table->id));
  }
}

void Editor::remove() {
  auto* table = any(model_.tables);
  switch (dice_.below(15)) {
    case 0:
      if (model_.schemas.size() > 1) model_.schemas.pop_back();
      return;
    case 1:
      erase_one(dice_, model_.enums);
      return;
    case 2:
      erase_one(dice_, model_.domains);
      return;
    case 3:
      erase_one(dice_, model_.composites);
      return;
    case 4:
      erase_one(dice_, model_.sequences);
      return;
    case 5:
    case 6:
      erase_one(dice_, model_.routines);
      return;
    case 7:
      erase_one(dice_, model_.views);
      return;
    case 8:
    case 9:
      erase_one(dice_, model_.tables);
      return;
    case 10:
      if (table != nullptr && erase_one(dice_, table->policies)) return;
      [[fallthrough]];
    case 11:
      if (table != nullptr && erase_one(dice_, table->triggers)) return;
      [[fallthrough]];
    case 12:
      if (table != nullptr && erase_one(dice_, table->rules)) return;
      [[fallthrough]];
    case 13:
      if (table != nullptr && erase_one(dice_, table->statistics)) return;
      [[fallthrough]];
    default:
      erase_one(dice_, model_.ranges);
  }
}

void Editor::rename() {
  if (dice_.chance(20)) {
    auto& schema = dice_.pick(model_.schemas);
    if (schema.name != "public" && dice_.chance(50)) schema.name = builder_.fresh_name();
    return;
  }
  if (dice_.chance(40)) {
    auto* table = any(model_.tables);
    auto* column = table == nullptr ? nullptr : any(table->columns);
    if (column != nullptr) column->name += "_renamed";
    return;
  }
  if (auto* object = any_object()) object->name = builder_.fresh_name();
}

// Each takes the name that the other had: a name goes to an object of another kind, too.
void Editor::swap_names() {
  if (dice_.chance(30)) {
    auto* table = any(model_.tables);
    if (table != nullptr && table->columns.size() > 1) std::swap(table->columns[0].name, table->columns[1].name);
    return;
  }
  auto* first = any_object();
  auto* second = any_object();
  if (first == nullptr || first == second) return;
  std::swap(first->name, second->name);
  std::swap(first->schema, second->schema);
}

void Editor::move() {
  if (auto* object = any_object()) object->schema = builder_.any_schema();
}

// A table makes room for a view, and a view for a table; an enum for a domain.
void Editor::replace_by_another_kind() {
  if (dice_.chance(50) && model_.tables.size() > 1) {
    const Named gone = dice_.pick(model_.tables);
    std::erase_if(model_.tables, [&](const Table& table) { return table.id == gone.id; });
    const auto count = model_.views.size();
    builder_.add_view();
    if (model_.views.size() == count) return;
    model_.views.back().name = gone.name;
    model_.views.back().schema = gone.schema;
  } else if (dice_.chance(50) && !model_.views.empty()) {
    const Named gone = dice_.pick(model_.views);
    std::erase_if(model_.views, [&](const View& view) { return view.id == gone.id; });
    builder_.add_table();
    model_.tables.back().name = gone.name;
    model_.tables.back().schema = gone.schema;
  } else if (!model_.enums.empty()) {
    const Named gone = dice_.pick(model_.enums);
    std::erase_if(model_.enums, [&](const Enum& type) { return type.id == gone.id; });
    Domain domain;
    static_cast<Named&>(domain) = gone;
    domain.base = {"text", Family::text};
    domain.constant = 3;
    model_.domains.push_back(domain);  // with the same number: the columns become of it
  }
}

void Editor::change_comment() {
  const auto comment = dice_.chance(40) ? "" : "Changed, isn't it";
  auto* table = any(model_.tables);
  switch (dice_.below(4)) {
    case 0:
      if (auto* column = table == nullptr ? nullptr : any(table->columns)) column->comment = comment;
      return;
    case 1:
      if (auto* constraint = table == nullptr ? nullptr : any(table->constraints)) constraint->comment = comment;
      return;
    case 2:
      if (auto* index = table == nullptr ? nullptr : any(table->indexes)) index->comment = comment;
      return;
    default:
      if (auto* object = any_object()) object->comment = comment;
  }
}

void Editor::change_sequence() {
  auto* sequence = any(model_.sequences);
  if (sequence == nullptr) return;
  switch (dice_.below(3)) {
    case 0:
      sequence->options = builder_.sequence_options();
      return;
    case 1:
      sequence->owner = 0;
      return;
    default:
      sequence->unlogged = !sequence->unlogged;
  }
}

}  // namespace support::tests::random_schema

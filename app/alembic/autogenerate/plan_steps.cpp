// From actions in order to steps.
#include <algorithm>

#include <fmt/format.h>

#include "app/alembic/autogenerate/access_changes.hpp"
#include "app/alembic/autogenerate/column_changes.hpp"
#include "app/alembic/autogenerate/planner.hpp"
#include "app/alembic/operations/sql.hpp"
#include "app/schema/quoting.hpp"

namespace support::alembic::autogenerate {
namespace {

// Whether CREATE FUNCTION looks up what the body names: SQL in a string, which leaves no dependencies.
bool has_checked_body(const Object& object) {
  const auto* routine = std::get_if<Routine>(&object);
  if (routine == nullptr) return false;
  const auto& sql = routine->definition;
  return sql.find("LANGUAGE sql") != std::string::npos && sql.find("AS $") != std::string::npos;
}

std::string words_of(const Operation& operation) {
  std::string words;
  for (const auto& statement : to_sql(operation, {})) words += statement;
  return words;
}

// Whether a later step writes the label as a constant of its type.
bool is_used(const AddEnumValue& addition, const Steps& steps, std::size_t from) {
  // As the server writes it: backslashes stand for themselves.
  std::string label;
  for (const char c : addition.value) label.append(c == '\'' ? 2 : 1, c);
  const auto literal = fmt::format("'{}'", label);
  const auto constant = fmt::format("{}::{}", literal, schema::qualified_name(addition.type, addition.schema));
  return std::any_of(steps.begin() + static_cast<std::ptrdiff_t>(from), steps.end(), [&](const PlannedStep& step) {
    const auto words = words_of(step.operation);
    // Bounds of partitions don't name the type.
    return words.find(constant) != std::string::npos ||
           (words.find(" FOR VALUES ") != std::string::npos && words.find(literal) != std::string::npos);
  });
}

}  // namespace

OperationList Planner::operations(const Part& part) const {
  const auto& [item, phase] = part;
  const auto own_table = [&](const auto& of, const Object& column) {
    return std::pair<const Table&, const Column&>(of, std::get<Column>(column));
  };
  switch (phase) {
    case Phase::leave:
      if (const auto* sequence = std::get_if<Sequence>(&item->before)) return disown_operations(*sequence);
      if (const auto* domain = std::get_if<Domain>(&item->before)) return *alter_operations(*domain, bare(*domain));
      if (const auto* column = std::get_if<Column>(&item->before)) {
        return {drop_default_operation(table_before(item->old_name), *column)};
      }
      return leaving(*item);
    case Phase::join:
      return joining(*item);
    case Phase::alter:
      return *item->alters;
    case Phase::drop:
      if (item->swaps && item->creates) return end_swap(*item);
      if (item->moves_default) {
        const auto [table, column] = own_table(table_before(item->old_name), item->before);
        return {drop_default_operation(table, column)};
      }
      return removal(*item);
    case Phase::create:
      if (item->swaps && item->drops) return begin_swap(*item);
      if (item->moves_default) {
        const auto [table, column] = own_table(table_after(item->new_name), item->after);
        if (!column.default_sql) return {};
        return {set_default_operation(table, column)};
      }
      return with_access(*item, creation(*item));
  }
  return {};
}

// What is made again has the rights that it had, unless rights are compared: then what is wanted counts.
OperationList Planner::with_access(const Item& item, OperationList operations) const {
  if (item.drops || options_.compare_access) {
    const auto& rights_of = options_.compare_access ? item.after : item.before;
    std::ranges::move(restore_access(item.new_name, rights_of, before_.role), std::back_inserter(operations));
  }
  return operations;
}

std::string Planner::note(const Part& part) const {
  const auto& [item, phase] = part;
  if (item->moves_default) return {};
  switch (phase) {
    case Phase::leave:
    case Phase::join:
      return {};
    case Phase::alter:
      return note_of_alteration(*item);
    case Phase::drop: {
      auto text = item->swaps && item->creates ? std::string() : note_of_removal(item->before);
      if (const auto stuck = stuck_.find(item); stuck != stuck_.end()) {
        for (const auto& user : stuck->second) {
          text += fmt::format(
              "{}Is refused as long as the {} '{}' uses it, which is not compared: change or drop that "
              "first.",
              text.empty() ? "" : " ", to_string(user.kind), user.name);
        }
      }
      return text;
    }
    case Phase::create: {
      if (item->swaps && item->drops) {
        return is_in_use(item->old_name) ? note_of_replacement(item->before, item->after) : std::string();
      }
      const auto is_made = [&](ObjectKind kind) {
        const auto* relation = after_item(relation_of(item->new_name, kind));
        return relation != nullptr && relation->creates;
      };
      const bool is_part = !item->new_name.table.empty();
      const bool table_has_been_there = is_part && !is_made(ObjectKind::table) && !is_made(ObjectKind::view);
      if (const auto* column = std::get_if<Column>(&item->after)) {
        return table_has_been_there ? note_of_addition(item->new_name, *column) : std::string();
      }
      // What was there a moment ago in another form holds already.
      if (item->drops && item->before == item->after) return {};
      return note_of_creation(item->after, table_has_been_there);
    }
  }
  return {};
}

Steps Planner::steps(const std::vector<ActionGraph::Action>& order) const {
  Steps steps;
  std::optional<std::size_t> first_checked;
  for (const auto action : order) {
    const auto& part = parts_[action];
    const bool makes = part.phase == Phase::create || part.phase == Phase::alter;
    if (!first_checked && makes && has_checked_body(part.item->after)) first_checked = steps.size();
    auto list = operations(part);
    // What a person should know of a removal is about the last of them, and of a swap about all.
    const auto noted = part.phase == Phase::drop ? list.size() - 1 : part.item->swaps ? 0 : place_of_note(list);
    for (std::size_t at = 0; at < list.size(); ++at) {
      steps.push_back({.operation = std::move(list[at]), .note = at == noted ? note(part) : std::string()});
    }
  }
  for (std::size_t at = 0; at < steps.size(); ++at) {
    const auto* addition = std::get_if<AddEnumValue>(&steps[at].operation);
    if (addition != nullptr) steps[at].outside_transaction = is_used(*addition, steps, at + 1);
  }
  if (first_checked) {
    steps.insert(steps.begin() + static_cast<std::ptrdiff_t>(*first_checked),
                 {.operation = Execute{"SET check_function_bodies = off"},
                  .note = "Bodies of functions may name what is not there yet."});
    steps.push_back({.operation = Execute{"RESET check_function_bodies"}});
  }
  return steps;
}

}  // namespace support::alembic::autogenerate

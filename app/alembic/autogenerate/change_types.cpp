// Enums, composite types and ranges.
#include <algorithm>

#include <fmt/format.h>

#include "app/alembic/autogenerate/object_comments.hpp"
#include "app/schema/quoting.hpp"

namespace support::alembic::autogenerate {
namespace {

using schema::qualified_name;
using schema::quote_identifier;

template <class T>
std::string name_of_type(const T& type) {
  return qualified_name(type.name, type.schema);
}

template <class T>
std::string commented(const T& type) {
  return "TYPE " + name_of_type(type);
}

bool holds(const Texts& list, const std::string& text) {
  return std::ranges::find(list, text) != list.end();
}

// The list without what the other one lacks.
Texts kept(const Texts& list, const Texts& other) {
  Texts result;
  std::ranges::copy_if(list, std::back_inserter(result), [&](const auto& text) { return holds(other, text); });
  return result;
}

// A label that is empty can't be named as a neighbour: an operation takes it for none.
Operation add_label(const Enum& type, std::size_t place, const Texts& old_labels) {
  AddEnumValue add{.type = type.name, .value = type.labels[place], .schema = type.schema};
  const bool old_ones_follow = std::any_of(type.labels.begin() + static_cast<std::ptrdiff_t>(place), type.labels.end(),
                                           [&](const auto& label) { return holds(old_labels, label); });
  if (!old_ones_follow) return add;
  const auto& neighbour = place > 0 ? type.labels[place - 1] : old_labels.front();
  if (neighbour.empty()) {
    return Execute{fmt::format("ALTER TYPE {} ADD VALUE {} {} ''", name_of_type(type),
                               schema::quote_literal(type.labels[place]), place > 0 ? "AFTER" : "BEFORE")};
  }
  (place > 0 ? add.after : add.before) = neighbour;
  return add;
}

std::string attribute_sql(const CompositeAttribute& attribute) {
  return fmt::format("{} {}{}", quote_identifier(attribute.name), attribute.type,
                     attribute.collation.empty() ? "" : " COLLATE " + attribute.collation);
}

std::string commented(const Composite& type, const CompositeAttribute& attribute) {
  return fmt::format("COLUMN {}.{}", name_of_type(type), quote_identifier(attribute.name));
}

Texts names(const std::vector<CompositeAttribute>& attributes) {
  Texts result;
  for (const auto& attribute : attributes) result.push_back(attribute.name);
  return result;
}

const CompositeAttribute* find(const Composite& type, const std::string& name) {
  const auto found = std::ranges::find(type.attributes, name, &CompositeAttribute::name);
  return found == type.attributes.end() ? nullptr : &*found;
}

// New attributes come last, and one that a column stores can't get another type.
bool can_become(const Composite& before, const Composite& after) {
  const auto old_names = names(before.attributes);
  const auto new_names = names(after.attributes);
  const auto stay = kept(old_names, new_names);
  if (!std::equal(stay.begin(), stay.end(), new_names.begin())) return false;
  return std::ranges::all_of(before.attributes, [&](const auto& attribute) {
    const auto* changed = find(after, attribute.name);
    return changed == nullptr || attribute_sql(*changed) == attribute_sql(attribute);
  });
}

}  // namespace

OperationList create_operations(const Enum& type) {
  OperationList operations{CreateEnum{schema::Enum(type.name, type.labels, {.schema = type.schema})}};
  append_comment(operations, commented(type), type.comment);
  return operations;
}

OperationList drop_operations(const Enum& type) {
  return {DropEnum{.type = type.name, .schema = type.schema}};
}

std::optional<OperationList> alter_operations(const Enum& before, const Enum& after) {
  if (kept(after.labels, before.labels) != before.labels) return std::nullopt;
  OperationList operations;
  for (std::size_t i = 0; i < after.labels.size(); ++i) {
    if (!holds(before.labels, after.labels[i])) operations.push_back(add_label(after, i, before.labels));
  }
  append_comment_change(operations, commented(after), before.comment, after.comment);
  return operations;
}

OperationList create_operations(const Composite& type) {
  Texts attributes;
  for (const auto& attribute : type.attributes) attributes.push_back(attribute_sql(attribute));
  OperationList operations{
      Execute{fmt::format("CREATE TYPE {} AS ({})", name_of_type(type), fmt::join(attributes, ", "))}};
  append_comment(operations, commented(type), type.comment);
  for (const auto& attribute : type.attributes) {
    append_comment(operations, commented(type, attribute), attribute.comment);
  }
  return operations;
}

OperationList drop_operations(const Composite& type) {
  return {Execute{"DROP TYPE " + name_of_type(type)}};
}

// CASCADE takes an added attribute to the tables of the type. It would take views along with one that goes.
std::optional<OperationList> alter_operations(const Composite& before, const Composite& after) {
  if (!can_become(before, after)) return std::nullopt;
  OperationList operations;
  const auto alter = fmt::format("ALTER TYPE {} ", name_of_type(after));
  for (const auto& attribute : before.attributes) {
    if (find(after, attribute.name) != nullptr) continue;
    operations.push_back(Execute{alter + "DROP ATTRIBUTE " + quote_identifier(attribute.name)});
  }
  for (const auto& attribute : after.attributes) {
    const auto* old = find(before, attribute.name);
    if (old == nullptr) operations.push_back(Execute{alter + "ADD ATTRIBUTE " + attribute_sql(attribute) + " CASCADE"});
    append_comment_change(operations, commented(after, attribute), old == nullptr ? "" : old->comment,
                          attribute.comment);
  }
  append_comment_change(operations, commented(after), before.comment, after.comment);
  return operations;
}

OperationList create_operations(const Range& type) {
  OperationList operations{Execute{fmt::format("CREATE TYPE {} AS RANGE {}", name_of_type(type), type.definition)}};
  append_comment(operations, commented(type), type.comment);
  return operations;
}

OperationList drop_operations(const Range& type) {
  return {Execute{"DROP TYPE " + name_of_type(type)}};
}

std::optional<OperationList> alter_operations(const Range& before, const Range& after) {
  if (before.definition != after.definition) return std::nullopt;
  OperationList operations;
  append_comment_change(operations, commented(after), before.comment, after.comment);
  return operations;
}

}  // namespace support::alembic::autogenerate

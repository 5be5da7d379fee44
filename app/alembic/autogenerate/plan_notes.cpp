// What a person should know of a step.
#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/format.h>

#include "app/alembic/autogenerate/planner.hpp"

namespace support::alembic::autogenerate {
namespace {

struct TypeText {
  std::string base;
  std::vector<int> modifiers;
};

// "numeric(10,2)" → numeric, {10, 2}; "timestamp(3) with time zone" → "timestamp with time zone", {3}.
TypeText type_text(const std::string& type) {
  const auto open = type.find('(');
  const auto close = type.find(')');
  if (open == std::string::npos || close == std::string::npos) return {type, {}};
  TypeText result{type.substr(0, open) + type.substr(close + 1), {}};
  for (auto at = type.data() + open + 1; at < type.data() + close;) {
    int number = 0;
    const auto [behind, error] = std::from_chars(at, type.data() + close, number);
    if (error == std::errc()) result.modifiers.push_back(number);
    at = error == std::errc() ? behind : at + 1;
  }
  return result;
}

// No modifier is no limit.
bool holds(const std::vector<int>& wide, const std::vector<int>& narrow) {
  if (wide.empty()) return true;
  if (narrow.empty()) return false;
  if (wide.size() == 2 && narrow.size() == 2) {
    return wide[1] >= narrow[1] && wide[0] - wide[1] >= narrow[0] - narrow[1];
  }
  return wide[0] >= narrow[0];
}

int width(std::string_view number) {
  constexpr std::array widths{"smallint", "integer", "bigint", "numeric"};
  const auto found = std::ranges::find(widths, number);
  return found == widths.end() ? -1 : static_cast<int>(found - widths.begin());
}

bool may_lose(const TypeText& before, const TypeText& after) {
  if (after.base == "text") return false;
  if (before.base == after.base) return !holds(after.modifiers, before.modifiers);
  const bool is_text = before.base == "text" || before.base == "character varying";
  if (is_text && after.base == "character varying") return !holds(after.modifiers, before.modifiers);
  if (width(before.base) >= 0 && width(after.base) >= 0) {
    return width(after.base) < width(before.base) || !after.modifiers.empty();
  }
  return true;
}

// PostgreSQL only changes the catalog where the bytes of a value stay.
bool rewrites(const TypeText& before, const TypeText& after) {
  const auto is_text = [](const TypeText& type) { return type.base == "text" || type.base == "character varying"; };
  if (is_text(before) && is_text(after)) return may_lose(before, after);
  if (before.base != after.base || before.base == "character") return true;
  if (before.base == "numeric" && before.modifiers.size() == 2 && after.modifiers.size() == 2) {
    return before.modifiers[1] != after.modifiers[1] || after.modifiers[0] < before.modifiers[0];
  }
  return !holds(after.modifiers, before.modifiers);
}

void add(std::string& note, std::string_view sentence) {
  if (!note.empty()) note += '\n';
  note += sentence;
}

std::string missing_labels(const Enum& before, const Enum& after) {
  std::string list;
  for (const auto& label : before.labels) {
    if (std::ranges::find(after.labels, label) != after.labels.end()) continue;
    list += fmt::format("{}'{}'", list.empty() ? "" : ", ", label);
  }
  return list;
}

std::string note_of_column_change(const Column& before, const Column& after) {
  std::string note;
  if (before.type != after.type) {
    const auto old_type = type_text(before.type);
    const auto new_type = type_text(after.type);
    if (rewrites(old_type, new_type)) add(note, "Rewrites the table, and keeps everybody out of it meanwhile.");
    if (may_lose(old_type, new_type)) {
      add(note, fmt::format("A value of {} that {} can't hold makes it fail, or is rounded.", before.type, after.type));
    }
  }
  if (!before.not_null && after.not_null && after.not_null_validated) {
    add(note, fmt::format("Fails when a row holds NULL in '{}'; reads the whole table.", after.name));
  }
  return note;
}

}  // namespace

std::string note_of_removal(const Object& object) {
  if (const auto* table = std::get_if<Table>(&object)) {
    return fmt::format("The rows of '{}' are lost.", table->name);
  }
  const auto* column = std::get_if<Column>(&object);
  if (column == nullptr || column->generated != Generated::none) return {};
  return fmt::format("The values of '{}' are lost.", column->name);
}

std::string note_of_replacement(const Object& before, const Object& after) {
  if (const auto* type = std::get_if<Enum>(&before)) {
    std::string note = "Rewrites every table that has a column of the type.";
    const auto* wanted = std::get_if<Enum>(&after);
    if (wanted == nullptr) return note;
    if (const auto labels = missing_labels(*type, *wanted); !labels.empty()) {
      add(note, fmt::format("Fails when a row holds {}: change those rows first.", labels));
    }
    return note;
  }
  const auto* composite = std::get_if<Composite>(&before);
  if (const auto* wanted = std::get_if<Composite>(&after); composite != nullptr && wanted != nullptr) {
    std::string note = "Rewrites every table that has a column of the type.";
    const auto names_of = [](const Composite& type) {
      Texts names;
      for (const auto& attribute : type.attributes) names.push_back(attribute.name);
      return names;
    };
    if (names_of(*composite) != names_of(*wanted)) {
      add(note, "Attributes keep their values by name, others are NULL; in arrays of the type they go by place.");
    }
    return note;
  }
  if (std::holds_alternative<Domain>(before) || composite != nullptr || std::holds_alternative<Range>(before)) {
    return "Rewrites every table that has a column of the type.";
  }
  return {};
}

std::string note_of_creation(const Object& object, bool table_has_been_there) {
  if (!table_has_been_there) return {};
  if (const auto* column = std::get_if<Column>(&object)) {
    const bool is_filled = column->default_sql || column->sequence;
    if (!column->not_null || is_filled) return {};
    return fmt::format("Fails when the table has rows: '{}' is NOT NULL and has no default.", column->name);
  }
  if (const auto* index = std::get_if<Index>(&object)) {
    return index->unique ? "Fails when rows are equal." : "";
  }
  const auto* constraint = std::get_if<Constraint>(&object);
  if (constraint == nullptr || !constraint->validated) return {};
  switch (constraint->kind) {
    case ConstraintKind::primary_key:
      return "Fails when rows are equal, or NULL in a column of the key.";
    case ConstraintKind::unique:
      return "Fails when rows are equal.";
    case ConstraintKind::check:
    case ConstraintKind::exclusion:
      return "Fails when a row breaks it.";
    case ConstraintKind::foreign_key:
      return "Fails when a row refers to one that is not there.";
  }
  return {};
}

std::string note_of_change(const Object& before, const Object& after) {
  if (const auto* column = std::get_if<Column>(&before)) return note_of_column_change(*column, std::get<Column>(after));
  const auto* table = std::get_if<Table>(&before);
  if (table == nullptr) return {};
  const auto& wanted = std::get<Table>(after);
  if (table->persistence != wanted.persistence || table->access_method != wanted.access_method ||
      table->tablespace != wanted.tablespace) {
    return "Rewrites the table, and keeps everybody out of it meanwhile.";
  }
  return {};
}

}  // namespace support::alembic::autogenerate

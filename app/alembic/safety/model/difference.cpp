#include "app/alembic/safety/model/difference.hpp"

#include <map>

#include <fmt/format.h>

namespace support::alembic::safety {

namespace {

// The parts of a relation by name, with what is compared of each as text.
std::map<std::string, std::string> parts_of(const Relation& relation) {
  std::map<std::string, std::string> parts;
  for (const auto& column : relation.columns) {
    parts["column " + column.name] =
        fmt::format("{}{}{}", column.type ? column.type->text() : "", column.not_null ? " NOT NULL" : "",
                    column.has_default ? " DEFAULT" : "");
  }
  for (const auto& constraint : relation.constraints) {
    parts["constraint " + constraint.name] =
        fmt::format("{}{}", static_cast<int>(constraint.kind), constraint.valid ? "" : " NOT VALID");
  }
  for (const auto& index : relation.indexes) parts["index " + index.name.name] = index.unique ? "UNIQUE" : "";
  if (relation.row_security) parts["row security"];
  return parts;
}

void compare_parts(const Relation& before, const Relation& after, std::vector<std::string>& found) {
  const auto old_parts = parts_of(before);
  const auto new_parts = parts_of(after);
  for (const auto& [name, text] : old_parts) {
    const auto other = new_parts.find(name);
    if (other == new_parts.end()) {
      found.push_back(fmt::format("{} of {} is gone", name, before.name.text()));
    } else if (other->second != text) {
      found.push_back(fmt::format("{} of {} is another one", name, before.name.text()));
    }
  }
  for (const auto& [name, _] : new_parts) {
    if (!old_parts.contains(name)) found.push_back(fmt::format("{} of {} is left", name, after.name.text()));
  }
}

}  // namespace

std::vector<std::string> differences(const SchemaModel& before, const SchemaModel& after) {
  std::vector<std::string> found;
  for (const auto& [name, relation] : before.relations()) {
    const auto* other = after.find(name);
    if (other == nullptr) {
      found.push_back(fmt::format("{} is gone", name.text()));
    } else {
      compare_parts(relation, *other, found);
    }
  }
  for (const auto& [name, relation] : after.relations()) {
    // One that is only mentioned was there all along.
    if (relation.complete && before.find(name) == nullptr) found.push_back(fmt::format("{} is left", name.text()));
  }
  for (const auto& [name, _] : before.types) {
    if (!after.types.contains(name)) found.push_back(fmt::format("type {} is gone", name));
  }
  for (const auto& [name, _] : after.types) {
    if (!before.types.contains(name)) found.push_back(fmt::format("type {} is left", name));
  }
  return found;
}

}  // namespace support::alembic::safety

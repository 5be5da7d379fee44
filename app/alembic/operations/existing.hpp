#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "app/schema/name.hpp"

// What reverse() takes from an operation's `existing`.
namespace support::alembic {

// Throws std::invalid_argument with the sentence "WHAT 'NAME' can't be reversed: REASON."
[[noreturn]] void irreversible(std::string_view what, std::string_view name, std::string_view reason);

// The drop of an object takes along what depends on it, and nothing says what that was.
void refuse_cascade(bool cascade, std::string_view name);

// The `existing` of a change or drop; throws when it is missing.
template <class Object>
const Object& known(const std::optional<Object>& existing, std::string_view what, std::string_view name) {
  if (!existing) irreversible(what, name, "nothing says what was there; give it as .existing");
  return *existing;
}

// The one text where two may say the same thing and one may be left out; throws when they say different things.
std::string agreed(std::string_view what, std::string_view name, const std::string& of_operation,
                   const std::string& of_existing);
schema::Name agreed_name(std::string_view what, const std::string& of_operation, const schema::Name& of_existing);

// The `existing` of what the operation names; the schema may be left out in the one or the other.
template <class Object>
Object known_object(const std::optional<Object>& existing, std::string_view what, const std::string& name,
                    const std::string& schema) {
  Object object = known(existing, what, name);
  object.name = agreed(what, name, name, object.name);
  object.schema = agreed(what, name, schema, object.schema);
  return object;
}

// The same of what belongs to a table.
template <class Object, class Operation>
Object known_table_object(const Operation& operation, std::string_view what, const std::string& name) {
  Object object = known_object(operation.existing, what, name, operation.schema);
  object.table = agreed(what, name, operation.table, object.table);
  return object;
}

}  // namespace support::alembic

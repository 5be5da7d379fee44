#pragma once

#include <optional>
#include <string>

#include "tests/support/random_schema/model.hpp"

// Expressions over one column, made for its type; the same number gives the same one. All are immutable but some
// defaults.
namespace support::tests::random_schema {

// True or false. `function` is a routine that the types fit, or none.
std::string condition(const Model& model, const std::string& column, const Type& type, int variant, Id function = 0);
// What a default may be; none for types that have no simple constants.
std::optional<std::string> constant(const Model& model, const Type& type, int variant);
// What an index or a generated column may hold: of the family of its column.
std::optional<std::string> derived(const Model& model, const std::string& column, const Type& type, int variant,
                                   Id function = 0);
// Whether the function takes values of the type.
bool takes(const Model& model, const Routine& function, const Type& type);
// The column as the function's argument.
std::string call(const Model& model, const Routine& function, const std::string& column);

// Whether an index of the method can hold the type.
bool fits(const Model& model, const std::string& method, const Type& type);
// An operator class that is not the default one; empty where there is none.
std::string pattern_class(const Model& model, const std::string& method, const Type& type);
bool is_generated_from(Family family);
bool is_partition_key(Family family, Strategy strategy);
// FOR VALUES …
std::string bound(const Model& model, const Table& parent, int slot);
int bounds(const Model& model, const Table& parent);

}  // namespace support::tests::random_schema

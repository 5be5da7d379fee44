#pragma once

#include <string>
#include <string_view>

#include "app/alembic/autogenerate/catalog.hpp"

// The members of the catalog's values as text, for people and for JSON.
namespace support::alembic::autogenerate {

std::string_view to_string(Origin value);
std::string_view to_string(Identity value);
std::string_view to_string(Generated value);
std::string_view to_string(Persistence value);
std::string_view to_string(ConstraintKind value);
std::string_view to_string(TableKind value);
std::string_view to_string(RoutineKind value);

std::string field_text(const std::string& value);
std::string field_text(bool value);
std::string field_text(const std::optional<std::string>& value);
std::string field_text(const std::optional<int>& value);
std::string field_text(const Texts& value);
std::string field_text(const std::vector<QualifiedName>& value);
std::string field_text(const SequenceOptions& value);
std::string field_text(const std::optional<SequenceOptions>& value);
std::string field_text(const Referent& value);
std::string field_text(const std::vector<IndexKey>& value);
std::string field_text(const std::vector<DomainCheck>& value);
std::string field_text(const std::vector<CompositeAttribute>& value);

template <class Enumeration>
requires(std::is_enum_v<Enumeration>) std::string field_text(Enumeration value) {
  return std::string(to_string(value));
}

}  // namespace support::alembic::autogenerate

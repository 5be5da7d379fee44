#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "app/alembic/autogenerate/catalog.hpp"

namespace support::alembic::autogenerate {

// A snapshot as text, for a file that the same build of this program reads again: another build may have other members.
std::string archived(const CatalogSnapshot& snapshot);

// Absent when it is no such text.
std::optional<CatalogSnapshot> unarchived(std::string_view text);

}  // namespace support::alembic::autogenerate

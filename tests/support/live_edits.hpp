#pragma once

#include <cstdint>
#include <string>

#include "app/alembic/autogenerate/catalog.hpp"

namespace support::tests {

// A statement that changes a live schema as somebody at a console would: drops, renames, alters or adds an object of
// any kind. The same seed and snapshot give the same one. The server may refuse it; then another seed does.
std::string live_edit(const alembic::autogenerate::CatalogSnapshot& snapshot, std::uint32_t seed);

}  // namespace support::tests

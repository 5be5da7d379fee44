#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "app/alembic/operations/bind.hpp"
#include "app/alembic/safety/model/relation.hpp"

namespace support::alembic::safety {

// Bytes that are free in the file system of a folder; nothing when this process can't see it.
using FreeSpace = std::function<std::optional<std::uint64_t>(const std::string& folder)>;
std::optional<std::uint64_t> free_space_here(const std::string& folder);

struct DiskShortage {
  std::string relation;
  std::string folder;        // of the server's files
  std::uint64_t needed = 0;  // what the relation has now: its new files stand beside the old ones until the commit
  std::uint64_t free = 0;

  // "orders has 81.3 GiB, and 12.0 GiB are free in /var/lib/postgresql/15/main"
  std::string text() const;
};

// Whether the disk has no room for another copy of a relation, with its partitions and indexes. Nothing where that
// can't be known: the server is on another machine, or the role may not read where its data are (pg_read_all_settings).
std::optional<DiskShortage> disk_shortage(Bind& session, const RelationName& relation, const FreeSpace& free_space);

}  // namespace support::alembic::safety

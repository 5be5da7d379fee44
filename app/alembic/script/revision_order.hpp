#pragma once

#include <vector>

#include "app/alembic/script/revision_map.hpp"

namespace support::alembic {

// The wanted revisions, children before their parents, dependencies included. One line of descent after the other: from
// `starts`, in load order, a line is followed down for as long as no other unfinished line stands above the revision it
// has reached; then that one goes first. This is the order Alembic walks parallel branches in.
Nodes topological_order(const RevisionMap& map, std::vector<bool> wanted, Nodes starts);

}  // namespace support::alembic

#pragma once

#include <string>
#include <vector>

#include "app/alembic/safety/model/not_null.hpp"
#include "app/alembic/safety/model/schema_model.hpp"

namespace support::alembic::safety {

// The constants of a list of FOR VALUES ("lowerdatums", "upperdatums", "listdatums"); "" for MINVALUE and MAXVALUE.
std::vector<std::string> bound_values(const Node& bound, std::string_view list);

// Whether a constraint of the table proves that its rows belong into the bounds, so that ATTACH PARTITION need not read
// them. `parent` may be unknown.
bool is_within_bounds(const Relation& child, const Relation* parent, const Node& bound, unsigned server_version,
                      Unseen unseen);

// Whether the table has an index that a partition's may be: the same keys and predicate, unique where that one is.
bool has_index_like(const Relation& child, const Index& index);

}  // namespace support::alembic::safety

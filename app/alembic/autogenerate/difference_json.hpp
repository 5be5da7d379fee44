#pragma once

#include <boost/json.hpp>

#include "app/alembic/autogenerate/difference.hpp"

namespace support::alembic::autogenerate {

// {"change": "changed", "kind": "column", "schema", "table", "name", "description", "attributes": [{"attribute",
// "before", "after"}], "before": {…}, "after": {…}}: the sides are null where the object is not there; what they hold
// of an object are its attributes, lists as lists, and for a table its columns, constraints and indexes.
boost::json::object to_json(const Difference& difference, std::string_view default_schema = "public");
boost::json::array to_json(const std::vector<Difference>& differences, std::string_view default_schema = "public");

}  // namespace support::alembic::autogenerate

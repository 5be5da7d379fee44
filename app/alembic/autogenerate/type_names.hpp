#pragma once

#include <string>
#include <string_view>

#include "app/schema/types.hpp"

namespace support::alembic::autogenerate {

// The type that the server's format_type() spells like this: "character varying(50)" is String(50), "app.mood[]" an
// Array of a NamedType. What has no name of its own there is a UserDefinedType of the same text, so that the SQL of the
// result always means the type that it was made from. `collation` as SQL spells it; empty: the type's.
schema::Type type_named(std::string_view sql, std::string_view collation = {});

}  // namespace support::alembic::autogenerate

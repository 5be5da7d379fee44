#pragma once

#include <optional>
#include <string>

#include "app/alembic/autogenerate/catalog.hpp"
#include "app/schema/column.hpp"

namespace support::alembic::autogenerate {

// Whether the column's sequence is the one that SERIAL makes: its name, its schema and its options.
bool is_plain_serial(const Table& table, const Column& column);

// "nextval('app.t_id_seq'::regclass)" of a serial column's sequence.
std::string next_value(const ColumnSequence& sequence);

// The default, identity or generated value of a column; a serial's is next_value(). Absent: none.
std::optional<schema::ServerDefault> server_default(const Column& column);

schema::Identity identity_value(const Column& column);

// Whether column_value() says all of the column but what is set after it exists (storage and the like).
bool has_column_value(const Column& column);
// `in_primary_key_alone`: it is the whole primary key of a table that is being created, and a plain serial there.
schema::Column column_value(const Table& table, const Column& column, bool in_primary_key_alone);

// The column as it stands in CREATE TABLE or behind ADD COLUMN, whatever it is.
std::string column_definition(const Table& table, const Column& column);

}  // namespace support::alembic::autogenerate

#pragma once

#include <memory>

#include "app/alembic/runtime/connection.hpp"

namespace support::alembic {

// The connector of libpqxx, the driver of the migration engine unless another one is asked for. Throws CommandError
// (exit code 3) when there is no connection to be had.
std::unique_ptr<Connection> connect_pqxx(const ConnectionTarget& target);

// libpq's text of a refusal ("ERROR:  message", then lines that begin with a word and a colon) in its parts. libpq
// shows a piece of a long line only; the statement tells where in the line it stands.
ServerReport parse_report(std::string_view text, std::string sqlstate, std::string_view statement = {});

}  // namespace support::alembic

#pragma once

#include <string>

#include "app/alembic/script/script.hpp"

namespace support::alembic {

// Makes a script from the text of an SQL migration; the format is in docs/sql-migrations.md. Its bodies hand each
// statement on with its place in the file; they are split only when they run or are checked. Throws CommandError,
// naming `path` and the line, for whatever is wrong above the statements, and for bytes that are not UTF-8.
Script parse_sql_script(std::string path, std::string text);

}  // namespace support::alembic

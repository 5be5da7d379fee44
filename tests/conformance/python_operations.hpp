#pragma once

#include "app/alembic/script/script_directory.hpp"

namespace support::tests {

// The migrations of tests/data/python_operations, call by call in our vocabulary.
alembic::ScriptDirectory scripts_of_python_operations();

}  // namespace support::tests

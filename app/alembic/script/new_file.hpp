#pragma once

#include <string>
#include <string_view>

namespace support::alembic {

// Writes a file that is not there yet. It appears with all of its text or not at all, and nothing is ever written over.
// Throws CommandError, naming the path and the system's reason.
void write_new_file(const std::string& path, std::string_view text, unsigned mode = 0666);

// Makes a folder and those above it. Throws CommandError.
void make_folder(const std::string& path);

}  // namespace support::alembic

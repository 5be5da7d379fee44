#pragma once

#include <source_location>
#include <string_view>

namespace support::alembic {

// Where a migration asks for an operation, for the message when it fails. The default is nowhere.
struct SourceLine {
  SourceLine() = default;
  SourceLine(std::source_location at) : file(at.file_name()), line(at.line()) {}
  SourceLine(std::string_view file_path, unsigned line_number) : file(file_path), line(line_number) {}

  std::string_view file;  // must outlive the run
  unsigned line = 0;      // from 1
};

}  // namespace support::alembic

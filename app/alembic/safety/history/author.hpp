#pragma once

#include <string>

namespace support::alembic::safety {

// Who records, from where and with which program.
struct Author {
  std::string os_user;
  std::string host;
  std::string build;
};

// Of this process; `version` is the program's. The build is the version with the build ID that the linker gave this
// very executable.
Author author_of_process(const std::string& version);

}  // namespace support::alembic::safety

#pragma once

#include <span>
#include <string_view>

// What cmake/EmbedMigrations.cmake puts into the program beside the compiled migrations.
namespace support::alembic {

// One file of app/alembic/versions.
struct EmbeddedFile {
  std::string_view path;         // from the root of the sources
  std::string_view text;         // the leading `//` lines of a .cpp file, all of a .sql file
  std::string_view sha256 = {};  // of all bytes of a .cpp file, in hexadecimal
};

std::span<const EmbeddedFile> embedded_files();

// Makes embedded_files() known before main() runs; one object in the generated source. The array must outlive it.
class EmbeddedFilesRegistrar {
 public:
  explicit EmbeddedFilesRegistrar(std::span<const EmbeddedFile> files);
};

// app/alembic/signoffs.toml as it was when the program was built; "" when there was none.
std::string_view embedded_signoffs();

// The same for embedded_signoffs(). The text must outlive it.
class EmbeddedSignoffsRegistrar {
 public:
  explicit EmbeddedSignoffsRegistrar(std::string_view text);
};

}  // namespace support::alembic

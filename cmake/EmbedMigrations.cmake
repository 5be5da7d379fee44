# Writes a C++ source that holds the path and the leading comment of every migration, so that the program can print what
# a migration says about itself. Run as a script:
#   cmake -D ROOT=<source folder> -D FOLDER=app/alembic/versions -D OUTPUT=<file> -P EmbedMigrations.cmake

file(GLOB files RELATIVE ${ROOT} ${ROOT}/${FOLDER}/*.cpp)
list(SORT files)

set(entries "")
set(count 0)
foreach(file IN LISTS files)
  file(READ ${ROOT}/${file} content)
  string(REGEX MATCH "^(//[^\n]*\n)+" comment "${content}")
  string(FIND "${comment}" ")comment\"" terminator)
  if(comment STREQUAL "" OR NOT terminator EQUAL -1)
    message(FATAL_ERROR "${file} must begin with its message, Revision ID, Revises and Create Date as // lines.")
  endif()
  string(APPEND entries "    EmbeddedFile{\"${file}\", R\"comment(${comment})comment\"},\n")
  math(EXPR count "${count} + 1")
endforeach()

set(source "// Written by cmake/EmbedMigrations.cmake.
#include <array>

#include \"app/alembic/script/embedded.hpp\"

namespace support::alembic {
namespace {

constexpr std::array<EmbeddedFile, ${count}> files{
${entries}};

const EmbeddedFilesRegistrar registrar{files};

}  // namespace
}  // namespace support::alembic
")

# Touched only when it changes, so that nothing is compiled for nothing.
file(WRITE ${OUTPUT}.new "${source}")
file(COPY_FILE ${OUTPUT}.new ${OUTPUT} ONLY_IF_DIFFERENT)
file(REMOVE ${OUTPUT}.new)

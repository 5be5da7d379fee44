# Writes a C++ source that holds the path of every migration with the leading comment of a .cpp file, so that the program
# can print what a migration says about itself, and its SHA-256, by which an edited file is known; of a .sql file the
# whole text, which is the migration. The file of sign-offs goes in as it is, where there is one. Run as a script:
#   cmake -D ROOT=<source folder> -D FOLDER=app/alembic/versions -D SIGNOFFS=app/alembic/signoffs.toml
#     -D OUTPUT=<file> -P EmbedMigrations.cmake

file(GLOB files RELATIVE ${ROOT} ${ROOT}/${FOLDER}/[!.]*.cpp ${ROOT}/${FOLDER}/[!.]*.sql)
list(SORT files)

# A string literal of the file's bytes as they are, line ends included.
function(literal_of file result)
  file(READ ${file} bytes HEX)
  string(REGEX REPLACE "(..)" "\\\\x\\1" literal "${bytes}")
  string(LENGTH "${bytes}" digits)
  math(EXPR size "${digits} / 2")
  set(${result} "{\"${literal}\", ${size}}" PARENT_SCOPE)
endfunction()

set(entries "")
set(count 0)
foreach(file IN LISTS files)
  math(EXPR count "${count} + 1")
  if(file MATCHES "\\.sql$")
    literal_of(${ROOT}/${file} literal)
    string(APPEND entries "    EmbeddedFile{\"${file}\", ${literal}},\n")
    continue()
  endif()
  file(READ ${ROOT}/${file} content)
  string(REGEX MATCH "^(//[^\n]*\n)+" comment "${content}")
  string(FIND "${comment}" ")comment\"" terminator)
  if(comment STREQUAL "" OR NOT terminator EQUAL -1)
    message(FATAL_ERROR "${file} must begin with its message, Revision ID, Revises and Create Date as // lines.")
  endif()
  file(SHA256 ${ROOT}/${file} digest)
  string(APPEND entries "    EmbeddedFile{\"${file}\", R\"comment(${comment})comment\", \"${digest}\"},\n")
endforeach()

set(signoffs "{\"\", 0}")
if(SIGNOFFS AND EXISTS ${ROOT}/${SIGNOFFS})
  literal_of(${ROOT}/${SIGNOFFS} signoffs)
endif()

set(source "// Written by cmake/EmbedMigrations.cmake.
#include <array>

#include \"app/alembic/script/embedded.hpp\"

namespace support::alembic {
namespace {

constexpr std::array<EmbeddedFile, ${count}> files{
${entries}};

const EmbeddedFilesRegistrar registrar{files};
const EmbeddedSignoffsRegistrar signoffs_registrar{std::string_view${signoffs}};

}  // namespace
}  // namespace support::alembic
")

# Touched only when it changes, so that nothing is compiled for nothing.
file(WRITE ${OUTPUT}.new "${source}")
file(COPY_FILE ${OUTPUT}.new ${OUTPUT} ONLY_IF_DIFFERENT)
file(REMOVE ${OUTPUT}.new)

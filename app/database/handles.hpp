#pragma once

#include <cstddef>
#include <memory>

struct pg_conn;
struct pg_result;

namespace support::database {

struct ResultDeleter {
  void operator()(pg_result*) const;
};
// Owns one libpq result. A result is immutable once libpq has handed it out.
using ResultHandle = std::unique_ptr<pg_result, ResultDeleter>;

struct CopyDataDeleter {
  void operator()(char*) const;
};
// What the server sent as one piece of a COPY … TO STDOUT; null data: the end.
struct CopyPiece {
  std::unique_ptr<char, CopyDataDeleter> data;
  std::size_t size = 0;
};

}  // namespace support::database

#pragma once

#include <memory>

struct pg_conn;
struct pg_result;

namespace support::database {

struct ResultDeleter {
  void operator()(pg_result*) const;
};
// Owns one libpq result. A result is immutable once libpq has handed it out.
using ResultHandle = std::unique_ptr<pg_result, ResultDeleter>;

}  // namespace support::database

#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "app/http/problem.hpp"

namespace support::http {

struct HeadLimits {
  std::size_t request_line = 0;
  std::size_t size = 0;  // of the whole head
  std::size_t fields = 0;
};

// Finds the end of a message's head in the raw bytes and refuses there what a parser no longer shows or would be late
// to see: folded fields, bare line feeds, too long a request line, too many fields. Pure; it remembers how far it has
// looked, so a head that arrives byte by byte is read once.
class HeadScanner {
 public:
  explicit HeadScanner(const HeadLimits& limits) : limits_(limits) {}

  enum class Verdict { incomplete, complete, refused };
  // `received` is everything since the message's first byte, and must only grow between calls.
  Verdict scan(std::string_view received);

  // Where the request line starts: after one empty line, which RFC 9112 section 2.2 asks to ignore.
  std::size_t begin() const { return begin_; }
  // One past the request line's CRLF; 0 while it is not complete.
  std::size_t request_line_end() const { return request_line_end_; }
  // One past the empty line that ends the head; after Verdict::complete.
  std::size_t end() const { return line_start_; }
  // After Verdict::refused.
  const Problem& problem() const { return *problem_; }

 private:
  Verdict refuse(Status status, const char* detail);
  Verdict take_line(std::string_view line);
  Verdict check_unfinished(std::string_view line);
  Verdict check_request_line_bytes(std::string_view line);
  bool in_request_line() const { return request_line_end_ == 0; }

  HeadLimits limits_;
  std::size_t begin_ = 0;
  std::size_t request_line_end_ = 0;
  std::size_t line_start_ = 0;
  std::size_t searched_ = 0;  // no line feed before this offset is left to find
  std::size_t fields_ = 0;
  std::optional<Problem> problem_;
};

}  // namespace support::http

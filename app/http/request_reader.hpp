#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "app/http/head_scanner.hpp"
#include "app/http/request_parser.hpp"
#include "app/http/target.hpp"

namespace support::http {

// One request out of a connection's bytes, without I/O: head first, then, after the caller has said how large the body
// may be, the body. Any problem ends the connection, because what follows in the bytes can't be told any more.
class RequestReader {
 public:
  // `request` is filled in: method, path, query, headers, body.
  RequestReader(Request& request, const HeadLimits& limits, std::size_t max_chunk_extensions);

  enum class Progress { need_more, done, refused };

  // `received` is everything from the message's first byte; it only grows between calls.
  Progress read_head(std::string_view received);
  // The bytes of the head, after Progress::done.
  std::size_t head_size() const { return scanner_.end(); }

  // Adds to `consumed` how many bytes are done with; what is left has to be shown again with more behind it.
  Progress read_body(std::string_view received, std::size_t& consumed);
  void limit_body(std::uint64_t bytes) { parser_.limit_body(bytes); }

  const Problem& problem() const { return *problem_; }
  // Known as soon as the request line is.
  std::optional<Method> method() const { return method_; }
  int version() const { return parser_.version(); }
  // After the head.
  bool keep_alive() const { return parser_.keep_alive(); }
  bool has_body() const { return parser_.has_body(); }
  std::optional<std::uint64_t> content_length() const { return parser_.content_length(); }
  const Target& target() const { return target_; }

 private:
  Progress refuse(Problem problem);
  Progress read_request_line();

  Request& request_;
  std::size_t max_unread_;
  HeadScanner scanner_;
  RequestParser parser_;
  std::size_t fed_ = 0;
  std::optional<Method> method_;
  Target target_;
  std::optional<Problem> problem_;
};

}  // namespace support::http

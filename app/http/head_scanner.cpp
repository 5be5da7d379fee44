#include "app/http/head_scanner.hpp"

#include <algorithm>
#include <string>

namespace support::http {

namespace {

constexpr auto too_long_line = "The request line is too long; shorten the path or the query.";
constexpr auto too_large_head = "The header fields are too large; send fewer or shorter ones.";

}  // namespace

HeadScanner::Verdict HeadScanner::refuse(Status status, const char* detail) {
  problem_ = Problem{.status = status, .detail = detail};
  return Verdict::refused;
}

HeadScanner::Verdict HeadScanner::scan(std::string_view received) {
  while (true) {
    const std::size_t line_feed = received.find('\n', searched_);
    if (line_feed == std::string_view::npos) {
      const Verdict verdict = check_unfinished(received.substr(line_start_));
      searched_ = received.size();
      return verdict;
    }
    const std::string_view line = received.substr(line_start_, line_feed - line_start_);
    if (!line.ends_with('\r')) return refuse(Status::bad_request, "A line of the head ends without a carriage return.");
    const std::size_t first_line = line_start_;
    line_start_ = searched_ = line_feed + 1;
    if (first_line == 0 && line.size() == 1) {
      begin_ = line_start_;
      continue;
    }
    const Verdict verdict = take_line(line.substr(0, line.size() - 1));
    if (verdict != Verdict::incomplete) return verdict;
  }
}

// A whole line without its CRLF. Verdict::incomplete: go on.
HeadScanner::Verdict HeadScanner::take_line(std::string_view line) {
  if (in_request_line()) {
    if (line.size() > std::min(limits_.request_line, limits_.size)) return refuse(Status::uri_too_long, too_long_line);
    request_line_end_ = line_start_;
    return check_request_line_bytes(line);
  }
  if (line_start_ - begin_ > limits_.size) {
    return refuse(Status::request_header_fields_too_large, too_large_head);
  }
  if (line.empty()) return Verdict::complete;
  if (line.front() == ' ' || line.front() == '\t') {
    return refuse(Status::bad_request, "A header field is folded over several lines, which HTTP no longer allows.");
  }
  if (line.find_first_of(std::string_view("\r\0", 2)) != std::string_view::npos) {
    return refuse(Status::bad_request, "A header field contains a carriage return or a NUL.");
  }
  if (++fields_ > limits_.fields) {
    return refuse(Status::request_header_fields_too_large, "There are too many header fields; send fewer.");
  }
  return Verdict::incomplete;
}

// The limits hold before the line is complete, and bytes that no HTTP request starts with (a TLS handshake, say) are
// answered at once instead of at the deadline.
HeadScanner::Verdict HeadScanner::check_unfinished(std::string_view line) {
  if (in_request_line()) {
    if (line.size() > std::min(limits_.request_line, limits_.size) + 1) {
      return refuse(Status::uri_too_long, too_long_line);
    }
    std::string_view fresh = line.substr(std::max(searched_, line_start_) - line_start_);
    if (fresh.ends_with('\r')) fresh.remove_suffix(1);
    return check_request_line_bytes(fresh);
  }
  if (line_start_ + line.size() - begin_ > limits_.size) {
    return refuse(Status::request_header_fields_too_large, too_large_head);
  }
  return Verdict::incomplete;
}

HeadScanner::Verdict HeadScanner::check_request_line_bytes(std::string_view line) {
  const bool visible = std::ranges::all_of(line, [](char c) { return c >= 0x20 && c < 0x7f; });
  if (visible) return Verdict::incomplete;
  return refuse(Status::bad_request, "The request line has bytes that are not visible ASCII; percent-encode them.");
}

}  // namespace support::http

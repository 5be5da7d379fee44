#include "app/http/request_reader.hpp"

#include <string>
#include <utility>

#include <boost/beast/http/error.hpp>

#include "app/http/head_rules.hpp"

namespace support::http {

namespace {

using Error = boost::beast::http::error;

Problem explain(const boost::system::error_code& ec) {
  if (ec == Error::body_limit) {
    return {.status = Status::payload_too_large, .detail = "The body is larger than this route accepts."};
  }
  if (ec == Error::bad_version) return bad_request("The HTTP version is not 1.0 or 1.1.");
  if (ec == Error::bad_content_length || ec == Error::multiple_content_length) {
    return bad_request("Content-Length is not one decimal number, or contradicts Transfer-Encoding.");
  }
  if (ec == Error::bad_transfer_encoding) {
    return bad_request("Transfer-Encoding is there twice, or together with Content-Length.");
  }
  if (ec == Error::bad_chunk || ec == Error::bad_chunk_extension) {
    return bad_request("The chunked body is malformed, or its chunk extensions are too long.");
  }
  return bad_request("The request is not valid HTTP/1.1: " + ec.message() + ".");
}

}  // namespace

RequestReader::RequestReader(Request& request, const HeadLimits& limits, std::size_t max_chunk_extensions)
    : request_(request), max_unread_(limits.size), scanner_(limits), parser_(request, max_chunk_extensions) {}

RequestReader::Progress RequestReader::refuse(Problem problem) {
  problem_ = std::move(problem);
  return Progress::refused;
}

RequestReader::Progress RequestReader::read_head(std::string_view received) {
  const auto verdict = scanner_.scan(received);
  if (verdict == HeadScanner::Verdict::refused) return refuse(scanner_.problem());
  const bool complete = verdict == HeadScanner::Verdict::complete;
  const std::size_t known = complete ? scanner_.end() : scanner_.request_line_end();
  if (fed_ < scanner_.begin()) fed_ = scanner_.begin();
  if (known > fed_) {
    boost::system::error_code ec;
    fed_ += parser_.put_head(received.substr(fed_, known - fed_), ec);
    // What is wrong with the request line is said first, so that an answer does not depend on how the bytes arrived.
    if (parser_.has_request_line() && !method_ && read_request_line() == Progress::refused) return Progress::refused;
    if (ec && ec != Error::need_more) return refuse(explain(ec));
  }
  if (!complete) return Progress::need_more;
  if (!parser_.is_header_done()) return refuse(bad_request("The head of the request is not valid HTTP/1.1."));
  if (auto problem = check_head_fields(request_.headers, parser_.version(), target_))
    return refuse(std::move(*problem));
  return Progress::done;
}

RequestReader::Progress RequestReader::read_request_line() {
  method_ = method_from(parser_.method());
  if (!method_) {
    return refuse({.status = Status::not_implemented,
                   .detail = "The method is not implemented; method names are upper case, as in GET."});
  }
  auto target = parse_target(parser_.target(), *method_);
  if (!target) return refuse(target.error());
  target_ = std::move(*target);
  request_.method = *method_;
  request_.path = target_.path;
  request_.query = std::move(target_.query);
  return Progress::done;
}

RequestReader::Progress RequestReader::read_body(std::string_view received, std::size_t& consumed) {
  consumed = 0;
  if (parser_.is_done()) return Progress::done;
  while (consumed < received.size()) {
    boost::system::error_code ec;
    consumed += parser_.put_body(received.substr(consumed), ec);
    if (ec == Error::need_more) break;
    if (ec) return refuse(explain(ec));
    if (parser_.is_done()) return Progress::done;
  }
  // The parser wants a chunk's head or the trailer section in one piece.
  if (received.size() - consumed > max_unread_) {
    return refuse(bad_request("The head of a chunk or the trailer section is too long."));
  }
  return Progress::need_more;
}

}  // namespace support::http

#include "app/http/request_parser.hpp"

#include <algorithm>
#include <limits>

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/error.hpp>

namespace support::http {

namespace {

// A client that announces a large body gets memory as it sends it, not before.
constexpr std::uint64_t max_body_reserve = 64 * 1024;

}  // namespace

RequestParser::RequestParser(Request& request, std::size_t max_chunk_extensions)
    : request_(request), extensions_left_(max_chunk_extensions) {
  // The scanner has counted the head and this class counts the body, both with answers of their own.
  Base::header_limit(std::numeric_limits<std::uint32_t>::max());
  Base::body_limit(boost::none);
}

std::size_t RequestParser::put_head(std::string_view bytes, ErrorCode& ec) {
  return Base::put(boost::asio::buffer(bytes.data(), bytes.size()), ec);
}

std::size_t RequestParser::put_body(std::string_view bytes, ErrorCode& ec) {
  Base::eager(true);
  return Base::put(boost::asio::buffer(bytes.data(), bytes.size()), ec);
}

void RequestParser::on_request_impl(boost::beast::http::verb, View method, View target, int version, ErrorCode&) {
  method_.assign(method.data(), method.size());
  target_.assign(target.data(), target.size());
  version_ = version;
}

void RequestParser::on_field_impl(boost::beast::http::field, View name, View value, ErrorCode&) {
  if (head_done_) return;
  request_.headers.add({name.data(), name.size()}, {value.data(), value.size()});
}

void RequestParser::on_header_impl(ErrorCode&) {
  head_done_ = true;
  keep_alive_ = Base::keep_alive();
  has_body_ = Base::chunked() || Base::content_length().value_or(0) > 0;
  if (const auto length = Base::content_length()) content_length_ = *length;
}

void RequestParser::on_body_init_impl(const boost::optional<std::uint64_t>& length, ErrorCode&) {
  request_.body.reserve(static_cast<std::size_t>(std::min(length.value_or(0), max_body_reserve)));
}

std::size_t RequestParser::on_body_impl(View bytes, ErrorCode& ec) {
  if (bytes.size() > body_limit_ - request_.body.size()) {
    ec = boost::beast::http::error::body_limit;
    return 0;
  }
  request_.body.append(bytes.data(), bytes.size());
  return bytes.size();
}

void RequestParser::on_chunk_header_impl(std::uint64_t size, View extensions, ErrorCode& ec) {
  if (extensions.size() > extensions_left_) {
    ec = boost::beast::http::error::bad_chunk_extension;
    return;
  }
  extensions_left_ -= extensions.size();
  if (size > body_limit_ - request_.body.size()) ec = boost::beast::http::error::body_limit;
}

std::size_t RequestParser::on_chunk_body_impl(std::uint64_t, View bytes, ErrorCode& ec) {
  return on_body_impl(bytes, ec);
}

}  // namespace support::http

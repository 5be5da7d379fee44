#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <boost/beast/http/basic_parser.hpp>

#include "app/http/request.hpp"

namespace support::http {

// Beast's parser, writing into a Request: header fields until the head is complete (so that trailers can't pass for
// fields, which Beast's own message would let them), the body up to a limit. One message, then a new one.
class RequestParser final : private boost::beast::http::basic_parser<true> {
  using Base = boost::beast::http::basic_parser<true>;

 public:
  using ErrorCode = boost::system::error_code;

  RequestParser(Request& request, std::size_t max_chunk_extensions);

  // Feeds bytes; returns how many are done with. `ec` is need_more when the rest has to be shown again with more behind
  // it. While the head is not complete, call with the whole request line first.
  std::size_t put_head(std::string_view bytes, ErrorCode& ec);
  std::size_t put_body(std::string_view bytes, ErrorCode& ec);
  // The body may have this many bytes; put_body() then fails with error::body_limit.
  void limit_body(std::uint64_t bytes) { body_limit_ = bytes; }

  bool has_request_line() const { return version_ != 0; }
  using Base::is_done;
  using Base::is_header_done;

  const std::string& method() const { return method_; }
  const std::string& target() const { return target_; }
  int version() const { return version_; }  // 10 or 11
  // These as of the end of the head.
  bool keep_alive() const { return keep_alive_; }
  bool has_body() const { return has_body_; }
  std::optional<std::uint64_t> content_length() const { return content_length_; }

 private:
  using View = boost::beast::string_view;

  void on_request_impl(boost::beast::http::verb, View method, View target, int version, ErrorCode&) override;
  void on_response_impl(int, View, int, ErrorCode&) override {}
  void on_field_impl(boost::beast::http::field, View name, View value, ErrorCode&) override;
  void on_header_impl(ErrorCode&) override;
  void on_body_init_impl(const boost::optional<std::uint64_t>&, ErrorCode&) override;
  std::size_t on_body_impl(View bytes, ErrorCode&) override;
  void on_chunk_header_impl(std::uint64_t size, View extensions, ErrorCode&) override;
  std::size_t on_chunk_body_impl(std::uint64_t, View bytes, ErrorCode&) override;
  void on_finish_impl(ErrorCode&) override {}

  Request& request_;
  std::string method_;
  std::string target_;
  int version_ = 0;
  bool head_done_ = false;
  bool keep_alive_ = false;
  bool has_body_ = false;
  std::optional<std::uint64_t> content_length_;
  std::uint64_t body_limit_ = 0;
  std::size_t extensions_left_;
};

}  // namespace support::http

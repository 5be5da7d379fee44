#include "app/http/json_body.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/monotonic_resource.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value_stack.hpp>

namespace support::http {

namespace {

namespace js = boost::json;
using ErrorCode = boost::system::error_code;

// Builds the value as Boost.JSON's own parser does and remembers the member names of the objects that are still open:
// that parser lets the last of two equal names win without a word.
struct Builder {
  static constexpr std::size_t max_object_size = js::object::max_size();
  static constexpr std::size_t max_array_size = js::array::max_size();
  static constexpr std::size_t max_key_size = js::string::max_size();
  static constexpr std::size_t max_string_size = js::string::max_size();

  js::value_stack stack;
  std::vector<std::string> names;  // innermost object last
  std::string name;                // the one being read
  std::string duplicate;

  bool on_document_begin(ErrorCode&) { return true; }
  bool on_document_end(ErrorCode&) { return true; }
  bool on_object_begin(ErrorCode&) { return true; }
  bool on_object_end(std::size_t size, ErrorCode& ec) {
    const auto first = names.end() - static_cast<std::ptrdiff_t>(size);
    std::sort(first, names.end());
    const auto twice = std::adjacent_find(first, names.end());
    if (twice != names.end()) {
      duplicate = *twice;
      ec = js::error::syntax;
      return false;
    }
    names.erase(first, names.end());
    stack.push_object(size);
    return true;
  }
  bool on_array_begin(ErrorCode&) { return true; }
  bool on_array_end(std::size_t size, ErrorCode&) {
    stack.push_array(size);
    return true;
  }
  bool on_key_part(js::string_view part, std::size_t, ErrorCode&) {
    name.append(part.data(), part.size());
    stack.push_chars(part);
    return true;
  }
  bool on_key(js::string_view part, std::size_t, ErrorCode&) {
    name.append(part.data(), part.size());
    names.push_back(std::exchange(name, {}));
    stack.push_key(part);
    return true;
  }
  bool on_string_part(js::string_view part, std::size_t, ErrorCode&) {
    stack.push_chars(part);
    return true;
  }
  bool on_string(js::string_view part, std::size_t, ErrorCode&) {
    stack.push_string(part);
    return true;
  }
  bool on_number_part(js::string_view, ErrorCode&) { return true; }
  bool on_int64(std::int64_t number, js::string_view, ErrorCode&) {
    stack.push_int64(number);
    return true;
  }
  bool on_uint64(std::uint64_t number, js::string_view, ErrorCode&) {
    stack.push_uint64(number);
    return true;
  }
  bool on_double(double number, js::string_view, ErrorCode&) {
    stack.push_double(number);
    return true;
  }
  bool on_bool(bool value, ErrorCode&) {
    stack.push_bool(value);
    return true;
  }
  bool on_null(ErrorCode&) {
    stack.push_null();
    return true;
  }
  bool on_comment_part(js::string_view, ErrorCode&) { return true; }
  bool on_comment(js::string_view, ErrorCode&) { return true; }
};

std::string position(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, std::min(offset, text.size()));
  const auto line = 1 + std::ranges::count(before, '\n');
  const std::size_t line_start = before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1;
  return "line " + std::to_string(line) + ", column " + std::to_string(before.size() - line_start + 1);
}

Problem malformed(std::string detail) {
  return {.status = Status::bad_request, .title = "Malformed JSON", .detail = std::move(detail)};
}

Problem explain(std::string_view text, std::size_t offset, const ErrorCode& ec, const std::string& duplicate) {
  const std::string where = position(text, offset);
  if (!duplicate.empty()) {
    return malformed("The object that ends at " + where + " names \"" + duplicate + "\" twice; give each member once.");
  }
  if (ec == js::error::too_deep) {
    return malformed("The body nests deeper than " + std::to_string(max_json_depth) + " levels at " + where + ".");
  }
  if (ec == js::error::incomplete) return malformed("The body ends in the middle of a JSON value, at " + where + ".");
  return malformed("The body is not valid JSON at " + where + ": " + ec.message() + ".");
}

}  // namespace

Result<js::value> parse_json(std::string_view text) {
  if (text.empty()) return malformed("The body is empty; send a JSON value.");
  js::parse_options options;
  options.max_depth = max_json_depth;
  js::basic_parser<Builder> parser(options);
  parser.handler().stack.reset(js::make_shared_resource<js::monotonic_resource>());
  ErrorCode ec;
  const std::size_t used = parser.write_some(false, text.data(), text.size(), ec);
  if (!ec && used < text.size()) ec = js::error::extra_data;
  if (ec) return explain(text, used, ec, parser.handler().duplicate);
  return parser.handler().stack.release();
}

Result<js::value> parse_json_body(const Request& request) {
  return parse_json(request.body);
}

}  // namespace support::http

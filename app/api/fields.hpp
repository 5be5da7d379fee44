#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "app/http/problem.hpp"

namespace support::api {

// How long a text may be, in characters (Unicode code points, as PostgreSQL counts varchar(n)).
struct TextLength {
  std::size_t min = 0;
  std::size_t max = 0;
};

// Reads the members of a JSON object, one call a field, and remembers everything that is wrong, so that the client
// learns it all at once. A getter gives an empty value for a field that is wrong or missing; finish() turns what was
// remembered into the answer. Members nobody asked for are errors, too: a misspelt field must not be dropped silently.
class FieldReader {
 public:
  explicit FieldReader(const boost::json::value& body);

  // Present, even if null.
  bool has(std::string_view name) const;
  bool is_null(std::string_view name) const;

  std::string required_text(std::string_view name, TextLength length);
  // Absent and null both give nullopt.
  std::optional<std::string> optional_text(std::string_view name, TextLength length);
  std::optional<bool> optional_bool(std::string_view name);
  std::optional<std::int64_t> optional_integer(std::string_view name, std::int64_t min, std::int64_t max);
  std::int64_t required_integer(std::string_view name, std::int64_t min, std::int64_t max);
  // An object of at most `max_size` bytes, as its JSON text.
  std::optional<std::string> optional_object(std::string_view name, std::size_t max_size);
  // One of `choices`.
  std::optional<std::string> optional_choice(std::string_view name, std::span<const std::string_view> choices);
  std::string required_choice(std::string_view name, std::span<const std::string_view> choices);
  // An e-mail address in the shape that can be delivered to: local@domain (RFC 5321 sections 4.1.2 and 4.5.3.1).
  std::string required_email(std::string_view name);
  std::optional<std::string> optional_email(std::string_view name);

  // For a column that can't be null: an explicit null is an error.
  void refuse_null(std::string_view name);
  void add_error(std::string_view name, std::string detail);

  // Throws http::ProblemError with a 422 that lists every error, if there is one.
  void finish();

 private:
  const boost::json::value* find(std::string_view name);
  void missing(std::string_view name);
  std::optional<std::string> check_text(std::string_view name, const boost::json::value& value, TextLength length);

  const boost::json::object* object_ = nullptr;
  std::set<std::string, std::less<>> known_;
  std::vector<http::FieldError> errors_;
};

// Code points in valid UTF-8.
std::size_t character_count(std::string_view text);
bool is_email(std::string_view text);

}  // namespace support::api

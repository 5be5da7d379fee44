#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "app/api/cursor.hpp"
#include "app/database/repositories/statement.hpp"
#include "app/http/problem.hpp"
#include "app/http/request.hpp"

namespace support::api {

inline constexpr std::int64_t default_page_size = 50;
inline constexpr std::int64_t max_page_size = 100;

// Reads the query parameters of a list: filters, `limit` and `cursor`. Like FieldReader it remembers everything that is
// wrong, unknown and repeated parameters included (a misspelt filter must not list everything), until finish().
class QueryReader {
 public:
  QueryReader(const http::Request& request, const CursorSigner& cursors);

  std::optional<std::string> optional_text(std::string_view name, std::size_t max_length);
  std::optional<bool> optional_bool(std::string_view name);
  std::optional<std::int32_t> optional_id(std::string_view name);
  std::optional<std::string> optional_choice(std::string_view name, std::span<const std::string_view> choices);
  // Asks for one row more than the page holds, which tells whether there is a next page.
  database::Page page();
  // What the cursors of this list are signed for: the path and the filters.
  const std::string& scope() const { return scope_; }

  // Throws http::ProblemError with a 422 that lists every error, if there is one.
  void finish();

 private:
  std::optional<std::string_view> find(std::string_view name);
  void add_error(std::string_view name, std::string detail);

  const http::Request& request_;
  const CursorSigner& cursors_;
  std::string scope_;
  std::set<std::string, std::less<>> known_;
  std::vector<http::FieldError> errors_;
};

// The id in the path: a whole number that fits the column; anything else is the id of nothing.
std::optional<std::int32_t> path_id(const http::Request& request);

}  // namespace support::api

#include "app/api/query_reader.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "app/api/fields.hpp"

namespace support::api {
namespace {

template <class Integer>
std::optional<Integer> whole_number(std::string_view text) {
  Integer value = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  if (parsed.ec != std::errc{} || parsed.ptr != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<std::int32_t> id_from(std::string_view text) {
  const auto value = whole_number<std::int32_t>(text);
  if (!value || *value < 1) return std::nullopt;
  return value;
}

// The same filters in another order are the same list.
std::string scope_of(const http::Request& request) {
  std::vector<std::string> filters;
  for (const auto& parameter : request.query) {
    if (parameter.name == "cursor" || parameter.name == "limit") continue;
    filters.push_back(fmt::format("{}={}", parameter.name, parameter.value));
  }
  std::sort(filters.begin(), filters.end());
  return fmt::format("{}\n{}", request.path, fmt::join(filters, "\n"));
}

}  // namespace

std::optional<std::int32_t> path_id(const http::Request& request) {
  return id_from(request.path_parameter("id"));
}

QueryReader::QueryReader(const http::Request& request, const CursorSigner& cursors)
    : request_(request), cursors_(cursors), scope_(scope_of(request)) {}

void QueryReader::add_error(std::string_view name, std::string detail) {
  errors_.push_back({std::string(name), std::move(detail), http::FieldError::Place::query});
}

std::optional<std::string_view> QueryReader::find(std::string_view name) {
  known_.emplace(name);
  const auto count = std::count_if(request_.query.begin(), request_.query.end(),
                                   [name](const http::QueryParameter& parameter) { return parameter.name == name; });
  if (count > 1) add_error(name, "This parameter must be given once.");
  return request_.query_parameter(name);
}

std::optional<std::string> QueryReader::optional_text(std::string_view name, std::size_t max_length) {
  const auto value = find(name);
  if (!value) return std::nullopt;
  const std::size_t count = character_count(*value);
  if (count == 0 || count > max_length) {
    add_error(name, fmt::format("This parameter must have 1 to {} characters.", max_length));
    return std::nullopt;
  }
  return std::string(*value);
}

std::optional<bool> QueryReader::optional_bool(std::string_view name) {
  const auto value = find(name);
  if (!value) return std::nullopt;
  if (*value == "true") return true;
  if (*value == "false") return false;
  add_error(name, "This parameter must be true or false.");
  return std::nullopt;
}

std::optional<std::int32_t> QueryReader::optional_id(std::string_view name) {
  const auto value = find(name);
  if (!value) return std::nullopt;
  const auto id = id_from(*value);
  if (!id) add_error(name, "This parameter must be a positive whole number.");
  return id;
}

std::optional<std::string> QueryReader::optional_choice(std::string_view name,
                                                        std::span<const std::string_view> choices) {
  const auto value = find(name);
  if (!value) return std::nullopt;
  if (std::find(choices.begin(), choices.end(), *value) != choices.end()) return std::string(*value);
  add_error(name, fmt::format("This parameter must be one of {}.", fmt::join(choices, ", ")));
  return std::nullopt;
}

database::Page QueryReader::page() {
  database::Page page{.limit = default_page_size};
  if (const auto limit = find("limit")) {
    const auto number = whole_number<std::int64_t>(*limit);
    if (number && *number >= 1 && *number <= max_page_size) {
      page.limit = *number;
    } else {
      add_error("limit", fmt::format("This parameter must be a whole number from 1 to {}.", max_page_size));
    }
  }
  if (const auto cursor = find("cursor")) {
    const auto after = cursors_.verify(scope_, *cursor);
    if (after) {
      page.after_id = static_cast<std::int32_t>(*after);
    } else {
      add_error("cursor",
                "This is not a cursor of this list with these filters; use next_cursor of its previous page.");
    }
  }
  ++page.limit;
  return page;
}

void QueryReader::finish() {
  for (const auto& parameter : request_.query) {
    if (!known_.contains(parameter.name)) add_error(parameter.name, "This parameter is not known here.");
  }
  if (!errors_.empty()) throw http::ProblemError(http::invalid_fields(std::move(errors_)));
}

}  // namespace support::api

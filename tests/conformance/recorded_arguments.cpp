#include "tests/conformance/recorded_arguments.hpp"

#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>

#include "app/schema/quoting.hpp"

#include "tests/conformance/recorded_schema.hpp"

namespace support::tests {

namespace json = boost::json;

namespace {

[[noreturn]] void refuse(std::string_view what, const json::value& value) {
  throw std::invalid_argument(fmt::format("{} is expected in place of {}", what, json::serialize(value)));
}

const json::value* member(const json::value& value, std::string_view key) {
  return value.is_object() ? value.as_object().if_contains(key) : nullptr;
}

std::string part_sql(const json::value& part) {
  if (part.is_string()) return std::string(part.as_string());
  if (part.is_array()) return schema::quote_identifier(name_of(part.as_array().at(0)));
  return schema::type_sql(type_of(part.at("type"), ""), {});
}

}  // namespace

bool is_call(const json::value& value) {
  return member(value, "call") != nullptr;
}

std::string call_name(const json::value& value) {
  const json::value* name = member(value, "call");
  return name ? std::string(name->as_string()) : "";
}

std::string name_of(const json::value& value) {
  if (value.is_string()) return std::string(value.as_string());
  for (const char* manner : {"f", "quoted", "column", "table"}) {
    if (const json::value* text = member(value, manner)) return std::string(text->as_string());
  }
  refuse("A name", value);
}

schema::Name constraint_name_of(const json::value& value) {
  if (value.is_null()) return std::nullopt;
  if (member(value, "f")) return schema::f(name_of(value));
  return member(value, "quoted") ? schema::quoted(name_of(value)) : schema::Name(name_of(value));
}

std::vector<std::string> names_of(const json::value& value) {
  if (!value.is_array()) return {name_of(value)};
  std::vector<std::string> result;
  for (const json::value& name : value.as_array()) result.push_back(name_of(name));
  return result;
}

bool is_expression(const json::value& value) {
  return member(value, "sql") || member(value, "column");
}

std::string sql_of_value(const json::value& value) {
  if (value.is_string()) return std::string(value.as_string());
  if (member(value, "column")) return schema::quote_identifier(name_of(value));
  const json::value* parts = member(value, "sql");
  if (!parts) refuse("An expression", value);
  std::string result;
  for (const json::value& part : parts->as_array()) result += part_sql(part);
  return result;
}

Arguments::Arguments(const json::object& call, std::vector<std::string_view> positional)
    : call_(call.at("call").as_string()) {
  for (const json::value& value : call.at("args").as_array()) {
    if (given_.size() < positional.size()) {
      given_.emplace_back(positional[given_.size()], value);
    } else {
      rest_.push_back(value);
    }
  }
  for (const auto& [name, value] : call.at("kwargs").as_object()) given_.emplace_back(name, value);
}

const json::value* Arguments::take(std::string_view name) {
  taken_.emplace(name);
  const auto found = std::find_if(given_.begin(), given_.end(), [&](const auto& pair) { return pair.first == name; });
  return found == given_.end() ? nullptr : &found->second;
}

const json::value& Arguments::require(std::string_view name) {
  const json::value* value = take(name);
  if (!value) throw std::invalid_argument(fmt::format("{}() lacks its argument {}", call_, name));
  return *value;
}

const json::value* Arguments::given(std::string_view name) {
  const json::value* value = take(name);
  return value && value->is_null() ? nullptr : value;
}

std::string Arguments::name(std::string_view name) {
  const json::value* value = given(name);
  return value ? name_of(*value) : "";
}

std::string Arguments::sql(std::string_view name) {
  const json::value* value = given(name);
  return value ? sql_of_value(*value) : "";
}

schema::Name Arguments::constraint_name(std::string_view name) {
  const json::value* value = given(name);
  return value ? constraint_name_of(*value) : schema::Name();
}

std::optional<bool> Arguments::choice(std::string_view name) {
  const json::value* value = given(name);
  return value ? std::optional(value->as_bool()) : std::nullopt;
}

bool Arguments::flag(std::string_view name) {
  return choice(name).value_or(false);
}

std::optional<std::int64_t> Arguments::long_number(std::string_view name) {
  const json::value* value = given(name);
  return value ? std::optional(value->to_number<std::int64_t>()) : std::nullopt;
}

std::optional<int> Arguments::number(std::string_view name) {
  const json::value* value = given(name);
  return value ? std::optional(value->to_number<int>()) : std::nullopt;
}

std::vector<std::string> Arguments::names(std::string_view name) {
  const json::value* value = given(name);
  return value ? names_of(*value) : std::vector<std::string>{};
}

void Arguments::ignore(std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) taken_.emplace(name);
}

void Arguments::finish() const {
  for (const auto& [name, value] : given_) {
    const bool elsewhere = std::ranges::any_of(
        std::initializer_list<std::string_view>{"mssql_", "mysql_", "mariadb_", "oracle_", "sqlite_"},
        [&name = name](std::string_view prefix) { return name.starts_with(prefix); });
    if (elsewhere || name == "info" || taken_.contains(name)) continue;
    throw std::invalid_argument(fmt::format("{}() has no argument {}", call_, name));
  }
}

}  // namespace support::tests

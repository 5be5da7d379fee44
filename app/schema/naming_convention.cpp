#include "app/schema/naming_convention.hpp"

#include <charconv>
#include <optional>
#include <stdexcept>

#include <fmt/format.h>

namespace support::schema {
namespace {

// "0" of column_0_name, "0N" of column_0N_name, "0_N" of column_0_N_name.
struct Place {
  std::size_t index = 0;
  bool all = false;
  std::string_view separator = {};
};

// Takes the place and the underscore behind it off the front of the token.
std::optional<Place> take_place(std::string_view& token) {
  Place place;
  const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), place.index);
  if (error != std::errc()) return std::nullopt;
  token.remove_prefix(static_cast<std::size_t>(end - token.data()));
  for (const std::string_view spelling : {"_N", "N"}) {
    if (place.all || !token.starts_with(spelling)) continue;
    place.all = true;
    place.separator = spelling.substr(0, spelling.size() - 1);
    token.remove_prefix(spelling.size());
  }
  if (!token.starts_with('_') || (place.all && place.index != 0)) return std::nullopt;
  token.remove_prefix(1);
  return place;
}

std::string label(const NamedParts& parts, const std::string& column) {
  std::string result;
  if (!parts.schema.empty()) result += std::string(parts.schema) + '_';
  for (char& c : result) {
    if (c == '.') c = '_';
  }
  result += parts.table;
  return result + '_' + column;
}

template <class Spelling>
std::string columns_text(const std::vector<std::string>& columns, const Place& place, const Spelling& spelling) {
  if (!place.all) return place.index < columns.size() ? spelling(columns[place.index]) : "";
  std::string result;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (i > 0) result += place.separator;
    result += spelling(columns[i]);
  }
  return result;
}

std::optional<std::string> column_token(std::string_view token, const std::vector<std::string>& columns,
                                        const NamedParts& parts) {
  const std::optional<Place> place = take_place(token);
  if (!place) return std::nullopt;
  if (token == "name" || token == "key") {
    return columns_text(columns, *place, [](const std::string& column) { return column; });
  }
  if (token == "label") {
    return columns_text(columns, *place, [&](const std::string& column) { return label(parts, column); });
  }
  return std::nullopt;
}

std::optional<std::string> token_text(std::string_view token, const Name& given, const NamedParts& parts) {
  constexpr std::string_view of_column = "column_";
  constexpr std::string_view of_referred_column = "referred_column_";
  if (token == "table_name") return std::string(parts.table);
  if (token == "constraint_name" && !given.empty()) return given.text();
  if (token == "referred_table_name" && parts.referent) return parts.referent->table;
  if (token.starts_with(of_column)) return column_token(token.substr(of_column.size()), parts.columns, parts);
  if (token.starts_with(of_referred_column) && token.ends_with("_name") && parts.referent) {
    return column_token(token.substr(of_referred_column.size()), parts.referent->columns, parts);
  }
  return std::nullopt;
}

[[noreturn]] void throw_unknown(std::string_view token, const std::string& pattern, const NamedParts& parts) {
  if (token == "constraint_name") {
    throw std::invalid_argument(
        fmt::format("The naming convention '{}' wants the constraint's own name, and a constraint of table '{}' has "
                    "none; name it.",
                    pattern, parts.table));
  }
  throw std::invalid_argument(
      fmt::format("The naming convention '{}' holds the token '{}', which means nothing for table '{}'; write one of "
                  "table_name, constraint_name, column_0_name, column_0_label, referred_table_name, "
                  "referred_column_0_name and their kin.",
                  pattern, token, parts.table));
}

std::string expanded(const std::string& pattern, const Name& given, const NamedParts& parts) {
  std::string result;
  std::string_view rest = pattern;
  while (!rest.empty()) {
    const std::size_t percent = rest.find('%');
    result += rest.substr(0, percent);
    if (percent == std::string_view::npos) break;
    rest.remove_prefix(percent);
    if (rest.starts_with("%%")) {
      result += '%';
      rest.remove_prefix(2);
      continue;
    }
    const std::size_t end = rest.find(")s");
    if (!rest.starts_with("%(") || end == std::string_view::npos) {
      throw std::invalid_argument(
          fmt::format("The naming convention '{}' has a percent sign that begins no token; write %(token)s, or %% for "
                      "the sign itself.",
                      pattern));
    }
    const std::string_view token = rest.substr(2, end - 2);
    const std::optional<std::string> text = token_text(token, given, parts);
    if (!text) throw_unknown(token, pattern, parts);
    result += *text;
    rest.remove_prefix(end + 2);
  }
  return result;
}

}  // namespace

Name conventional_name(const std::string& pattern, const Name& given, const NamedParts& parts) {
  if (pattern.empty() || given.is_final()) return given;
  const bool nameless = given.empty() || given.is_made_up();
  if (!nameless && pattern.find("constraint_name") == std::string::npos) return given;
  Name result = f(expanded(pattern, nameless ? Name() : given, parts));
  return given.is_quoted() ? quoted(std::move(result)) : result;
}

PrimaryKeyConstraint named(PrimaryKeyConstraint key, std::string_view table, std::string_view schema,
                           const NamingConvention& convention) {
  key.name = conventional_name(convention.pk, key.name, {table, schema, key.columns});
  return key;
}

UniqueConstraint named(UniqueConstraint unique, std::string_view table, std::string_view schema,
                       const NamingConvention& convention) {
  unique.name = conventional_name(convention.uq, unique.name, {table, schema, unique.columns});
  return unique;
}

CheckConstraint named(CheckConstraint check, std::string_view table, std::string_view schema,
                      const NamingConvention& convention) {
  check.name = conventional_name(convention.ck, check.name, {table, schema});
  return check;
}

ForeignKeyConstraint named(ForeignKeyConstraint key, std::string_view table, std::string_view schema,
                           const NamingConvention& convention) {
  key.name = conventional_name(convention.fk, key.name, {table, schema, key.columns, &key.referent});
  return key;
}

ExcludeConstraint named(ExcludeConstraint exclude, std::string_view, std::string_view, const NamingConvention&) {
  return exclude;
}

Index named(Index index, std::string_view table, std::string_view schema, const NamingConvention& convention) {
  std::vector<std::string> columns;
  for (const IndexElement& element : index.elements) columns.push_back(element.sql());
  index.name = conventional_name(convention.ix, index.name, {table, schema, std::move(columns)});
  return index;
}

Table named(Table table, const NamingConvention& convention) {
  for (Constraint& constraint : table.constraints) {
    constraint = std::visit(
        [&](auto& one) { return Constraint(named(std::move(one), table.name, table.schema, convention)); }, constraint);
  }
  for (Index& index : table.indexes) index = named(std::move(index), table.name, table.schema, convention);
  for (Column& column : table.columns) {
    for (CheckConstraint& check : column.check) check = named(std::move(check), table.name, table.schema, convention);
  }
  return table;
}

}  // namespace support::schema

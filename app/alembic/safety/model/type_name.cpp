#include "app/alembic/safety/model/type_name.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace support::alembic::safety {

namespace {

struct Alias {
  std::string_view name;
  std::string_view meaning;
};
constexpr std::array aliases{
    Alias{"bigint", "int8"},      Alias{"serial8", "bigserial"},
    Alias{"bool", "bool"},        Alias{"boolean", "bool"},
    Alias{"character", "bpchar"}, Alias{"decimal", "numeric"},
    Alias{"int", "int4"},         Alias{"integer", "int4"},
    Alias{"serial4", "serial"},   Alias{"serial2", "smallserial"},
    Alias{"smallint", "int2"},    Alias{"double precision", "float8"},
    Alias{"real", "float4"},
};

constexpr std::array<std::string_view, 2> strings{"text", "varchar"};

bool is_string(const TypeName& type) {
  return std::find(strings.begin(), strings.end(), type.name) != strings.end();
}

bool has_fraction_of_second(const TypeName& type) {
  return type.name == "time" || type.name == "timetz" || type.name == "timestamp" || type.name == "timestamptz" ||
         type.name == "interval";
}

int first_or(const TypeName& type, int otherwise) {
  return type.modifiers.empty() ? otherwise : type.modifiers.front();
}

constexpr int unlimited = 1 << 30;
constexpr int microseconds = 6;

// An interval's first modifier is the mask of its fields, the precision comes second.
int precision(const TypeName& type) {
  if (type.name == "interval") return type.modifiers.size() > 1 ? type.modifiers[1] : microseconds;
  return first_or(type, microseconds);
}

constexpr int all_interval_fields = 0x7FFF;

bool keeps_interval_fields(const TypeName& from, const TypeName& to) {
  return first_or(to, all_interval_fields) == all_interval_fields || first_or(to, 0) == first_or(from, 0);
}

int scale(const TypeName& type) {
  return type.modifiers.size() > 1 ? type.modifiers[1] : 0;
}

// Both of the same name.
TypeChange same_name_change(const TypeName& from, const TypeName& to) {
  if (from.modifiers == to.modifiers) return TypeChange::free;
  if (from.name == "varchar" || from.name == "varbit") {
    return first_or(to, unlimited) >= first_or(from, unlimited) ? TypeChange::free : TypeChange::rewrite;
  }
  if (from.name == "numeric") {
    if (to.modifiers.empty()) return TypeChange::free;
    if (from.modifiers.empty()) return TypeChange::rewrite;
    return to.modifiers[0] >= from.modifiers[0] && scale(to) == scale(from) ? TypeChange::free : TypeChange::rewrite;
  }
  if (has_fraction_of_second(from)) {
    const bool keeps = from.name != "interval" || keeps_interval_fields(from, to);
    return keeps && precision(to) >= precision(from) ? TypeChange::free : TypeChange::rewrite;
  }
  return TypeChange::rewrite;
}

// Casts that PostgreSQL carries as "binary coercible" (pg_cast.castmethod 'b') between types that columns have.
bool is_binary_coercible(std::string_view from, std::string_view to) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 15> pairs{{{"cidr", "inet"},
                                                                                 {"text", "varchar"},
                                                                                 {"varchar", "text"},
                                                                                 {"text", "citext"},
                                                                                 {"varchar", "citext"},
                                                                                 {"citext", "text"},
                                                                                 {"citext", "varchar"},
                                                                                 {"xml", "text"},
                                                                                 {"xml", "varchar"},
                                                                                 {"int4", "oid"},
                                                                                 {"oid", "int4"},
                                                                                 {"bit", "varbit"},
                                                                                 {"regclass", "oid"},
                                                                                 {"oid", "regclass"},
                                                                                 {"pg_node_tree", "text"}}};
  return std::any_of(pairs.begin(), pairs.end(),
                     [&](const auto& pair) { return pair.first == from && pair.second == to; });
}

bool changes_order(std::string_view from, std::string_view to) {
  return (from == "citext") != (to == "citext") || from == "oid" || to == "oid" || from == "xml";
}

}  // namespace

std::string TypeName::text() const {
  return fmt::format("{}{}{}", name, modifiers.empty() ? "" : fmt::format("({})", fmt::join(modifiers, ",")),
                     array ? "[]" : "");
}

TypeName read_type(const Node& type_name) {
  TypeName type;
  auto parts = type_name.strings("names");
  if (parts.size() > 1 && (parts.front() == "pg_catalog" || parts.front() == "public")) parts.erase(parts.begin());
  type.name = fmt::format("{}", fmt::join(parts, "."));
  const auto* alias = std::find_if(aliases.begin(), aliases.end(), [&](const Alias& a) { return a.name == type.name; });
  if (alias != aliases.end()) type.name = alias->meaning;
  for (const auto& modifier : type_name.items("typmods"))
    type.modifiers.push_back(std::atoi(modifier.constant().c_str()));
  type.array = !type_name.items("arrayBounds").empty();
  return type;
}

bool is_serial(const TypeName& type) {
  return type.name == "serial" || type.name == "bigserial" || type.name == "smallserial";
}

TypeName without_serial(TypeName type) {
  if (type.name == "serial") type.name = "int4";
  if (type.name == "bigserial") type.name = "int8";
  if (type.name == "smallserial") type.name = "int2";
  return type;
}

TypeChange type_change(const TypeName& from, const TypeName& to, SessionZone zone) {
  if (from == to) return TypeChange::free;
  // The elements of an array are converted one by one, whatever the conversion does.
  if (from.array || to.array) return TypeChange::rewrite;
  if (from.name == to.name) return same_name_change(from, to);
  const bool between_timestamps =
      (from.name == "timestamp" && to.name == "timestamptz") || (from.name == "timestamptz" && to.name == "timestamp");
  if (between_timestamps) {
    return zone == SessionZone::utc && precision(to) >= precision(from) ? TypeChange::free : TypeChange::rewrite;
  }
  if (!is_binary_coercible(from.name, to.name)) return TypeChange::rewrite;
  if (!to.modifiers.empty() && first_or(to, 0) < first_or(from, unlimited)) return TypeChange::rewrite;
  return changes_order(from.name, to.name) ? TypeChange::index_rebuild : TypeChange::free;
}

bool is_narrowing(const TypeName& from, const TypeName& to) {
  const auto rank = [](std::string_view name) {
    constexpr std::array<std::string_view, 4> integers{"int2", "int4", "int8", "numeric"};
    return std::find(integers.begin(), integers.end(), name) - integers.begin();
  };
  if (rank(from.name) < 4 && rank(to.name) < 4 && from.name != to.name) return rank(to.name) < rank(from.name);
  if (from.name == "float8" && to.name == "float4") return true;
  if (from.name == "timestamptz" || from.name == "timestamp") {
    if (to.name == "date" || to.name == "time") return true;
  }
  if (is_string(from) || from.name == "bpchar") {
    if (is_string(to) || to.name == "bpchar") return first_or(to, unlimited) < first_or(from, unlimited);
  }
  if (from.name != to.name) return false;
  if (from.name == "numeric") {
    if (to.modifiers.empty()) return false;
    if (from.modifiers.empty()) return true;
    return scale(to) < scale(from) || to.modifiers[0] - scale(to) < from.modifiers[0] - scale(from);
  }
  if (has_fraction_of_second(from)) return precision(to) < precision(from);
  if (from.name == "varbit" || from.name == "bit") return first_or(to, unlimited) < first_or(from, unlimited);
  return false;
}

}  // namespace support::alembic::safety

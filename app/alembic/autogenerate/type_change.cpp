#include "app/alembic/autogenerate/type_change.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace support::alembic::autogenerate {
namespace {

struct TypeText {
  std::string base;
  std::vector<int> modifiers = {};
  bool is_array = false;
};

bool is_of_time(std::string_view base) {
  return base.starts_with("time") || base.starts_with("interval");
}

// "numeric(10,2)" → numeric, {10, 2}; "timestamp(3) with time zone" → "timestamp with time zone", {3}.
TypeText type_text(std::string type) {
  TypeText result;
  while (type.ends_with("[]")) {
    result.is_array = true;
    type.resize(type.size() - 2);
  }
  const auto open = type.find('(');
  const auto close = type.find(')');
  if (open == std::string::npos || close == std::string::npos) {
    result.base = std::move(type);
    return result;
  }
  result.base = type.substr(0, open) + type.substr(close + 1);
  const std::string_view text = type;
  for (const auto* at = text.data() + open + 1; at < text.data() + close;) {
    int number = 0;
    const auto [behind, error] = std::from_chars(at, text.data() + close, number);
    if (error == std::errc()) result.modifiers.push_back(number);
    at = error == std::errc() ? behind : at + 1;
  }
  // All digits that there are.
  constexpr int digits_of_a_second = 6;
  if (is_of_time(result.base) && result.modifiers == std::vector{digits_of_a_second}) result.modifiers.clear();
  return result;
}

// No modifier is no limit.
bool holds(const std::vector<int>& wide, const std::vector<int>& narrow) {
  if (wide.empty()) return true;
  if (narrow.empty()) return false;
  if (wide.size() == 2 && narrow.size() == 2) {
    return wide[1] >= narrow[1] && wide[0] - wide[1] >= narrow[0] - narrow[1];
  }
  return wide[0] >= narrow[0];
}

bool is_text(const TypeText& type) {
  return type.base == "text" || type.base == "character varying";
}

bool is_timestamp(const TypeText& type) {
  return type.base.starts_with("timestamp");
}

using Pair = std::pair<std::string_view, std::string_view>;

// From … to …, of which the second has a value for each of the first; beside types without a modifier.
constexpr std::array lossless = {Pair{"smallint", "integer"},
                                 Pair{"smallint", "bigint"},
                                 Pair{"smallint", "numeric"},
                                 Pair{"smallint", "real"},
                                 Pair{"smallint", "double precision"},
                                 Pair{"integer", "bigint"},
                                 Pair{"integer", "numeric"},
                                 Pair{"integer", "double precision"},
                                 Pair{"bigint", "numeric"},
                                 Pair{"real", "double precision"},
                                 Pair{"boolean", "integer"},
                                 Pair{"cidr", "inet"},
                                 Pair{"date", "timestamp without time zone"},
                                 Pair{"date", "timestamp with time zone"},
                                 Pair{"character", "text"},
                                 Pair{"character", "character varying"}};

// The bytes of a value of the first are one of the second.
constexpr std::array same_bytes = {Pair{"cidr", "inet"}, Pair{"xml", "text"}, Pair{"xml", "character varying"},
                                   Pair{"oid", "integer"}, Pair{"integer", "oid"}};

template <std::size_t size>
bool contains(const std::array<Pair, size>& pairs, const TypeText& before, const TypeText& after) {
  return std::ranges::find(pairs, Pair{before.base, after.base}) != pairs.end();
}

bool may_lose(const TypeText& before, const TypeText& after) {
  if (before.is_array && !after.is_array) return !is_text(after) || !after.modifiers.empty();
  if (after.is_array && !before.is_array) return true;
  // Bit strings of one length have no other.
  if (before.base == after.base && before.base == "bit") return true;
  if (before.base == after.base || (is_text(before) && is_text(after)) ||
      (is_timestamp(before) && is_timestamp(after)) || (before.base == "bit" && after.base == "bit varying")) {
    return !holds(after.modifiers, before.modifiers);
  }
  if (!after.modifiers.empty())
    return before.base != "character" || !is_text(after) || !holds(after.modifiers, before.modifiers);
  return !is_text(after) && !contains(lossless, before, after);
}

}  // namespace

// As measured on PostgreSQL 15 and 18: only the catalog is changed where the bytes of a value stay. Elements of arrays
// are looked at one by one, unless nothing but their modifier goes.
Rewrite rewrite_of(const std::string& old_type, const std::string& new_type) {
  const auto before = type_text(old_type);
  const auto after = type_text(new_type);
  const auto when = [](bool rewrites) { return rewrites ? Rewrite::all : Rewrite::none; };
  if (before.is_array != after.is_array) return Rewrite::all;
  if (before.is_array) return when(before.base != after.base || !after.modifiers.empty());
  if (is_text(before) && is_text(after)) return when(!holds(after.modifiers, before.modifiers));
  if (is_timestamp(before) && is_timestamp(after)) {
    if (!holds(after.modifiers, before.modifiers)) return Rewrite::all;
    if (before.base == after.base) return Rewrite::none;
    return after.modifiers.empty() ? Rewrite::unless_utc : Rewrite::all;
  }
  if (before.base != after.base) return when(!after.modifiers.empty() || !contains(same_bytes, before, after));
  if (before.base == "character" || before.base == "bit") return Rewrite::all;
  if (before.base == "numeric" && before.modifiers.size() == 2 && after.modifiers.size() == 2) {
    return when(before.modifiers[1] != after.modifiers[1] || after.modifiers[0] < before.modifiers[0]);
  }
  return when(!holds(after.modifiers, before.modifiers));
}

std::string loss_of(const std::string& before, const std::string& after) {
  const auto old_type = type_text(before);
  const auto new_type = type_text(after);
  if (old_type.base == "integer" && new_type.base == "boolean" && old_type.is_array == new_type.is_array) {
    return "Every number but 0 becomes true.";
  }
  if (!may_lose(old_type, new_type)) return {};
  return fmt::format("A value of {} that {} can't hold makes it fail, or is rounded.", before, after);
}

}  // namespace support::alembic::autogenerate

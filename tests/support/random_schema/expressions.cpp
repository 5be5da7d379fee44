#include "tests/support/random_schema/expressions.hpp"

#include <fmt/format.h>

#include "app/schema/quoting.hpp"

namespace support::tests::random_schema {
namespace {

using fmt::format;

std::string label(const Model& model, const Type& type, int variant) {
  const auto labels = model.labels_of(type);
  return schema::quote_literal(labels.at(static_cast<std::size_t>(variant) % labels.size()));
}

bool has_labels(const Model& model, const Type& type) {
  return !model.labels_of(type).empty();
}

}  // namespace

bool takes(const Model& model, const Routine& function, const Type& type) {
  const auto family = model.family_of(type);
  return (function.shape == Shape::integer && family == Family::integer) ||
         (function.shape == Shape::text && family == Family::text);
}

std::string call(const Model& model, const Routine& function, const std::string& column) {
  return format("{}(({})::{})", model.qualified(function), column,
                function.shape == Shape::integer ? "integer" : "text");
}

std::string condition(const Model& model, const std::string& column, const Type& type, int variant, Id function) {
  const auto family = model.family_of(type);
  if (const auto* routine = model.routine(function); routine != nullptr && takes(model, *routine, type)) {
    return format("{} {}", call(model, *routine, column), family == Family::integer ? "> 0" : "<> ''");
  }
  const int choice = variant % 4;
  auto c = column;
  // The operators of enums are not found for domains over them.
  const bool is_domain = !type.array && find(model.domains, type.user) != nullptr;
  if (is_domain && family == Family::enumeration) c = format("{}::{}", column, model.spelled(model.base_of(type)));
  switch (family) {
    case Family::integer:
      if (choice == 0) return format("{} > {}", c, variant);
      if (choice == 1) return format("{} BETWEEN 1 AND {}", c, variant + 10);
      if (choice == 2) return format("{} IN (1, 2, {})", c, variant);
      return format("{} IS NULL OR {} % 2 = 0", c, c);
    case Family::number:
      return choice < 2 ? format("{} >= {}.5", c, variant) : format("abs({}) < 1000", c);
    case Family::text:
      if (choice == 0) return format("{} <> ''", c);
      if (choice == 1) return format("length({}) < {}", c, variant + 10);
      if (choice == 2) return format("{} ~ '^[a-z{}]'", c, variant);
      return format("CASE WHEN {} IS NULL THEN true ELSE {} LIKE 'it''s%' END", c, c);
    case Family::flag:
      return choice < 2 ? c : format("{} IS NOT TRUE", c);
    case Family::day:
      return format("{} > '20{:02}-01-31'", c, variant % 90 + 10);
    case Family::moment:
      return choice < 2 ? format("{} > '20{:02}-01-31 10:00:00'", c, variant % 90 + 10) : format("{} IS NOT NULL", c);
    case Family::jsonb:
      return choice < 2 ? format("{} -> 'a{}' IS NOT NULL", c, variant) : format("jsonb_typeof({}) = 'object'", c);
    case Family::range:
      return choice < 2 ? format("NOT isempty({})", c) : format("NOT upper_inf({})", c);
    case Family::array:
      return format("cardinality({}) < {}", c, variant + 2);
    case Family::enumeration:
      if (!has_labels(model, type)) return format("{} IS NOT NULL", c);
      if (choice == 0) return format("{} = {}", c, label(model, type, variant));
      if (choice == 1) return format("{} IN ({}, {})", c, label(model, type, 0), label(model, type, variant));
      if (choice == 2) return format("{} > {}", c, label(model, type, variant));
      return format("{} <> {}", c, label(model, type, variant));
    default:
      return format("{} IS NOT NULL", c);
  }
}

std::optional<std::string> constant(const Model& model, const Type& type, int variant) {
  if (type.array) {
    // An array of an enum with a label in it is read when the default is.
    const Type element{type.sql, type.family, type.user};
    if (model.family_of(element) == Family::enumeration && has_labels(model, element) && variant % 2 == 0) {
      return format("ARRAY[{}]::{}", label(model, element, variant), model.spelled(type));
    }
    return "'{}'";
  }
  const int choice = variant % 4;
  switch (model.family_of(type)) {
    case Family::integer:
      if (choice == 0) return std::to_string(variant);
      if (choice == 1) return format("2 * {}", variant);
      if (choice == 2) return "(random() * 10)::integer";
      return format("-{}", variant + 1);
    case Family::number:
      return format("{}.5", variant);
    case Family::text:
      if (choice == 0) return "''";
      if (choice == 1) return "'it''s'";
      if (choice == 2) return "upper('x')";
      return format("'x{}'", variant % 10);
    case Family::flag:
      return choice < 2 ? "true" : "false";
    case Family::day:
      return choice < 2 ? "CURRENT_DATE" : "'2020-02-29'";
    case Family::moment:
      return choice < 2 ? "now()" : "'2020-02-29 12:00:00'";
    case Family::clock:
      return "'12:30'";
    case Family::interval:
      return format("'{} days'", variant + 1);
    case Family::jsonb:
    case Family::json:
      return choice < 2 ? "'{}'" : format("'{{\"a\": [{}]}}'", variant);
    case Family::uuid:
      return "gen_random_uuid()";
    case Family::bytes:
      return "'\\x00ff'";
    case Family::range:
      return "'empty'";
    case Family::network:
      return "'10.0.0.0'";
    case Family::enumeration:
      if (!has_labels(model, type)) return std::nullopt;
      return label(model, type, variant);
    default:
      return std::nullopt;
  }
}

std::optional<std::string> derived(const Model& model, const std::string& column, const Type& type, int variant,
                                   Id function) {
  if (const auto* routine = model.routine(function); routine != nullptr && takes(model, *routine, type)) {
    return call(model, *routine, column);
  }
  switch (model.family_of(type)) {
    case Family::integer:
      return format("({}::bigint * {})", column, variant + 2);
    case Family::number:
      return format("({} + {})", column, variant);
    case Family::text:
      return variant % 2 == 0 ? format("lower({})", column) : format("left({}, {})", column, variant + 1);
    case Family::flag:
      return format("(NOT {})", column);
    default:
      return std::nullopt;
  }
}

bool is_generated_from(Family family) {
  return family == Family::integer || family == Family::number || family == Family::text || family == Family::flag;
}

bool fits(const Model& model, const std::string& method, const Type& type) {
  const auto base = model.base_of(type);
  const auto family = base.family;
  const bool is_ordered_array =
      type.array && type.family != Family::json && type.family != Family::point && type.user == 0;
  if (method == "gin") return family == Family::jsonb || family == Family::search || is_ordered_array;
  if (method == "gist") return family == Family::range || family == Family::search || family == Family::point;
  if (method == "hash") return family == Family::integer || family == Family::text || family == Family::uuid;
  if (method == "brin") {
    return family == Family::integer || family == Family::number || family == Family::text || family == Family::day ||
           family == Family::moment;
  }
  if (type.array) return is_ordered_array;
  return family != Family::json && family != Family::point && family != Family::composite;
}

std::string pattern_class(const Model& model, const std::string& method, const Type& type) {
  const auto base = model.base_of(type);
  if (method == "gin" && base.family == Family::jsonb) return "jsonb_path_ops";
  if (base.family != Family::text || (method != "btree" && method != "hash")) return "";
  return base.sql.starts_with("char") ? "bpchar_pattern_ops" : "text_pattern_ops";
}

bool is_partition_key(Family family, Strategy strategy) {
  switch (strategy) {
    case Strategy::range:
      return family == Family::integer || family == Family::day;
    case Strategy::list:
      return family == Family::integer || family == Family::text || family == Family::enumeration;
    case Strategy::hash:
      return family == Family::integer || family == Family::text || family == Family::uuid;
    case Strategy::none:
      break;
  }
  return false;
}

int bounds(const Model& model, const Table& parent) {
  if (parent.strategy == Strategy::hash) return 4;
  if (model.family_of(parent.key) != Family::enumeration) return 9;
  return static_cast<int>(model.labels_of(model.type_of(parent.key)).size());
}

std::string bound(const Model& model, const Table& parent, int slot) {
  if (slot < 0) return "DEFAULT";
  const auto type = model.type_of(parent.key);
  const auto family = model.family_of(type);
  if (parent.strategy == Strategy::hash) return format("FOR VALUES WITH (MODULUS 4, REMAINDER {})", slot);
  if (parent.strategy == Strategy::range && family == Family::day) {
    return format("FOR VALUES FROM ('20{:02}-01-01') TO ('20{:02}-01-01')", slot + 20, slot + 21);
  }
  if (parent.strategy == Strategy::range) return format("FOR VALUES FROM ({}) TO ({})", slot * 10, slot * 10 + 10);
  if (family == Family::enumeration) return format("FOR VALUES IN ({})", label(model, type, slot));
  if (family == Family::text) return format("FOR VALUES IN ('a{0}', 'b{0}')", slot);
  return format("FOR VALUES IN ({}, {})", slot * 2, slot * 2 + 1);
}

}  // namespace support::tests::random_schema

#include "app/alembic/safety/roundtrip/made_up_values.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "app/alembic/safety/roundtrip/pattern_sample.hpp"
#include "app/schema/quoting.hpp"

namespace support::alembic::safety {
namespace {

using autogenerate::CatalogSnapshot;
using schema::quote_literal;

using Expressions = std::vector<std::string>;

constexpr std::size_t longest_text = 5000;
constexpr unsigned days_in_a_cycle = 28 * 12 * 90;

std::string cast(std::string_view text, std::string_view type) {
  return fmt::format("{}::{}", quote_literal(text), type);
}

// A text in capitals and small letters, with a blank and a letter beyond ASCII: whoever changes the case, the blanks or
// the encoding, loses something.
std::string ordinary_text(unsigned n, std::optional<int> length) {
  auto text = fmt::format("Made up Ö {}", n);
  constexpr int characters_before_number = 10;
  const auto digits = fmt::format("{}", n);
  if (!length || *length >= characters_before_number + static_cast<int>(digits.size())) return text;
  // In few characters the number is what counts, in as few as can be.
  constexpr std::string_view letters = "aZ0bY1cX2dW3eV4fU5gT6hS7iR8jQ9kPlOmNnMoLpKqJrIsHtGuFvEwDxCyBzA";
  std::string code;
  for (int i = 0; i < *length; ++i, n /= static_cast<unsigned>(letters.size())) code += letters[n % letters.size()];
  return code;
}

std::string date_text(unsigned n) {
  const auto day = n % days_in_a_cycle;
  return fmt::format("{:04}-{:02}-{:02}", 2001 + day / (28 * 12), day / 28 % 12 + 1, day % 28 + 1);
}

std::string uuid_text(unsigned n) {
  return fmt::format("0a1b2c3d-0000-4000-8000-{:012x}", n);
}

template <class List>
List rotated(List list, unsigned n) {
  if (!list.empty()) std::ranges::rotate(list, list.begin() + static_cast<std::ptrdiff_t>(n % list.size()));
  return list;
}

std::optional<int> first_modifier(const TypeParts& parts) {
  if (parts.modifiers.empty()) return std::nullopt;
  return parts.modifiers.front();
}

// What the conditions on texts usually are about, in several editions for what must be unique.
void add_usual_texts(std::vector<std::string>& texts, unsigned n) {
  constexpr unsigned editions = 3;
  for (unsigned i = n; i < n + editions; ++i) {
    texts.insert(texts.end(), {fmt::format("made-up-{}", i), fmt::format("made.up.{}@example.org", i),
                               fmt::format("MADE{}", i), fmt::format("https://example.org/{}", i), fmt::format("{}", i),
                               fmt::format("+4420{:08}", i), uuid_text(i), fmt::format("{:064x}", i),
                               fmt::format("made_up_{}", i), fmt::format("/made/up/{}", i), fmt::format("{}.0.0", i)});
  }
  texts.insert(texts.end(), {"GBP", "GB", "en", "en-GB", "a", "1", date_text(n), "Europe/London", "#0a1b2c", "{}"});
}

// Of this many characters, ending in the number.
std::string text_of_length(std::size_t length, char filler, unsigned n) {
  const auto number = fmt::format("{}", n);
  if (number.size() >= length) return number.substr(number.size() - length);
  return std::string(length - number.size(), filler) + number;
}

Expressions texts(const std::string& type, const TypeParts& parts, unsigned n, const CheckConstants& hints) {
  std::vector<std::string> list;
  if (!hints.empty()) {
    constexpr unsigned tries = 3;
    for (const auto& regex : hints.regexes) {
      for (unsigned i = 0; i < tries; ++i) list.push_back(sample_of_regex(regex, n + i));
    }
    for (const auto& like : hints.likes) list.push_back(sample_of_like(like, n));
    std::ranges::move(rotated(hints.strings, n), std::back_inserter(list));
  }
  list.push_back(ordinary_text(n, first_modifier(parts)));
  if (!hints.empty()) {
    add_usual_texts(list, n);
    for (const auto& number : hints.numbers) {
      const auto length = static_cast<std::size_t>(std::strtoul(number.c_str(), nullptr, 10));
      if (length == 0 || length > longest_text) continue;
      for (const char filler : {'a', 'A', '0'}) {
        list.push_back(text_of_length(length, filler, n));
        list.push_back(text_of_length(length, filler, n + 1));
      }
      list.push_back(text_of_length(length + 1, 'a', n));
      if (length > 1) list.push_back(text_of_length(length - 1, 'a', n));
    }
  }
  Expressions expressions;
  for (const auto& text : list) expressions.push_back(cast(text, type));
  return expressions;
}

// Up to which number a type goes, in both directions.
double limit_of(const TypeParts& parts) {
  if (parts.name == "smallint") return 32'767;
  if (parts.name == "integer") return 2'147'483'647;
  if (parts.name != "numeric" || parts.modifiers.empty()) return 1e15;
  const int scale = parts.modifiers.size() > 1 ? parts.modifiers[1] : 0;
  return std::pow(10.0, parts.modifiers[0] - scale) - 1;
}

// The constants of the conditions and their neighbours, and a few numbers that are usually allowed. As the server would
// refuse a whole statement for one that does not fit the type, those are left out.
Expressions numbers(const std::string& type, const TypeParts& parts, const std::string& ordinary, unsigned n,
                    const CheckConstants& hints) {
  Expressions list{cast(ordinary, type)};
  if (hints.empty()) return list;
  const bool is_whole = parts.name.ends_with("int") || parts.name == "integer";
  const auto limit = limit_of(parts);
  const auto add = [&](double value) {
    if (std::abs(value) <= limit) list.push_back(cast(fmt::format("{:.{}f}", value, is_whole ? 0 : 4), type));
  };
  for (const auto& number : rotated(hints.numbers, n)) {
    const double value = std::strtod(number.c_str(), nullptr);
    for (const double step : {0.0, 1.0, -1.0}) add(value + step);
  }
  for (const double usual : {1.0, 0.0, 2.0, 5.0, 10.0, 50.0, 100.0, 1000.0, -1.0}) add(usual);
  if (!is_whole) add(0.5);
  return list;
}

std::string decimal(const TypeParts& parts, unsigned n) {
  if (parts.modifiers.empty()) return fmt::format("{}.25", n);
  const int scale = parts.modifiers.size() > 1 ? parts.modifiers[1] : 0;
  const int before_point = std::clamp(parts.modifiers[0] - std::max(scale, 0), 0, 8);
  unsigned limit = 1;
  for (int i = 0; i < before_point; ++i) limit *= 10;
  std::string text = before_point == 0 ? "0" : fmt::format("{}", n % limit);
  if (scale <= 0) return text;
  // The places after the point tell values apart where there is little before it.
  auto places = fmt::format("{}", n * 7 + 25);
  places.resize(static_cast<std::size_t>(std::min(scale, 10)), '1');
  return text + "." + places;
}

// As the server may refuse a whole statement for one constant that is no date, only what looks like one is taken.
Expressions times(const std::string& type, const std::string& ordinary, const CheckConstants& hints) {
  Expressions list{cast(ordinary, type)};
  const bool has_days = type.starts_with("date") || type.starts_with("timestamp");
  for (const auto& text : hints.strings) {
    const bool is_of_digits = text.size() > 4 && text.find_first_not_of("0123456789-:. +TZ") == std::string::npos;
    if (!is_of_digits || (has_days ? text[4] != '-' : text[2] != ':')) continue;
    list.push_back(cast(text, type));
    const auto* step = has_days ? "1 day" : "1 minute";
    list.push_back(fmt::format("({} + interval '{}')::{}", cast(text, type), step, type));
    list.push_back(fmt::format("({} - interval '{}')::{}", cast(text, type), step, type));
  }
  if (hints.empty() || !has_days) return list;
  for (const auto* usual : {"2000-01-01", "2100-12-31", "2025-06-15", "1990-05-05"}) list.push_back(cast(usual, type));
  // A later one than the ordinary one, whatever that is.
  list.push_back(fmt::format("({} + interval '1 day')::{}", cast(ordinary, type), type));
  return list;
}

Expressions documents(const std::string& type, unsigned n, const CheckConstants& hints) {
  Expressions list{cast(fmt::format(R"({{"made_up": {}, "list": [1, null, "Ö"]}})", n), type)};
  if (hints.empty()) return list;
  std::string all;
  for (const auto& text : hints.strings) {
    if (text.find_first_of("\"\\") != std::string::npos) continue;
    list.push_back(cast(fmt::format(R"({{"{}": {}}})", text, n), type));
    list.push_back(cast(fmt::format(R"({{"{}": "{}"}})", text, n), type));
    all += fmt::format(R"({}"{}": {})", all.empty() ? "" : ", ", text, n);
  }
  if (!all.empty()) list.push_back(cast("{" + all + "}", type));
  for (const auto* usual : {"{}", "[]", "[1]", "\"a\"", "1", "true", "null"}) list.push_back(cast(usual, type));
  return list;
}

Expressions bytes(const std::string& type, unsigned n, const CheckConstants& hints) {
  Expressions list{cast(fmt::format("\\xc3{:08x}", n), type)};
  for (const auto& number : hints.numbers) {
    const auto length = static_cast<std::size_t>(std::strtoul(number.c_str(), nullptr, 10));
    if (length == 0 || length > longest_text) continue;
    for (const auto size : {length, length + 1, length - 1}) {
      auto hex = fmt::format("{:x}", n);
      hex.insert(0, std::string(size * 2 > hex.size() ? size * 2 - hex.size() : 0, 'c'));
      list.push_back(cast("\\x" + hex.substr(hex.size() - size * 2), type));
    }
  }
  return list;
}

std::string bits(const TypeParts& parts, unsigned n) {
  const auto length =
      static_cast<std::size_t>(std::max(first_modifier(parts).value_or(parts.name == "bit" ? 1 : 8), 1));
  std::string text(length, '0');
  for (std::size_t i = 0; i < length && i < 32; ++i) {
    if (((n >> i) & 1U) != 0) text[length - 1 - i] = '1';
  }
  return text;
}

std::string vector(const TypeParts& parts, unsigned n) {
  const auto length = std::clamp(first_modifier(parts).value_or(3), 1, 16000);
  std::string text = fmt::format("[{}", n % 1000);
  for (int i = 1; i < length; ++i) text += ",0.5";
  return text + "]";
}

// Types with one way to write a value, those of well-known extensions included.
std::optional<std::string> other_value(const TypeParts& parts, unsigned n) {
  const auto& name = parts.name;
  const auto low = n % 250;
  if (name == "uuid") return uuid_text(n);
  if (name.starts_with("interval")) return fmt::format("{} minutes", n);
  if (name == "inet") return fmt::format("192.0.{}.{}", n / 250 % 250, low);
  if (name == "cidr") return fmt::format("10.{}.{}.0/24", n / 250 % 250, low);
  if (name == "macaddr") return fmt::format("08:00:2b:01:{:02x}:{:02x}", n / 256 % 256, n % 256);
  if (name == "macaddr8") return fmt::format("08:00:2b:01:02:03:{:02x}:{:02x}", n / 256 % 256, n % 256);
  if (name == "bit" || name == "bit varying") return bits(parts, n);
  if (name == "point") return fmt::format("({},1)", n);
  if (name == "line") return fmt::format("{{1,-1,{}}}", n);
  if (name == "lseg" || name == "box") return fmt::format("({0},1),({0},0)", n);
  if (name == "path" || name == "polygon") return fmt::format("((0,0),(1,1),({},0))", n);
  if (name == "circle") return fmt::format("<(0,0),{}>", n);
  if (name == "tsvector" || name == "tsquery") return fmt::format("'made{}'", n);
  if (name == "xml") return fmt::format("<made n=\"{}\"/>", n);
  if (name == "money") return fmt::format("{}.25", n);
  if (name == "oid" || name == "xid" || name == "cid" || name == "xid8") return fmt::format("{}", n);
  if (name == "pg_lsn") return fmt::format("0/{:X}", n);
  if (name == "tid") return fmt::format("({},1)", n);
  if (name == "jsonpath") return fmt::format("$.made{}", n);
  if (name == "\"char\"") return std::string(1, static_cast<char>('a' + n % 26));
  if (name == "regclass") return "pg_class";
  if (name == "regtype") return "integer";
  if (name == "regproc") return "now";
  if (name == "regrole" || name == "regnamespace") return name == "regrole" ? "pg_monitor" : "pg_catalog";
  if (name == "int4range" || name == "int8range" || name == "numrange") return fmt::format("[{},{})", n, n + 10);
  if (name == "daterange" || name == "tsrange" || name == "tstzrange") {
    return fmt::format("[{},{})", date_text(n), date_text(n + 1));
  }
  if (name.ends_with("multirange")) return "{}";
  if (name.ends_with("hstore")) return fmt::format("\"made\"=>\"{}\"", n);
  if (name.ends_with("ltree")) return fmt::format("made.up{}", n);
  if (name.ends_with(".vector") || name.ends_with("halfvec")) return vector(parts, n);
  return std::nullopt;
}

bool is_text(std::string_view name) {
  return name == "text" || name == "character varying" || name == "character" || name == "name" || name == "bpchar" ||
         name.ends_with("citext");
}

bool is_time(std::string_view name) {
  return name == "date" || name.starts_with("time");
}

std::string time_text(std::string_view name, unsigned n) {
  if (name == "date") return date_text(n);
  const auto clock = fmt::format("{:02}:{:02}:56.123456", n / 60 % 24, n % 60);
  const auto text = name.starts_with("timestamp") ? date_text(n) + " " + clock : clock;
  return name.ends_with("with time zone") ? text + "+02" : text;
}

}  // namespace

TypeParts parts_of_type(std::string_view type) {
  TypeParts parts;
  while (type.ends_with("[]")) {
    type.remove_suffix(2);
    parts.is_array = true;
  }
  const auto open = type.rfind('(');
  const auto close = open == std::string_view::npos ? open : type.find(')', open);
  if (close == std::string_view::npos || type.ends_with('"')) {
    parts.name = type;
    return parts;
  }
  parts.name = std::string(type.substr(0, open)) + std::string(type.substr(close + 1));
  for (auto rest = type.substr(open + 1, close - open - 1); !rest.empty();) {
    parts.modifiers.push_back(static_cast<int>(std::strtol(std::string(rest).c_str(), nullptr, 10)));
    const auto comma = rest.find(',');
    rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 1);
  }
  return parts;
}

MadeUpValues::MadeUpValues(const CatalogSnapshot& schema, const CatalogSnapshot* earlier) {
  const auto name_of = [](const auto& object) { return schema::qualified_name(object.name, object.schema); };
  for (const auto& type : schema.enums) enums_.emplace(name_of(type), Labels{type.labels});
  for (const auto& domain : schema.domains) domains_.emplace(name_of(domain), &domain);
  for (const auto& composite : schema.composites) composites_.emplace(name_of(composite), &composite);
  for (const auto& range : schema.ranges) ranges_.emplace(name_of(range), &range);
  if (earlier == nullptr) return;
  for (const auto& type : earlier->enums) {
    const auto now = enums_.find(name_of(type));
    if (now == enums_.end()) continue;
    auto& labels = now->second;
    const auto old = std::ranges::stable_partition(labels.in_order, [&](const std::string& label) {
      return std::ranges::find(type.labels, label) == type.labels.end();
    });
    labels.begins_with_new = old.begin() != labels.in_order.begin();
  }
}

const autogenerate::Domain* MadeUpValues::find_domain(const std::string& type) const {
  const auto found = domains_.find(type);
  return found == domains_.end() ? nullptr : found->second;
}

Expressions MadeUpValues::values(const std::string& type, unsigned n, const CheckConstants& hints) const {
  if (type.ends_with("[]")) {
    Expressions list;
    for (const auto& element : values(type.substr(0, type.size() - 2), n, hints)) {
      list.push_back(fmt::format("ARRAY[{}]::{}", element, type));
    }
    list.push_back(fmt::format("'{{}}'::{}", type));
    return list;
  }
  if (const auto labels = enums_.find(type); labels != enums_.end()) {
    Expressions list;
    const auto& [in_order, begins_with_new] = labels->second;
    for (const auto& label : begins_with_new ? in_order : rotated(in_order, n)) list.push_back(cast(label, type));
    return list;
  }
  if (const auto* domain = find_domain(type)) {
    auto with_checks = hints;
    for (const auto& check : domain->checks) with_checks.add(check.definition);
    auto list = values(domain->type, n, with_checks);
    for (auto& value : list) value = fmt::format("({})::{}", value, type);
    return list;
  }
  if (const auto composite = composites_.find(type); composite != composites_.end()) {
    Expressions attributes;
    for (const auto& attribute : composite->second->attributes) {
      const auto list = values(attribute.type, n);
      attributes.push_back(list.empty() ? "NULL" : list.front());
    }
    return {fmt::format("ROW({})::{}", fmt::join(attributes, ", "), type)};
  }
  if (ranges_.contains(type)) return {cast("empty", type)};
  return of_base_type(type, n, hints);
}

Expressions MadeUpValues::of_base_type(const std::string& type, unsigned n, const CheckConstants& hints) const {
  const auto parts = parts_of_type(type);
  const auto& name = parts.name;
  if (is_text(name)) return texts(type, parts, n, hints);
  if (name == "integer" || name == "bigint") return numbers(type, parts, fmt::format("{}", n), n, hints);
  if (name == "smallint") return numbers(type, parts, fmt::format("{}", n % 30000), n, hints);
  if (name == "numeric") return numbers(type, parts, decimal(parts, n), n, hints);
  if (name == "real" || name == "double precision") return numbers(type, parts, fmt::format("{}.5", n), n, hints);
  if (name == "boolean") {
    const bool is_odd = n % 2 == 1;
    return {is_odd ? "true" : "false", is_odd ? "false" : "true"};
  }
  if (is_time(name)) return times(type, time_text(name, n), hints);
  if (name == "json" || name == "jsonb") return documents(type, n, hints);
  if (name == "bytea") return bytes(type, n, hints);
  if (const auto value = other_value(parts, n)) return {cast(*value, type)};
  return {};
}

}  // namespace support::alembic::safety

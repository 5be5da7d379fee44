#include "app/alembic/autogenerate/type_names.hpp"

#include <charconv>
#include <map>
#include <optional>
#include <vector>

#include <fmt/format.h>

#include "app/alembic/autogenerate/definition_cursor.hpp"
#include "app/schema/quoting.hpp"
#include "app/schema/sql_phrase.hpp"

namespace support::alembic::autogenerate {
namespace {

using schema::Type;

// "timestamp(3) with time zone": its words, and the numbers between the parentheses.
struct Spelling {
  std::string words;
  std::vector<int> numbers;
};

std::optional<std::vector<int>> numbers_of(std::string_view list) {
  std::vector<int> numbers;
  for (const auto part : parts_of(list, ",")) {
    int number = 0;
    const char* const end = part.data() + part.size();
    const auto [behind, error] = std::from_chars(part.data(), end, number);
    if (error != std::errc() || behind != end) return std::nullopt;
    numbers.push_back(number);
  }
  return numbers;
}

std::optional<Spelling> spelling_of(std::string_view sql) {
  const auto open = sql.find('(');
  if (open == std::string_view::npos) return Spelling{.words = std::string(sql)};
  const auto close = sql.find(')', open);
  if (close == std::string_view::npos) return std::nullopt;
  auto numbers = numbers_of(sql.substr(open + 1, close - open - 1));
  if (!numbers) return std::nullopt;
  return Spelling{.words = fmt::format("{}{}", sql.substr(0, open), sql.substr(close + 1)),
                  .numbers = std::move(*numbers)};
}

// The types that may stand without a number. "bpchar" and "\"bit\"", which mean a text and a bit string of any length,
// have no name.
std::optional<Type> type_of_words(std::string_view words) {
  static const std::map<std::string_view, Type> types{
      {"smallint", schema::SmallInteger()},
      {"integer", schema::Integer()},
      {"bigint", schema::BigInteger()},
      {"numeric", schema::Numeric()},
      {"real", schema::Real()},
      {"double precision", schema::Double()},
      {"boolean", schema::Boolean()},
      {"character varying", schema::String()},
      {"character", schema::Char()},
      {"text", schema::Text()},
      {"bit", schema::Bit()},
      {"bit varying", schema::VarBit()},
      {"bytea", schema::LargeBinary()},
      {"date", schema::Date()},
      {"timestamp without time zone", schema::DateTime()},
      {"timestamp with time zone", schema::DateTime{.timezone = true}},
      {"time without time zone", schema::Time()},
      {"time with time zone", schema::Time{.timezone = true}},
      {"interval", schema::Interval()},
      {"uuid", schema::Uuid()},
      {"json", schema::Json()},
      {"jsonb", schema::Jsonb()},
      {"money", schema::Money()},
      {"jsonpath", schema::JsonPath()},
      {"xml", schema::Xml()},
      {"inet", schema::Inet()},
      {"cidr", schema::Cidr()},
      {"macaddr", schema::MacAddr()},
      {"macaddr8", schema::MacAddr8()},
      {"tsvector", schema::TsVector()},
      {"tsquery", schema::TsQuery()},
      {"int4range", schema::Int4Range()},
      {"int8range", schema::Int8Range()},
      {"numrange", schema::NumRange()},
      {"daterange", schema::DateRange()},
      {"tsrange", schema::TsRange()},
      {"tstzrange", schema::TsTzRange()},
      {"int4multirange", schema::Int4MultiRange()},
      {"int8multirange", schema::Int8MultiRange()},
      {"nummultirange", schema::NumMultiRange()},
      {"datemultirange", schema::DateMultiRange()},
      {"tsmultirange", schema::TsMultiRange()},
      {"tstzmultirange", schema::TsTzMultiRange()},
      {"point", schema::Point()},
      {"line", schema::Line()},
      {"lseg", schema::LSeg()},
      {"box", schema::Box()},
      {"path", schema::Path()},
      {"polygon", schema::Polygon()},
      {"circle", schema::Circle()},
      {"oid", schema::Oid()},
      {"regclass", schema::RegClass()},
      {"regtype", schema::RegType()},
      {"regproc", schema::RegProc()},
      {"regprocedure", schema::RegProcedure()},
      {"regrole", schema::RegRole()},
      {"regnamespace", schema::RegNamespace()},
      {"regconfig", schema::RegConfig()},
      {"regdictionary", schema::RegDictionary()},
      {"regoper", schema::RegOper()},
      {"regoperator", schema::RegOperator()},
      {"regcollation", schema::RegCollation()},
      {"name", schema::PgName()},
      {"xid", schema::Xid()},
      {"xid8", schema::Xid8()},
      {"tid", schema::Tid()},
      {"pg_snapshot", schema::PgSnapshot()},
      {"txid_snapshot", schema::TxidSnapshot()},
      {"pg_lsn", schema::PgLsn()},
  };
  const auto found = types.find(words);
  return found == types.end() ? std::nullopt : std::optional(found->second);
}

std::optional<Type> type_of_one_number(std::string_view words, int number) {
  if (words == "character varying") return schema::String(number);
  if (words == "character") return schema::Char(number);
  if (words == "bit") return schema::Bit(number);
  if (words == "bit varying") return schema::VarBit(number);
  if (words == "numeric") return schema::Numeric(number);
  if (words == "timestamp without time zone") return schema::DateTime{.precision = number};
  if (words == "timestamp with time zone") return schema::DateTime{.timezone = true, .precision = number};
  if (words == "time without time zone") return schema::Time{.precision = number};
  if (words == "time with time zone") return schema::Time{.timezone = true, .precision = number};
  return std::nullopt;
}

// "interval", "interval day to second" and the like.
std::optional<Type> interval_of(const Spelling& spelling) {
  constexpr std::string_view word = "interval";
  if (!spelling.words.starts_with(word) || spelling.numbers.size() > 1) return std::nullopt;
  schema::Interval interval;
  if (spelling.words.size() > word.size()) {
    if (spelling.words[word.size()] != ' ') return std::nullopt;
    interval.fields = schema::upper(spelling.words.substr(word.size() + 1));
  }
  if (!spelling.numbers.empty()) interval.precision = spelling.numbers.front();
  return interval;
}

// The server spells its own types without a schema and every other with one, so a type that somebody called like one of
// the server's is never taken for it.
std::optional<Type> built_in_type(std::string_view sql) {
  if (sql.find_first_of(".\"") != std::string_view::npos) return std::nullopt;
  const auto spelling = spelling_of(sql);
  if (!spelling) return std::nullopt;
  if (auto interval = interval_of(*spelling)) return interval;
  switch (spelling->numbers.size()) {
    case 0:
      return type_of_words(spelling->words);
    case 1:
      return type_of_one_number(spelling->words, spelling->numbers.front());
    case 2:
      if (spelling->words == "numeric") return schema::Numeric(spelling->numbers[0], spelling->numbers[1]);
      break;
    default:
      break;
  }
  return std::nullopt;
}

// A type that is its qualified name and nothing more, when it is printed as the server prints it.
std::optional<Type> named_type(std::string_view sql) {
  DefinitionCursor cursor(sql);
  const auto [schema_name, name] = cursor.qualified_name();
  if (!cursor.at_end() || schema_name.empty() || name.empty()) return std::nullopt;
  if (schema::qualified_name(name, schema_name) != sql) return std::nullopt;
  return schema::NamedType(name, schema_name);
}

// The name of a collation of the server's own, which is found whatever the search path says; empty for others.
std::string name_of_collation(std::string_view collation) {
  DefinitionCursor cursor(collation);
  auto [schema_name, name] = cursor.qualified_name();
  const bool is_of_server = schema_name.empty() || schema_name == "pg_catalog";
  return cursor.at_end() && is_of_server ? std::move(name) : std::string();
}

std::optional<Type> collated(const Type& type, const std::string& collation) {
  if (const auto* string = type.get_if<schema::String>()) {
    auto result = *string;
    result.collation = collation;
    return result;
  }
  if (const auto* fixed = type.get_if<schema::Char>()) {
    auto result = *fixed;
    result.collation = collation;
    return result;
  }
  if (type.get_if<schema::Text>() != nullptr) return schema::Text({.collation = collation});
  const auto* array = type.get_if<schema::Array>();
  if (array == nullptr) return std::nullopt;
  auto element = collated(*array->element, collation);
  if (!element) return std::nullopt;
  return schema::Array(std::move(*element), array->dimensions);
}

Type plain_type(std::string_view sql) {
  constexpr std::string_view brackets = "[]";
  if (sql.ends_with(brackets)) return schema::Array(plain_type(sql.substr(0, sql.size() - brackets.size())));
  if (auto type = built_in_type(sql)) return std::move(*type);
  if (auto type = named_type(sql)) return std::move(*type);
  return schema::UserDefinedType(std::string(sql));
}

}  // namespace

Type type_named(std::string_view sql, std::string_view collation) {
  auto type = plain_type(sql);
  if (collation.empty()) return type;
  if (const auto name = name_of_collation(collation); !name.empty()) {
    if (auto with_collation = collated(type, name)) return std::move(*with_collation);
  }
  return schema::UserDefinedType(fmt::format("{} COLLATE {}", sql, collation));
}

}  // namespace support::alembic::autogenerate

#include <functional>
#include <map>
#include <stdexcept>

#include <fmt/format.h>

#include "tests/conformance/recorded_arguments.hpp"
#include "tests/conformance/recorded_schema.hpp"

namespace support::tests {

namespace json = boost::json;
using namespace schema;

namespace {

using Reader = std::function<Type(Arguments&)>;

template <class T>
Reader plain() {
  return [](Arguments& arguments) {
    arguments.ignore({"as_uuid", "none_as_null", "astext_type", "text_type", "length", "asdecimal", "create_constraint",
                      "name", "_create_events", "native_uuid"});
    return Type(T());
  };
}

// A type that ours are silent of, as SQL spells it with its numbers.
Reader spelled(std::string word) {
  return [word = std::move(word)](Arguments& arguments) {
    std::string numbers;
    for (const char* name : {"length", "precision", "scale"}) {
      if (const auto number = arguments.number(name))
        numbers += fmt::format("{}{}", numbers.empty() ? "" : ", ", *number);
    }
    arguments.ignore({"asdecimal", "decimal_return_scale"});
    return Type(UserDefinedType(numbers.empty() ? word : word + '(' + numbers + ')'));
  };
}

TextOptions text_options(Arguments& arguments) {
  return {.collation = arguments.name("collation")};
}

template <class T>
Reader text_type() {
  return [](Arguments& arguments) -> Type {
    const auto length = arguments.number("length");
    const TextOptions options = text_options(arguments);
    if (length) return T(*length, options);
    T type;
    type.collation = options.collation;
    return type;
  };
}

Type long_text(Arguments& arguments) {
  if (const auto length = arguments.number("length")) return UserDefinedType(fmt::format("TEXT({})", *length));
  return Text(text_options(arguments));
}

Type unicode(Arguments& arguments) {
  Unicode type;
  type.length = arguments.number("length");
  arguments.ignore({"collation"});
  return type;
}

Type numeric(Arguments& arguments) {
  Numeric type;
  type.precision = arguments.number("precision");
  type.scale = arguments.number("scale");
  arguments.ignore({"asdecimal", "decimal_return_scale"});
  return type;
}

Type floating(Arguments& arguments) {
  Float type;
  type.precision = arguments.number("precision");
  arguments.ignore({"asdecimal", "decimal_return_scale", "scale"});
  return type;
}

Type double_precision(Arguments& arguments) {
  arguments.ignore({"precision", "asdecimal", "decimal_return_scale", "scale"});
  return Double();
}

template <class T>
Type time_type(Arguments& arguments) {
  return T{.timezone = arguments.flag("timezone"), .precision = arguments.number("precision")};
}

Type interval(Arguments& arguments) {
  arguments.ignore({"native", "day_precision"});
  const auto seconds = arguments.number("second_precision");
  return Interval{.fields = arguments.name("fields"), .precision = seconds ? seconds : arguments.number("precision")};
}

Type bits(Arguments& arguments) {
  const auto length = arguments.number("length");
  if (!arguments.flag("varying")) return Bit(length.value_or(1));
  return length ? VarBit(*length) : VarBit();
}

Type decimal(Arguments& arguments) {
  return spelled("DECIMAL")(arguments);
}

const std::map<std::string, Type, std::less<>>& plain_types() {
  static const std::map<std::string, Type, std::less<>> types{{"MONEY", Money()},
                                                              {"JSONPATH", JsonPath()},
                                                              {"INET", Inet()},
                                                              {"CIDR", Cidr()},
                                                              {"MACADDR", MacAddr()},
                                                              {"MACADDR8", MacAddr8()},
                                                              {"TSVECTOR", TsVector()},
                                                              {"TSQUERY", TsQuery()},
                                                              {"INT4RANGE", Int4Range()},
                                                              {"INT8RANGE", Int8Range()},
                                                              {"NUMRANGE", NumRange()},
                                                              {"DATERANGE", DateRange()},
                                                              {"TSRANGE", TsRange()},
                                                              {"TSTZRANGE", TsTzRange()},
                                                              {"OID", Oid()},
                                                              {"REGCLASS", RegClass()},
                                                              {"REGCONFIG", RegConfig()},
                                                              {"HSTORE", HStore()},
                                                              {"CITEXT", CiText()},
                                                              {"XML", Xml()},
                                                              {"INT4MULTIRANGE", Int4MultiRange()},
                                                              {"INT8MULTIRANGE", Int8MultiRange()},
                                                              {"NUMMULTIRANGE", NumMultiRange()},
                                                              {"DATEMULTIRANGE", DateMultiRange()},
                                                              {"TSMULTIRANGE", TsMultiRange()},
                                                              {"TSTZMULTIRANGE", TsTzMultiRange()}};
  return types;
}

struct TypeReader {
  std::vector<std::string_view> positional;
  Reader read;
};

const std::map<std::string, TypeReader, std::less<>>& type_readers() {
  static const auto readers = [] {
    std::map<std::string, TypeReader, std::less<>> result{
        {"Unicode", {{"length"}, unicode}},
        {"Numeric", {{"precision", "scale"}, numeric}},
        {"NUMERIC", {{"precision", "scale"}, numeric}},
        {"DECIMAL", {{"precision", "scale"}, decimal}},
        {"Float", {{"precision"}, floating}},
        {"FLOAT", {{"precision"}, floating}},
        {"Interval", {{"native", "second_precision", "day_precision"}, interval}},
        {"INTERVAL", {{"precision", "fields"}, interval}},
        {"BIT", {{"length", "varying"}, bits}},
        {"TIMESTAMP", {{"timezone", "precision"}, time_type<DateTime>}},
        {"DateTime", {{"timezone"}, time_type<DateTime>}},
        {"TIME", {{"timezone", "precision"}, time_type<Time>}},
        {"Time", {{"timezone"}, time_type<Time>}},
        {"NCHAR", {{"length"}, spelled("NCHAR")}},
        {"NVARCHAR", {{"length"}, spelled("NVARCHAR")}},
        {"Vector", {{"dim"}, [](Arguments& arguments) { return Type(Vector(arguments.number("dim").value_or(1))); }}},
    };
    const auto add = [&](std::initializer_list<const char*> names, TypeReader reader) {
      for (const char* name : names) result.emplace(name, reader);
    };
    add({"Integer", "INTEGER", "INT"}, {{}, plain<Integer>()});
    add({"SmallInteger", "SMALLINT"}, {{}, plain<SmallInteger>()});
    add({"BigInteger", "BIGINT"}, {{}, plain<BigInteger>()});
    add({"Boolean", "BOOLEAN"}, {{"create_constraint", "name"}, plain<Boolean>()});
    add({"REAL"}, {{}, plain<Real>()});
    add({"Date", "DATE"}, {{}, plain<Date>()});
    add({"Uuid", "UUID"}, {{"as_uuid"}, plain<Uuid>()});
    add({"JSON"}, {{"none_as_null"}, plain<Json>()});
    add({"JSONB"}, {{"none_as_null"}, plain<Jsonb>()});
    add({"LargeBinary", "BYTEA", "PickleType"}, {{"length"}, plain<LargeBinary>()});
    add({"String", "VARCHAR"}, {{"length", "collation"}, text_type<String>()});
    add({"CHAR"}, {{"length", "collation"}, text_type<Char>()});
    add({"Text", "TEXT", "UnicodeText"}, {{"length", "collation"}, long_text});
    add({"Double", "DOUBLE", "DOUBLE_PRECISION"}, {{"precision"}, double_precision});
    for (const auto& [name, type] : plain_types()) {
      result.emplace(name, TypeReader{{}, [type = type](Arguments& arguments) {
                                        arguments.ignore({"text_type"});
                                        return type;
                                      }});
    }
    return result;
  }();
  return readers;
}

Type array_of(const json::object& call, const std::string& table_schema) {
  Arguments arguments(call, {"item_type", "as_tuple", "dimensions"});
  arguments.ignore({"as_tuple", "zero_indexes"});
  Array result(type_of(arguments.require("item_type"), table_schema), arguments.number("dimensions").value_or(1));
  arguments.finish();
  return result;
}

Enum labelled_of(const json::object& call, const std::string& table_schema) {
  Arguments arguments(call, {});
  arguments.ignore({"validate_strings", "omit_aliases", "values_callable", "sort_key_function", "quote", "checkfirst"});
  std::vector<std::string> labels;
  for (const json::value& label : arguments.rest()) labels.push_back(name_of(label));
  EnumOptions options{.schema = arguments.name("schema"),
                      .create_type = arguments.choice("create_type").value_or(true) && !arguments.given("metadata"),
                      .native_enum = arguments.choice("native_enum").value_or(true),
                      .create_constraint = arguments.flag("create_constraint"),
                      .length = arguments.number("length")};
  if (arguments.flag("inherit_schema")) options.schema = table_schema;
  Enum result(arguments.name("name"), std::move(labels), std::move(options));
  arguments.finish();
  return result;
}

Domain domain_of_call(const json::object& call, bool& create_type) {
  Arguments arguments(call, {"name", "data_type"});
  arguments.ignore({"quote", "validate_strings", "metadata", "checkfirst"});
  DomainOptions options{.collation = arguments.name("collation"), .schema = arguments.name("schema")};
  if (const json::value* value = arguments.given("default")) {
    if (is_expression(*value)) {
      options.server_default = schema::text(sql_of_value(*value));
    } else {
      options.server_default = value->is_string() ? name_of(*value) : json::serialize(*value);
    }
  }
  Name name = arguments.constraint_name("constraint_name");
  options.not_null = arguments.flag("not_null");
  // SQLAlchemy writes the name in front of what comes first.
  if (options.not_null) std::swap(options.not_null_name, name);
  if (const json::value* check = arguments.given("check")) {
    options.checks.push_back(CheckConstraint(sql_of_value(*check), {.name = name}));
  }
  create_type = arguments.choice("create_type").value_or(true);
  Domain result(arguments.name("name"), type_of(arguments.require("data_type"), ""), std::move(options));
  arguments.finish();
  return result;
}

}  // namespace

Type type_of(const json::value& value, const std::string& table_schema) {
  const std::string name = call_name(value);
  if (name == "ARRAY") return array_of(value.as_object(), table_schema);
  if (name == "Enum" || name == "ENUM") return labelled_of(value.as_object(), table_schema);
  if (name == "DOMAIN") {
    bool create_type = true;
    const Domain domain = domain_of_call(value.as_object(), create_type);
    return create_type ? Type(domain) : Type(NamedType(domain.name, domain.schema));
  }
  const auto found = type_readers().find(name);
  if (found == type_readers().end()) {
    throw std::invalid_argument(fmt::format("A type is expected in place of {}", json::serialize(value)));
  }
  Arguments arguments(value.as_object(), found->second.positional);
  Type result = found->second.read(arguments);
  arguments.finish();
  return result;
}

Enum enum_of(const json::value& value) {
  return labelled_of(value.as_object(), "");
}

Domain domain_of(const json::value& value) {
  bool create_type = true;
  return domain_of_call(value.as_object(), create_type);
}

}  // namespace support::tests

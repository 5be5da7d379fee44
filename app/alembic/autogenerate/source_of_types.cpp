#include <array>

#include <fmt/format.h>

#include "app/alembic/autogenerate/source_of_schema.hpp"

namespace support::alembic::autogenerate {
namespace {

struct PlainName {
  schema::PlainTypeName type;
  std::string_view name;
};

constexpr std::array plain_names{PlainName{schema::Money(), "Money"},
                                 PlainName{schema::JsonPath(), "JsonPath"},
                                 PlainName{schema::Xml(), "Xml"},
                                 PlainName{schema::Inet(), "Inet"},
                                 PlainName{schema::Cidr(), "Cidr"},
                                 PlainName{schema::MacAddr(), "MacAddr"},
                                 PlainName{schema::MacAddr8(), "MacAddr8"},
                                 PlainName{schema::TsVector(), "TsVector"},
                                 PlainName{schema::TsQuery(), "TsQuery"},
                                 PlainName{schema::Int4Range(), "Int4Range"},
                                 PlainName{schema::Int8Range(), "Int8Range"},
                                 PlainName{schema::NumRange(), "NumRange"},
                                 PlainName{schema::DateRange(), "DateRange"},
                                 PlainName{schema::TsRange(), "TsRange"},
                                 PlainName{schema::TsTzRange(), "TsTzRange"},
                                 PlainName{schema::Int4MultiRange(), "Int4MultiRange"},
                                 PlainName{schema::Int8MultiRange(), "Int8MultiRange"},
                                 PlainName{schema::NumMultiRange(), "NumMultiRange"},
                                 PlainName{schema::DateMultiRange(), "DateMultiRange"},
                                 PlainName{schema::TsMultiRange(), "TsMultiRange"},
                                 PlainName{schema::TsTzMultiRange(), "TsTzMultiRange"},
                                 PlainName{schema::Point(), "Point"},
                                 PlainName{schema::Line(), "Line"},
                                 PlainName{schema::LSeg(), "LSeg"},
                                 PlainName{schema::Box(), "Box"},
                                 PlainName{schema::Path(), "Path"},
                                 PlainName{schema::Polygon(), "Polygon"},
                                 PlainName{schema::Circle(), "Circle"},
                                 PlainName{schema::Oid(), "Oid"},
                                 PlainName{schema::RegClass(), "RegClass"},
                                 PlainName{schema::RegType(), "RegType"},
                                 PlainName{schema::RegProc(), "RegProc"},
                                 PlainName{schema::RegProcedure(), "RegProcedure"},
                                 PlainName{schema::RegRole(), "RegRole"},
                                 PlainName{schema::RegNamespace(), "RegNamespace"},
                                 PlainName{schema::RegConfig(), "RegConfig"},
                                 PlainName{schema::RegDictionary(), "RegDictionary"},
                                 PlainName{schema::RegOper(), "RegOper"},
                                 PlainName{schema::RegOperator(), "RegOperator"},
                                 PlainName{schema::RegCollation(), "RegCollation"},
                                 PlainName{schema::PgName(), "PgName"},
                                 PlainName{schema::Xid(), "Xid"},
                                 PlainName{schema::Xid8(), "Xid8"},
                                 PlainName{schema::Tid(), "Tid"},
                                 PlainName{schema::PgSnapshot(), "PgSnapshot"},
                                 PlainName{schema::TxidSnapshot(), "TxidSnapshot"},
                                 PlainName{schema::PgLsn(), "PgLsn"},
                                 PlainName{schema::HStore(), "HStore"},
                                 PlainName{schema::CiText(), "CiText"}};

SourceNode word(std::string_view type) {
  return code(fmt::format("{}()", type));
}

// `Type(length, {.collation = …})`
SourceNode sized(std::string type, const std::optional<int>& length, const std::string& collation = {}) {
  SourceNodes arguments;
  if (length) arguments.push_back(number_node(std::int64_t{*length}));
  SourceMembers().text("collation", collation).append_to(arguments);
  return object(std::move(type), std::move(arguments));
}

SourceNode with_zone(std::string type, bool timezone, const std::optional<int>& precision) {
  SourceMembers members;
  members.flag("timezone", timezone).number("precision", precision);
  return members.empty() ? word(type) : members.node(std::move(type));
}

struct TypeSource {
  SourceNode operator()(const schema::SmallInteger&) const { return word("SmallInteger"); }
  SourceNode operator()(const schema::Integer&) const { return word("Integer"); }
  SourceNode operator()(const schema::BigInteger&) const { return word("BigInteger"); }
  SourceNode operator()(const schema::Numeric& type) const {
    SourceNodes arguments;
    if (type.precision) arguments.push_back(number_node(std::int64_t{*type.precision}));
    if (type.scale) arguments.push_back(number_node(std::int64_t{*type.scale}));
    return object("Numeric", std::move(arguments));
  }
  SourceNode operator()(const schema::Float& type) const { return sized("Float", type.precision); }
  SourceNode operator()(const schema::Real&) const { return word("Real"); }
  SourceNode operator()(const schema::Double&) const { return word("Double"); }
  SourceNode operator()(const schema::Boolean&) const { return word("Boolean"); }
  SourceNode operator()(const schema::String& type) const { return sized("String", type.length, type.collation); }
  SourceNode operator()(const schema::Unicode& type) const { return sized("Unicode", type.length); }
  SourceNode operator()(const schema::Char& type) const {
    // CHAR is CHAR(1), and a collation has its place behind a length.
    const auto length = type.collation.empty() ? type.length : std::optional(type.length.value_or(1));
    return sized("Char", length, type.collation);
  }
  SourceNode operator()(const schema::Text& type) const { return sized("Text", {}, type.collation); }
  SourceNode operator()(const schema::Bit& type) const { return sized("Bit", type.length); }
  SourceNode operator()(const schema::VarBit& type) const { return sized("VarBit", type.length); }
  SourceNode operator()(const schema::LargeBinary&) const { return word("LargeBinary"); }
  SourceNode operator()(const schema::Date&) const { return word("Date"); }
  SourceNode operator()(const schema::DateTime& type) const {
    return with_zone("DateTime", type.timezone, type.precision);
  }
  SourceNode operator()(const schema::Time& type) const { return with_zone("Time", type.timezone, type.precision); }
  SourceNode operator()(const schema::Interval& type) const {
    SourceMembers members;
    members.text("fields", type.fields).number("precision", type.precision);
    return members.empty() ? word("Interval") : members.node("Interval");
  }
  SourceNode operator()(const schema::Uuid&) const { return word("Uuid"); }
  SourceNode operator()(const schema::Json&) const { return word("Json"); }
  SourceNode operator()(const schema::Jsonb&) const { return word("Jsonb"); }
  SourceNode operator()(const schema::PlainTypeName& type) const {
    for (const auto& [plain, name] : plain_names) {
      if (plain == type) return word(name);
    }
    return object("UserDefinedType", {text_node(std::string(type.sql))});
  }
  SourceNode operator()(const schema::Enum& type) const {
    SourceNodes arguments{text_node(type.name), texts_node(type.labels)};
    SourceMembers()
        .text("schema", type.schema)
        .flag("create_type", type.create_type, true)
        .flag("native_enum", type.native_enum, true)
        .flag("create_constraint", type.create_constraint)
        .number("length", type.length)
        .append_to(arguments);
    return object("Enum", std::move(arguments));
  }
  SourceNode operator()(const schema::Vector& type) const { return sized("Vector", type.dimensions); }
  SourceNode operator()(const schema::NamedType& type) const {
    if (type.domain) return source_of(*type.domain);
    SourceNodes arguments{text_node(type.name)};
    if (!type.schema.empty()) arguments.push_back(text_node(type.schema));
    return object("NamedType", std::move(arguments));
  }
  SourceNode operator()(const schema::UserDefinedType& type) const {
    return object("UserDefinedType", {text_node(type.sql)});
  }
  SourceNode operator()(const schema::Array& type) const {
    auto element = source_of(*type.element);
    // An Array of an Array alone would be a copy of it.
    if (type.element->get_if<schema::Array>()) element = object("Type", {std::move(element)});
    SourceNodes arguments{std::move(element)};
    if (type.dimensions != 1) arguments.push_back(number_node(std::int64_t{type.dimensions}));
    return object("Array", std::move(arguments));
  }
};

}  // namespace

SourceNode source_of(const schema::Type& type) {
  return std::visit(TypeSource(), type.variant());
}

}  // namespace support::alembic::autogenerate

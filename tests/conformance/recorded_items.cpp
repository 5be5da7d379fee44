#include <stdexcept>

#include <fmt/format.h>

#include "tests/conformance/recorded_arguments.hpp"
#include "tests/conformance/recorded_schema.hpp"

namespace support::tests {

namespace json = boost::json;
using namespace schema;

namespace {

template <class Options>
void take_time(Arguments& arguments, Options& options) {
  options.deferrable = arguments.choice("deferrable");
  options.initially = arguments.name("initially");
}

ForeignKeyOptions foreign_key_options(Arguments& arguments) {
  ForeignKeyOptions options{.name = arguments.constraint_name("name"),
                            .onupdate = arguments.name("onupdate"),
                            .ondelete = arguments.name("ondelete"),
                            .match = arguments.name("match"),
                            .not_valid = arguments.flag("postgresql_not_valid")};
  take_time(arguments, options);
  arguments.ignore({"link_to_name", "_constraint", "_unresolvable", "table", "comment"});
  return options;
}

// SQLAlchemy leaves a key that is to come later out of the table, and Alembic does not add it.
bool comes_later(const json::value& value) {
  const auto& options = value.at("kwargs").as_object();
  const json::value* use_alter = options.if_contains("use_alter");
  return use_alter && use_alter->is_bool() && use_alter->as_bool();
}

ForeignKey foreign_key_of(const json::value& value) {
  Arguments arguments(value.as_object(), {"column", "_constraint"});
  arguments.ignore({"use_alter"});
  ForeignKey result(arguments.name("column"), foreign_key_options(arguments));
  arguments.finish();
  return result;
}

ForeignKeyConstraint foreign_key_constraint_of(const json::value& value) {
  Arguments arguments(value.as_object(), {"columns", "refcolumns", "name"});
  arguments.ignore({"use_alter"});
  ForeignKeyConstraint result(arguments.names("columns"), arguments.names("refcolumns"),
                              foreign_key_options(arguments));
  arguments.finish();
  return result;
}

CheckConstraint check_of(const json::value& value) {
  Arguments arguments(value.as_object(), {"sqltext", "name", "deferrable", "initially", "table"});
  arguments.ignore({"table", "_autoattach", "_create_rule", "_type_bound", "comment"});
  CheckOptions options{.name = arguments.constraint_name("name"), .not_valid = arguments.flag("postgresql_not_valid")};
  take_time(arguments, options);
  CheckConstraint result(arguments.sql("sqltext"), std::move(options));
  arguments.finish();
  return result;
}

std::vector<std::string> rest_names(const Arguments& arguments) {
  std::vector<std::string> result;
  for (const json::value& value : arguments.rest()) result.push_back(name_of(value));
  return result;
}

UniqueConstraint unique_of(const json::value& value) {
  Arguments arguments(value.as_object(), {});
  arguments.ignore({"_column_flag", "comment"});
  UniqueOptions options{.name = arguments.constraint_name("name"),
                        .nulls_not_distinct = arguments.flag("postgresql_nulls_not_distinct"),
                        .include = arguments.names("postgresql_include")};
  take_time(arguments, options);
  UniqueConstraint result(rest_names(arguments), std::move(options));
  arguments.finish();
  return result;
}

PrimaryKeyConstraint primary_key_of(const json::value& value) {
  Arguments arguments(value.as_object(), {});
  arguments.ignore({"_implicit_generated", "comment"});
  PrimaryKeyOptions options{.name = arguments.constraint_name("name"),
                            .include = arguments.names("postgresql_include")};
  take_time(arguments, options);
  PrimaryKeyConstraint result(rest_names(arguments), std::move(options));
  arguments.finish();
  return result;
}

ExcludeConstraint exclude_of(const json::value& value) {
  Arguments arguments(value.as_object(), {});
  ExcludeOptions options{.name = arguments.constraint_name("name"),
                         .where = arguments.sql("where"),
                         .ops = pairs_of(arguments.given("ops"))};
  if (const std::string method = arguments.name("using"); !method.empty()) options.using_ = method;
  take_time(arguments, options);
  ExcludeConstraint result(excluded_of(arguments.rest()), std::move(options));
  arguments.finish();
  return result;
}

Index index_of(const json::value& value) {
  Arguments arguments(value.as_object(), {"name"});
  arguments.ignore({"_table", "_column_flag"});
  Name name = arguments.constraint_name("name");
  if (arguments.flag("quote")) name = quoted(name);
  IndexOptions options{.unique = arguments.flag("unique"),
                       .using_ = arguments.name("postgresql_using"),
                       .ops = pairs_of(arguments.given("postgresql_ops")),
                       .include = arguments.names("postgresql_include"),
                       .nulls_not_distinct = arguments.flag("postgresql_nulls_not_distinct"),
                       .with = pairs_of(arguments.given("postgresql_with")),
                       .tablespace = arguments.name("postgresql_tablespace"),
                       .where = arguments.sql("postgresql_where")};
  const json::array keys(arguments.rest().begin(), arguments.rest().end());
  Index result(std::move(name), elements_of(keys), std::move(options));
  arguments.finish();
  return result;
}

Identity identity_of(const json::value& value) {
  Arguments arguments(value.as_object(), {"always", "on_null", "start", "increment", "minvalue", "maxvalue",
                                          "nominvalue", "nomaxvalue", "cycle", "cache", "order"});
  arguments.ignore({"on_null", "order"});
  Identity result{.always = arguments.flag("always"),
                  .start = arguments.long_number("start"),
                  .increment = arguments.long_number("increment"),
                  .minvalue = arguments.long_number("minvalue"),
                  .maxvalue = arguments.long_number("maxvalue"),
                  .nominvalue = arguments.flag("nominvalue"),
                  .nomaxvalue = arguments.flag("nomaxvalue"),
                  .cycle = arguments.choice("cycle"),
                  .cache = arguments.long_number("cache")};
  arguments.finish();
  return result;
}

Computed computed_of(const json::value& value) {
  Arguments arguments(value.as_object(), {"sqltext", "persisted"});
  if (!arguments.choice("persisted").value_or(true)) {
    throw std::invalid_argument("A computed column is always stored here; Alembic refuses another one, too");
  }
  Computed result(arguments.sql("sqltext"));
  arguments.finish();
  return result;
}

void add_column_item(ColumnOptions& options, std::vector<ForeignKey>& keys, std::vector<CheckConstraint>& checks,
                     const json::value& item) {
  const std::string kind = call_name(item);
  if (kind == "ForeignKey") {
    if (!comes_later(item)) keys.push_back(foreign_key_of(item));
  } else if (kind == "CheckConstraint") {
    checks.push_back(check_of(item));
  } else if (kind == "Sequence") {
    options.sequence = sequence_of(item).name;
  } else {
    options.server_default = server_default_of(item);
  }
}

}  // namespace

NamePairs pairs_of(const json::value* value) {
  NamePairs result;
  if (!value) return result;
  for (const json::value& pair : value->at("pairs").as_array()) {
    const json::value& meaning = pair.as_array().at(1);
    result.emplace_back(name_of(pair.as_array().at(0)),
                        meaning.is_string()
                            ? name_of(meaning)
                            : (meaning.is_bool() ? (meaning.as_bool() ? "True" : "False") : json::serialize(meaning)));
  }
  return result;
}

IndexElement element_of(const json::value& value) {
  const json::value* parts = value.is_object() ? value.as_object().if_contains("sql") : nullptr;
  return parts ? IndexElement(schema::text(sql_of_value(value))) : IndexElement(name_of(value));
}

std::vector<IndexElement> elements_of(const json::array& values) {
  std::vector<IndexElement> result;
  for (const json::value& value : values) result.push_back(element_of(value));
  return result;
}

std::vector<ExcludeElement> excluded_of(const std::vector<json::value>& pairs) {
  std::vector<ExcludeElement> result;
  for (const json::value& pair : pairs) {
    result.push_back({element_of(pair.as_array().at(0)), name_of(pair.as_array().at(1))});
  }
  return result;
}

Sequence sequence_of(const json::value& value) {
  Arguments arguments(value.as_object(), {"name", "start", "increment", "minvalue", "maxvalue", "nominvalue",
                                          "nomaxvalue", "cycle", "schema", "cache", "order"});
  arguments.ignore({"order", "optional", "quote", "metadata", "for_update", "quote_schema"});
  SequenceOptions options{.start = arguments.long_number("start"),
                          .increment = arguments.long_number("increment"),
                          .minvalue = arguments.long_number("minvalue"),
                          .maxvalue = arguments.long_number("maxvalue"),
                          .nominvalue = arguments.flag("nominvalue"),
                          .nomaxvalue = arguments.flag("nomaxvalue"),
                          .cycle = arguments.choice("cycle"),
                          .cache = arguments.long_number("cache"),
                          .schema = arguments.name("schema")};
  if (const json::value* type = arguments.given("data_type")) options.type = type_of(*type, "");
  Sequence result(arguments.name("name"), std::move(options));
  arguments.finish();
  return result;
}

ServerDefault server_default_of(const json::value& value) {
  const std::string kind = call_name(value);
  if (kind == "Identity") return identity_of(value);
  if (kind == "Computed") return computed_of(value);
  if (is_expression(value)) return schema::text(sql_of_value(value));
  if (value.is_string()) return name_of(value);
  throw std::invalid_argument(fmt::format("A default is expected in place of {}", json::serialize(value)));
}

Column column_of(const json::value& value, const std::string& table_schema) {
  Arguments arguments(value.as_object(), {"name", "type_"});
  arguments.ignore({"table", "key", "onupdate", "server_onupdate", "doc", "quote", "system", "insert_default"});
  ColumnOptions options{.primary_key = arguments.flag("primary_key"),
                        .nullable = arguments.choice("nullable"),
                        .unique = arguments.flag("unique"),
                        .index = arguments.flag("index"),
                        .comment = arguments.name("comment")};
  if (const json::value* counts = arguments.given("autoincrement"); counts && *counts != json::value("auto")) {
    options.autoincrement = !counts->is_bool() || counts->as_bool();
  }
  std::vector<ForeignKey> keys;
  std::vector<CheckConstraint> checks;
  for (const json::value& item : arguments.rest()) add_column_item(options, keys, checks, item);
  // A default of the client's is none of the server's, but a sequence there keeps the column from being SERIAL.
  if (const json::value* fill = arguments.given("default"); fill && call_name(*fill) == "Sequence") {
    options.sequence = sequence_of(*fill).name;
  }
  if (const json::value* fill = arguments.given("server_default"); fill && call_name(*fill) != "FetchedValue") {
    options.server_default = server_default_of(*fill);
  }
  options.foreign_key = std::move(keys);
  options.check = std::move(checks);
  Column result(arguments.name("name"), type_of(arguments.require("type_"), table_schema), std::move(options));
  arguments.finish();
  return result;
}

void add_item(std::vector<TableItem>& items, const json::value& value, const std::string& table_schema) {
  const std::string kind = call_name(value);
  if (kind == "Column") {
    items.emplace_back(column_of(value, table_schema));
  } else if (kind == "PrimaryKeyConstraint") {
    items.emplace_back(primary_key_of(value));
  } else if (kind == "UniqueConstraint") {
    items.emplace_back(unique_of(value));
  } else if (kind == "CheckConstraint") {
    items.emplace_back(check_of(value));
  } else if (kind == "ForeignKeyConstraint") {
    if (!comes_later(value)) items.emplace_back(foreign_key_constraint_of(value));
  } else if (kind == "ExcludeConstraint") {
    items.emplace_back(exclude_of(value));
  } else if (kind == "Index") {
    items.emplace_back(index_of(value));
  } else {
    throw std::invalid_argument(fmt::format("An item of a table is expected in place of {}", json::serialize(value)));
  }
}

}  // namespace support::tests

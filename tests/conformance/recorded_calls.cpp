#include "tests/conformance/recorded_calls.hpp"

#include <map>
#include <stdexcept>

#include <fmt/format.h>

#include "tests/conformance/recorded_arguments.hpp"
#include "tests/conformance/recorded_schema.hpp"

namespace support::tests {

namespace json = boost::json;
using namespace alembic;

namespace {

using Directive = void (*)(Operations& op, Arguments& arguments);

struct Handler {
  std::vector<std::string_view> positional;
  Directive invoke;
};

template <class Options>
Options with_time(Arguments& arguments, Options options) {
  options.deferrable = arguments.choice("deferrable");
  options.initially = arguments.name("initially");
  options.schema = arguments.name("schema");
  return options;
}

// Table(…) in place of the name and the items of a table.
const json::object* source_of(const json::value& table) {
  const json::value* source = table.is_object() ? table.as_object().if_contains("source") : nullptr;
  return source && source->is_object() ? &source->as_object() : nullptr;
}

void create_table_from(Operations& op, Arguments& arguments) {
  const std::string schema = arguments.name("schema");
  std::vector<schema::TableItem> items;
  for (const json::value& item : arguments.rest()) add_item(items, item, schema);
  CreateTableOptions options{.comment = arguments.name("comment"),
                             .schema = schema,
                             .if_not_exists = arguments.flag("if_not_exists"),
                             .prefixes = arguments.names("prefixes"),
                             .inherits = arguments.names("postgresql_inherits"),
                             .partition_by = arguments.sql("postgresql_partition_by"),
                             .using_ = arguments.name("postgresql_using"),
                             .with_oids = arguments.choice("postgresql_with_oids"),
                             .on_commit = arguments.name("postgresql_on_commit"),
                             .tablespace = arguments.name("postgresql_tablespace")};
  arguments.ignore({"postgresql_ignore_search_path", "quote", "quote_schema", "keep_existing", "extend_existing",
                    "implicit_returning", "sqlite_autoincrement", "listeners"});
  op.create_table(arguments.name("table_name"), items, std::move(options));
}

void create_table(Operations& op, Arguments& arguments) {
  const json::object* source = source_of(arguments.require("table_name"));
  if (!source) return create_table_from(op, arguments);
  Arguments own(*source, {"table_name"});
  create_table_from(op, own);
  own.finish();
}

void drop_table(Operations& op, Arguments& arguments) {
  const json::value& table = arguments.require("table_name");
  const json::object* source = source_of(table);
  std::string schema = arguments.name("schema");
  if (source && table.at("schema").is_string()) schema = name_of(table.at("schema"));
  op.drop_table(name_of(table), {.schema = schema, .if_exists = arguments.flag("if_exists")});
}

void add_column(Operations& op, Arguments& arguments) {
  const std::string schema = arguments.name("schema");
  op.add_column(arguments.name("table_name"), column_of(arguments.require("column"), schema),
                {.schema = schema,
                 .if_not_exists = arguments.flag("if_not_exists"),
                 .inline_references = arguments.flag("inline_references"),
                 .inline_primary_key = arguments.flag("inline_primary_key")});
}

// False is "leave it", None is "take it away".
Change<schema::ServerDefault> default_change(const json::value* value) {
  if (!value || (value->is_bool() && !value->as_bool())) return {};
  if (value->is_null()) return std::nullopt;
  return server_default_of(*value);
}

void alter_column(Operations& op, Arguments& arguments) {
  AlterColumnOptions options{.nullable = arguments.choice("nullable"),
                             .server_default = default_change(arguments.take("server_default")),
                             .new_column_name = arguments.name("new_column_name"),
                             .using_ = arguments.sql("postgresql_using"),
                             .existing_nullable = arguments.choice("existing_nullable"),
                             .existing_server_default = default_change(arguments.take("existing_server_default")),
                             .existing_comment = arguments.name("existing_comment"),
                             .schema = arguments.name("schema")};
  if (options.new_column_name.empty()) options.new_column_name = arguments.name("name");
  if (const json::value* type = arguments.given("type_")) options.type_ = type_of(*type, options.schema);
  if (const json::value* type = arguments.given("existing_type"))
    options.existing_type = type_of(*type, options.schema);
  if (const json::value* comment = arguments.take("comment"); comment && !comment->is_bool()) {
    options.comment = comment->is_null() ? Change<std::string>(std::nullopt) : Change<std::string>(name_of(*comment));
  }
  arguments.ignore({"autoincrement", "existing_autoincrement", "insert_before", "insert_after"});
  op.alter_column(arguments.name("table_name"), arguments.name("column_name"), std::move(options));
}

void create_index(Operations& op, Arguments& arguments) {
  schema::Name name = arguments.constraint_name("index_name");
  if (arguments.flag("quote")) name = schema::quoted(name);
  op.create_index(name, arguments.name("table_name"), elements_of(arguments.require("columns").as_array()),
                  {.unique = arguments.flag("unique"),
                   .if_not_exists = arguments.flag("if_not_exists"),
                   .using_ = arguments.name("postgresql_using"),
                   .ops = pairs_of(arguments.given("postgresql_ops")),
                   .include = arguments.names("postgresql_include"),
                   .nulls_not_distinct = arguments.flag("postgresql_nulls_not_distinct"),
                   .with = pairs_of(arguments.given("postgresql_with")),
                   .tablespace = arguments.name("postgresql_tablespace"),
                   .where = arguments.sql("postgresql_where"),
                   .concurrently = arguments.flag("postgresql_concurrently"),
                   .schema = arguments.name("schema")});
}

void drop_index(Operations& op, Arguments& arguments) {
  op.drop_index(arguments.constraint_name("index_name"), {.table_name = arguments.name("table_name"),
                                                          .if_exists = arguments.flag("if_exists"),
                                                          .concurrently = arguments.flag("postgresql_concurrently"),
                                                          .schema = arguments.name("schema")});
}

void create_unique_constraint(Operations& op, Arguments& arguments) {
  op.create_unique_constraint(
      arguments.constraint_name("constraint_name"), arguments.name("table_name"), arguments.names("columns"),
      with_time(arguments,
                CreateUniqueConstraintOptions{.nulls_not_distinct = arguments.flag("postgresql_nulls_not_distinct"),
                                              .include = arguments.names("postgresql_include")}));
}

void create_check_constraint(Operations& op, Arguments& arguments) {
  op.create_check_constraint(
      arguments.constraint_name("constraint_name"), arguments.name("table_name"), arguments.sql("condition"),
      with_time(arguments, CreateCheckConstraintOptions{.not_valid = arguments.flag("postgresql_not_valid")}));
}

void create_primary_key(Operations& op, Arguments& arguments) {
  op.create_primary_key(
      arguments.constraint_name("constraint_name"), arguments.name("table_name"), arguments.names("columns"),
      with_time(arguments, CreatePrimaryKeyOptions{.include = arguments.names("postgresql_include")}));
}

void create_foreign_key(Operations& op, Arguments& arguments) {
  arguments.ignore({"use_alter"});
  op.create_foreign_key(arguments.constraint_name("constraint_name"), arguments.name("source_table"),
                        arguments.name("referent_table"), arguments.names("local_cols"), arguments.names("remote_cols"),
                        {.onupdate = arguments.name("onupdate"),
                         .ondelete = arguments.name("ondelete"),
                         .deferrable = arguments.choice("deferrable"),
                         .initially = arguments.name("initially"),
                         .match = arguments.name("match"),
                         .source_schema = arguments.name("source_schema"),
                         .referent_schema = arguments.name("referent_schema"),
                         .not_valid = arguments.flag("postgresql_not_valid")});
}

void create_exclude_constraint(Operations& op, Arguments& arguments) {
  CreateExcludeConstraintOptions options{.where = arguments.sql("where"), .ops = pairs_of(arguments.given("ops"))};
  if (const std::string method = arguments.name("using"); !method.empty()) options.using_ = method;
  op.create_exclude_constraint(arguments.constraint_name("constraint_name"), arguments.name("table_name"),
                               excluded_of(arguments.rest()), with_time(arguments, std::move(options)));
}

void drop_constraint(Operations& op, Arguments& arguments) {
  static const std::map<std::string, ConstraintType, std::less<>> types{{"", ConstraintType::unknown},
                                                                        {"foreignkey", ConstraintType::foreign_key},
                                                                        {"primary", ConstraintType::primary_key},
                                                                        {"unique", ConstraintType::unique},
                                                                        {"check", ConstraintType::check},
                                                                        {"exclude", ConstraintType::exclude}};
  op.drop_constraint(arguments.constraint_name("constraint_name"), arguments.name("table_name"),
                     {.type_ = types.at(arguments.name("type_")),
                      .schema = arguments.name("schema"),
                      .if_exists = arguments.flag("if_exists")});
}

void execute(Operations& op, Arguments& arguments) {
  const json::value& statement = arguments.require("sql");
  // A plain text may hold the escaped colons of SQLAlchemy's text().
  if (statement.is_string() && name_of(statement).find("\\:") != std::string::npos) {
    op.execute(name_of(statement), Binds{});
  } else {
    op.execute(sql_of_value(statement));
  }
}

const std::map<std::string, Handler, std::less<>>& handlers() {
  static const std::map<std::string, Handler, std::less<>> result{
      {"create_table", {{"table_name"}, create_table}},
      {"drop_table", {{"table_name"}, drop_table}},
      {"rename_table",
       {{"old_table_name", "new_table_name"},
        [](Operations& op, Arguments& arguments) {
          op.rename_table(arguments.name("old_table_name"), arguments.name("new_table_name"),
                          {.schema = arguments.name("schema")});
        }}},
      {"create_table_comment",
       {{"table_name", "comment"},
        [](Operations& op, Arguments& arguments) {
          op.create_table_comment(
              arguments.name("table_name"), arguments.name("comment"),
              {.existing_comment = arguments.name("existing_comment"), .schema = arguments.name("schema")});
        }}},
      {"drop_table_comment",
       {{"table_name"},
        [](Operations& op, Arguments& arguments) {
          op.drop_table_comment(arguments.name("table_name"), {.existing_comment = arguments.name("existing_comment"),
                                                               .schema = arguments.name("schema")});
        }}},
      {"add_column", {{"table_name", "column"}, add_column}},
      {"drop_column",
       {{"table_name", "column_name"},
        [](Operations& op, Arguments& arguments) {
          op.drop_column(arguments.name("table_name"), arguments.name("column_name"),
                         {.schema = arguments.name("schema"), .if_exists = arguments.flag("if_exists")});
        }}},
      {"alter_column", {{"table_name", "column_name"}, alter_column}},
      {"create_index", {{"index_name", "table_name", "columns"}, create_index}},
      {"drop_index", {{"index_name", "table_name"}, drop_index}},
      {"create_unique_constraint", {{"constraint_name", "table_name", "columns"}, create_unique_constraint}},
      {"create_check_constraint", {{"constraint_name", "table_name", "condition"}, create_check_constraint}},
      {"create_primary_key", {{"constraint_name", "table_name", "columns"}, create_primary_key}},
      {"create_foreign_key",
       {{"constraint_name", "source_table", "referent_table", "local_cols", "remote_cols"}, create_foreign_key}},
      {"create_exclude_constraint", {{"constraint_name", "table_name"}, create_exclude_constraint}},
      {"drop_constraint", {{"constraint_name", "table_name", "type_"}, drop_constraint}},
      {"execute", {{"sql"}, execute}},
  };
  return result;
}

Value value_of(const json::value& value) {
  if (value.is_null()) return std::nullopt;
  if (value.is_bool()) return value.as_bool();
  if (value.is_int64()) return value.as_int64();
  if (value.is_double()) return value.as_double();
  if (value.is_string()) return name_of(value);
  if (value.is_array()) {
    std::vector<Value> elements;
    for (const json::value& element : value.as_array()) elements.push_back(value_of(element));
    return array(std::move(elements));
  }
  const json::object& written = value.as_object();
  if (const json::value* number = written.if_contains("number")) return numeric(std::string(number->as_string()));
  return schema::text(sql_of_value(value));
}

void bulk_insert(Operations& op, const json::object& call) {
  Arguments arguments(call, {"table", "columns", "rows"});
  std::vector<Row> rows;
  for (const json::value& row : arguments.require("rows").as_array()) {
    Row& values = rows.emplace_back();
    for (const json::value& value : row.as_array()) values.push_back(value_of(value));
  }
  op.bulk_insert(arguments.name("table"), arguments.names("columns"), std::move(rows),
                 {.schema = arguments.name("schema")});
}

// What Alembic does by the methods of a type, a sequence or a schema.
bool invoke_on_object(Operations& op, const std::string& name, const json::object& call) {
  const json::array& arguments = call.at("args").as_array();
  const json::value nothing;
  const json::value& object = arguments.empty() ? nothing : arguments.front();
  if (name == "create_enum") {
    op.create_enum(enum_of(object));
  } else if (name == "drop_enum") {
    const schema::Enum type = enum_of(object);
    op.drop_enum(type.name, {.schema = type.schema});
  } else if (name == "create_domain") {
    op.create_domain(domain_of(object));
  } else if (name == "drop_domain") {
    const schema::Domain domain = domain_of(object);
    op.drop_domain(domain.name, {.schema = domain.schema});
  } else if (name == "create_sequence") {
    op.create_sequence(sequence_of(object), {.if_not_exists = Arguments(call, {"element"}).flag("if_not_exists")});
  } else if (name == "drop_sequence") {
    const schema::Sequence sequence = sequence_of(object);
    op.drop_sequence(sequence.name,
                     {.schema = sequence.schema, .if_exists = Arguments(call, {"element"}).flag("if_exists")});
  } else if (name == "create_schema") {
    op.create_schema(name_of(object), {.if_not_exists = Arguments(call, {"element"}).flag("if_not_exists")});
  } else if (name == "drop_schema") {
    Arguments options(call, {"element"});
    op.drop_schema(name_of(object), {.if_exists = options.flag("if_exists"), .cascade = options.flag("cascade")});
  } else {
    return false;
  }
  return true;
}

}  // namespace

void invoke_recorded(Operations& op, const json::value& value) {
  const json::object& call = value.as_object();
  const std::string name = call_name(value);
  if (name == "bulk_insert") return bulk_insert(op, call);
  if (invoke_on_object(op, name, call)) return;
  const auto found = handlers().find(name);
  if (found == handlers().end()) throw std::invalid_argument(fmt::format("There is no directive {}()", name));
  Arguments arguments(call, found->second.positional);
  arguments.ignore({"execution_options", "multiinsert"});
  found->second.invoke(op, arguments);
  arguments.finish();
}

}  // namespace support::tests

#include "app/schema/ddl.hpp"

#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>

#include "app/schema/quoting.hpp"
#include "app/schema/sql_phrase.hpp"

namespace support::schema {
namespace {

// What follows the closing parenthesis of CREATE TABLE, each clause on a line of its own.
std::string table_suffix(const Table& table) {
  std::string sql;
  if (!table.inherits.empty()) sql += fmt::format("\n INHERITS ( {} )", identifier_list(table.inherits));
  if (!table.partition_by.empty()) sql += "\n PARTITION BY " + table.partition_by;
  if (!table.using_.empty()) sql += "\n USING " + quote_identifier(lower(table.using_));
  if (table.with_oids) sql += *table.with_oids ? "\n WITH OIDS" : "\n WITHOUT OIDS";
  if (!table.on_commit.empty()) {
    std::string words = upper(table.on_commit);
    std::replace(words.begin(), words.end(), '_', ' ');
    sql += "\n ON COMMIT " + require_phrase("ON COMMIT of a table", words, {"DROP", "DELETE ROWS", "PRESERVE ROWS"});
  }
  if (!table.tablespace.empty()) sql += "\n TABLESPACE " + quote_identifier(table.tablespace);
  return sql;
}

}  // namespace

std::string name_sql(const Name& name) {
  return name.is_quoted() ? quote_identifier(name.text(), Quotes::always) : quote_identifier(name.text());
}

std::string default_sql(const ServerDefault& value) {
  if (const auto* constant = std::get_if<std::string>(&value)) return quote_literal(*constant);
  if (const auto* expression = std::get_if<TextClause>(&value)) return expression->sql;
  throw std::logic_error("default_sql() was given an identity or a computed value, which are not defaults.");
}

std::string identity_options_sql(const Identity& identity) {
  std::vector<std::string> words;
  if (identity.increment) words.push_back(fmt::format("INCREMENT BY {}", *identity.increment));
  if (identity.start) words.push_back(fmt::format("START WITH {}", *identity.start));
  if (identity.minvalue) words.push_back(fmt::format("MINVALUE {}", *identity.minvalue));
  if (identity.maxvalue) words.push_back(fmt::format("MAXVALUE {}", *identity.maxvalue));
  if (identity.nominvalue) words.emplace_back("NO MINVALUE");
  if (identity.nomaxvalue) words.emplace_back("NO MAXVALUE");
  if (identity.cache) words.push_back(fmt::format("CACHE {}", *identity.cache));
  if (identity.cycle) words.emplace_back(*identity.cycle ? "CYCLE" : "NO CYCLE");
  return fmt::format("{}", fmt::join(words, " "));
}

std::string identity_sql(const Identity& identity) {
  const std::string options = identity_options_sql(identity);
  return fmt::format("GENERATED {} AS IDENTITY{}", identity.always ? "ALWAYS" : "BY DEFAULT",
                     options.empty() ? "" : " (" + options + ')');
}

std::string column_sql(const Column& column, Serial serial, const ServerFeatures& server) {
  if (column.autoincrement.value_or(false) && !is_integer(column.type)) {
    throw std::invalid_argument(
        fmt::format("Column '{}' says autoincrement and its type is {}; only integers count by themselves.",
                    column.name, type_sql(column.type, server)));
  }
  std::string sql = quote_identifier(column.name) + ' ';
  if (serial == Serial::yes) {
    sql += serial_sql(column.type);
  } else {
    sql += type_sql(column.type, server);
    if (column.identity()) {
      sql += ' ' + identity_sql(*column.identity());
    } else if (column.computed()) {
      sql += " GENERATED ALWAYS AS (" + column.computed()->sqltext + ") STORED";
    } else if (column.server_default) {
      sql += " DEFAULT " + default_sql(*column.server_default);
    }
  }
  // An identity is NOT NULL by itself; SQLAlchemy says NULL when the author insists, and the server then refuses it.
  if (column.identity()) {
    if (column.is_nullable()) sql += " NULL";
  } else if (!column.is_nullable()) {
    sql += " NOT NULL";
  }
  for (const CheckConstraint& check : column.check) sql += ' ' + constraint_sql(check);
  return sql;
}

std::string create_table_sql(const Table& table, const ServerFeatures& server, CreateTableForm form) {
  std::string sql = "CREATE ";
  for (const std::string& prefix : table.prefixes) sql += prefix + ' ';
  sql +=
      fmt::format("TABLE {}{} (", form.if_not_exists ? "IF NOT EXISTS " : "", qualified_name(table.name, table.schema));
  std::string_view separator = "\n    ";
  const auto add_line = [&](std::string_view line) {
    sql += separator;
    sql += line;
    separator = ", \n    ";
  };
  const Column* serial = table.autoincrement_column();
  for (const Column& column : table.columns) {
    add_line(column_sql(column, &column == serial ? Serial::yes : Serial::no, server));
  }
  for (const Constraint& constraint : table.constraints) {
    if (form.foreign_keys == ForeignKeys::later && std::holds_alternative<ForeignKeyConstraint>(constraint)) continue;
    add_line(constraint_sql(constraint));
  }
  return sql + "\n)" + table_suffix(table);
}

std::string index_element_sql(const IndexElement& element, const NamePairs& operator_classes) {
  std::string sql = element.is_expression() ? element.sql() : quote_identifier(element.sql());
  for (const auto& [key, operator_class] : operator_classes) {
    if (key == element.sql()) sql += ' ' + operator_class;
  }
  return sql;
}

std::string create_index_sql(const Index& index, std::string_view table, std::string_view schema,
                             CreateIndexForm form) {
  require_name_fits("index", index.name.text());
  std::vector<std::string> keys;
  for (const IndexElement& element : index.elements) keys.push_back(index_element_sql(element, index.ops));
  std::string sql = fmt::format(
      "CREATE {}INDEX {}{}{} ON {} {}({})", index.unique ? "UNIQUE " : "", form.concurrently ? "CONCURRENTLY " : "",
      form.if_not_exists ? "IF NOT EXISTS " : "", name_sql(index.name), qualified_name(table, schema),
      index.using_.empty() ? "" : "USING " + quote_identifier(lower(index.using_)) + ' ', fmt::join(keys, ", "));
  if (!index.include.empty()) sql += fmt::format(" INCLUDE ({})", identifier_list(index.include));
  if (index.nulls_not_distinct) sql += " NULLS NOT DISTINCT";
  if (!index.with.empty()) {
    std::vector<std::string> parameters;
    for (const auto& [key, value] : index.with) parameters.push_back(key + " = " + value);
    sql += fmt::format(" WITH ({})", fmt::join(parameters, ", "));
  }
  if (!index.tablespace.empty()) sql += " TABLESPACE " + quote_identifier(index.tablespace);
  if (!index.where.empty()) sql += " WHERE " + index.where;
  return sql;
}

std::string create_enum_sql(const Enum& type) {
  std::vector<std::string> labels;
  for (const std::string& label : type.labels) {
    require_name_fits("enum label", label);
    labels.push_back(quote_literal(label));
  }
  return fmt::format("CREATE TYPE {} AS ENUM ({})", qualified_name(type.name, type.schema), fmt::join(labels, ", "));
}

std::string comment_on_table_sql(std::string_view table, std::string_view schema, std::string_view comment) {
  return fmt::format("COMMENT ON TABLE {} IS {}", qualified_name(table, schema),
                     comment.empty() ? "NULL" : quote_literal(comment));
}

std::string comment_on_column_sql(std::string_view table, std::string_view schema, std::string_view column,
                                  std::string_view comment) {
  return fmt::format("COMMENT ON COLUMN {}.{} IS {}", qualified_name(table, schema), quote_identifier(column),
                     comment.empty() ? "NULL" : quote_literal(comment));
}

std::vector<std::string> comments_sql(const Table& table) {
  std::vector<std::string> result;
  if (!table.comment.empty()) result.push_back(comment_on_table_sql(table.name, table.schema, table.comment));
  for (const Column& column : table.columns) {
    if (column.comment.empty()) continue;
    result.push_back(comment_on_column_sql(table.name, table.schema, column.name, column.comment));
  }
  return result;
}

std::string create_extension_sql(std::string_view name, std::string_view schema, bool if_not_exists) {
  return fmt::format("CREATE EXTENSION {}{}{}", if_not_exists ? "IF NOT EXISTS " : "", quote_identifier(name),
                     schema.empty() ? "" : " WITH SCHEMA " + quote_identifier(schema));
}

}  // namespace support::schema

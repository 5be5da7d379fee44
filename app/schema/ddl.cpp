#include "app/schema/ddl.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

#include <fmt/format.h>

#include "app/schema/quoting.hpp"

namespace support::schema {
namespace {

std::string lower(std::string_view words) {
  std::string result(words);
  std::transform(result.begin(), result.end(), result.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return result;
}

std::string upper(std::string_view words) {
  std::string result(words);
  std::transform(result.begin(), result.end(), result.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
  return result;
}

// The phrase as its author spelt it, when it is one of the allowed ones.
template <std::size_t n>
const std::string& require_phrase(std::string_view what, const std::string& phrase,
                                  const std::array<std::string_view, n>& allowed) {
  if (std::find(allowed.begin(), allowed.end(), upper(phrase)) != allowed.end()) return phrase;
  throw std::invalid_argument(fmt::format("{} is '{}'; PostgreSQL allows {}.", what, phrase, fmt::join(allowed, ", ")));
}

const std::string& require_action(std::string_view what, const std::string& action) {
  return require_phrase(what, action,
                        std::array<std::string_view, 5>{"CASCADE", "SET NULL", "SET DEFAULT", "RESTRICT", "NO ACTION"});
}

std::string name_prefix(const std::string& name) {
  if (name.empty()) return "";
  require_name_fits("constraint", name);
  return "CONSTRAINT " + quote_identifier(name) + ' ';
}

struct ConstraintWriter {
  std::string operator()(const PrimaryKeyConstraint& key) const {
    return fmt::format("{}PRIMARY KEY ({}){}", name_prefix(key.name), identifier_list(key.columns),
                       deferrability_sql(key.deferrable, key.initially));
  }
  std::string operator()(const UniqueConstraint& unique) const {
    return fmt::format("{}UNIQUE {}({}){}{}", name_prefix(unique.name),
                       unique.nulls_not_distinct ? "NULLS NOT DISTINCT " : "", identifier_list(unique.columns),
                       unique.include.empty() ? "" : fmt::format(" INCLUDE ({})", identifier_list(unique.include)),
                       deferrability_sql(unique.deferrable, unique.initially));
  }
  std::string operator()(const CheckConstraint& check) const {
    return fmt::format("{}CHECK ({}){}", name_prefix(check.name), check.sqltext, check.not_valid ? " NOT VALID" : "");
  }
  std::string operator()(const ForeignKeyConstraint& key) const {
    return fmt::format("{}FOREIGN KEY({}) REFERENCES {}{}", name_prefix(key.name), identifier_list(key.columns),
                       referent_sql(key.referent), foreign_key_actions_sql(key));
  }
};

// What follows the closing parenthesis of CREATE TABLE, each clause on a line of its own.
std::string table_suffix(const Table& table) {
  std::string sql;
  if (!table.inherits.empty()) sql += fmt::format("\n INHERITS ( {} )", identifier_list(table.inherits));
  if (!table.partition_by.empty()) sql += "\n PARTITION BY " + table.partition_by;
  if (!table.using_.empty()) sql += "\n USING " + quote_identifier(lower(table.using_));
  if (!table.on_commit.empty()) {
    const std::array<std::string_view, 3> allowed{"DROP", "DELETE ROWS", "PRESERVE ROWS"};
    sql += "\n ON COMMIT " + upper(require_phrase("ON COMMIT of a table", table.on_commit, allowed));
  }
  if (!table.tablespace.empty()) sql += "\n TABLESPACE " + quote_identifier(table.tablespace);
  return sql;
}

std::string index_element_sql(const Index& index, const IndexElement& element) {
  std::string sql = element.is_expression() ? element.sql() : quote_identifier(element.sql());
  for (const auto& [key, operator_class] : index.ops) {
    if (key == element.sql()) sql += ' ' + operator_class;
  }
  return sql;
}

}  // namespace

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
  if (column.check) sql += ' ' + constraint_sql(*column.check);
  return sql;
}

std::string constraint_sql(const Constraint& constraint) {
  return std::visit(ConstraintWriter{}, constraint);
}

std::string foreign_key_actions_sql(const ForeignKeyOptions& options) {
  std::string sql;
  if (!options.match.empty()) {
    const std::array<std::string_view, 3> allowed{"SIMPLE", "FULL", "PARTIAL"};
    sql += " MATCH " + require_phrase("MATCH of a foreign key", options.match, allowed);
  }
  if (!options.ondelete.empty()) sql += " ON DELETE " + require_action("ON DELETE of a foreign key", options.ondelete);
  if (!options.onupdate.empty()) sql += " ON UPDATE " + require_action("ON UPDATE of a foreign key", options.onupdate);
  sql += deferrability_sql(options.deferrable, options.initially);
  if (options.not_valid) sql += " NOT VALID";
  return sql;
}

std::string deferrability_sql(const std::optional<bool>& deferrable, const std::string& initially) {
  std::string sql;
  if (deferrable) sql += *deferrable ? " DEFERRABLE" : " NOT DEFERRABLE";
  if (!initially.empty()) {
    const std::array<std::string_view, 2> allowed{"DEFERRED", "IMMEDIATE"};
    sql += " INITIALLY " + require_phrase("INITIALLY of a constraint", initially, allowed);
  }
  return sql;
}

std::string referent_sql(const Referent& referent) {
  return fmt::format("{} ({})", qualified_name(referent.table, referent.schema), identifier_list(referent.columns));
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

std::string create_index_sql(const Index& index, std::string_view table, std::string_view schema,
                             CreateIndexForm form) {
  require_name_fits("index", index.name);
  std::vector<std::string> keys;
  for (const IndexElement& element : index.elements) keys.push_back(index_element_sql(index, element));
  std::string sql = fmt::format(
      "CREATE {}INDEX {}{}{} ON {} {}({})", index.unique ? "UNIQUE " : "", form.concurrently ? "CONCURRENTLY " : "",
      form.if_not_exists ? "IF NOT EXISTS " : "", quote_identifier(index.name), qualified_name(table, schema),
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

std::string add_constraint_sql(const Constraint& constraint, std::string_view table, std::string_view schema) {
  return fmt::format("ALTER TABLE {} ADD {}", qualified_name(table, schema), constraint_sql(constraint));
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

std::vector<Enum> enum_types(const Table& table) {
  std::vector<Enum> result;
  for (const Column& column : table.columns) {
    const Enum* type = enum_of(column.type);
    if (!type || !type->create_type) continue;
    const auto same_name = [&](const Enum& seen) { return seen.name == type->name && seen.schema == type->schema; };
    const auto seen = std::find_if(result.begin(), result.end(), same_name);
    if (seen == result.end()) {
      result.push_back(*type);
    } else if (seen->labels != type->labels) {
      throw std::invalid_argument(
          fmt::format("Table '{}' declares the enum type '{}' twice with different labels.", table.name, type->name));
    }
  }
  return result;
}

std::string create_extension_sql(std::string_view name, std::string_view schema, bool if_not_exists) {
  return fmt::format("CREATE EXTENSION {}{}{}", if_not_exists ? "IF NOT EXISTS " : "", quote_identifier(name),
                     schema.empty() ? "" : " WITH SCHEMA " + quote_identifier(schema));
}

}  // namespace support::schema

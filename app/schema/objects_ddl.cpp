#include <stdexcept>

#include <fmt/format.h>

#include "app/schema/ddl.hpp"
#include "app/schema/objects.hpp"
#include "app/schema/quoting.hpp"
#include "app/schema/sql_phrase.hpp"

namespace support::schema {
namespace {

std::string create(std::string_view kind, Existing existing) {
  return fmt::format("CREATE {}{} {}", existing == Existing::replace ? "OR REPLACE " : "", kind,
                     existing == Existing::keep ? "IF NOT EXISTS " : "");
}

std::string column_names(const std::vector<std::string>& columns) {
  return columns.empty() ? "" : fmt::format(" ({})", identifier_list(columns));
}

std::string parameters(const NamePairs& with) {
  if (with.empty()) return "";
  std::string list;
  for (const auto& [name, value] : with) {
    list += fmt::format("{}{}{}{}", list.empty() ? "" : ", ", name, value.empty() ? "" : " = ", value);
  }
  return fmt::format(" WITH ({})", list);
}

// A role, but for the key words that stand for one.
std::string role(const std::string& name) {
  const std::string word = upper(name);
  if (word == "PUBLIC" || word == "CURRENT_USER" || word == "CURRENT_ROLE" || word == "SESSION_USER") return word;
  return quote_identifier(name);
}

// A dollar quote that does not occur in the body.
std::string dollar_quoted(const std::string& body) {
  std::string tag = "$$";
  for (int n = 1; body.find(tag) != std::string::npos || body.ends_with('$'); ++n) {
    tag = fmt::format("$body{}$", n);
    if (body.find(tag) == std::string::npos) break;
  }
  return tag + body + tag;
}

std::string number(double value) {
  return fmt::format("{}", value);
}

}  // namespace

std::string sequence_options_sql(const SequenceOptions& options) {
  std::string sql;
  const auto add = [&sql](const std::string& clause) {
    if (clause.empty()) return;
    if (!sql.empty()) sql += ' ';
    sql += clause;
  };
  if (!options.data_type.empty()) {
    add("AS " + require_phrase("The type of a sequence", options.data_type,
                               {"SMALLINT", "INTEGER", "BIGINT", "INT", "INT2", "INT4", "INT8"}));
  }
  add(identity_options_sql({.start = options.start,
                            .increment = options.increment,
                            .minvalue = options.minvalue,
                            .maxvalue = options.maxvalue,
                            .nominvalue = options.nominvalue,
                            .nomaxvalue = options.nomaxvalue,
                            .cycle = options.cycle,
                            .cache = options.cache}));
  if (!options.owned_by.empty()) add("OWNED BY " + options.owned_by);
  return sql;
}

std::string create_sequence_sql(const Sequence& sequence, Existing existing) {
  const std::string options = sequence_options_sql(sequence);
  return fmt::format("{}{}{}{}", create("SEQUENCE", existing), qualified_name(sequence.name, sequence.schema),
                     options.empty() ? "" : " ", options);
}

std::string create_domain_sql(const Domain& domain, const ServerFeatures& server) {
  std::string sql =
      fmt::format("CREATE DOMAIN {} AS {}", qualified_name(domain.name, domain.schema), type_sql(domain.type, server));
  if (!domain.collation.empty()) sql += " COLLATE " + domain.collation;
  if (domain.server_default) sql += " DEFAULT " + default_sql(*domain.server_default);
  if (!domain.nullable) sql += " NOT NULL";
  for (const CheckConstraint& check : domain.checks) sql += ' ' + constraint_sql(check);
  return sql;
}

std::string create_view_sql(const View& view, Existing existing) {
  std::string sql = fmt::format("{}{}{}{} AS {}", create("VIEW", existing), qualified_name(view.name, view.schema),
                                column_names(view.columns), parameters(view.with), view.query);
  if (view.check_option.empty()) return sql;
  return fmt::format("{} WITH {} CHECK OPTION", sql,
                     require_phrase("The check option of a view", view.check_option, {"LOCAL", "CASCADED"}));
}

std::string create_materialized_view_sql(const MaterializedView& view, Existing existing) {
  return fmt::format("{}{}{}{}{}{} AS {}{}", create("MATERIALIZED VIEW", existing),
                     qualified_name(view.name, view.schema), column_names(view.columns),
                     view.using_.empty() ? "" : " USING " + quote_identifier(view.using_), parameters(view.with),
                     view.tablespace.empty() ? "" : " TABLESPACE " + quote_identifier(view.tablespace), view.query,
                     view.with_data ? "" : " WITH NO DATA");
}

std::string create_function_sql(const Function& function, Existing existing) {
  const bool is_function = function.kind == Routine::function;
  if (is_function && function.returns.empty()) {
    throw std::invalid_argument(
        fmt::format("Function '{}' does not say what it returns; set .returns (\"void\" for nothing).", function.name));
  }
  std::string sql = fmt::format("{}{}({})", create(is_function ? "FUNCTION" : "PROCEDURE", existing),
                                qualified_name(function.name, function.schema), function.arguments);
  if (is_function) sql += " RETURNS " + function.returns;
  sql += " LANGUAGE " + quote_identifier(function.language);
  if (!function.volatility.empty()) {
    sql +=
        ' ' + require_phrase("The volatility of a function", function.volatility, {"IMMUTABLE", "STABLE", "VOLATILE"});
  }
  if (function.strict) sql += " STRICT";
  if (function.leakproof) sql += " LEAKPROOF";
  if (function.security_definer) sql += " SECURITY DEFINER";
  if (!function.parallel.empty()) {
    sql += " PARALLEL " + require_phrase("PARALLEL of a function", function.parallel, {"SAFE", "RESTRICTED", "UNSAFE"});
  }
  if (function.cost) sql += " COST " + number(*function.cost);
  if (function.rows) sql += " ROWS " + number(*function.rows);
  for (const auto& [parameter, value] : function.set) sql += fmt::format(" SET {} TO {}", parameter, value);
  return sql + (function.standard_body ? ' ' + function.body : " AS " + dollar_quoted(function.body));
}

std::string create_trigger_sql(const Trigger& trigger, Existing existing) {
  if (trigger.events.empty()) {
    throw std::invalid_argument(
        fmt::format("Trigger '{}' has no events; name INSERT, UPDATE, DELETE or TRUNCATE.", trigger.name));
  }
  std::string sql =
      fmt::format("{}{} {} {} ON {}", create(trigger.constraint ? "CONSTRAINT TRIGGER" : "TRIGGER", existing),
                  quote_identifier(trigger.name),
                  require_phrase("The timing of a trigger", trigger.timing, {"BEFORE", "AFTER", "INSTEAD OF"}),
                  fmt::join(trigger.events, " OR "), qualified_name(trigger.table, trigger.schema));
  sql += deferrability_sql(trigger.deferrable, trigger.initially);
  if (!trigger.old_table.empty() || !trigger.new_table.empty()) sql += " REFERENCING";
  if (!trigger.old_table.empty()) sql += " OLD TABLE AS " + quote_identifier(trigger.old_table);
  if (!trigger.new_table.empty()) sql += " NEW TABLE AS " + quote_identifier(trigger.new_table);
  sql += trigger.for_each_row ? " FOR EACH ROW" : " FOR EACH STATEMENT";
  if (!trigger.when.empty()) sql += fmt::format(" WHEN ({})", trigger.when);
  std::string constants;
  for (const std::string& argument : trigger.arguments) {
    constants += (constants.empty() ? "" : ", ") + quote_literal(argument);
  }
  return fmt::format("{} EXECUTE FUNCTION {}({})", sql, trigger.function, constants);
}

std::string policy_clauses_sql(const PolicyOptions& policy) {
  std::string sql;
  for (const std::string& name : policy.roles) sql += (sql.empty() ? " TO " : ", ") + role(name);
  if (!policy.using_.empty()) sql += fmt::format(" USING ({})", policy.using_);
  if (!policy.with_check.empty()) sql += fmt::format(" WITH CHECK ({})", policy.with_check);
  return sql;
}

std::string create_policy_sql(const Policy& policy) {
  std::string sql =
      fmt::format("CREATE POLICY {} ON {}", quote_identifier(policy.name), qualified_name(policy.table, policy.schema));
  if (!policy.permissive) sql += " AS RESTRICTIVE";
  if (!policy.command.empty()) {
    sql += " FOR " +
           require_phrase("The command of a policy", policy.command, {"ALL", "SELECT", "INSERT", "UPDATE", "DELETE"});
  }
  return sql + policy_clauses_sql(policy);
}

}  // namespace support::schema

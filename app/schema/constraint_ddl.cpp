#include <fmt/format.h>

#include "app/schema/ddl.hpp"
#include "app/schema/quoting.hpp"
#include "app/schema/sql_phrase.hpp"

namespace support::schema {
namespace {

const std::string& require_action(std::string_view what, const std::string& action) {
  return require_phrase(what, action, {"CASCADE", "SET NULL", "SET DEFAULT", "RESTRICT", "NO ACTION"});
}

// The same with the columns that are set, as SQL spells them.
const std::string& require_delete_action(const std::string& action) {
  constexpr std::string_view what = "ON DELETE of a foreign key";
  const std::size_t columns = action.find('(');
  if (columns == std::string::npos || !action.ends_with(')')) return require_action(what, action);
  const std::size_t end = action.find_last_not_of(' ', columns == 0 ? 0 : columns - 1);
  require_phrase(what, action.substr(0, end + 1), {"SET NULL", "SET DEFAULT"});
  return action;
}

std::string include_sql(const std::vector<std::string>& columns) {
  return columns.empty() ? "" : fmt::format(" INCLUDE ({})", identifier_list(columns));
}

std::string name_prefix(const Name& name) {
  if (name.empty()) return "";
  require_name_fits("constraint", name.text());
  return "CONSTRAINT " + name_sql(name) + ' ';
}

struct ConstraintWriter {
  std::string operator()(const PrimaryKeyConstraint& key) const {
    return fmt::format("{}PRIMARY KEY ({}){}{}", name_prefix(key.name), identifier_list(key.columns),
                       include_sql(key.include), deferrability_sql(key.deferrable, key.initially));
  }
  std::string operator()(const UniqueConstraint& unique) const {
    return fmt::format("{}UNIQUE {}({}){}{}", name_prefix(unique.name),
                       unique.nulls_not_distinct ? "NULLS NOT DISTINCT " : "", identifier_list(unique.columns),
                       include_sql(unique.include), deferrability_sql(unique.deferrable, unique.initially));
  }
  std::string operator()(const CheckConstraint& check) const {
    return fmt::format("{}CHECK ({}){}{}", name_prefix(check.name), check.sqltext,
                       deferrability_sql(check.deferrable, check.initially), check.not_valid ? " NOT VALID" : "");
  }
  std::string operator()(const ForeignKeyConstraint& key) const {
    return fmt::format("{}FOREIGN KEY({}) REFERENCES {}{}", name_prefix(key.name), identifier_list(key.columns),
                       referent_sql(key.referent), foreign_key_actions_sql(key));
  }
  std::string operator()(const ExcludeConstraint& exclude) const {
    std::vector<std::string> elements;
    for (const ExcludeElement& element : exclude.elements) {
      elements.push_back(fmt::format("{} WITH {}", index_element_sql(element.element, exclude.ops), element.with));
    }
    return fmt::format("{}EXCLUDE USING {} ({}){}{}", name_prefix(exclude.name),
                       quote_identifier(lower(exclude.using_)), fmt::join(elements, ", "),
                       exclude.where.empty() ? "" : fmt::format(" WHERE ({})", exclude.where),
                       deferrability_sql(exclude.deferrable, exclude.initially));
  }
};

}  // namespace

std::string constraint_sql(const Constraint& constraint) {
  return std::visit(ConstraintWriter{}, constraint);
}

std::string foreign_key_actions_sql(const ForeignKeyOptions& options) {
  std::string sql;
  if (!options.match.empty()) {
    sql += " MATCH " + require_phrase("MATCH of a foreign key", options.match, {"SIMPLE", "FULL", "PARTIAL"});
  }
  if (!options.ondelete.empty()) sql += " ON DELETE " + require_delete_action(options.ondelete);
  if (!options.onupdate.empty()) sql += " ON UPDATE " + require_action("ON UPDATE of a foreign key", options.onupdate);
  sql += deferrability_sql(options.deferrable, options.initially);
  if (options.not_valid) sql += " NOT VALID";
  return sql;
}

std::string deferrability_sql(const std::optional<bool>& deferrable, const std::string& initially) {
  std::string sql;
  if (deferrable) sql += *deferrable ? " DEFERRABLE" : " NOT DEFERRABLE";
  if (!initially.empty()) {
    sql += " INITIALLY " + require_phrase("INITIALLY of a constraint", initially, {"DEFERRED", "IMMEDIATE"});
  }
  return sql;
}

std::string referent_sql(const Referent& referent) {
  return fmt::format("{} ({})", qualified_name(referent.table, referent.schema), identifier_list(referent.columns));
}

std::string add_constraint_sql(const Constraint& constraint, std::string_view table, std::string_view schema) {
  return fmt::format("ALTER TABLE {} ADD {}", qualified_name(table, schema), constraint_sql(constraint));
}

}  // namespace support::schema

#include <fmt/format.h>

#include "app/schema/ddl.hpp"
#include "app/schema/quoting.hpp"
#include "app/schema/sql_phrase.hpp"

namespace support::schema {
namespace {

const std::string& require_action(std::string_view what, const std::string& action) {
  return require_phrase(what, action, {"CASCADE", "SET NULL", "SET DEFAULT", "RESTRICT", "NO ACTION"});
}

std::string name_prefix(const Name& name) {
  if (name.empty()) return "";
  require_name_fits("constraint", name.text());
  return "CONSTRAINT " + name_sql(name) + ' ';
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

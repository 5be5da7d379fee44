#include <stdexcept>

#include <fmt/format.h>

#include "app/schema/quoting.hpp"
#include "app/schema/sql_text.hpp"
#include "app/schema/view.hpp"

namespace support::schema {
namespace {

std::string columns_sql(const std::vector<std::string>& columns) {
  return columns.empty() ? "" : fmt::format(" ({})", identifier_list(columns));
}

std::string parameters_sql(const NamePairs& with) {
  std::vector<std::string> parameters;
  for (const auto& [name, value] : with) parameters.push_back(name + " = " + value);
  return parameters.empty() ? "" : fmt::format(" WITH ({})", fmt::join(parameters, ", "));
}

std::string_view check_option_sql(CheckOption option) {
  switch (option) {
    case CheckOption::none:
      break;
    case CheckOption::local:
      return "\nWITH LOCAL CHECK OPTION";
    case CheckOption::cascaded:
      return "\nWITH CASCADED CHECK OPTION";
  }
  return "";
}

}  // namespace

std::string create_view_sql(const View& view, bool or_replace) {
  require_name_fits("view", view.name);
  if (view.recursive && view.columns.empty()) {
    throw std::invalid_argument(
        fmt::format("The recursive view '{}' names no columns, and its definition can't; give it columns.", view.name));
  }
  if (view.recursive && view.check_option != CheckOption::none) {
    throw std::invalid_argument(fmt::format(
        "The view '{}' is recursive, so nothing can be written through it; take its check option away.", view.name));
  }
  const std::string definition = sql_text(fmt::format("The definition of the view '{}'", view.name), view.definition);
  return fmt::format("CREATE {}{}{}VIEW {}{}{} AS\n{}{}", or_replace ? "OR REPLACE " : "",
                     view.temporary ? "TEMPORARY " : "", view.recursive ? "RECURSIVE " : "",
                     qualified_name(view.name, view.schema), columns_sql(view.columns), parameters_sql(view.with),
                     definition, check_option_sql(view.check_option));
}

std::string create_materialized_view_sql(const MaterializedView& view, bool if_not_exists) {
  require_name_fits("materialized view", view.name);
  const std::string definition =
      sql_text(fmt::format("The definition of the materialized view '{}'", view.name), view.definition);
  std::string sql = fmt::format("CREATE MATERIALIZED VIEW {}{}{}", if_not_exists ? "IF NOT EXISTS " : "",
                                qualified_name(view.name, view.schema), columns_sql(view.columns));
  if (!view.using_.empty()) sql += " USING " + quote_identifier(view.using_);
  sql += parameters_sql(view.with);
  if (!view.tablespace.empty()) sql += " TABLESPACE " + quote_identifier(view.tablespace);
  sql += " AS\n" + definition;
  if (!view.with_data) sql += "\nWITH NO DATA";
  return sql;
}

}  // namespace support::schema

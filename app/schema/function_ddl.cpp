#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>

#include "app/schema/function.hpp"
#include "app/schema/quoting.hpp"
#include "app/schema/sql_text.hpp"

namespace support::schema {
namespace {

std::string_view mode_sql(ArgumentMode mode) {
  switch (mode) {
    case ArgumentMode::in:
      break;
    case ArgumentMode::out:
      return "OUT ";
    case ArgumentMode::inout:
      return "INOUT ";
    case ArgumentMode::variadic:
      return "VARIADIC ";
  }
  return "";
}

std::string argument_sql(const FunctionArgument& argument, const ServerFeatures& server) {
  std::string sql(mode_sql(argument.mode));
  if (!argument.name.empty()) sql += quote_identifier(argument.name) + ' ';
  sql += type_sql(argument.type, server);
  if (!argument.default_.empty()) sql += " DEFAULT " + sql_text("The default of an argument", argument.default_);
  return sql;
}

std::string arguments_sql(const FunctionArguments& arguments, const ServerFeatures& server) {
  std::vector<std::string> parts;
  for (const FunctionArgument& argument : arguments) parts.push_back(argument_sql(argument, server));
  return fmt::format("({})", fmt::join(parts, ", "));
}

struct ReturnsWriter {
  const ServerFeatures& server;

  std::string operator()(std::monostate) const { return ""; }
  std::string operator()(const Type& type) const { return " RETURNS " + type_sql(type, server); }
  std::string operator()(const SetOf& set) const { return " RETURNS SETOF " + type_sql(set.type, server); }
  std::string operator()(const RowsOf& rows) const { return " RETURNS TABLE " + arguments_sql(rows.columns, server); }
};

void require_result(const Function& function) {
  const auto gives_back = [](const FunctionArgument& argument) {
    return argument.mode == ArgumentMode::out || argument.mode == ArgumentMode::inout;
  };
  const bool one_row =
      !std::holds_alternative<SetOf>(function.returns) && !std::holds_alternative<RowsOf>(function.returns);
  if (std::holds_alternative<std::monostate>(function.returns) &&
      std::none_of(function.arguments.begin(), function.arguments.end(), gives_back)) {
    throw std::invalid_argument(
        fmt::format("The function '{}' returns nothing; say what, if only UserDefinedType(\"void\"), or give it an "
                    "argument that goes out.",
                    function.name));
  }
  if (function.rows && one_row) {
    throw std::invalid_argument(fmt::format(
        "The function '{}' says how many rows it returns, and it returns no set; leave rows out.", function.name));
  }
}

// " LANGUAGE plpgsql"
std::string language_sql(const std::string& language, const std::vector<Type>& transforms,
                         const ServerFeatures& server) {
  std::string sql = " LANGUAGE " + quote_identifier(language);
  std::string_view separator = " TRANSFORM ";
  for (const Type& type : transforms) {
    sql += fmt::format("{}FOR TYPE {}", separator, type_sql(type, server));
    separator = ", ";
  }
  return sql;
}

std::string settings_sql(const NamePairs& set) {
  std::string sql;
  for (const auto& [name, value] : set) {
    sql += value.empty() ? fmt::format(" SET {} FROM CURRENT", name) : fmt::format(" SET {} TO {}", name, value);
  }
  return sql;
}

std::string attributes_sql(const Function& function) {
  std::string sql;
  if (function.window) sql += " WINDOW";
  if (function.volatility == Volatility::stable) sql += " STABLE";
  if (function.volatility == Volatility::immutable) sql += " IMMUTABLE";
  if (function.leakproof) sql += " LEAKPROOF";
  if (function.strict) sql += " STRICT";
  if (function.security == Security::definer) sql += " SECURITY DEFINER";
  if (function.parallel == Parallel::restricted) sql += " PARALLEL RESTRICTED";
  if (function.parallel == Parallel::safe) sql += " PARALLEL SAFE";
  if (function.cost) sql += fmt::format(" COST {}", *function.cost);
  if (function.rows) sql += fmt::format(" ROWS {}", *function.rows);
  if (!function.support.empty()) sql += " SUPPORT " + function.support;
  return sql;
}

// `Routine` is Function or Procedure.
template <class Routine>
std::string body_sql(std::string_view kind, const Routine& routine) {
  const auto* standard = std::get_if<StandardBody>(&routine.body);
  const std::string what = fmt::format("The body of the {} '{}'", kind, routine.name);
  if (!standard) {
    const auto& text = std::get<std::string>(routine.body);
    if (text.empty()) throw std::invalid_argument(what + " is empty; give it its code.");
    return "\nAS " + dollar_quote(text);
  }
  if (routine.language == "sql") return '\n' + sql_text(what, standard->sql);
  throw std::invalid_argument(
      fmt::format("{} is in the standard's form, which only the language sql has, and it is in {}; make it a text.",
                  what, routine.language));
}

}  // namespace

std::string create_function_sql(const Function& function, bool or_replace, const ServerFeatures& server) {
  require_name_fits("function", function.name);
  require_result(function);
  return fmt::format("CREATE {}FUNCTION {}{}{}{}{}{}{}", or_replace ? "OR REPLACE " : "",
                     qualified_name(function.name, function.schema), arguments_sql(function.arguments, server),
                     std::visit(ReturnsWriter{server}, function.returns),
                     language_sql(function.language, function.transforms, server), attributes_sql(function),
                     settings_sql(function.set), body_sql("function", function));
}

std::string create_procedure_sql(const Procedure& procedure, bool or_replace, const ServerFeatures& server) {
  require_name_fits("procedure", procedure.name);
  return fmt::format("CREATE {}PROCEDURE {}{}{}{}{}{}", or_replace ? "OR REPLACE " : "",
                     qualified_name(procedure.name, procedure.schema), arguments_sql(procedure.arguments, server),
                     language_sql(procedure.language, procedure.transforms, server),
                     procedure.security == Security::definer ? " SECURITY DEFINER" : "", settings_sql(procedure.set),
                     body_sql("procedure", procedure));
}

std::string signature_sql(const FunctionArguments& arguments, const ServerFeatures& server) {
  std::vector<std::string> types;
  for (const FunctionArgument& argument : arguments) {
    types.push_back(std::string(mode_sql(argument.mode)) + type_sql(argument.type, server));
  }
  return fmt::format("({})", fmt::join(types, ", "));
}

}  // namespace support::schema

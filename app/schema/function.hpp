#pragma once

#include <concepts>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "app/schema/index.hpp"
#include "app/schema/types.hpp"

namespace support::schema {

enum class ArgumentMode { in, out, inout, variadic };

struct ArgumentOptions {
  ArgumentMode mode = ArgumentMode::in;
  std::string default_ = {};  // an expression

  bool operator==(const ArgumentOptions&) const = default;
};

// {"a", Integer()}, or the type alone. A pseudo-type is a UserDefinedType("anyelement").
struct FunctionArgument : ArgumentOptions {
  FunctionArgument(std::string argument_name, Type argument_type, ArgumentOptions options = {})
      : ArgumentOptions(std::move(options)), name(std::move(argument_name)), type(std::move(argument_type)) {}
  template <class T>
  requires(std::convertible_to<T&&, Type>) FunctionArgument(T&& argument_type) : type(std::forward<T>(argument_type)) {}

  std::string name;
  Type type;
  bool operator==(const FunctionArgument&) const = default;
};
using FunctionArguments = std::vector<FunctionArgument>;

struct SetOf {
  explicit SetOf(Type row_type) : type(std::move(row_type)) {}

  Type type;
  bool operator==(const SetOf&) const = default;
};
// RETURNS TABLE (name type, …)
struct RowsOf {
  explicit RowsOf(FunctionArguments row_columns) : columns(std::move(row_columns)) {}

  FunctionArguments columns;
  bool operator==(const RowsOf&) const = default;
};
// Nothing is for functions whose arguments say it (out, inout). UserDefinedType("trigger"), UserDefinedType("void").
using Returns = std::variant<std::monostate, Type, SetOf, RowsOf>;

// A body that PostgreSQL reads when the function is created, and that keeps what it needs from being dropped:
// StandardBody("RETURN a + 1"), StandardBody("BEGIN ATOMIC …; …; END"). Language sql; PostgreSQL 14 and later.
struct StandardBody {
  explicit StandardBody(std::string body_sql) : sql(std::move(body_sql)) {}

  std::string sql;
  bool operator==(const StandardBody&) const = default;
};
// A plain text goes into dollar quotes that fit.
using FunctionBody = std::variant<std::string, StandardBody>;

enum class Volatility { volatile_, stable, immutable };
enum class Security { invoker, definer };
enum class Parallel { unsafe, restricted, safe };

struct FunctionOptions {
  Returns returns = {};
  std::string language = "sql";
  Volatility volatility = Volatility::volatile_;
  bool strict = false;     // NULL for a NULL argument, without a call
  bool leakproof = false;  // only superusers may say so
  bool window = false;
  Security security = Security::invoker;
  Parallel parallel = Parallel::unsafe;
  std::optional<double> cost = {};
  std::optional<double> rows = {};
  std::string support = {};           // the planner support function, as SQL spells it
  std::vector<Type> transforms = {};  // TRANSFORM FOR TYPE
  NamePairs set = {};  // {"search_path", "app, pg_temp"}, as SQL spells them; an empty value: FROM CURRENT
  std::string schema = {};

  bool operator==(const FunctionOptions&) const = default;
};

struct Function : FunctionOptions {
  Function(std::string function_name, FunctionArguments function_arguments, FunctionBody function_body,
           FunctionOptions options = {})
      : FunctionOptions(std::move(options)),
        name(std::move(function_name)),
        arguments(std::move(function_arguments)),
        body(std::move(function_body)) {}

  std::string name;
  FunctionArguments arguments;
  FunctionBody body;
  bool operator==(const Function&) const = default;
};

struct ProcedureOptions {
  std::string language = "sql";
  Security security = Security::invoker;
  std::vector<Type> transforms = {};
  NamePairs set = {};
  std::string schema = {};

  bool operator==(const ProcedureOptions&) const = default;
};

struct Procedure : ProcedureOptions {
  Procedure(std::string procedure_name, FunctionArguments procedure_arguments, FunctionBody procedure_body,
            ProcedureOptions options = {})
      : ProcedureOptions(std::move(options)),
        name(std::move(procedure_name)),
        arguments(std::move(procedure_arguments)),
        body(std::move(procedure_body)) {}

  std::string name;
  FunctionArguments arguments;
  FunctionBody body;
  bool operator==(const Procedure&) const = default;
};

// Throws std::invalid_argument on an empty body, a standard body in another language than sql, a function that says
// nowhere what it returns, and rows for a function that returns one.
std::string create_function_sql(const Function& function, bool or_replace, const ServerFeatures& server);
std::string create_procedure_sql(const Procedure& procedure, bool or_replace, const ServerFeatures& server);

// "(INTEGER, VARIADIC TEXT[])", what tells functions of one name apart.
std::string signature_sql(const FunctionArguments& arguments, const ServerFeatures& server);

}  // namespace support::schema

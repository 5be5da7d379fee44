// Functions and procedures, as pg_get_functiondef() prints them.
#include <algorithm>
#include <array>
#include <charconv>

#include "app/alembic/autogenerate/definition_cursor.hpp"
#include "app/alembic/autogenerate/definitions.hpp"
#include "app/alembic/autogenerate/type_names.hpp"

namespace support::alembic::autogenerate {
namespace {

ArgumentText argument_text(std::string_view argument) {
  DefinitionCursor cursor(argument);
  const auto declaration = cursor.until(" DEFAULT ");
  cursor.take(" DEFAULT ");
  return {declaration, cursor.rest()};
}

schema::ArgumentMode take_mode(DefinitionCursor& cursor) {
  if (cursor.take("OUT ")) return schema::ArgumentMode::out;
  if (cursor.take("INOUT ")) return schema::ArgumentMode::inout;
  if (cursor.take("VARIADIC ")) return schema::ArgumentMode::variadic;
  cursor.take("IN ");
  return schema::ArgumentMode::in;
}

// Whether what stands here is a type and no name with a type behind it: the types of several words are known, and a
// name is followed by a blank.
bool is_type_alone(std::string_view text) {
  constexpr std::array<std::string_view, 7> types{
      "double precision",         "character varying",      "bit varying",        "timestamp without time zone",
      "timestamp with time zone", "time without time zone", "time with time zone"};
  const auto begins = [&](std::string_view type) {
    return text.starts_with(type) && text.find_first_not_of("[]", type.size()) == std::string_view::npos;
  };
  if (std::ranges::any_of(types, begins)) return true;
  DefinitionCursor cursor(text);
  cursor.name();
  return !cursor.take(" ");
}

schema::FunctionArgument argument_of(const ArgumentText& text) {
  DefinitionCursor cursor(text.declaration);
  const auto mode = take_mode(cursor);
  std::string name;
  if (!is_type_alone(cursor.rest())) {
    name = cursor.name();
    cursor.take(" ");
  }
  return {std::move(name), type_named(cursor.rest()), {.mode = mode, .default_ = std::string(text.default_)}};
}

schema::FunctionArguments arguments_of(const std::vector<ArgumentText>& texts) {
  schema::FunctionArguments arguments;
  for (const auto& text : texts) arguments.push_back(argument_of(text));
  return arguments;
}

std::vector<ArgumentText> argument_texts(std::string_view list) {
  std::vector<ArgumentText> texts;
  for (const auto argument : parts_of(list, ", ")) texts.push_back(argument_text(argument));
  return texts;
}

schema::Returns returns_of(std::string_view result) {
  DefinitionCursor cursor(result);
  if (cursor.take("SETOF ")) return schema::SetOf(type_named(cursor.rest()));
  if (cursor.take("TABLE(")) return schema::RowsOf(arguments_of(argument_texts(cursor.until(")"))));
  if (cursor.at_end()) return std::monostate();
  return type_named(cursor.rest());
}

RoutineHead take_head(DefinitionCursor& cursor) {
  RoutineHead head;
  cursor.take("CREATE OR REPLACE ");
  if (!cursor.take("FUNCTION ")) cursor.take("PROCEDURE ");
  cursor.qualified_name();
  cursor.take("(");
  head.arguments = argument_texts(cursor.until(")"));
  cursor.take(")\n");
  if (cursor.take(" RETURNS ")) {
    head.result = cursor.until("\n");
    cursor.take("\n");
  }
  return head;
}

std::optional<double> take_number(DefinitionCursor& cursor) {
  const auto digits = cursor.rest().substr(0, cursor.rest().find_first_of(" \n"));
  double number = 0;
  const auto [behind, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc() || behind != digits.data() + digits.size()) return std::nullopt;
  cursor.take(digits);
  return number;
}

// " IMMUTABLE STRICT COST 5": one attribute of the line; false when none comes next.
bool take_attribute(DefinitionCursor& cursor, schema::Function& function) {
  if (cursor.take(" WINDOW")) return function.window = true;
  if (cursor.take(" STRICT")) return function.strict = true;
  if (cursor.take(" LEAKPROOF")) return function.leakproof = true;
  if (cursor.take(" IMMUTABLE")) {
    function.volatility = schema::Volatility::immutable;
  } else if (cursor.take(" STABLE")) {
    function.volatility = schema::Volatility::stable;
  } else if (cursor.take(" PARALLEL SAFE")) {
    function.parallel = schema::Parallel::safe;
  } else if (cursor.take(" PARALLEL RESTRICTED")) {
    function.parallel = schema::Parallel::restricted;
  } else if (cursor.take(" SECURITY DEFINER")) {
    function.security = schema::Security::definer;
  } else if (cursor.take(" COST ")) {
    function.cost = take_number(cursor);
  } else if (cursor.take(" ROWS ")) {
    function.rows = take_number(cursor);
  } else if (cursor.take(" SUPPORT ")) {
    function.support = cursor.until("\n");
  } else {
    return false;
  }
  return true;
}

// "$function$ … $function$": what is between the tags. Absent when that is not all.
std::optional<std::string> dollar_quoted(std::string_view text) {
  if (!text.starts_with('$')) return std::nullopt;
  const auto tag = text.substr(0, text.find('$', 1) + 1);
  if (tag.size() < 2 || text.size() < 2 * tag.size() || !text.ends_with(tag)) return std::nullopt;
  return std::string(text.substr(tag.size(), text.size() - 2 * tag.size()));
}

// The file and the symbol of a function in C, and an empty body, are nothing that the vocabulary can say.
bool read_body(std::string_view text, schema::Function& function) {
  while (text.ends_with('\n')) text.remove_suffix(1);
  if (text.starts_with("RETURN ") || text.starts_with("BEGIN ATOMIC")) {
    function.body = schema::StandardBody(std::string(text));
    return true;
  }
  constexpr std::string_view word = "AS ";
  if (!text.starts_with(word)) return false;
  auto body = dollar_quoted(text.substr(word.size()));
  if (!body || body->empty()) return false;
  function.body = std::move(*body);
  return true;
}

bool take_language(DefinitionCursor& cursor, schema::Function& function) {
  if (cursor.take(" TRANSFORM FOR TYPE ")) {
    for (const auto type : parts_of(cursor.until("\n"), ", FOR TYPE ")) function.transforms.push_back(type_named(type));
    cursor.take("\n");
  }
  if (!cursor.take(" LANGUAGE ")) return false;
  function.language = cursor.name();
  return cursor.take("\n");
}

// What the definition says, without the name.
std::optional<schema::Function> taken_apart(const Routine& routine) {
  DefinitionCursor cursor(routine.definition);
  const auto head = take_head(cursor);
  schema::Function function(routine.name, arguments_of(head.arguments), std::string(), {.schema = routine.schema});
  function.returns = returns_of(head.result);
  if (!take_language(cursor, function)) return std::nullopt;
  bool has_attributes = false;
  while (take_attribute(cursor, function)) has_attributes = true;
  if (has_attributes && !cursor.take("\n")) return std::nullopt;
  while (cursor.take(" SET ")) {
    const auto setting = cursor.until(" TO ");
    if (!cursor.take(" TO ")) return std::nullopt;
    const auto value = cursor.until("\n");
    if (value.empty() || !cursor.take("\n")) return std::nullopt;
    function.set.emplace_back(setting, value);
  }
  if (!read_body(cursor.rest(), function)) return std::nullopt;
  return function;
}

}  // namespace

RoutineHead head_of(const Routine& routine) {
  DefinitionCursor cursor(routine.definition);
  return take_head(cursor);
}

std::optional<schema::Function> function_of(const Routine& routine) {
  if (routine.kind != RoutineKind::function && routine.kind != RoutineKind::window) return std::nullopt;
  return taken_apart(routine);
}

std::optional<schema::Procedure> procedure_of(const Routine& routine) {
  if (routine.kind != RoutineKind::procedure) return std::nullopt;
  auto parts = taken_apart(routine);
  if (!parts) return std::nullopt;
  return schema::Procedure(std::move(parts->name), std::move(parts->arguments), std::move(parts->body),
                           {.language = std::move(parts->language),
                            .security = parts->security,
                            .transforms = std::move(parts->transforms),
                            .set = std::move(parts->set),
                            .schema = std::move(parts->schema)});
}

}  // namespace support::alembic::autogenerate

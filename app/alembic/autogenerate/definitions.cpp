// Triggers and statistics.
#include "app/alembic/autogenerate/definitions.hpp"

#include "app/alembic/autogenerate/definition_cursor.hpp"

namespace support::alembic::autogenerate {
namespace {

schema::TriggerTime take_time(DefinitionCursor& cursor) {
  if (cursor.take("BEFORE ")) return schema::TriggerTime::before;
  if (cursor.take("INSTEAD OF ")) return schema::TriggerTime::instead_of;
  cursor.take("AFTER ");
  return schema::TriggerTime::after;
}

Texts take_names(DefinitionCursor& cursor) {
  Texts names;
  do {
    names.push_back(cursor.name());
  } while (cursor.take(", "));
  return names;
}

std::vector<schema::TriggerEvent> take_events(DefinitionCursor& cursor, Texts& update_of) {
  std::vector<schema::TriggerEvent> events;
  do {
    if (cursor.take("INSERT")) events.push_back(schema::TriggerEvent::insert);
    if (cursor.take("DELETE")) events.push_back(schema::TriggerEvent::delete_);
    if (cursor.take("TRUNCATE")) events.push_back(schema::TriggerEvent::truncate);
    if (!cursor.take("UPDATE")) continue;
    events.push_back(schema::TriggerEvent::update);
    if (cursor.take(" OF ")) update_of = take_names(cursor);
  } while (cursor.take(" OR "));
  return events;
}

// 'it''s', E'a\\b'
std::string constant(std::string_view literal) {
  const bool has_escapes = literal.starts_with('E');
  std::string text;
  for (std::size_t at = has_escapes ? 2 : 1; at + 1 < literal.size(); ++at) {
    if (literal[at] == '\'' || (has_escapes && literal[at] == '\\')) ++at;
    text += literal[at];
  }
  return text;
}

void take_constraint_clauses(DefinitionCursor& cursor, schema::Trigger& trigger) {
  if (cursor.take("FROM ")) {
    auto [schema_name, name] = cursor.qualified_name();
    trigger.from_schema = std::move(schema_name);
    trigger.from_table = std::move(name);
    cursor.take(" ");
  }
  if (cursor.take("NOT DEFERRABLE ")) trigger.deferrable = false;
  if (cursor.take("DEFERRABLE ")) trigger.deferrable = true;
  if (cursor.take("INITIALLY DEFERRED ")) trigger.initially = "DEFERRED";
  if (cursor.take("INITIALLY IMMEDIATE ")) trigger.initially = "IMMEDIATE";
}

void take_transition_tables(DefinitionCursor& cursor, schema::Trigger& trigger) {
  if (!cursor.take("REFERENCING ")) return;
  if (cursor.take("OLD TABLE AS ")) {
    trigger.old_table = cursor.name();
    cursor.take(" ");
  }
  if (cursor.take("NEW TABLE AS ")) {
    trigger.new_table = cursor.name();
    cursor.take(" ");
  }
}

}  // namespace

// The SQL of the result is the definition again, so nothing can have got lost.
std::optional<schema::Trigger> trigger_of(const Trigger& trigger) {
  DefinitionCursor cursor(trigger.definition);
  cursor.take("CREATE ");
  const bool constraint = cursor.take("CONSTRAINT ");
  cursor.take("TRIGGER ");
  auto name = cursor.name();
  cursor.take(" ");
  const auto time = take_time(cursor);
  Texts update_of;
  auto events = take_events(cursor, update_of);
  cursor.take(" ON ");
  auto [schema_name, table] = cursor.qualified_name();
  cursor.take(" ");
  schema::Trigger result(std::move(name), std::move(table), time, std::move(events), "");
  result.update_of = std::move(update_of);
  result.schema = std::move(schema_name);
  result.constraint = constraint;
  take_constraint_clauses(cursor, result);
  take_transition_tables(cursor, result);
  result.for_each = cursor.take("FOR EACH ROW ") ? schema::ForEach::row : schema::ForEach::statement;
  cursor.take("FOR EACH STATEMENT ");
  if (cursor.take("WHEN (")) {
    result.when = cursor.until(")");
    cursor.take(") ");
  }
  cursor.take("EXECUTE FUNCTION ");
  auto [function_schema, function] = cursor.qualified_name();
  result.function_schema = std::move(function_schema);
  result.function = std::move(function);
  cursor.take("(");
  for (const auto argument : parts_of(cursor.until(")"), ", ")) result.arguments.push_back(constant(argument));
  if (result.name.empty() || result.table.empty() || result.function.empty() || result.events.empty()) {
    return std::nullopt;
  }
  if (schema::create_trigger_sql(result, false) != trigger.definition) return std::nullopt;
  return result;
}

// As trigger_of().
std::optional<schema::Statistics> statistics_of(const Statistics& statistics) {
  DefinitionCursor cursor(statistics.definition);
  cursor.take("CREATE STATISTICS ");
  auto [schema_name, name] = cursor.qualified_name();
  schema::StatisticsOptions options{.schema = std::move(schema_name)};
  if (cursor.take(" (")) {
    options.kinds = take_names(cursor);
    cursor.take(")");
  }
  cursor.take(" ON ");
  std::vector<schema::IndexElement> elements;
  for (const auto part : parts_of(cursor.until(" FROM "), ", ")) {
    DefinitionCursor element(part);
    if (element.take("(")) {
      elements.emplace_back(schema::text(std::string(element.until(")"))));
    } else {
      elements.emplace_back(element.name());
      if (!element.at_end()) return std::nullopt;
    }
  }
  cursor.take(" FROM ");
  auto [table_schema, table] = cursor.qualified_name();
  options.table_schema = std::move(table_schema);
  if (name.empty() || table.empty() || elements.empty()) return std::nullopt;
  schema::Statistics result(std::move(name), std::move(table), std::move(elements), std::move(options));
  if (schema::create_statistics_sql(result, false) != statistics.definition) return std::nullopt;
  return result;
}

RangeTypes types_of(const Range& range) {
  constexpr std::string_view last_part = ", MULTIRANGE_TYPE_NAME = ";
  DefinitionCursor cursor(range.definition);
  cursor.take("(SUBTYPE = ");
  RangeTypes types{.subtype = cursor.until(", ")};
  const auto last = range.definition.rfind(last_part);
  if (last == std::string::npos) return types;
  DefinitionCursor multirange(std::string_view(range.definition).substr(last + last_part.size()));
  types.multirange = multirange.qualified_name();
  return types;
}

}  // namespace support::alembic::autogenerate

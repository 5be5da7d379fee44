#include <algorithm>
#include <array>
#include <stdexcept>

#include <fmt/format.h>

#include "app/schema/ddl.hpp"
#include "app/schema/quoting.hpp"
#include "app/schema/sql_text.hpp"
#include "app/schema/trigger.hpp"

namespace support::schema {
namespace {

bool has_event(const Trigger& trigger, TriggerEvent event) {
  return std::find(trigger.events.begin(), trigger.events.end(), event) != trigger.events.end();
}

void require(bool holds, const Trigger& trigger, std::string_view sentence) {
  if (holds) return;
  throw std::invalid_argument(fmt::format("The trigger '{}' on '{}' {}", trigger.name, trigger.table, sentence));
}

void require_consistent(const Trigger& trigger, bool or_replace) {
  const bool for_rows = trigger.for_each == ForEach::row;
  require(!trigger.events.empty(), trigger, "has no event; name insert, update, delete_ or truncate.");
  require(trigger.update_of.empty() || has_event(trigger, TriggerEvent::update), trigger,
          "has update_of and does not fire on update; add the event or leave the columns out.");
  require(!for_rows || !has_event(trigger, TriggerEvent::truncate), trigger,
          "is for each row, and TRUNCATE looks at no rows; make it one for each statement.");
  if (trigger.time == TriggerTime::instead_of) {
    require(for_rows && trigger.when.empty() && trigger.update_of.empty(), trigger,
            "is INSTEAD OF, so it must be for each row, without when and update_of.");
  }
  if (trigger.constraint) {
    require(for_rows && trigger.time == TriggerTime::after, trigger,
            "is a constraint trigger, so it must be AFTER and for each row.");
    require(!or_replace, trigger, "is a constraint trigger, which PostgreSQL can't replace; drop it first.");
  } else {
    require(!trigger.deferrable && trigger.initially.empty() && trigger.from_table.empty(), trigger,
            "is no constraint trigger, so it can't be deferred or watch another table; set constraint.");
  }
}

std::string event_sql(const Trigger& trigger, TriggerEvent event) {
  constexpr std::array<std::string_view, 4> words{"INSERT", "UPDATE", "DELETE", "TRUNCATE"};
  std::string sql(words.at(static_cast<std::size_t>(event)));
  if (event == TriggerEvent::update && !trigger.update_of.empty()) sql += " OF " + identifier_list(trigger.update_of);
  return sql;
}

std::string events_sql(const Trigger& trigger) {
  constexpr std::array<std::string_view, 3> times{"BEFORE", "AFTER", "INSTEAD OF"};
  std::vector<std::string> events;
  for (const TriggerEvent event : trigger.events) events.push_back(event_sql(trigger, event));
  return fmt::format("{} {}", times.at(static_cast<std::size_t>(trigger.time)), fmt::join(events, " OR "));
}

}  // namespace

std::string create_trigger_sql(const Trigger& trigger, bool or_replace) {
  require_name_fits("trigger", trigger.name);
  require_consistent(trigger, or_replace);
  std::string sql = fmt::format("CREATE {}{}TRIGGER {} {} ON {}", or_replace ? "OR REPLACE " : "",
                                trigger.constraint ? "CONSTRAINT " : "", quote_identifier(trigger.name),
                                events_sql(trigger), qualified_name(trigger.table, trigger.schema));
  if (!trigger.from_table.empty()) sql += " FROM " + qualified_name(trigger.from_table, trigger.from_schema);
  sql += deferrability_sql(trigger.deferrable, trigger.initially);
  if (!trigger.old_table.empty() || !trigger.new_table.empty()) {
    sql += " REFERENCING";
    if (!trigger.old_table.empty()) sql += " OLD TABLE AS " + quote_identifier(trigger.old_table);
    if (!trigger.new_table.empty()) sql += " NEW TABLE AS " + quote_identifier(trigger.new_table);
  }
  sql += trigger.for_each == ForEach::row ? " FOR EACH ROW" : " FOR EACH STATEMENT";
  if (!trigger.when.empty()) sql += fmt::format(" WHEN ({})", sql_text("The condition of a trigger", trigger.when));
  std::vector<std::string> arguments;
  for (const std::string& argument : trigger.arguments) arguments.push_back(quote_literal(argument));
  return sql + fmt::format(" EXECUTE FUNCTION {}({})", qualified_name(trigger.function, trigger.function_schema),
                           fmt::join(arguments, ", "));
}

}  // namespace support::schema

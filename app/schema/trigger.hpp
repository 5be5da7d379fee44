#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace support::schema {

enum class TriggerTime { before, after, instead_of };
enum class TriggerEvent { insert, update, delete_, truncate };
enum class ForEach { statement, row };

struct TriggerOptions {
  std::vector<std::string> update_of = {};  // columns; needs TriggerEvent::update
  ForEach for_each = ForEach::statement;
  std::string when = {};                    // the condition, without the outer parentheses
  std::vector<std::string> arguments = {};  // constants for the function (TG_ARGV)
  std::string function_schema = {};
  std::string old_table = {};  // REFERENCING OLD TABLE AS
  std::string new_table = {};
  bool constraint = false;              // CREATE CONSTRAINT TRIGGER: after, for each row, may be deferred
  std::optional<bool> deferrable = {};  // the four below are for constraint triggers
  std::string initially = {};           // DEFERRED or IMMEDIATE
  std::string from_table = {};          // the other table of a constraint
  std::string from_schema = {};
  std::string schema = {};  // of the table

  bool operator==(const TriggerOptions&) const = default;
};

// Trigger("touch", "customers", TriggerTime::before, {TriggerEvent::update}, "set_updated_at", {.for_each =
// ForEach::row})
struct Trigger : TriggerOptions {
  Trigger(std::string trigger_name, std::string table_name, TriggerTime trigger_time,
          std::vector<TriggerEvent> trigger_events, std::string function_name, TriggerOptions options = {})
      : TriggerOptions(std::move(options)),
        name(std::move(trigger_name)),
        table(std::move(table_name)),
        time(trigger_time),
        events(std::move(trigger_events)),
        function(std::move(function_name)) {}

  std::string name;
  std::string table;
  TriggerTime time;
  std::vector<TriggerEvent> events;
  std::string function;
  bool operator==(const Trigger&) const = default;
};

// Throws std::invalid_argument on what PostgreSQL's triggers can't be: without an event, columns without UPDATE, a
// constraint trigger that is not AFTER … FOR EACH ROW or is to replace one, deferrable without being a constraint,
// INSTEAD OF for statements or with a condition, TRUNCATE for rows.
std::string create_trigger_sql(const Trigger& trigger, bool or_replace);

}  // namespace support::schema

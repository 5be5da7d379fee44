// Triggers, policies, rules, statistics, routines and views.
#include <algorithm>

#include <fmt/format.h>

#include "app/schema/quoting.hpp"

#include "tests/support/random_schema/expressions.hpp"
#include "tests/support/random_schema/print.hpp"

namespace support::tests::random_schema {
namespace {

using fmt::format;
using schema::quote_identifier;

std::string condition_of(const Model& model, const std::string& prefix, Id column, int variant) {
  return condition(model, prefix + model.name_of(column), model.type_of(column), variant);
}

// A condition that another table decides.
std::string existence(const Model& model, Id relation, int variant) {
  const auto columns = model.columns_of(relation);
  const auto where = columns.empty() ? "true" : condition_of(model, "o.", columns.front(), variant);
  return format("EXISTS (SELECT FROM {} o WHERE {})", model.relation(relation), where);
}

std::string parameter_list(const Model& model, const Routine& routine) {
  std::string list;
  for (const auto& parameter : routine.parameters) {
    list +=
        format("{}{} {}", list.empty() ? "" : ", ", quote_identifier(parameter.name), model.spelled(parameter.type));
    if (!parameter.constant) continue;
    if (const auto value = constant(model, parameter.type, *parameter.constant)) list += " DEFAULT " + *value;
  }
  return list;
}

std::string type_list(const Model& model, const Routine& routine) {
  std::string list;
  for (const auto& parameter : routine.parameters) {
    list += (list.empty() ? "" : ", ") + model.spelled(parameter.type);
  }
  return list;
}

std::string table_columns(const Model& model, const Routine& routine) {
  std::string list;
  int number = 0;
  for (const auto column : routine.columns) {
    list += format("{}c{} {}", list.empty() ? "" : ", ", ++number, model.spelled(model.type_of(column)));
  }
  return list;
}

std::string select_of(const Model& model, const Routine& routine) {
  return format("SELECT {} FROM {}", column_list(model, routine.columns), model.relation(routine.relation));
}

// What follows the parameters.
std::string result_and_body(const Model& model, const Routine& routine) {
  const auto first = routine.parameters.empty() ? "" : quote_identifier(routine.parameters.front().name);
  const auto& attributes = routine.attributes;
  const int variant = routine.variant;
  switch (routine.shape) {
    case Shape::integer:
      if (variant % 3 == 0) {
        return format("RETURNS {} LANGUAGE sql IMMUTABLE{} RETURN {} + {}", model.spelled(routine.returns), attributes,
                      first, variant);
      }
      if (variant % 3 == 1) {
        return format("RETURNS {} LANGUAGE plpgsql IMMUTABLE{} AS $$\nBEGIN\n  RETURN {} * {};\nEND\n$$",
                      model.spelled(routine.returns), attributes, first, variant);
      }
      return format("RETURNS {} LANGUAGE sql IMMUTABLE{} AS 'SELECT {} - {}'", model.spelled(routine.returns),
                    attributes, first, variant);
    case Shape::text:
      if (variant % 2 == 0) {
        return format("RETURNS text LANGUAGE sql IMMUTABLE{} BEGIN ATOMIC SELECT lower({}) || '{}'; END", attributes,
                      first, variant);
      }
      return format("RETURNS text LANGUAGE sql IMMUTABLE{} AS $$ SELECT replace({}, '{}', 'it''s;') $$", attributes,
                    first, variant);
    case Shape::step:
      return format("RETURNS integer LANGUAGE sql IMMUTABLE{} AS 'SELECT {} + {}'", attributes, first, variant);
    case Shape::trigger:
      return format("RETURNS trigger LANGUAGE plpgsql{} AS $$\nBEGIN\n  -- {}\n  RETURN NEW;\nEND\n$$", attributes,
                    variant);
    case Shape::rows:
      return format("RETURNS SETOF {} LANGUAGE plpgsql STABLE{} AS $$ BEGIN RETURN QUERY SELECT * FROM {}; END $$",
                    model.relation(routine.relation), attributes, model.relation(routine.relation));
    case Shape::table:
      return format("RETURNS TABLE({}) LANGUAGE sql STABLE{} AS $$ {} $$", table_columns(model, routine), attributes,
                    select_of(model, routine));
    case Shape::atomic:
      return format("RETURNS SETOF record LANGUAGE sql STABLE{} BEGIN ATOMIC {}; END", attributes,
                    select_of(model, routine));
    case Shape::count:
      return format("RETURNS bigint LANGUAGE sql STABLE{} BEGIN ATOMIC SELECT count(*) FROM {} WHERE {}; END",
                    attributes, model.relation(routine.relation),
                    condition_of(model, "", routine.columns.front(), variant));
    case Shape::plain:
      return format("RETURNS {} LANGUAGE plpgsql{} AS $_$ BEGIN RETURN NULL; /* {} */ END $_$",
                    model.spelled(routine.returns), attributes, variant);
    case Shape::procedure:
      return format("LANGUAGE plpgsql AS $$ BEGIN RAISE NOTICE '%', {}; END $$", variant);
    case Shape::aggregate:
      break;
  }
  return "";
}

std::string view_column(const Model& model, const ViewColumn& column, const std::string& prefix) {
  const auto name = quote_identifier(column.name);
  if (column.wrap == Wrap::call) return format("{}() AS {}", model.qualified(*model.routine(column.function)), name);
  const auto source = prefix + model.name_of(column.source);
  if (column.wrap == Wrap::text) return format("{}::text AS {}", source, name);
  if (column.wrap == Wrap::function) {
    return format("{} AS {}", call(model, *model.routine(column.function), source), name);
  }
  return format("{} AS {}", source, name);
}

std::string view_query(const Model& model, const View& view) {
  const auto from_columns = model.columns_of(view.from);
  const auto prefix = [&](Id column) { return std::ranges::count(from_columns, column) == 0 ? "j." : "f."; };
  std::string list;
  std::string groups;
  for (const auto& column : view.columns) {
    list += (list.empty() ? "" : ", ") + view_column(model, column, prefix(column.source));
    if (column.wrap != Wrap::call) {
      groups += (groups.empty() ? "" : ", ") + std::string(prefix(column.source)) + model.name_of(column.source);
    }
  }
  auto from = format("FROM {} f", model.relation(view.from));
  if (view.join != 0) from += format(" LEFT JOIN {} j ON true", model.relation(view.join));
  if (view.where != 0) from += " WHERE " + condition_of(model, prefix(view.where), view.where, view.variant);
  switch (view.query) {
    case Query::distinct:
      return format("SELECT DISTINCT {} {}", list, from);
    case Query::grouped:
      return format("SELECT {}, count(*) AS group_size {} GROUP BY {}", list, from, groups);
    case Query::by_key: {
      std::string key;
      for (const auto& constraint : model.table(view.from)->constraints) {
        if (constraint.kind != ConstraintKind::primary_key) continue;
        for (const auto column : constraint.columns) key += (key.empty() ? "f." : ", f.") + model.name_of(column);
      }
      return format("SELECT {}, count(*) AS group_size {} GROUP BY {}", list, from, key);
    }
    case Query::united:
      return format("SELECT {0} {1} UNION ALL SELECT {0} {1}", list, from);
    case Query::named:
      return format("WITH named AS (SELECT {} {}) SELECT * FROM named", list, from);
    case Query::windowed:
      return format("SELECT {}, row_number() OVER (ORDER BY 1) AS place {}", list, from);
    case Query::plain:
      break;
  }
  return format("SELECT {} {}", list, from);
}

}  // namespace

void print_trigger(const Model& model, const std::string& relation, const Trigger& trigger, Statements& statements) {
  const auto name = quote_identifier(trigger.name);
  auto text =
      format("CREATE {}TRIGGER {} {} {}", trigger.constraint ? "CONSTRAINT " : "", name, trigger.timing, trigger.event);
  if (!trigger.columns.empty()) text += " OF " + column_list(model, trigger.columns);
  text += " ON " + relation;
  if (trigger.constraint) text += trigger.variant % 2 == 0 ? " DEFERRABLE INITIALLY DEFERRED" : "";
  if (trigger.transition) text += " REFERENCING NEW TABLE AS fresh";
  text += trigger.for_each_row ? " FOR EACH ROW" : " FOR EACH STATEMENT";
  if (trigger.when != 0) {
    const auto* const row = trigger.event.starts_with("DELETE") ? "OLD." : "NEW.";
    text += format(" WHEN ({})", condition_of(model, row, trigger.when, trigger.variant));
  }
  text += format(" EXECUTE FUNCTION {}({})", model.qualified(*model.routine(trigger.function)),
                 trigger.variant % 3 == 0 ? "'it''s', '2'" : "");
  statements.push_back(text);
  if (!trigger.enabled.empty()) {
    const auto words = trigger.enabled == "DISABLE" ? trigger.enabled : "ENABLE " + trigger.enabled;
    statements.push_back(format("ALTER TABLE {} {} TRIGGER {}", relation, words, name));
  }
  print_comment(format("TRIGGER {} ON {}", name, relation), trigger.comment, statements);
}

void print_policy(const Model& model, const std::string& relation, const Policy& policy, Statements& statements) {
  const auto name = quote_identifier(policy.name);
  const auto decides = policy.other != 0 ? existence(model, policy.other, policy.variant)
                                         : condition_of(model, "", policy.column, policy.variant);
  auto text = format("CREATE POLICY {} ON {} AS {} FOR {} TO {}", name, relation,
                     policy.restrictive ? "RESTRICTIVE" : "PERMISSIVE", policy.command, policy.roles);
  if (policy.command != "INSERT") text += format(" USING ({})", decides);
  if (policy.command == "INSERT" || (policy.command == "ALL" && policy.variant % 2 == 0)) {
    text += format(" WITH CHECK ({})", decides);
  }
  statements.push_back(text);
  print_comment(format("POLICY {} ON {}", name, relation), policy.comment, statements);
}

void print_rule(const Model& model, const std::string& relation, const Rule& rule, Statements& statements) {
  const auto name = quote_identifier(rule.name);
  auto text = format("CREATE RULE {} AS ON {} TO {}", name, rule.event, relation);
  if (rule.when != 0) {
    text += format(" WHERE {}", condition_of(model, rule.event == "INSERT" ? "NEW." : "OLD.", rule.when, rule.variant));
  }
  text += rule.other == 0 ? std::string(" DO INSTEAD NOTHING")
                          : format(" DO ALSO DELETE FROM {}", model.relation(rule.other));
  statements.push_back(text);
  if (rule.disabled) statements.push_back(format("ALTER TABLE {} DISABLE RULE {}", relation, name));
  print_comment(format("RULE {} ON {}", name, relation), rule.comment, statements);
}

void print_statistics(const Model& model, const std::string& relation, const Statistics& object,
                      Statements& statements) {
  const auto name = model.qualified(object);
  auto list = column_list(model, object.columns);
  if (object.expression) {
    const auto column = object.columns.front();
    list += format(", ({})", *derived(model, model.name_of(column), model.type_of(column), *object.expression));
  }
  statements.push_back(format("CREATE STATISTICS {}{} ON {} FROM {}", name, object.kinds, list, relation));
  if (object.target) statements.push_back(format("ALTER STATISTICS {} SET STATISTICS {}", name, *object.target));
  print_comment("STATISTICS " + name, object.comment, statements);
}

void print_routine(const Model& model, const Routine& routine, Statements& statements) {
  const auto name = model.qualified(routine);
  const auto* kind = routine.shape == Shape::procedure ? "PROCEDURE" : "FUNCTION";
  if (routine.shape == Shape::aggregate) {
    kind = "AGGREGATE";
    statements.push_back(format("CREATE AGGREGATE {}({}) (SFUNC = {}, STYPE = integer{})", name,
                                type_list(model, routine), model.qualified(*model.routine(routine.step)),
                                routine.variant % 2 == 0 ? ", INITCOND = '0'" : ""));
  } else {
    statements.push_back(
        format("CREATE {} {}({}) {}", kind, name, parameter_list(model, routine), result_and_body(model, routine)));
  }
  print_comment(format("{} {}({})", kind, name, type_list(model, routine)), routine.comment, statements);
}

void print_view(const Model& model, const View& view, Statements& statements) {
  const auto name = model.qualified(view);
  const auto* kind = view.materialized ? "MATERIALIZED VIEW" : "VIEW";
  statements.push_back(format("CREATE {} {}{} AS {}{}", kind, name,
                              view.options.empty() ? "" : format(" WITH ({})", view.options), view_query(model, view),
                              view.materialized && !view.with_data ? " WITH NO DATA" : ""));
  print_comment(format("{} {}", kind, name), view.comment, statements);
  for (const auto& column : view.columns) {
    print_comment(format("COLUMN {}.{}", name, quote_identifier(column.name)), column.comment, statements);
    const auto value = column.constant ? constant(model, model.type_of(column.id), *column.constant) : std::nullopt;
    if (value && !view.materialized) {
      statements.push_back(
          format("ALTER VIEW {} ALTER COLUMN {} SET DEFAULT {}", name, quote_identifier(column.name), *value));
    }
  }
  for (const auto& index : view.indexes) print_index(model, name, index, statements);
  for (const auto& trigger : view.triggers) print_trigger(model, name, trigger, statements);
  for (const auto& rule : view.rules) print_rule(model, name, rule, statements);
}

}  // namespace support::tests::random_schema

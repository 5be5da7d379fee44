// ADD COLUMN and SET NOT NULL.
#include <algorithm>

#include <fmt/format.h>

#include "app/alembic/safety/model/added_column.hpp"
#include "app/alembic/safety/model/expression.hpp"
#include "app/alembic/safety/model/not_null.hpp"
#include "app/alembic/safety/rules/checks.hpp"

namespace support::alembic::safety {

namespace {

// The words of the type as written are not in the tree, so they come from the source: `ADD COLUMN name TYPE …`.
std::string type_text(const AddedColumn& column) {
  return without_serial(column.type).text();
}

void check_default(Examination& examination, const AddedColumn& column) {
  if (!column.default_value || column.is_identity) return;
  const auto function = column.volatile_default(examination.model);
  const bool old_server = examination.options.server_version < 11;
  if (function.empty() && !old_server) return;
  const auto table = quoted(examination.target());
  const auto name = quoted(column.name);
  examination.report(
      "add-column-volatile-default",
      {.message =
           function.empty()
               ? fmt::format("Before PostgreSQL 11 any default of a new column writes {} anew.", table)
               : fmt::format(
                     "The default of {} calls {}(), which is volatile or not known, so each row of {} gets a value of "
                     "its own and the table is written anew.",
                     name, function, table),
       .relation = examination.target().text(),
       .lock = LockMode::access_exclusive,
       .held = Held::rewrite,
       .safer = fmt::format(
           "ALTER TABLE {0} ADD COLUMN {1} {2};\n"
           "ALTER TABLE {0} ALTER COLUMN {1} SET DEFAULT {3}();\n"
           "-- then, outside the migration, in batches until no row is left:\n"
           "UPDATE {0} SET {1} = DEFAULT WHERE ctid IN (SELECT ctid FROM {0} WHERE {1} IS NULL LIMIT "
           "5000);{4}",
           table, name, type_text(column), function.empty() ? "your_default" : function,
           column.is_not_null ? "\n" + not_null_steps(examination, examination.target(), column.name) : "")});
}

void check_generated(Examination& examination, const AddedColumn& column) {
  const auto table = quoted(examination.target());
  const auto name = quoted(column.name);
  if (column.is_serial_type || column.is_identity) {
    const auto sequence = fmt::format("{}_{}_seq", examination.target().name, column.name);
    examination.report(
        "add-column-serial",
        {.message = fmt::format("{} takes a number from a sequence for each row of {}, so the table is written anew.",
                                name, table),
         .relation = examination.target().text(),
         .lock = LockMode::access_exclusive,
         .held = Held::rewrite,
         .safer = fmt::format(
             "CREATE SEQUENCE {0};\nALTER TABLE {1} ADD COLUMN {2} {3};\n"
             "ALTER TABLE {1} ALTER COLUMN {2} SET DEFAULT nextval('{0}');\n"
             "ALTER SEQUENCE {0} OWNED BY {1}.{2};\n"
             "-- then fill old rows in batches, outside the migration:\n"
             "UPDATE {1} SET {2} = DEFAULT WHERE ctid IN (SELECT ctid FROM {1} WHERE {2} IS NULL LIMIT 5000);",
             quoted(sequence), table, name, type_text(column))});
  }
  if (column.is_stored()) {
    examination.report(
        "add-column-generated-stored",
        {.message =
             fmt::format("{} is computed and stored for each row of {}, so the table is written anew.", name, table),
         .relation = examination.target().text(),
         .lock = LockMode::access_exclusive,
         .held = Held::rewrite,
         .safer =
             examination.options.server_version >= 18
                 ? "-- the same with VIRTUAL instead of STORED: computed when it is read, instant"
                 : fmt::format("ALTER TABLE {} ADD COLUMN {} {};\n-- a trigger that fills it for new rows, then old "
                               "rows in batches",
                               table, name, type_text(column))});
  }
  if (examination.model.is_constrained_domain(column.type)) {
    examination.report(
        "add-column-constrained-domain",
        {.message = fmt::format("{} is a domain with a constraint, so {} is written anew, even without a default.",
                                column.type.text(), table),
         .relation = examination.target().text(),
         .lock = LockMode::access_exclusive,
         .held = Held::rewrite,
         .safer = fmt::format("ALTER TABLE {0} ADD COLUMN {1} {2};\n"
                              "ALTER TABLE {0} ADD CONSTRAINT {3} CHECK (/* the domain's */ true) NOT VALID;\n"
                              "-- next migration:\nALTER TABLE {0} VALIDATE CONSTRAINT {3};",
                              table, name, examination.model.without_domain(column.type).text(),
                              quoted(fmt::format("{}_{}_check", examination.target().name, column.name)))});
  }
}

void check_required(Examination& examination, const AddedColumn& column) {
  if (!column.is_not_null || column.has_default()) return;
  const auto table = quoted(examination.target());
  examination.report("add-column-not-null-without-default",
                     {.message = fmt::format(
                          "{} has no value for the rows that {} has already, so this fails unless the table is empty.",
                          quoted(column.name), table),
                      .relation = examination.target().text(),
                      .lock = LockMode::access_exclusive,
                      .held = Held::scan,
                      .safer = fmt::format("ALTER TABLE {} ADD COLUMN {} {};\n-- fill old rows in batches, then:\n{}",
                                           table, quoted(column.name), type_text(column),
                                           not_null_steps(examination, examination.target(), column.name))});
}

void check_not_null_constraint(Examination& examination, const Node& definition) {
  if (definition.flag("skip_validation")) return;
  for (const auto& column : definition.strings("keys")) {
    if (is_proven_not_null(examination, examination.known_target(), column)) continue;
    examination.report("set-not-null-scan",
                       {.message = fmt::format("The NOT NULL constraint on {} is checked for all rows of {}.",
                                               quoted(column), quoted(examination.target())),
                        .relation = examination.target().text(),
                        .lock = LockMode::access_exclusive,
                        .held = Held::scan,
                        .safer = not_null_steps(examination, examination.target(), column)});
  }
}

}  // namespace

bool is_proven_not_null(const Examination& examination, const Relation* relation, const std::string& column,
                        const std::vector<std::string>& dropped) {
  return is_proven_not_null(relation, column, examination.options.server_version, Unseen::trusted, dropped);
}

std::string not_null_steps(const Examination& examination, const RelationName& table, const std::string& column) {
  const auto constraint = quoted(fmt::format("{}_{}_not_null", table.name, column));
  if (examination.options.server_version >= 18) {
    return fmt::format(
        "ALTER TABLE {0} ADD CONSTRAINT {1} NOT NULL {2} NOT VALID;\n-- next migration:\n"
        "ALTER TABLE {0} VALIDATE CONSTRAINT {1};",
        quoted(table), constraint, quoted(column));
  }
  return fmt::format(
      "ALTER TABLE {0} ADD CONSTRAINT {1} CHECK ({2} IS NOT NULL) NOT VALID;\n-- next migration:\n"
      "ALTER TABLE {0} VALIDATE CONSTRAINT {1};\n-- and one more:\n"
      "ALTER TABLE {0} ALTER COLUMN {2} SET NOT NULL;\nALTER TABLE {0} DROP CONSTRAINT {1};",
      quoted(table), constraint, quoted(column));
}

void check_added_columns(Examination& examination) {
  if (!alters_existing_table(examination)) return;
  const auto* relation = examination.known_target();
  for (const auto& command : examination.node.items("cmds")) {
    if (command.text("subtype") != "AT_AddColumn") continue;
    const AddedColumn column(command["def"]);
    if (command.flag("missing_ok") && relation != nullptr && relation->column(column.name) != nullptr) continue;
    check_default(examination, column);
    check_generated(examination, column);
    check_required(examination, column);
  }
}

void check_not_null(Examination& examination) {
  if (!alters_existing_table(examination)) return;
  const auto commands = examination.node.items("cmds");
  std::vector<std::string> dropped;
  for (const auto& command : commands) {
    if (command.text("subtype") == "AT_DropConstraint") dropped.emplace_back(command.text("name"));
  }
  for (const auto& command : commands) {
    const auto subtype = command.text("subtype");
    const auto definition = command["def"];
    if (subtype == "AT_AddConstraint" && definition.text("contype") == "CONSTR_NOTNULL") {
      check_not_null_constraint(examination, definition);
    }
    if (subtype != "AT_SetNotNull") continue;
    const std::string column(command.text("name"));
    if (is_proven_not_null(examination, examination.known_target(), column, dropped)) continue;
    const bool loses_proof = is_proven_not_null(examination, examination.known_target(), column);
    examination.report(
        "set-not-null-scan",
        {.message =
             loses_proof
                 ? fmt::format("The CHECK that proves {} is dropped by the same ALTER TABLE, and drops run first, "
                               "so all rows of {} are read.",
                               quoted(column), quoted(examination.target()))
                 : fmt::format("Nothing proves yet that {} is never NULL, so all rows of {} are read.", quoted(column),
                               quoted(examination.target())),
         .relation = examination.target().text(),
         .lock = LockMode::access_exclusive,
         .held = Held::scan,
         .safer = loses_proof ? fmt::format("ALTER TABLE {0} ALTER COLUMN {1} SET NOT NULL;\nALTER TABLE {0} DROP "
                                            "CONSTRAINT {2};",
                                            quoted(examination.target()), quoted(column), quoted(dropped.front()))
                              : not_null_steps(examination, examination.target(), column)});
  }
}

}  // namespace support::alembic::safety

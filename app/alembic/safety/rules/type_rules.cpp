// ALTER COLUMN … TYPE and SET EXPRESSION.
#include <algorithm>

#include <fmt/format.h>

#include "app/alembic/safety/model/column_type_change.hpp"
#include "app/alembic/safety/rules/checks.hpp"

namespace support::alembic::safety {

namespace {

SessionZone zone_of(const Session& session) {
  auto zone = session.setting("timezone");
  std::transform(zone.begin(), zone.end(), zone.begin(),
                 [](unsigned char letter) { return static_cast<char>(std::toupper(letter)); });
  return zone == "UTC" || zone == "GMT" || zone == "ETC/UTC" || zone == "0" ? SessionZone::utc : SessionZone::other;
}

std::string swap_steps(const RelationName& table, const std::string& column, const TypeName& to) {
  const auto added = column + "_new";
  return fmt::format(
      "ALTER TABLE {0} ADD COLUMN {2} {3};\n"
      "-- a trigger BEFORE INSERT OR UPDATE that sets {2} from {1}; then, in batches, outside the migration:\n"
      "UPDATE {0} SET {2} = {1} WHERE ctid IN (SELECT ctid FROM {0} WHERE {2} IS NULL AND {1} IS NOT NULL LIMIT "
      "5000);\n"
      "-- indexes on {2} CONCURRENTLY, and when all is filled, in one short transaction:\n"
      "ALTER TABLE {0} RENAME COLUMN {1} TO {4};\nALTER TABLE {0} RENAME COLUMN {2} TO {1};",
      quoted(table), quoted(column), quoted(added), to.text(), quoted(column + "_old"));
}

void report_rewrite(Examination& examination, const ColumnTypeChange& change) {
  const auto table = examination.target();
  const auto from = change.from ? fmt::format("from {} ", change.from->text()) : std::string();
  auto message =
      change.plain_using
          ? fmt::format("{} changes {}to {}, which is stored in another way, so {} and its indexes are written anew.",
                        quoted(change.column), from, change.to.text(), quoted(table))
          : fmt::format("USING computes {} anew for each row, so {} and its indexes are written anew.",
                        quoted(change.column), quoted(table));
  if (!change.from && change.plain_using) {
    message = fmt::format(
        "The old type of {} is not known here. Unless {} is a wider form of it, {} and its indexes are "
        "written anew.",
        quoted(change.column), change.to.text(), quoted(table));
  }
  examination.report("alter-column-type-rewrite",
                     {.message = std::move(message),
                      .relation = table.text(),
                      .lock = LockMode::access_exclusive,
                      .held = Held::rewrite,
                      .safer = swap_steps(table, change.column, change.to),
                      .severity = change.from || !change.plain_using ? Severity::error : Severity::warning});
}

// The rows stay as they are; what else has to be done under the same lock.
void check_dependents(Examination& examination, const ColumnTypeChange& change, bool reorders) {
  const auto* relation = examination.known_target();
  const auto table = examination.target();
  if (const auto* index = reorders ? index_on(relation, change.column) : nullptr) {
    examination.report(
        "alter-column-type-index-rebuild",
        {.message = fmt::format("The values of {} sort in another order afterwards, so index {} is built anew.",
                                quoted(change.column), quoted(index->name.name)),
         .relation = table.text(),
         .lock = LockMode::access_exclusive,
         .held = Held::scan,
         .safer = swap_steps(table, change.column, change.to)});
  }
  if (const auto* check = check_on(relation, change.column)) {
    const auto name = quoted(check->name);
    examination.report(
        "alter-column-type-constraint-scan",
        {.message = fmt::format("{} is stored as before, but CHECK {} is tested for all rows of {} again.",
                                quoted(change.column), name, quoted(table)),
         .relation = table.text(),
         .lock = LockMode::access_exclusive,
         .held = Held::scan,
         .safer = fmt::format("ALTER TABLE {0} DROP CONSTRAINT {1};\nALTER TABLE {0} ALTER COLUMN {2} TYPE {3};\n"
                              "-- ALTER TABLE {0} ADD CONSTRAINT {1} CHECK (…) NOT VALID;\n-- next migration:\n"
                              "-- ALTER TABLE {0} VALIDATE CONSTRAINT {1};",
                              quoted(table), name, quoted(change.column), change.to.text())});
  }
}

void check_type(Examination& examination, const ColumnTypeChange& change) {
  if (!change.from || !change.plain_using) {
    // The collation of a type that stays the same is seen where the model knows the column.
    report_rewrite(examination, change);
    return;
  }
  const auto& model = examination.model;
  const auto from = model.without_domain(*change.from);
  const auto to = model.without_domain(change.to);
  const auto cost = change.cost(model, zone_of(examination.session));
  if (is_narrowing(from, to)) {
    examination.report("alter-column-type-narrowing",
                       {.message = fmt::format("{} holds less than {}: values that do not fit make it fail or are cut.",
                                               change.to.text(), change.from->text()),
                        .relation = examination.target().text(),
                        .lock = LockMode::access_exclusive,
                        .held = Held::rewrite,
                        .safer = swap_steps(examination.target(), change.column, change.to)});
  }
  if (cost == TypeChange::rewrite) return report_rewrite(examination, change);
  check_dependents(examination, change, change.reorders(cost));
}

void check_expression(Examination& examination, const std::string& column_name) {
  const auto* relation = examination.known_target();
  const auto* column = relation == nullptr ? nullptr : relation->column(column_name);
  if (column != nullptr && column->generated == Column::Generated::virtual_column) return;
  examination.report("alter-generated-expression-rewrite",
                     {.message = fmt::format("The stored values of {} are computed anew for all rows of {}.",
                                             quoted(column_name), quoted(examination.target())),
                      .relation = examination.target().text(),
                      .lock = LockMode::access_exclusive,
                      .held = Held::rewrite,
                      .safer = fmt::format(
                          "-- a new column with the new expression, filled in batches by a trigger and UPDATE; then:\n"
                          "ALTER TABLE {0} RENAME COLUMN {1} TO {2};\nALTER TABLE {0} RENAME COLUMN {3} TO {1};",
                          quoted(examination.target()), quoted(column_name), quoted(column_name + "_old"),
                          quoted(column_name + "_new"))});
}

}  // namespace

void check_column_types(Examination& examination) {
  if (!alters_existing_table(examination)) return;
  const auto* relation = examination.known_target();
  for (const auto& command : examination.node.items("cmds")) {
    const std::string column(command.text("name"));
    if (command.text("subtype") == "AT_SetExpression") check_expression(examination, column);
    if (command.text("subtype") != "AT_AlterColumnType") continue;
    const auto change = read_type_change(command, relation);
    check_type(examination, change);
  }
}

}  // namespace support::alembic::safety

// Foreign keys: the index behind them, the types on both sides, ON DELETE CASCADE.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "app/alembic/safety/model/replay.hpp"
#include "app/alembic/safety/rules/checks.hpp"

namespace support::alembic::safety {

namespace {

struct ForeignKey {
  Node definition;
  std::string column;  // of a column constraint
  std::optional<TypeName> column_type;
};

std::vector<ForeignKey> foreign_keys(const Node& node) {
  std::vector<ForeignKey> keys;
  const auto add = [&](const Node& definition, const Node& column) {
    if (definition.text("contype") != "CONSTR_FOREIGN") return;
    ForeignKey key{.definition = definition};
    if (column) {
      key.column = column.text("colname");
      key.column_type = without_serial(read_type(column["typeName"]));
    }
    keys.push_back(std::move(key));
  };
  const auto add_column = [&](const Node& column) {
    for (const auto& definition : column.items("constraints")) add(definition, column);
  };
  for (const auto& element : node.items("tableElts")) {
    if (element.is("Constraint")) add(element, {});
    if (element.is("ColumnDef")) add_column(element);
  }
  for (const auto& command : node.items("cmds")) {
    if (command.text("subtype") == "AT_AddConstraint") add(command["def"], {});
    if (command.text("subtype") == "AT_AddColumn") add_column(command["def"]);
  }
  return keys;
}

std::optional<TypeName> type_of(const Examination& examination, const ForeignKey& key, const std::string& column) {
  if (key.column_type) return key.column_type;
  for (const auto& element : examination.node.items("tableElts")) {
    if (element.text("colname") == column) return without_serial(read_type(element["typeName"]));
  }
  for (const auto& command : examination.node.items("cmds")) {
    if (command.text("subtype") == "AT_AddColumn" && command["def"].text("colname") == column) {
      return without_serial(read_type(command["def"]["typeName"]));
    }
  }
  const auto* relation = examination.known_target();
  const auto* known = relation == nullptr ? nullptr : relation->column(column);
  return known == nullptr ? std::nullopt : known->type;
}

void check_types_match(Examination& examination, const ForeignKey& key, const Constraint& constraint) {
  const auto* referenced = examination.model.find(constraint.referenced);
  if (referenced == nullptr || constraint.columns.size() != constraint.referenced_columns.size()) return;
  for (std::size_t i = 0; i < constraint.columns.size(); ++i) {
    const auto own = type_of(examination, key, constraint.columns[i]);
    const auto* other = referenced->column(constraint.referenced_columns[i]);
    if (!own || other == nullptr || !other->type) continue;
    const auto own_type = examination.model.without_domain(*own);
    const auto other_type = examination.model.without_domain(*other->type);
    if (own_type.name == other_type.name) continue;
    examination.report(
        "foreign-key-type-mismatch",
        {.message = fmt::format("{} is {}, and refers to {}.{}, which is {}.", quoted(constraint.columns[i]),
                                own->text(), quoted(constraint.referenced), quoted(other->name), other->type->text()),
         .relation = examination.target().text(),
         .safer = fmt::format("-- {} {}", quoted(constraint.columns[i]), other->type->text())});
  }
}

// Whether it covers the columns is known when the file is over.
void expect_index(Examination& examination, const Constraint& constraint) {
  const auto* relation = examination.known_target();
  const bool known = examination.node.is("CreateStmt") || (relation != nullptr && relation->complete);
  if (!known || constraint.columns.empty()) return;
  const auto name = fmt::format("{}_{}_idx", examination.target().name, fmt::join(constraint.columns, "_"));
  examination.memory.pending.push_back(
      {.until = PendingFinding::Until::end_of_file,
       .unless = PendingFinding::Unless::has_index,
       .relation = examination.target(),
       .columns = constraint.columns,
       .statement = examination.number,
       .rule = "foreign-key-missing-index",
       .report = {.message = fmt::format(
                      "No index of {} begins with {}: a DELETE or UPDATE in {} reads the whole table.",
                      quoted(examination.target()), quoted_list(constraint.columns), quoted(constraint.referenced)),
                  .relation = examination.target().text(),
                  .safer = fmt::format("CREATE INDEX CONCURRENTLY {} ON {} ({});", quoted(name),
                                       quoted(examination.target()), quoted_list(constraint.columns))}});
}

}  // namespace

void check_foreign_keys(Examination& examination) {
  const auto& node = examination.node;
  if (!node.is("CreateStmt") && !node.is("AlterTableStmt")) return;
  const auto* known = examination.known_target();
  const Relation nothing{.name = examination.target()};
  for (const auto& key : foreign_keys(node)) {
    const auto constraint =
        read_constraint(key.definition, known == nullptr ? nothing : *known, key.column, examination.model);
    check_types_match(examination, key, constraint);
    expect_index(examination, constraint);
    if (key.definition.text("fk_del_action") == "c") {
      examination.report("on-delete-cascade",
                         {.message = fmt::format("A DELETE in {} also deletes all rows of {} that refer to it.",
                                                 quoted(constraint.referenced), quoted(examination.target())),
                          .relation = examination.target().text()});
    }
  }
}

}  // namespace support::alembic::safety

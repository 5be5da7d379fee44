// From nodes of the tree to the values of the model.
#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "app/alembic/safety/model/expression.hpp"
#include "app/alembic/safety/model/replay.hpp"

namespace support::alembic::safety {

namespace {

// "t_a_b_key", or with a number behind it when that is taken (ChooseRelationName).
template <typename IsTaken>
std::string choose_name(const std::string& stem, std::string_view suffix, IsTaken is_taken) {
  auto name = fmt::format("{}_{}", stem, suffix);
  for (unsigned number = 1; is_taken(name); ++number) name = fmt::format("{}_{}{}", stem, suffix, number);
  return name;
}

std::string stem(const Relation& relation, const std::vector<std::string>& columns) {
  return columns.empty() ? relation.name.name : fmt::format("{}_{}", relation.name.name, fmt::join(columns, "_"));
}

Constraint::Kind kind_of(std::string_view contype) {
  if (contype == "CONSTR_NOTNULL") return Constraint::Kind::not_null;
  if (contype == "CONSTR_UNIQUE") return Constraint::Kind::unique;
  if (contype == "CONSTR_PRIMARY") return Constraint::Kind::primary_key;
  if (contype == "CONSTR_FOREIGN") return Constraint::Kind::foreign_key;
  if (contype == "CONSTR_EXCLUSION") return Constraint::Kind::exclusion;
  return Constraint::Kind::check;
}

std::string default_name(const Constraint& constraint, const Relation& relation, const SchemaModel& model) {
  const auto is_taken = [&](const std::string& name) {
    return relation.constraint(name) != nullptr || model.index_owner({relation.name.schema, name}) != nullptr;
  };
  switch (constraint.kind) {
    case Constraint::Kind::primary_key:
      return choose_name(relation.name.name, "pkey", is_taken);
    case Constraint::Kind::unique:
      return choose_name(stem(relation, constraint.columns), "key", is_taken);
    case Constraint::Kind::foreign_key:
      return choose_name(stem(relation, constraint.columns), "fkey", is_taken);
    case Constraint::Kind::exclusion:
      return choose_name(stem(relation, constraint.columns), "excl", is_taken);
    case Constraint::Kind::not_null:
      return choose_name(stem(relation, constraint.columns), "not_null", is_taken);
    case Constraint::Kind::check:
      break;
  }
  const bool one_column = constraint.columns.size() == 1;
  return choose_name(stem(relation, one_column ? constraint.columns : std::vector<std::string>()), "check", is_taken);
}

void read_foreign_key(const Node& definition, Constraint& constraint, const SchemaModel& model) {
  constraint.referenced = model.resolve(definition["pktable"]);
  constraint.referenced_columns = definition.strings("pk_attrs");
  if (!constraint.referenced_columns.empty()) return;
  if (const auto* referenced = model.find(constraint.referenced)) {
    if (const auto* key = referenced->primary_key()) constraint.referenced_columns = key->columns;
  }
}

std::string key_text(const Node& element) {
  auto text = element["expr"] ? element["expr"].canonical() : std::string(element.text("name"));
  for (const auto& part : element.strings("opclass")) text += " " + part;
  if (const auto collation = element.strings("collation"); !collation.empty()) text += " collate " + collation.back();
  if (element.text("ordering") == "SORTBY_DESC") text += " desc";
  if (const auto nulls = element.text("nulls_ordering"); nulls != "SORTBY_NULLS_DEFAULT") text += nulls;
  return text;
}

void add_once(std::vector<std::string>& list, const std::vector<std::string>& more) {
  for (const auto& item : more) {
    if (std::find(list.begin(), list.end(), item) == list.end()) list.push_back(item);
  }
}

}  // namespace

bool is_table_constraint(const Node& definition) {
  const auto type = definition.text("contype");
  if (type == "CONSTR_NOTNULL") return !definition.items("keys").empty();
  return type == "CONSTR_CHECK" || type == "CONSTR_UNIQUE" || type == "CONSTR_PRIMARY" || type == "CONSTR_FOREIGN" ||
         type == "CONSTR_EXCLUSION";
}

Column read_column(const Node& definition) {
  Column column{.name = std::string(definition.text("colname"))};
  if (const auto type = definition["typeName"]) {
    const auto written = read_type(type);
    column.has_sequence = is_serial(written);
    column.has_default = column.has_sequence;
    column.not_null = column.has_sequence;
    column.type = without_serial(written);
  }
  if (const auto collation = definition["collClause"].strings("collname"); !collation.empty()) {
    column.collation = collation.back();
  }
  for (const auto& constraint : definition.items("constraints")) {
    const auto type = constraint.text("contype");
    if (type == "CONSTR_NOTNULL" || type == "CONSTR_PRIMARY") column.not_null = true;
    if (type == "CONSTR_DEFAULT") column.has_default = true;
    if (type == "CONSTR_IDENTITY") column.not_null = column.has_default = column.has_sequence = true;
    if (type == "CONSTR_GENERATED") {
      column.generated = constraint.flag("virtual") ? Column::Generated::virtual_column : Column::Generated::stored;
    }
  }
  return column;
}

Constraint read_constraint(const Node& definition, const Relation& relation, std::string_view column,
                           const SchemaModel& model) {
  Constraint constraint{.name = std::string(definition.text("conname")), .kind = kind_of(definition.text("contype"))};
  constraint.valid = !definition.flag("skip_validation");
  constraint.enforced = !definition.flag("not_enforced");
  constraint.columns = definition.strings(constraint.kind == Constraint::Kind::foreign_key ? "fk_attrs" : "keys");
  if (!column.empty() && constraint.columns.empty()) constraint.columns = {std::string(column)};
  if (constraint.kind == Constraint::Kind::check) {
    constraint.columns = mentioned_columns(definition["raw_expr"]);
    constraint.proves_not_null = proven_not_null(definition["raw_expr"]);
    constraint.comparisons = comparisons(definition["raw_expr"]);
    constraint.expression = definition["raw_expr"].canonical();
  }
  if (constraint.kind == Constraint::Kind::exclusion) {
    for (const auto& pair : definition.items("exclusions")) {
      pair.walk([&](const Node& node) {
        if (node.is("IndexElem") && !node.text("name").empty()) constraint.columns.emplace_back(node.text("name"));
      });
    }
  }
  if (constraint.kind == Constraint::Kind::foreign_key) read_foreign_key(definition, constraint, model);
  if (const auto index = definition.text("indexname"); !index.empty()) {
    constraint.index = {relation.name.schema, std::string(index)};
    if (constraint.name.empty()) constraint.name = index;
    if (const auto* known = relation.index(constraint.index)) {
      for (const auto& key : known->keys) constraint.columns.push_back(key.column);
    }
  }
  if (constraint.name.empty()) constraint.name = default_name(constraint, relation, model);
  return constraint;
}

Index read_index(const Node& statement, const SchemaModel& model) {
  const auto table = model.resolve(statement["relation"]);
  Index index{.method = std::string(statement.text("accessMethod")), .unique = statement.flag("unique")};
  std::vector<std::string> words;
  for (const auto& element : statement.items("indexParams")) {
    const std::string column(element.text("name"));
    index.keys.push_back({column, key_text(element)});
    add_once(index.columns, column.empty() ? mentioned_columns(element["expr"]) : std::vector{column});
    words.push_back(!column.empty()                  ? column
                    : element["expr"].is("FuncCall") ? function_name(element["expr"])
                                                     : "expr");
  }
  for (const auto& element : statement.items("indexIncludingParams")) {
    add_once(index.columns, {std::string(element.text("name"))});
  }
  if (const auto predicate = statement["whereClause"]) {
    index.predicate = predicate.canonical();
    add_once(index.columns, mentioned_columns(predicate));
  }
  std::string name(statement.text("idxname"));
  if (name.empty()) {
    name = choose_name(fmt::format("{}_{}", table.name, fmt::join(words, "_")), "idx", [&](const std::string& taken) {
      return model.index_owner({table.schema, taken}) != nullptr;
    });
  }
  index.name = {table.schema, name};
  return index;
}

}  // namespace support::alembic::safety

#include "app/alembic/safety/model/replay_alter_table.hpp"

#include <algorithm>

namespace support::alembic::safety {

namespace {

bool mentions(const std::vector<std::string>& columns, std::string_view column) {
  return std::find(columns.begin(), columns.end(), column) != columns.end();
}

Column& mention_column(Relation& relation, std::string_view name) {
  if (auto* known = relation.column(name)) return *known;
  relation.columns.push_back({.name = std::string(name)});
  return relation.columns.back();
}

void drop_constraint(SchemaModel& model, Relation& relation, std::string_view name) {
  const auto* constraint = relation.constraint(name);
  if (constraint == nullptr) return;
  if (constraint->kind == Constraint::Kind::not_null && !constraint->columns.empty()) {
    if (auto* column = relation.column(constraint->columns.front())) column->not_null = false;
  }
  const auto index = constraint->index;
  std::erase_if(relation.constraints, [&](const Constraint& c) { return c.name == name; });
  if (!index.name.empty()) model.erase_index(index);
}

void drop_column(SchemaModel& model, Relation& relation, std::string_view name) {
  std::erase_if(relation.columns, [&](const Column& column) { return column.name == name; });
  std::vector<std::string> gone;
  for (const auto& constraint : relation.constraints) {
    if (mentions(constraint.columns, name)) gone.push_back(constraint.name);
  }
  for (const auto& constraint : gone) drop_constraint(model, relation, constraint);
  std::vector<RelationName> indexes;
  for (const auto& index : relation.indexes) {
    if (mentions(index.columns, name)) indexes.push_back(index.name);
  }
  for (const auto& index : indexes) model.erase_index(index);
}

void add_column(SchemaModel& model, Relation& relation, const Node& command, unsigned transaction) {
  const auto definition = command["def"];
  const auto name = definition.text("colname");
  if (relation.column(name) != nullptr && command.flag("missing_ok")) return;
  if (auto* known = relation.column(name)) {
    *known = read_column(definition);
  } else {
    relation.columns.push_back(read_column(definition));
  }
  for (const auto& constraint : definition.items("constraints")) {
    if (is_table_constraint(constraint)) add_constraint(model, relation, constraint, name, transaction);
  }
}

void set_type(Relation& relation, std::string_view name, const Node& definition) {
  auto& column = mention_column(relation, name);
  column.type = read_type(definition["typeName"]);
  const auto collation = definition["collClause"].strings("collname");
  column.collation = collation.empty() ? "" : collation.back();
}

void validate(Relation& relation, std::string_view name) {
  auto* constraint = relation.constraint(name);
  if (constraint == nullptr) {
    relation.validated_unseen.emplace_back(name);
    return;
  }
  constraint->valid = true;
  if (constraint->kind == Constraint::Kind::not_null && !constraint->columns.empty()) {
    mention_column(relation, constraint->columns.front()).not_null = true;
  }
}

void set_persistence(Relation& relation, std::string_view subtype) {
  relation.persistence = subtype == "AT_SetLogged" ? Relation::Persistence::permanent : Relation::Persistence::unlogged;
}

void attach(SchemaModel& model, const RelationName& parent_name, const Node& partition) {
  const auto child = model.resolve(partition["name"]);
  auto& relation = model.mention(child);
  relation.parents.push_back(parent_name);
  auto& parent = model.mention(parent_name);
  parent.kind = Relation::Kind::partitioned_table;
  parent.partitions.push_back(child);
  if (partition["bound"].flag("is_default")) parent.default_partition = child;
}

void detach(SchemaModel& model, const RelationName& parent_name, const Node& partition) {
  const auto child = model.resolve(partition["name"]);
  auto& parent = model.mention(parent_name);
  std::erase(parent.partitions, child);
  if (parent.default_partition == child) parent.default_partition.reset();
  std::erase(model.mention(child).parents, parent_name);
}

void alter_column(Relation& relation, const Node& command) {
  const auto subtype = command.text("subtype");
  const auto name = command.text("name");
  if (subtype == "AT_SetNotNull") mention_column(relation, name).not_null = true;
  if (subtype == "AT_DropNotNull") mention_column(relation, name).not_null = false;
  if (subtype == "AT_ColumnDefault") mention_column(relation, name).has_default = static_cast<bool>(command["def"]);
  if (subtype == "AT_AlterColumnType") set_type(relation, name, command["def"]);
  if (subtype == "AT_DropExpression") mention_column(relation, name).generated = Column::Generated::no;
  if (subtype == "AT_AddIdentity") {
    auto& column = mention_column(relation, name);
    column.has_default = column.has_sequence = true;
  }
}

// What concerns this relation alone, and each of its partitions alike.
void apply(SchemaModel& model, Relation& relation, const Node& command, unsigned transaction) {
  const auto subtype = command.text("subtype");
  const auto name = command.text("name");
  if (subtype == "AT_AddColumn") return add_column(model, relation, command, transaction);
  if (subtype == "AT_DropColumn") return drop_column(model, relation, name);
  if (subtype == "AT_AddConstraint") return add_constraint(model, relation, command["def"], "", transaction);
  if (subtype == "AT_DropConstraint") return drop_constraint(model, relation, name);
  if (subtype == "AT_ValidateConstraint") return validate(relation, name);
  if (subtype == "AT_SetLogged" || subtype == "AT_SetUnLogged") return set_persistence(relation, subtype);
  if (subtype == "AT_SetAccessMethod") relation.access_method = name;
  if (subtype == "AT_EnableRowSecurity") relation.row_security = true;
  if (subtype == "AT_DisableRowSecurity") relation.row_security = false;
  if (subtype == "AT_ReplicaIdentity") {
    relation.replica_identity = command["def"].text("identity_type");
    relation.replica_index.reset();
    if (relation.replica_identity == "i") {
      relation.replica_index = RelationName{relation.name.schema, std::string(command["def"].text("name"))};
    }
  }
  if (subtype == "AT_AlterConstraint") {
    auto* constraint = relation.constraint(command["def"].text("conname"));
    if (constraint != nullptr && command["def"].flag("make_enforced")) constraint->enforced = true;
    if (constraint != nullptr && command["def"].flag("not_enforced")) constraint->enforced = false;
  }
  alter_column(relation, command);
}

bool reaches_partitions(std::string_view subtype) {
  return subtype == "AT_AddColumn" || subtype == "AT_DropColumn" || subtype == "AT_SetNotNull" ||
         subtype == "AT_DropNotNull" || subtype == "AT_AlterColumnType" || subtype == "AT_AddConstraint" ||
         subtype == "AT_DropConstraint" || subtype == "AT_ValidateConstraint" || subtype == "AT_ColumnDefault";
}

}  // namespace

void rename_column(SchemaModel& model, const RelationName& name, const std::string& from, const std::string& to) {
  auto& relation = model.mention(name);
  if (relation.column(to) != nullptr) return;
  mention_column(relation, from).name = to;
  for (auto& constraint : relation.constraints) {
    std::replace(constraint.columns.begin(), constraint.columns.end(), from, to);
    std::replace(constraint.proves_not_null.begin(), constraint.proves_not_null.end(), from, to);
  }
  for (auto& index : relation.indexes) {
    std::replace(index.columns.begin(), index.columns.end(), from, to);
    for (auto& key : index.keys) {
      if (key.column != from) continue;
      key.text.replace(0, from.size(), to);
      key.column = to;
    }
  }
  const auto partitions = relation.partitions;
  for (const auto& partition : partitions) rename_column(model, partition, from, to);
}

void add_constraint(SchemaModel& model, Relation& relation, const Node& definition, std::string_view column,
                    unsigned transaction) {
  auto constraint = read_constraint(definition, relation, column, model);
  constraint.added_in = transaction;
  const bool is_key = constraint.kind == Constraint::Kind::primary_key || constraint.kind == Constraint::Kind::unique;
  if (constraint.kind == Constraint::Kind::primary_key ||
      (constraint.kind == Constraint::Kind::not_null && constraint.valid)) {
    for (const auto& name : constraint.columns) {
      if (!name.empty()) mention_column(relation, name).not_null = true;
    }
  }
  if (is_key && constraint.index.name.empty()) {
    Index index{.name = {relation.name.schema, constraint.name}, .columns = constraint.columns, .unique = true};
    for (const auto& name : constraint.columns) index.keys.push_back({name, name});
    constraint.index = index.name;
    model.add_index(relation, std::move(index));
  } else if (is_key && model.index_owner(constraint.index) != nullptr && constraint.index.name != constraint.name) {
    // The index takes the name of its constraint.
    const RelationName renamed{constraint.index.schema, constraint.name};
    model.rename_index(constraint.index, renamed);
    constraint.index = renamed;
  }
  relation.constraints.push_back(std::move(constraint));
}

void alter_table(SchemaModel& model, const Node& statement, unsigned transaction) {
  const auto object = statement.text("objtype");
  if (object != "OBJECT_TABLE" && object != "OBJECT_FOREIGN_TABLE" && object != "OBJECT_MATVIEW") return;
  const auto range = statement["relation"];
  const auto name = model.resolve(range);
  if (model.find(name) == nullptr && statement.flag("missing_ok")) return;
  model.mention(name);
  for (const auto& command : statement.items("cmds")) {
    const auto subtype = command.text("subtype");
    if (subtype == "AT_AttachPartition") attach(model, name, command["def"]);
    if (subtype == "AT_DetachPartition" || subtype == "AT_DetachPartitionFinalize") detach(model, name, command["def"]);
    if (subtype == "AT_AddInherit") model.mention(name).parents.push_back(model.resolve(command["def"]));
    apply(model, model.mention(name), command, transaction);
    if (!range.flag("inh") || !reaches_partitions(subtype)) continue;
    const auto partitions = model.mention(name).partitions;
    for (const auto& partition : partitions) apply(model, model.mention(partition), command, transaction);
  }
}

}  // namespace support::alembic::safety

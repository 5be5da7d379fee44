// What the sub-commands of ALTER TABLE do to rows.
#include <algorithm>

#include <fmt/format.h>

#include "app/alembic/safety/model/added_column.hpp"
#include "app/alembic/safety/model/column_type_change.hpp"
#include "app/alembic/safety/model/partition_bound.hpp"
#include "app/alembic/safety/model/replay.hpp"
#include "app/alembic/safety/model/work_list.hpp"

namespace support::alembic::safety {

namespace {

bool concerns(const std::vector<std::string>& columns, const std::string& column) {
  return std::find(columns.begin(), columns.end(), column) != columns.end();
}

class AlterTableWork {
 public:
  AlterTableWork(const Node& statement, WorkList& list)
      : commands_(statement.items("cmds")),
        list_(list),
        name_(list.model.resolve(statement["relation"])),
        relation_(list.model.find(name_)),
        with_children_(statement["relation"].flag("inh")) {
    for (const auto& command : commands_) {
      if (command.text("subtype") == "AT_DropConstraint") dropped_.emplace_back(command.text("name"));
    }
  }

  void run() {
    for (const auto& command : commands_) take(command);
  }

 private:
  void scan(std::string why) { list_.scan(name_, std::move(why), with_children_); }
  void rewrite(std::string why) { list_.rewrite(name_, std::move(why), with_children_); }

  void take(const Node& command) {
    const auto subtype = command.text("subtype");
    const auto definition = command["def"];
    const std::string name(command.text("name"));
    if (subtype == "AT_AddColumn") return add_column(command);
    if (subtype == "AT_AddConstraint") return add_constraint(definition, "", true);
    if (subtype == "AT_ValidateConstraint") return validate(name);
    if (subtype == "AT_AlterConstraint" && definition.flag("make_enforced")) {
      return enforce(std::string(definition.text("conname")));
    }
    if (subtype == "AT_AlterColumnType") return change_type(command);
    if (subtype == "AT_SetExpression") return set_expression(name);
    if (subtype == "AT_SetNotNull") return set_not_null(name);
    if (subtype == "AT_SetLogged") return set_persistence(Relation::Persistence::permanent);
    if (subtype == "AT_SetUnLogged") return set_persistence(Relation::Persistence::unlogged);
    if (subtype == "AT_SetTableSpace") return rewrite(fmt::format("copies all files to tablespace {}", name));
    if (subtype == "AT_SetAccessMethod") {
      if (relation_ != nullptr && relation_->complete && relation_->access_method == name) return;
      return rewrite(fmt::format("writes all rows anew for access method {}", name));
    }
    if (subtype == "AT_AttachPartition") attach(definition);
  }

  void add_column(const Node& command) {
    const AddedColumn column(command["def"]);
    if (command.flag("missing_ok") && relation_ != nullptr && relation_->column(column.name) != nullptr) return;
    if (column.fills_rows(list_.model, list_.options.server_version)) {
      rewrite(fmt::format("gives each row a value of the new column {}", column.name));
    }
    if (column.is_not_null && !column.has_default()) {
      scan(fmt::format("looks in all rows for NULL in the new column {}", column.name));
    }
    for (const auto& constraint : column.definition.items("constraints")) {
      if (is_table_constraint(constraint)) add_constraint(constraint, column.name, column.has_default());
    }
  }

  // `column`: of a column constraint. `has_values`: not of a column that is added without a default, whose foreign key
  // has nothing to look up.
  void add_constraint(const Node& definition, const std::string& column, bool has_values) {
    const Relation nothing{.name = name_};
    const auto constraint =
        read_constraint(definition, relation_ == nullptr ? nothing : *relation_, column, list_.model);
    if (!constraint.valid || !constraint.enforced) return;
    switch (constraint.kind) {
      case Constraint::Kind::check:
        return scan(fmt::format("checks all rows for CHECK {}", constraint.name));
      case Constraint::Kind::not_null:
        for (const auto& key : constraint.columns) set_not_null(key);
        return;
      case Constraint::Kind::foreign_key:
        if (has_values) check_foreign_key(constraint.name, constraint.referenced);
        return;
      case Constraint::Kind::exclusion:
        return scan(fmt::format("builds the index of {}", constraint.name));
      case Constraint::Kind::unique:
      case Constraint::Kind::primary_key:
        return add_key(definition, constraint);
    }
  }

  void add_key(const Node& definition, const Constraint& key) {
    if (definition.text("indexname").empty()) return scan(fmt::format("builds the index of {}", key.name));
    if (key.kind == Constraint::Kind::unique) return;
    const auto* index = relation_ == nullptr ? nullptr : relation_->index(key.index);
    if (index == nullptr) return scan("looks in all rows for NULL in the key");
    for (const auto& part : index->keys) set_not_null(part.column);
  }

  void check_foreign_key(const std::string& name, const RelationName& referenced) {
    scan(fmt::format("checks all rows for foreign key {}", name));
    if (!referenced.name.empty()) list_.scan(referenced, fmt::format("checks foreign key {}", name));
  }

  void validate(const std::string& name) {
    const auto* constraint = relation_ == nullptr ? nullptr : relation_->constraint(name);
    if (constraint != nullptr && constraint->valid) return;
    RelationName referenced;
    if (constraint != nullptr && constraint->kind == Constraint::Kind::foreign_key) referenced = constraint->referenced;
    for (const auto& command : commands_) {
      const auto added = command["def"];
      if (command.text("subtype") == "AT_AddConstraint" && added.text("conname") == name && added["pktable"]) {
        referenced = list_.model.resolve(added["pktable"]);
      }
    }
    if (!referenced.name.empty()) return check_foreign_key(name, referenced);
    scan(fmt::format("checks all rows for constraint {}", name));
  }

  void enforce(const std::string& name) {
    const auto* constraint = relation_ == nullptr ? nullptr : relation_->constraint(name);
    check_foreign_key(name, constraint == nullptr ? RelationName() : constraint->referenced);
  }

  void change_type(const Node& command) {
    const auto change = read_type_change(command, relation_);
    const auto cost = change.cost(list_.model, list_.options.zone);
    if (cost == TypeChange::rewrite) {
      rewrite(fmt::format("stores {} in another way", change.column));
      return check_partners(change.column);
    }
    if (change.reorders(cost) && index_on(relation_, change.column) != nullptr) {
      scan(fmt::format("builds the indexes on {} anew", change.column));
    }
    if (const auto* check = check_on(relation_, change.column)) {
      scan(fmt::format("checks all rows for CHECK {} again", check->name));
    }
  }

  // Both sides of the foreign keys of a column whose values are stored anew.
  void check_partners(const std::string& column) {
    for (const auto& [other, relation] : list_.model.relations()) {
      for (const auto& constraint : relation.constraints) {
        if (constraint.kind != Constraint::Kind::foreign_key) continue;
        const auto why = fmt::format("checks foreign key {} again", constraint.name);
        if (constraint.referenced == name_ && concerns(constraint.referenced_columns, column)) list_.scan(other, why);
        if (other == name_ && concerns(constraint.columns, column)) list_.scan(constraint.referenced, why);
      }
    }
  }

  void set_expression(const std::string& name) {
    const auto* column = relation_ == nullptr ? nullptr : relation_->column(name);
    if (column != nullptr && column->generated == Column::Generated::virtual_column) return;
    rewrite(fmt::format("computes {} anew for each row", name));
  }

  void set_not_null(const std::string& column) {
    if (is_proven_not_null(relation_, column, list_.options.server_version, list_.options.unseen, dropped_)) return;
    scan(fmt::format("looks in all rows for NULL in {}", column));
  }

  void set_persistence(Relation::Persistence wanted) {
    if (relation_ != nullptr && relation_->complete && relation_->persistence == wanted) return;
    rewrite(wanted == Relation::Persistence::permanent ? "writes all rows anew, into the WAL" : "writes all rows anew");
  }

  void attach(const Node& partition) {
    const auto name = list_.model.resolve(partition["name"]);
    const auto bound = partition["bound"];
    const auto* child = list_.model.find(name);
    if (needs_no_index(child) && !bound.flag("is_default") &&
        is_within_bounds(*child, relation_, bound, list_.options.server_version, list_.options.unseen)) {
      return scan_default(bound);
    }
    list_.scan(name, "checks that all rows are within the bounds of the partition");
    scan_default(bound);
  }

  // Whether the new partition has what its parent's indexes and foreign keys ask for, as far as can be known.
  bool needs_no_index(const Relation* child) const {
    if (child == nullptr || relation_ == nullptr || !relation_->complete) return false;
    const auto& constraints = relation_->constraints;
    if (std::any_of(constraints.begin(), constraints.end(),
                    [](const Constraint& constraint) { return constraint.kind == Constraint::Kind::foreign_key; })) {
      return false;
    }
    return std::all_of(relation_->indexes.begin(), relation_->indexes.end(),
                       [&](const Index& index) { return has_index_like(*child, index); });
  }

  void scan_default(const Node& bound) {
    if (relation_ == nullptr || !relation_->default_partition || bound.flag("is_default")) return;
    list_.scan(*relation_->default_partition, "looks for rows that belong into the new partition");
  }

  std::vector<Node> commands_;
  WorkList& list_;
  RelationName name_;
  const Relation* relation_;
  bool with_children_;
  std::vector<std::string> dropped_;
};

}  // namespace

void alter_table_work(const Node& statement, WorkList& list) {
  const auto object = statement.text("objtype");
  if (object == "OBJECT_TABLE" || object == "OBJECT_MATVIEW") return AlterTableWork(statement, list).run();
  for (const auto& command : statement.items("cmds")) {
    const auto subtype = command.text("subtype");
    if (object == "OBJECT_INDEX" && subtype == "AT_SetTableSpace") {
      list.rewrite(list.model.resolve(statement["relation"]), "copies all files of an index");
    }
    if (object != "OBJECT_TYPE" || subtype != "AT_AlterColumnType") continue;
    for (const auto& user : list.model.users_of(std::string(statement["relation"].text("relname")))) {
      list.rewrite(user, fmt::format("stores {} in another way", command.text("name")));
    }
  }
}

}  // namespace support::alembic::safety

#include "app/alembic/safety/model/table_locks.hpp"

#include <algorithm>
#include <array>

namespace support::alembic::safety {

namespace {

template <std::size_t Count>
bool is_one_of(std::string_view text, const std::array<std::string_view, Count>& list) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

constexpr std::array<std::string_view, 12> statistics_commands{
    "AT_SetStatistics",   "AT_SetOptions",         "AT_ResetOptions",    "AT_ClusterOn",
    "AT_DropCluster",     "AT_ValidateConstraint", "AT_AttachPartition", "AT_DetachPartitionFinalize",
    "AT_ResetRelOptions", "AT_ReplaceRelOptions",  "AT_SetRelOptions",   "AT_AddStatistics"};

constexpr std::array<std::string_view, 8> trigger_commands{
    "AT_EnableTrig",    "AT_EnableAlwaysTrig", "AT_EnableReplicaTrig", "AT_DisableTrig",
    "AT_EnableTrigAll", "AT_DisableTrigAll",   "AT_EnableTrigUser",    "AT_DisableTrigUser"};

bool sets_catalog_table(const Node& command) {
  const auto options = command["def"].items("items");
  return std::any_of(options.begin(), options.end(),
                     [](const Node& option) { return option.text("defname") == "user_catalog_table"; });
}

// Gathers the strongest mode for each relation that is not new.
class Locks {
 public:
  explicit Locks(const SchemaModel& model) : model_(model) {}

  void target(const RelationName& name, LockMode mode) { add(name, mode, true); }
  void other(const RelationName& name, LockMode mode) { add(name, mode, false); }
  void target_with_partitions(const RelationName& name, LockMode mode) {
    target(name, mode);
    if (const auto* relation = model_.find(name)) {
      for (const auto& partition : relation->partitions) other(partition, mode);
    }
  }
  // ACCESS EXCLUSIVE on the tables that the table's foreign keys refer to; with a column, of those that have it.
  void partners(const RelationName& name, std::string_view column = {}) {
    const auto* relation = model_.find(name);
    if (relation == nullptr) return;
    for (const auto& constraint : relation->constraints) {
      if (constraint.kind == Constraint::Kind::foreign_key && concerns(constraint.columns, column)) {
        other(constraint.referenced, LockMode::access_exclusive);
      }
    }
  }
  // The same on the tables whose foreign keys refer to this one.
  void referrers(const RelationName& name, std::string_view column = {}) {
    for (const auto& [other_name, relation] : model_.relations()) {
      for (const auto& constraint : relation.constraints) {
        if (constraint.kind == Constraint::Kind::foreign_key && constraint.referenced == name &&
            concerns(constraint.referenced_columns, column)) {
          other(other_name, LockMode::access_exclusive);
        }
      }
    }
  }
  // CASCADE takes the views that read it along.
  void dependent_views(const RelationName& name) {
    for (const auto& [view, relation] : model_.relations()) {
      if (std::find(relation.reads.begin(), relation.reads.end(), name) != relation.reads.end()) {
        other(view, LockMode::access_exclusive);
      }
    }
  }

  std::vector<TableLock> take() { return std::move(locks_); }

 private:
  static bool concerns(const std::vector<std::string>& columns, std::string_view column) {
    return column.empty() || std::find(columns.begin(), columns.end(), column) != columns.end();
  }

  void add(const RelationName& name, LockMode mode, bool is_target) {
    if (mode == LockMode::none || name.name.empty() || model_.is_new(name)) return;
    const auto known =
        std::find_if(locks_.begin(), locks_.end(), [&](const auto& lock) { return lock.relation == name; });
    if (known == locks_.end()) {
      locks_.push_back({name, mode, is_target});
      return;
    }
    known->mode = std::max(known->mode, mode);
    known->is_target |= is_target;
  }

  const SchemaModel& model_;
  std::vector<TableLock> locks_;
};

// The other relations that a sub-command reaches.
void command_partners(const Node& command, const RelationName& name, const SchemaModel& model, Locks& locks) {
  const auto subtype = command.text("subtype");
  const auto definition = command["def"];
  const auto* relation = model.find(name);
  const bool cascades = command.text("behavior") == "DROP_CASCADE";
  const auto refer = [&](const Node& constraint) {
    if (constraint.text("contype") != "CONSTR_FOREIGN") return;
    locks.other(model.resolve(constraint["pktable"]), LockMode::share_row_exclusive);
  };
  if (subtype == "AT_AddConstraint") refer(definition);
  if (subtype == "AT_AddColumn") {
    for (const auto& constraint : definition.items("constraints")) refer(constraint);
  }
  if (subtype == "AT_DropColumn" || subtype == "AT_AlterColumnType") locks.partners(name, command.text("name"));
  if (subtype == "AT_AlterColumnType" || (subtype == "AT_DropColumn" && cascades)) {
    locks.referrers(name, command.text("name"));
  }
  if (subtype == "AT_DropColumn" && cascades) locks.dependent_views(name);
  if (subtype == "AT_DropConstraint" && relation != nullptr) {
    const auto* constraint = relation->constraint(command.text("name"));
    if (constraint != nullptr && constraint->kind == Constraint::Kind::foreign_key) {
      locks.other(constraint->referenced, LockMode::access_exclusive);
    } else if (cascades) {
      locks.referrers(name);
    }
  }
  if (subtype == "AT_AddInherit") locks.other(model.resolve(definition), LockMode::share_update_exclusive);
}

void alter_table_locks(const Node& statement, const SchemaModel& model, Locks& locks) {
  const auto object = statement.text("objtype");
  if (object == "OBJECT_TYPE") {
    for (const auto& user : model.users_of(std::string(statement["relation"].text("relname")))) {
      locks.other(user, LockMode::access_exclusive);
    }
    return;
  }
  const auto name = model.resolve(statement["relation"]);
  const auto index = model.resolve_index(statement["relation"].text("schemaname").empty()
                                             ? std::vector{std::string(statement["relation"].text("relname"))}
                                             : std::vector{std::string(statement["relation"].text("schemaname")),
                                                           std::string(statement["relation"].text("relname"))});
  if (model.index_owner(index) != nullptr && model.is_new(*model.index_owner(index))) return;
  auto mode = LockMode::none;
  for (const auto& command : statement.items("cmds")) {
    mode = std::max(mode, command_lock(command));
    const auto subtype = command.text("subtype");
    const auto definition = command["def"];
    const auto* relation = model.find(name);
    command_partners(command, name, model, locks);
    if (subtype == "AT_AttachPartition" || subtype == "AT_DetachPartition" || subtype == "AT_DetachPartitionFinalize") {
      if (object != "OBJECT_INDEX") locks.other(model.resolve(definition["name"]), LockMode::access_exclusive);
      if (relation != nullptr && relation->default_partition) {
        locks.other(*relation->default_partition, LockMode::access_exclusive);
      }
    }
  }
  if (statement["relation"].flag("inh") && mode != LockMode::share_update_exclusive) {
    locks.target_with_partitions(name, mode);
  } else {
    locks.target(name, mode);
  }
}

void drop_locks(const Node& statement, const SchemaModel& model, Locks& locks) {
  const auto type = statement.text("removeType");
  for (const auto& object : statement.items("objects")) {
    auto parts = object.strings("items");
    if (parts.empty()) continue;
    if (type == "OBJECT_TABLE" || type == "OBJECT_VIEW" || type == "OBJECT_MATVIEW" || type == "OBJECT_FOREIGN_TABLE" ||
        type == "OBJECT_SEQUENCE") {
      const auto name = model.resolve(parts);
      if (type == "OBJECT_TABLE") {
        locks.target_with_partitions(name, LockMode::access_exclusive);
      } else {
        locks.other(name, LockMode::access_exclusive);
      }
      locks.partners(name);
      if (statement.text("behavior") == "DROP_CASCADE") {
        locks.referrers(name);
        locks.dependent_views(name);
      }
      if (const auto* relation = model.find(name); relation != nullptr && !model.is_new(name)) {
        for (const auto& parent : relation->parents) locks.other(parent, LockMode::access_exclusive);
      }
    } else if (type == "OBJECT_INDEX") {
      const auto index = model.resolve_index(parts);
      const auto* owner = model.index_owner(index);
      const auto mode = statement.flag("concurrent") ? LockMode::share_update_exclusive : LockMode::access_exclusive;
      if (owner == nullptr) {
        locks.other(index, mode);
      } else if (!model.is_new(*owner)) {
        locks.target(owner->name, mode);
      }
    } else if (type == "OBJECT_STATISTIC_EXT") {
      const auto known = model.statistics.find(model.resolve(parts));
      if (known != model.statistics.end()) locks.other(known->second, LockMode::share_update_exclusive);
    } else if ((type == "OBJECT_TRIGGER" || type == "OBJECT_POLICY" || type == "OBJECT_RULE") && parts.size() > 1) {
      parts.pop_back();
      locks.target(model.resolve(parts), LockMode::access_exclusive);
    }
  }
}

void create_table_locks(const Node& statement, const SchemaModel& model, Locks& locks) {
  const bool is_partition = static_cast<bool>(statement["partbound"]);
  for (const auto& parent : statement.items("inhRelations")) {
    const auto name = model.resolve(parent);
    locks.other(name, is_partition ? LockMode::access_exclusive : LockMode::share_update_exclusive);
    if (const auto* relation = model.find(name); is_partition && relation != nullptr && relation->default_partition) {
      locks.other(*relation->default_partition, LockMode::access_exclusive);
    }
  }
  statement.walk([&](const Node& node) {
    if (node.is("Constraint") && node.text("contype") == "CONSTR_FOREIGN") {
      locks.other(model.resolve(node["pktable"]), LockMode::share_row_exclusive);
    }
  });
}

void comment_locks(const Node& statement, const SchemaModel& model, Locks& locks) {
  auto parts = statement["object"].strings("items");
  const auto type = statement.text("objtype");
  if (type == "OBJECT_COLUMN" && parts.size() > 1) parts.pop_back();
  if (type == "OBJECT_COLUMN" || type == "OBJECT_TABLE" || type == "OBJECT_VIEW" || type == "OBJECT_MATVIEW") {
    if (!parts.empty()) locks.target(model.resolve(parts), LockMode::share_update_exclusive);
  }
}

void rename_locks(const Node& statement, const SchemaModel& model, Locks& locks) {
  if (!statement["relation"]) return;
  const auto name = model.resolve(statement["relation"]);
  const bool is_index = statement.text("renameType") == "OBJECT_INDEX";
  const auto* owner = model.index_owner(name);
  if (owner != nullptr && model.is_new(*owner)) return;
  locks.target_with_partitions(name, is_index ? LockMode::share_update_exclusive : LockMode::access_exclusive);
}

void reindex_locks(const Node& statement, const SchemaModel& model, Locks& locks) {
  if (!statement["relation"]) return;
  const auto name = model.resolve(statement["relation"]);
  const auto* owner = model.index_owner(name);
  const auto mode =
      has_option(statement, "params", "concurrently") ? LockMode::share_update_exclusive : LockMode::share;
  locks.target(owner == nullptr ? name : owner->name, mode);
}

// The whole of SELECT, INSERT, UPDATE, DELETE, MERGE, EXPLAIN ANALYZE and CREATE … AS.
void data_locks(const Node& statement, const SchemaModel& model, Locks& locks) {
  statement.walk([&](const Node& node) {
    if (node.is("RangeVar")) locks.target(model.resolve(node), LockMode::access_share);
    if (node.is("InsertStmt") || node.is("UpdateStmt") || node.is("DeleteStmt") || node.is("MergeStmt")) {
      locks.target(model.resolve(node["relation"]), LockMode::row_exclusive);
    }
  });
}

void domain_locks(const Node& statement, const SchemaModel& model, Locks& locks) {
  const auto subtype = statement.text("subtype");
  const bool tests_rows =
      (subtype == "C" && !statement["def"].flag("skip_validation")) || subtype == "O" || subtype == "V";
  if (!tests_rows) return;
  for (const auto& user : model.users_of(type_key(statement.strings("typeName")))) locks.other(user, LockMode::share);
}

void publication_locks(const Node& statement, const SchemaModel& model, Locks& locks) {
  for (const auto& object : statement.items("pubobjects")) {
    const auto table = object["pubtable"]["relation"];
    if (table) locks.target(model.resolve(table), LockMode::share_update_exclusive);
  }
}

bool maintenance_locks(const Node& statement, const SchemaModel& model, Locks& locks) {
  const auto type = statement.type();
  if (type == "VacuumStmt") {
    const bool full = statement.flag("is_vacuumcmd") && has_option(statement, "options", "full");
    for (const auto& item : statement.items("rels")) {
      locks.target(model.resolve(item["relation"]),
                   full ? LockMode::access_exclusive : LockMode::share_update_exclusive);
    }
  } else if (type == "ClusterStmt") {
    if (statement["relation"]) locks.target(model.resolve(statement["relation"]), LockMode::access_exclusive);
  } else if (type == "ReindexStmt") {
    reindex_locks(statement, model, locks);
  } else if (type == "RefreshMatViewStmt") {
    locks.target(model.resolve(statement["relation"]),
                 statement.flag("concurrent") ? LockMode::exclusive : LockMode::access_exclusive);
  } else if (type == "TruncateStmt") {
    for (const auto& relation : statement.items("relations")) {
      locks.target_with_partitions(model.resolve(relation), LockMode::access_exclusive);
    }
  } else if (type == "LockStmt") {
    for (const auto& relation : statement.items("relations")) {
      locks.target(model.resolve(relation), static_cast<LockMode>(statement.number("mode")));
    }
  } else {
    return false;
  }
  return true;
}

}  // namespace

bool has_option(const Node& statement, std::string_view list, std::string_view option) {
  for (const auto& item : statement.items(list)) {
    if (item.text("defname") != option) continue;
    const auto value = item["arg"].constant();
    return value.empty() || (value != "false" && value != "off" && value != "0" && value != "FALSE" && value != "OFF");
  }
  return false;
}

LockMode command_lock(const Node& command) {
  const auto subtype = command.text("subtype");
  if (subtype == "AT_AddConstraint" && command["def"].text("contype") == "CONSTR_FOREIGN") {
    return LockMode::share_row_exclusive;
  }
  if (subtype == "AT_DetachPartition" && command["def"].flag("concurrent")) return LockMode::share_update_exclusive;
  if (is_one_of(subtype, trigger_commands)) return LockMode::share_row_exclusive;
  if (is_one_of(subtype, statistics_commands) && !sets_catalog_table(command)) return LockMode::share_update_exclusive;
  return LockMode::access_exclusive;
}

bool is_data_statement(const Node& statement) {
  return statement.is("SelectStmt") || statement.is("InsertStmt") || statement.is("UpdateStmt") ||
         statement.is("DeleteStmt") || statement.is("MergeStmt") || statement.is("CopyStmt");
}

bool is_session_statement(const Node& statement) {
  return statement.is("TransactionStmt") || statement.is("VariableSetStmt") || statement.is("VariableShowStmt") ||
         statement.is("DiscardStmt") || statement.is("NotifyStmt") || statement.is("ListenStmt") ||
         statement.is("ConstraintsSetStmt");
}

bool is_concurrent(const Node& statement) {
  if (statement.is("IndexStmt") || statement.is("DropStmt")) return statement.flag("concurrent");
  if (statement.is("ReindexStmt")) return has_option(statement, "params", "concurrently");
  if (statement.is("VacuumStmt")) return !has_option(statement, "options", "full");
  if (!statement.is("AlterTableStmt")) return false;
  const auto commands = statement.items("cmds");
  return commands.size() == 1 && commands[0].text("subtype") == "AT_DetachPartition" &&
         commands[0]["def"].flag("concurrent");
}

std::vector<TableLock> table_locks(const Node& statement, const SchemaModel& model) {
  Locks locks(model);
  const auto type = statement.type();
  if (maintenance_locks(statement, model, locks)) return locks.take();
  if (type == "AlterTableStmt") {
    alter_table_locks(statement, model, locks);
  } else if (type == "DropStmt") {
    drop_locks(statement, model, locks);
  } else if (type == "CreateStmt") {
    create_table_locks(statement, model, locks);
  } else if (type == "CommentStmt") {
    comment_locks(statement, model, locks);
  } else if (type == "RenameStmt") {
    rename_locks(statement, model, locks);
  } else if (type == "IndexStmt") {
    const auto name = model.resolve(statement["relation"]);
    const bool concurrent = statement.flag("concurrent");
    if (statement["relation"].flag("inh") && !concurrent) {
      locks.target_with_partitions(name, LockMode::share);
    } else {
      locks.target(name, concurrent ? LockMode::share_update_exclusive : LockMode::share);
    }
  } else if (type == "AlterDomainStmt") {
    domain_locks(statement, model, locks);
  } else if (type == "CreatePublicationStmt" || type == "AlterPublicationStmt") {
    publication_locks(statement, model, locks);
  } else if (type == "CreateStatsStmt") {
    for (const auto& relation : statement.items("relations")) {
      locks.target(model.resolve(relation), LockMode::share_update_exclusive);
    }
  } else if (type == "CreateTrigStmt") {
    locks.target(model.resolve(statement["relation"]), LockMode::share_row_exclusive);
  } else if (type == "CreatePolicyStmt" || type == "AlterPolicyStmt") {
    locks.target(model.resolve(statement["table"]), LockMode::access_exclusive);
  } else if (type == "RuleStmt") {
    locks.target(model.resolve(statement["relation"]), LockMode::access_exclusive);
  } else if (type == "AlterSeqStmt") {
    locks.other(model.resolve(statement["sequence"]), LockMode::share_row_exclusive);
  } else if (type == "AlterObjectSchemaStmt" && statement["relation"]) {
    locks.target(model.resolve(statement["relation"]), LockMode::access_exclusive);
  } else if (type == "CopyStmt" && statement["relation"]) {
    locks.target(model.resolve(statement["relation"]),
                 statement.flag("is_from") ? LockMode::row_exclusive : LockMode::access_share);
  } else if (type == "ViewStmt") {
    const auto name = model.resolve(statement["view"]);
    if (statement.flag("replace") && model.find(name) != nullptr) locks.other(name, LockMode::access_exclusive);
    data_locks(statement["query"], model, locks);
  } else if (is_data_statement(statement) || type == "ExplainStmt" || type == "CreateTableAsStmt") {
    data_locks(statement, model, locks);
  }
  return locks.take();
}

}  // namespace support::alembic::safety

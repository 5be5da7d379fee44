// UPDATE, DELETE, INSERT and MERGE of many rows.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "app/alembic/safety/model/expression.hpp"
#include "app/alembic/safety/rules/checks.hpp"

namespace support::alembic::safety {

namespace {

// Where migration tools write down what they did: a few rows each.
constexpr std::array<std::string_view, 9> ledgers{"alembic_version",    "schema_migrations", "flyway_schema_history",
                                                  "databasechangelog",  "django_migrations", "goose_db_version",
                                                  "_prisma_migrations", "schema_version",    "atlas_schema_revisions"};

bool is_ledger(std::string_view table) {
  return std::find(ledgers.begin(), ledgers.end(), table) != ledgers.end();
}

bool looks_like_key(std::string_view column, const RelationName& table) {
  return column == "id" || column == "uuid" || column == "guid" || column == "pk" || column == "ctid" ||
         (column.ends_with("_id") && table.name.starts_with(column.substr(0, column.size() - 3)));
}

// Whether one row at most has a value of the column, or where the table is not known, its name says so.
bool is_key(const Examination& examination, const RelationName& table, const std::string& column) {
  if (column == "ctid") return true;
  const auto* relation = examination.model.find(table);
  if (relation == nullptr || !relation->complete) return looks_like_key(column, table);
  return std::any_of(relation->indexes.begin(), relation->indexes.end(), [&](const Index& index) {
    return index.unique && index.keys.size() == 1 && index.keys.front().column == column;
  });
}

std::string column_of(const Node& reference) {
  const auto columns = mentioned_columns(reference);
  return reference.is("ColumnRef") && !columns.empty() ? columns.front() : std::string();
}

bool is_constant(const Node& value) {
  bool mentions = false;
  value.walk([&](const Node& node) { mentions |= node.is("ColumnRef") || node.is("SubLink"); });
  return !mentions;
}

// `key = constant`, `key IN (constants)`, `key = ANY (constants)`, `key BETWEEN …`, `key >= a AND key < b`.
class KeyConditions {
 public:
  KeyConditions(const Examination& examination, RelationName table)
      : examination_(examination), table_(std::move(table)) {}

  bool bound(const Node& condition) {
    read(condition);
    return equal_ || std::any_of(lower_.begin(), lower_.end(), [this](const std::string& column) {
             return std::find(upper_.begin(), upper_.end(), column) != upper_.end();
           });
  }

 private:
  void read(const Node& condition) {
    if (condition.is("BoolExpr") && condition.text("boolop") == "AND_EXPR") {
      for (const auto& part : condition.items("args")) read(part);
      return;
    }
    if (!condition.is("A_Expr")) return;
    const auto column = column_of(condition["lexpr"]);
    if (column.empty() || !is_key(examination_, table_, column) || !is_constant(condition["rexpr"])) return;
    const auto kind = condition.text("kind");
    const auto names = condition.strings("name");
    const auto op = names.empty() ? std::string() : names.back();
    equal_ |= op == "=" && (kind == "AEXPR_OP" || kind == "AEXPR_IN" || kind == "AEXPR_OP_ANY");
    equal_ |= kind == "AEXPR_BETWEEN";
    if (kind != "AEXPR_OP") return;
    if (op == ">" || op == ">=") lower_.push_back(column);
    if (op == "<" || op == "<=") upper_.push_back(column);
  }

  const Examination& examination_;
  RelationName table_;
  bool equal_ = false;
  std::vector<std::string> lower_;
  std::vector<std::string> upper_;
};

bool has_limit(const Node& statement) {
  bool found = false;
  statement.walk([&](const Node& node) { found |= node.is("SelectStmt") && static_cast<bool>(node["limitCount"]); });
  return found;
}

bool reads_tables(const Node& select) {
  bool found = false;
  for (const auto& source : select.items("fromClause")) {
    source.walk([&](const Node& node) { found |= node.is("RangeVar"); });
  }
  for (const auto* side : {"larg", "rarg"}) {
    if (select[side]) found |= reads_tables(select[side]);
  }
  return found;
}

std::string batches(const Node& change, const RelationName& table, const std::string& sql) {
  const auto name = quoted(table);
  if (change.is("DeleteStmt")) {
    return fmt::format(
        "-- again and again, until it deletes none:\nDELETE FROM {0} WHERE ctid IN (\n"
        "  SELECT ctid FROM {0} WHERE true /* the condition */ LIMIT 5000);",
        name);
  }
  if (change.is("UpdateStmt")) {
    return fmt::format(
        "-- again and again, until it changes none:\n-- UPDATE {0} SET … WHERE ctid IN (\n"
        "--   SELECT ctid FROM {0} WHERE (what still has to change) LIMIT 5000 FOR UPDATE SKIP LOCKED);",
        name);
  }
  return fmt::format(
      "-- in ranges of the key, each in a transaction of its own:\n-- {} … WHERE id >= :from AND id < :to;",
      sql.substr(0, sql.find('\n')));
}

void check_change(Examination& examination, const Node& change) {
  const auto table = examination.model.resolve(change["relation"]);
  if (examination.model.is_new(table) || is_ledger(table.name)) return;
  const auto condition = change["whereClause"];
  const bool is_update = change.is("UpdateStmt");
  if (is_update || change.is("DeleteStmt")) {
    if (!condition || is_always_true(condition)) {
      examination.report(
          is_update ? "update-without-where" : "delete-without-where",
          {.message = fmt::format("Every row of {} is {}.", quoted(table), is_update ? "changed" : "deleted"),
           .relation = table.text(),
           .lock = LockMode::row_exclusive,
           .held = Held::scan,
           .safer = batches(change, table, examination.statement.sql)});
    } else if (has_limit(change) || KeyConditions(examination, table).bound(condition)) {
      return;
    }
  } else if (change.is("InsertStmt")) {
    const auto source = change["selectStmt"];
    if (!source || !reads_tables(source) || has_limit(source)) return;
    if (source["whereClause"] && KeyConditions(examination, table).bound(source["whereClause"])) return;
  }
  examination.report(
      "unbatched-backfill",
      {.message =
           fmt::format("All rows of {} that it concerns are written in one transaction, and stay locked until it ends.",
                       quoted(table)),
       .relation = table.text(),
       .lock = LockMode::row_exclusive,
       .held = Held::scan,
       .safer = batches(change, table, examination.statement.sql)});
  const auto& locks = examination.session.locks();
  const bool after_change =
      examination.session.has_changed_schema() && std::any_of(locks.begin(), locks.end(), [](const HeldLock& lock) {
        return lock.mode >= LockMode::share_row_exclusive;
      });
  if (!examination.session.in_transaction()) return;
  if (after_change) {
    examination.report(
        "backfill-in-ddl-transaction",
        {.message = fmt::format("The schema changes before it keep their locks until all rows of {} are written.",
                                quoted(table)),
         .relation = table.text(),
         .lock = LockMode::row_exclusive,
         .held = Held::scan,
         .safer = batches(change, table, examination.statement.sql)});
  } else {
    examination.memory.backfills.emplace_back(examination.number, examination.session.transaction());
  }
}

// The schema change that comes after a backfill waits for nobody else's rows, but keeps its own locks as long.
void check_schema_change(Examination& examination) {
  const auto strong = std::find_if(examination.locks.begin(), examination.locks.end(),
                                   [](const TableLock& lock) { return lock.mode >= LockMode::share_row_exclusive; });
  if (strong == examination.locks.end() || is_data_statement(examination.node)) return;
  for (const auto& [statement, transaction] : std::exchange(examination.memory.backfills, {})) {
    if (transaction != examination.session.transaction()) continue;
    examination.report_about(
        statement, "backfill-in-ddl-transaction",
        {.message = fmt::format("The same transaction changes {} afterwards, with all these rows still locked.",
                                quoted(strong->relation)),
         .relation = strong->relation.text(),
         .safer = "-- a migration of its own, in batches"});
  }
}

bool sets_sequence(const Node& node) {
  if (node.is("AlterSeqStmt")) return has_option(node, "options", "restart");
  if (node.is("TruncateStmt")) return node.flag("restart_seqs");
  bool found = false;
  if (node.is("SelectStmt")) {
    node.walk([&](const Node& part) { found |= part.is("FuncCall") && function_name(part) == "setval"; });
  }
  for (const auto& command : node.items("cmds")) found |= command.text("subtype") == "AT_SetIdentity";
  return found;
}

// Numbers of one's own in a column that a sequence fills.
void check_numbers(Examination& examination) {
  const auto& node = examination.node;
  if (sets_sequence(node)) examination.memory.sets_any_sequence = true;
  if (!node.is("InsertStmt") && !(node.is("CopyStmt") && node.flag("is_from"))) return;
  const auto* relation = examination.known_target();
  if (relation == nullptr || !relation->complete) return;
  std::vector<std::string> columns;
  for (const auto& column : node.items("cols")) columns.emplace_back(column.text("name"));
  if (node.is("CopyStmt")) columns = node.strings("attlist");
  for (std::size_t i = 0; i < std::max(columns.size(), relation->columns.size()); ++i) {
    const auto name = columns.empty() ? relation->columns[i].name : i < columns.size() ? columns[i] : std::string();
    const auto* column = relation->column(name);
    if (column == nullptr || !column->has_sequence) continue;
    const auto rows = node["selectStmt"].items("valuesLists");
    if (!rows.empty()) {
      const auto values = rows.front().items("items");
      if (i >= values.size() || !values[i].is("A_Const")) continue;
    }
    examination.memory.pending.push_back(
        {.until = PendingFinding::Until::end_of_file,
         .unless = PendingFinding::Unless::sequence_is_set,
         .relation = relation->name,
         .statement = examination.number,
         .rule = "sequence-not-reset",
         .report = {
             .message = fmt::format("The sequence of {} does not know of these values, and will give them out again.",
                                    quoted(name)),
             .relation = relation->name.text(),
             .safer = fmt::format("SELECT setval(pg_get_serial_sequence('{0}', '{1}'), (SELECT max({2}) FROM {0}));",
                                  quoted(relation->name), name, quoted(name))}});
    return;
  }
}

}  // namespace

void check_data_changes(Examination& examination) {
  const auto& node = examination.node;
  check_numbers(examination);
  check_schema_change(examination);
  const bool runs = is_data_statement(node) || (node.is("ExplainStmt") && has_option(node, "options", "analyze"));
  if (!runs) return;
  node.walk([&](const Node& part) {
    if (part.is("UpdateStmt") || part.is("DeleteStmt") || part.is("InsertStmt") || part.is("MergeStmt")) {
      check_change(examination, part);
    }
  });
}

}  // namespace support::alembic::safety

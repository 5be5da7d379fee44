// UPDATE, DELETE, INSERT and MERGE of many rows.
#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "app/alembic/safety/model/expression.hpp"
#include "app/alembic/safety/model/key_conditions.hpp"
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

// Where a word stands outside parentheses; the length of the text when it does not.
std::size_t find_word(const std::vector<Token>& tokens, std::string_view word, std::size_t otherwise) {
  int depth = 0;
  for (const auto& token : tokens) {
    depth += token.text == "(" ? 1 : token.text == ")" ? -1 : 0;
    if (depth == 0 && token.is(word)) return token.begin;
  }
  return otherwise;
}

// The rows of an UPDATE of all rows that still have to change: `column IS DISTINCT FROM value`.
std::string what_is_left(const Node& change, const std::string& sql, const std::vector<Token>& tokens) {
  const auto targets = change.items("targetList");
  const auto equals = find_word(tokens, "=", sql.size());
  if (targets.size() != 1 || equals == sql.size()) return "true /* what still has to change */";
  const auto end = find_word(tokens, "WHERE", find_word(tokens, "RETURNING", sql.size()));
  return fmt::format("{} IS DISTINCT FROM ({})", quoted(targets.front().text("name")),
                     sql.substr(equals + 1, end - equals - 1));
}

// The same change, a few thousand rows at a time. Where other tables take part it can only be sketched.
std::string batches(const Examination& examination, const Node& change, const RelationName& table) {
  const auto& sql = examination.statement.sql;
  const bool is_whole = change.type() == examination.statement.node().type() && !change["withClause"];
  const bool is_simple = change.items("fromClause").empty() && change.items("usingClause").empty();
  if (!is_whole || !is_simple || !(change.is("UpdateStmt") || change.is("DeleteStmt"))) {
    return fmt::format(
        "-- in ranges of the key, each in a transaction of its own:\n-- {} … WHERE id >= :from AND id < :to;",
        sql.substr(0, sql.find('\n')));
  }
  const auto tokens = scan(sql);
  const auto returning = find_word(tokens, "RETURNING", sql.size());
  const auto where = find_word(tokens, "WHERE", returning);
  auto condition = where < returning ? sql.substr(where + 5, returning - where - 5) : std::string();
  if (condition.empty() || is_always_true(change["whereClause"])) {
    condition = " " + (change.is("UpdateStmt") ? what_is_left(change, sql, tokens) : std::string("true"));
  }
  auto head = sql.substr(0, where);
  while (!head.empty() && (head.back() == ' ' || head.back() == '\n')) head.pop_back();
  const auto alias = change["relation"]["alias"].text("aliasname");
  return fmt::format(
      "-- again and again, each in a transaction of its own, until it finds no row:\n{}\nWHERE ctid IN (\n"
      "  SELECT {}ctid FROM {}{} WHERE{} LIMIT 5000 FOR UPDATE SKIP LOCKED);",
      head, alias.empty() ? "" : fmt::format("{}.", quoted(alias)), quoted(table),
      alias.empty() ? "" : fmt::format(" AS {}", quoted(alias)), condition);
}

// Whether the SELECT reads one table, by its key.
bool reads_by_key(const SchemaModel& model, const Node& select) {
  const auto sources = select.items("fromClause");
  if (sources.size() != 1 || !sources.front().is("RangeVar")) return false;
  const auto& source = sources.front();
  return KeyConditions(model, model.resolve(source), source["alias"].text("aliasname"), select["whereClause"]).bounds();
}

void check_change(Examination& examination, const Node& change) {
  const auto table = examination.model.resolve(change["relation"]);
  if (examination.model.is_new(table) || is_ledger(table.name)) return;
  const auto condition = change["whereClause"];
  const bool is_update = change.is("UpdateStmt");
  const auto alias = change["relation"]["alias"].text("aliasname");
  if (is_update || change.is("DeleteStmt")) {
    if (!condition || is_always_true(condition)) {
      examination.report(
          is_update ? "update-without-where" : "delete-without-where",
          {.message = fmt::format("Every row of {} is {}.", quoted(table), is_update ? "changed" : "deleted"),
           .relation = table.text(),
           .lock = LockMode::row_exclusive,
           .held = Held::scan,
           .safer = batches(examination, change, table)});
    } else if (has_limit(change) || KeyConditions(examination.model, table, alias, condition).bounds()) {
      return;
    }
  } else if (change.is("InsertStmt")) {
    const auto source = change["selectStmt"];
    if (!source || !reads_tables(source) || has_limit(source)) return;
    if (reads_by_key(examination.model, source)) return;
  }
  examination.report(
      "unbatched-backfill",
      {.message =
           fmt::format("All rows of {} that it concerns are written in one transaction, and stay locked until it ends.",
                       quoted(table)),
       .relation = table.text(),
       .lock = LockMode::row_exclusive,
       .held = Held::scan,
       .safer = batches(examination, change, table)});
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
         .safer = batches(examination, change, table)});
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

// Which tables SELECT, UPDATE and their kin read as a whole.
#include <algorithm>
#include <array>
#include <set>

#include <fmt/format.h>

#include "app/alembic/safety/model/expression.hpp"
#include "app/alembic/safety/model/key_conditions.hpp"
#include "app/alembic/safety/model/work_list.hpp"

namespace support::alembic::safety {

namespace {

// A range of numbers as short as that is a batch.
constexpr std::int64_t longest_batch = 100'000;

constexpr std::array<std::string_view, 2> extremes{"max", "min"};

void collect_tables(const Node& source, std::vector<Node>& tables) {
  if (source.is("RangeVar")) tables.push_back(source);
  if (source.is("RangeTableSample")) collect_tables(source["relation"], tables);
  if (!source.is("JoinExpr")) return;
  collect_tables(source["larg"], tables);
  collect_tables(source["rarg"], tables);
}

std::vector<Node> tables_of(const Node& statement, std::string_view clause) {
  std::vector<Node> tables;
  for (const auto& source : statement.items(clause)) collect_tables(source, tables);
  return tables;
}

class DataWork {
 public:
  DataWork(const Node& statement, WorkList& list) : list_(list) {
    statement.walk([&](const Node& node) {
      if (!node.is("CommonTableExpr")) return;
      const std::string name(node.text("ctename"));
      queries_.insert(name);
      if (is_limited(node["ctequery"])) batches_.insert(name);
    });
  }

  void take(const Node& node) {
    if (node.is("SelectStmt")) return take_select(node);
    if (node.is("UpdateStmt")) return take_change(node, "fromClause", "changes rows that no key picks");
    if (node.is("DeleteStmt")) return take_change(node, "usingClause", "deletes rows that no key picks");
    if (!node.is("MergeStmt")) return;
    read(node["relation"], {}, "for MERGE");
    std::vector<Node> sources;
    collect_tables(node["sourceRelation"], sources);
    for (const auto& source : sources) read(source, {}, "for MERGE");
  }

 private:
  // One of its rows, or as many as LIMIT says.
  bool is_limited(const Node& select) const {
    if (select["limitCount"]) return true;
    const auto sources = select.items("fromClause");
    return sources.size() == 1 && is_batch(sources.front());
  }
  bool is_batch(const Node& source) const {
    return source.is("RangeVar") && source.text("schemaname").empty() &&
           batches_.contains(std::string(source.text("relname")));
  }

  // LIMIT ends the reading early, unless all rows have to be seen before the first is known.
  bool stops_early(const Node& select) const {
    if (!select["limitCount"] || !select.items("groupClause").empty() || !select.items("distinctClause").empty() ||
        select["havingClause"]) {
      return false;
    }
    bool calls = false;
    for (const auto& target : select.items("targetList")) {
      target.walk([&](const Node& node) { calls |= node.is("FuncCall"); });
    }
    if (calls) return false;
    const auto tables = tables_of(select, "fromClause");
    const auto order = select.items("sortClause");
    return std::all_of(order.begin(), order.end(), [&](const Node& sort) {
      const auto columns = mentioned_columns(sort["node"]);
      return tables.size() == 1 && sort["node"].is("ColumnRef") && columns.size() == 1 &&
             is_key(list_.model, list_.model.resolve(tables.front()), columns.front());
    });
  }

  // SELECT max(key): an index has it at its end.
  bool asks_for_extremes(const Node& select, const RelationName& table) const {
    const auto targets = select.items("targetList");
    if (targets.empty() || select["whereClause"] || !select.items("groupClause").empty()) return false;
    return std::all_of(targets.begin(), targets.end(), [&](const Node& target) {
      bool is_extreme = false;
      bool calls_other = false;
      target.walk([&](const Node& node) {
        if (!node.is("FuncCall")) return;
        const auto columns = mentioned_columns(node);
        const bool known = std::find(extremes.begin(), extremes.end(), function_name(node)) != extremes.end() &&
                           columns.size() == 1 && is_key(list_.model, table, columns.front());
        is_extreme |= known;
        calls_other |= !known && function_name(node) != "setval" && function_name(node) != "coalesce";
      });
      return is_extreme && !calls_other;
    });
  }

  void take_select(const Node& select) {
    const auto tables = tables_of(select, "fromClause");
    if (stops_early(select)) return;
    if (tables.size() == 1 && asks_for_extremes(select, list_.model.resolve(tables.front()))) return;
    for (const auto& table : tables) read(table, select["whereClause"], "for a query");
    if (tables.empty() && select.items("fromClause").empty()) look_for_calls(select);
  }

  void take_change(const Node& change, std::string_view others, std::string why) {
    const auto condition = change["whereClause"];
    if (!condition.is("CurrentOfExpr")) read(change["relation"], condition, std::move(why));
    for (const auto& table : tables_of(change, others)) read(table, condition, "for a query");
  }

  void read(const Node& table, const Node& condition, std::string why) {
    if (table.text("schemaname").empty() && queries_.contains(std::string(table.text("relname")))) return;
    const auto name = list_.model.resolve(table);
    const auto alias = table["alias"].text("aliasname");
    if (KeyConditions(list_.model, name, alias, condition).picks_at_most(longest_batch)) return;
    if (condition && is_picked_by_batch(condition, name, alias.empty() ? std::string_view(name.name) : alias)) return;
    read_relation(name, std::move(why), table.flag("inh"));
  }

  void read_relation(const RelationName& name, std::string why, bool with_children) {
    const auto* relation = list_.model.find(name);
    if (relation != nullptr && relation->kind == Relation::Kind::view && !relation->reads.empty()) {
      for (const auto& source : relation->reads) {
        if (source != name) read_relation(source, why, true);
      }
      return;
    }
    list_.scan(name, std::move(why), with_children);
  }

  bool is_own_key(const Node& reference, const RelationName& table, std::string_view alias) const {
    if (!reference.is("ColumnRef")) return false;
    const auto parts = reference.strings("fields");
    if (parts.empty() || (parts.size() > 1 && parts[parts.size() - 2] != alias)) return false;
    return is_key(list_.model, table, parts.back());
  }

  bool is_of_batch(const Node& reference) const {
    if (!reference.is("ColumnRef")) return false;
    const auto parts = reference.strings("fields");
    return parts.size() > 1 && batches_.contains(parts[parts.size() - 2]);
  }

  // `key IN (SELECT … LIMIT n)`, `key = batch.key` where the WITH query batch has a LIMIT.
  bool is_picked_by_batch(const Node& condition, const RelationName& table, std::string_view alias) const {
    if (condition.is("BoolExpr") && condition.text("boolop") == "AND_EXPR") {
      const auto parts = condition.items("args");
      return std::any_of(parts.begin(), parts.end(),
                         [&](const Node& part) { return is_picked_by_batch(part, table, alias); });
    }
    if (condition.is("SubLink")) {
      return condition.text("subLinkType") == "ANY_SUBLINK" && is_own_key(condition["testexpr"], table, alias) &&
             is_limited(condition["subselect"]);
    }
    if (!condition.is("A_Expr") || condition.strings("name") != std::vector<std::string>{"="}) return false;
    return (is_own_key(condition["lexpr"], table, alias) && is_of_batch(condition["rexpr"])) ||
           (is_own_key(condition["rexpr"], table, alias) && is_of_batch(condition["lexpr"]));
  }

  // SELECT f(): what a function of one's own does is not in the text. Queries inside are looked at by themselves.
  void look_for_calls(const Node& select) {
    std::multiset<std::string> names;
    const auto collect = [&](const Node& from, bool adds) {
      from.walk([&](const Node& node) {
        if (!node.is("FuncCall")) return;
        const auto name = function_name(node);
        if (adds) {
          names.insert(name);
        } else if (const auto found = names.find(name); found != names.end()) {
          names.erase(found);
        }
      });
    };
    for (const auto& target : select.items("targetList")) {
      collect(target, true);
      target.walk([&](const Node& node) {
        if (node.is("SubLink")) collect(node["subselect"], false);
      });
    }
    for (const auto& name : names) {
      if (!builtin_volatility(name)) list_.may_do_anything(fmt::format("calls {}(), whose body is not known", name));
    }
  }

  WorkList& list_;
  std::set<std::string> queries_;  // of WITH
  std::set<std::string> batches_;  // those that give a limited number of rows
};

}  // namespace

void data_work(const Node& statement, WorkList& list) {
  DataWork work(statement, list);
  statement.walk([&](const Node& node) { work.take(node); });
}

}  // namespace support::alembic::safety

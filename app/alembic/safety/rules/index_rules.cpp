// CREATE INDEX, DROP INDEX, REINDEX.
#include <algorithm>

#include <fmt/format.h>

#include "app/alembic/safety/model/replay.hpp"
#include "app/alembic/safety/rules/checks.hpp"

namespace support::alembic::safety {

namespace {

// Where a word belongs behind a keyword of the statement: CREATE INDEX → CREATE INDEX CONCURRENTLY.
std::string with_word_after(const std::string& sql, std::string_view keyword, std::string_view word) {
  for (const auto& token : scan(sql)) {
    if (!token.is(keyword)) continue;
    auto result = sql;
    return result.insert(token.end(), fmt::format(" {}", word)) + ";";
  }
  return {};
}

std::string without_words(const std::string& sql, std::initializer_list<std::string_view> words) {
  std::string result;
  std::size_t copied = 0;
  for (const auto& token : scan(sql)) {
    const bool drop = std::any_of(words.begin(), words.end(), [&](std::string_view word) { return token.is(word); });
    if (!drop || token.begin < copied) continue;
    result += sql.substr(copied, token.begin - copied);
    copied = std::min(sql.size(), token.end() + 1);
  }
  return result + sql.substr(copied);
}

bool begins_with(const std::vector<IndexKey>& longer, const std::vector<IndexKey>& shorter) {
  return longer.size() >= shorter.size() &&
         std::equal(shorter.begin(), shorter.end(), longer.begin(),
                    [](const IndexKey& a, const IndexKey& b) { return a.text == b.text; });
}

bool same_method(const Index& one, const Index& other) {
  const auto is_btree = [](const Index& index) { return index.method.empty() || index.method == "btree"; };
  return is_btree(one) && is_btree(other);
}

void check_redundant(Examination& examination, const Relation& relation, const Index& created) {
  if (created.unique) return;
  for (const auto& index : relation.indexes) {
    if (!same_method(index, created) || index.predicate != created.predicate || index.name == created.name) continue;
    if (!begins_with(index.keys, created.keys)) continue;
    examination.report("redundant-index",
                       {.message = fmt::format("The columns of {} are those that index {} begins with.",
                                               quoted(created.name.name), quoted(index.name.name)),
                        .relation = relation.name.text()});
    return;
  }
}

// Whether an index in force says already that the columns don't repeat.
bool is_known_unique(const Relation* relation, const Index& created) {
  if (relation == nullptr || !created.predicate.empty()) return false;
  return std::any_of(relation->indexes.begin(), relation->indexes.end(), [&](const Index& index) {
    return index.unique && index.predicate.empty() && index.name != created.name &&
           begins_with(created.keys, index.keys);
  });
}

void check_replacement(Examination& examination, const Index& created) {
  const auto table = examination.target();
  for (const auto& dropped : examination.memory.dropped_indexes) {
    const bool same_column = !created.keys.empty() && !dropped.index.keys.empty() &&
                             created.keys.front().text == dropped.index.keys.front().text;
    if (dropped.table != table || !(same_column || dropped.index.name == created.name)) continue;
    examination.report_about(
        dropped.statement, "index-dropped-before-replacement",
        {.message =
             fmt::format("{} takes the place of {}, but is created after it is gone: until then no query has an index.",
                         quoted(created.name.name), quoted(dropped.index.name.name)),
         .relation = table.text(),
         .safer = fmt::format("-- first, under a name of its own:\n{}\n-- then:\nDROP INDEX CONCURRENTLY {};",
                              examination.node.flag("concurrent")
                                  ? examination.statement.sql + ";"
                                  : with_word_after(examination.statement.sql, "INDEX", "CONCURRENTLY"),
                              quoted(dropped.index.name))});
  }
}

void check_existing_data(Examination& examination, const Index& created) {
  if (!created.unique || is_known_unique(examination.known_target(), created)) return;
  std::vector<std::string> columns;
  for (const auto& key : created.keys) {
    if (!key.column.empty()) columns.push_back(key.column);
  }
  const auto list = quoted_list(columns);
  examination.report(
      "unique-index-on-existing-data",
      {.message = fmt::format("Duplicates in {} make this fail{}.", quoted(examination.target()),
                              examination.node.flag("concurrent") ? " and leave an INVALID index behind" : ""),
       .relation = examination.target().text(),
       .safer = list.empty() ? std::string()
                             : fmt::format("SELECT {0}, count(*) FROM {1} GROUP BY {0} HAVING count(*) > 1;", list,
                                           quoted(examination.target()))});
}

void check_partitioned(Examination& examination, const Relation& parent) {
  const auto table = quoted(parent.name);
  const bool concurrent = examination.node.flag("concurrent");
  std::string safer = without_words(with_word_after(examination.statement.sql, "ON", "ONLY"), {"CONCURRENTLY"});
  safer +=
      "\n-- for each partition, without a transaction:\n-- CREATE INDEX CONCURRENTLY … ON partition (…);\n"
      "-- ALTER INDEX … ATTACH PARTITION …;";
  examination.report(
      "create-index-on-partitioned-parent",
      {.message = concurrent
                      ? fmt::format("{} is partitioned, and PostgreSQL refuses CONCURRENTLY there (0A000).", table)
                      : fmt::format("The index is built on all partitions of {}, one after the other.", table),
       .relation = parent.name.text(),
       .lock = concurrent ? LockMode::none : LockMode::share,
       .held = Held::scan,
       .safer = std::move(safer)});
}

bool is_dropped_before(const Examination& examination, const std::string& name) {
  const auto& dropped = examination.memory.dropped_if_exists;
  return std::find(dropped.begin(), dropped.end(), name) != dropped.end();
}

RelationName index_name(const Examination& examination, const Node& object) {
  return examination.model.resolve_index(object.strings("items"));
}

void check_dropped(Examination& examination, const Node& object) {
  const auto name = index_name(examination, object);
  const auto* owner = examination.model.index_owner(name);
  if (owner != nullptr && examination.model.is_new(*owner)) return;
  const auto table = owner == nullptr ? std::string() : owner->name.text();
  if (owner != nullptr) {
    for (const auto& constraint : owner->constraints) {
      if (constraint.index != name) continue;
      examination.report(
          "drop-constraint-backing-index",
          {.message = fmt::format("{} is the index of constraint {}, so PostgreSQL refuses to drop it (2BP01).",
                                  quoted(name.name), quoted(constraint.name)),
           .relation = table,
           .safer = fmt::format("ALTER TABLE {} DROP CONSTRAINT {};", quoted(owner->name), quoted(constraint.name))});
      return;
    }
    if (const auto* index = owner->index(name)) {
      examination.memory.dropped_indexes.push_back({*index, owner->name, examination.number});
    }
  }
  if (examination.node.flag("concurrent")) return;
  examination.report(
      "drop-index-not-concurrent",
      {.message = owner == nullptr ? fmt::format("The table of index {} is locked.", quoted(name))
                                   : fmt::format("{} is locked to drop index {}.", quoted(owner->name), quoted(name)),
       .relation = owner == nullptr ? name.text() : table,
       .lock = LockMode::access_exclusive,
       .safer = fmt::format("-- transactional: false\nDROP INDEX CONCURRENTLY {}{};",
                            examination.node.flag("missing_ok") ? "IF EXISTS " : "", quoted(name))});
}

void check_reindex(Examination& examination) {
  if (has_option(examination.node, "params", "concurrently")) return;
  if (examination.node["relation"]) {
    const auto* owner = examination.model.index_owner(examination.target());
    if (examination.target_is_new() || (owner != nullptr && examination.model.is_new(*owner))) return;
  }
  const auto what =
      examination.node["relation"] ? quoted(examination.target()) : std::string(examination.node.text("name"));
  const auto kind = examination.node.text("kind");
  const std::string_view word = kind == "REINDEX_OBJECT_INDEX"    ? "INDEX"
                                : kind == "REINDEX_OBJECT_TABLE"  ? "TABLE"
                                : kind == "REINDEX_OBJECT_SCHEMA" ? "SCHEMA"
                                                                  : "DATABASE";
  examination.report(
      "reindex-not-concurrent",
      {.message = fmt::format("{} is built anew; reads whose plan looks at an index of it wait as well.", what),
       .relation = what,
       .lock = LockMode::share,
       .held = Held::scan,
       .safer = fmt::format("-- transactional: false\nREINDEX {} CONCURRENTLY {};", word, what)});
}

}  // namespace

void check_created_indexes(Examination& examination) {
  const auto& node = examination.node;
  if (!node.is("IndexStmt")) return;
  const auto created = read_index(node, examination.model);
  const auto* relation = examination.known_target();
  if (relation != nullptr && relation->complete) check_redundant(examination, *relation, created);
  check_replacement(examination, created);
  if (node.flag("concurrent") && node.flag("if_not_exists") && !is_dropped_before(examination, created.name.name)) {
    examination.report(
        "concurrent-if-not-exists-invalid-index",
        {.message = fmt::format("If an earlier try was interrupted, {} exists as an INVALID index, and this "
                                "reports success without building it.",
                                quoted(created.name.name)),
         .relation = examination.target().text(),
         .safer = fmt::format("DROP INDEX CONCURRENTLY IF EXISTS {};\n{};", quoted(created.name),
                              without_words(examination.statement.sql, {"IF", "NOT", "EXISTS"}))});
  }
  if (examination.target_is_new()) return;
  check_existing_data(examination, created);
  const bool whole_table = node["relation"].flag("inh");
  if (!whole_table) return;  // ON ONLY a partitioned table builds nothing
  if (relation != nullptr && relation->is_partitioned()) check_partitioned(examination, *relation);
  if (node.flag("concurrent")) return;
  examination.report("create-index-not-concurrent",
                     {.message = fmt::format("The index on {} is built under this lock.", quoted(examination.target())),
                      .relation = examination.target().text(),
                      .lock = LockMode::share,
                      .held = Held::scan,
                      .safer = fmt::format("-- transactional: false\n{}",
                                           with_word_after(examination.statement.sql, "INDEX", "CONCURRENTLY"))});
}

void check_dropped_indexes(Examination& examination) {
  const auto& node = examination.node;
  if (node.is("ReindexStmt")) return check_reindex(examination);
  if (node.is("DropStmt") && node.text("removeType") == "OBJECT_INDEX") {
    for (const auto& object : node.items("objects")) {
      check_dropped(examination, object);
      if (node.flag("missing_ok")) {
        examination.memory.dropped_if_exists.push_back(index_name(examination, object).name);
      }
    }
  }
}

}  // namespace support::alembic::safety

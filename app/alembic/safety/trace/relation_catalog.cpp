#include "app/alembic/safety/trace/relation_catalog.hpp"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>

namespace support::alembic::safety {
namespace {

// The functions look at the caches of the session and lock nothing. A toast table and its index are called after the
// table they serve, because their own names are numbers.
constexpr std::string_view relations_sql =
    "SELECT c.oid, c.relkind, coalesce(pg_relation_filenode(c.oid), 0), {}, i.indrelid, owner.oid IS NOT NULL AS "
    "is_part, CASE WHEN owner.oid IS NULL THEN c.oid::regclass::text ELSE (CASE c.relkind WHEN 't' THEN 'toast(' ELSE "
    "'toastidx(' END) || owner.oid::regclass::text || ')' END, coalesce(tn.nspname, n.nspname), coalesce(t.relname, "
    "c.relname), CASE WHEN i.indexrelid IS NOT NULL AND owner.oid IS NULL THEN c.relname END "
    "FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_index i ON i.indexrelid = c.oid "
    "LEFT JOIN pg_class owner ON c.relnamespace = 'pg_toast'::regnamespace AND owner.reltoastrelid = "
    "coalesce(i.indrelid, c.oid) LEFT JOIN pg_class t ON t.oid = coalesce(owner.oid, i.indrelid) LEFT JOIN "
    "pg_namespace tn ON tn.oid = t.relnamespace WHERE c.oid >= 16384 AND c.relpersistence <> 't' "
    "AND coalesce(tn.nspname, n.nspname) NOT IN ('pg_catalog', 'information_schema', 'pg_toast')";

std::uint64_t number(const std::optional<std::string>& text) {
  return text && !text->empty() ? std::stoull(*text) : 0;
}

using Key = std::pair<std::string_view, std::string_view>;

Key key_of(const RelationState& state) {
  return {state.name.schema, state.name.index};
}

}  // namespace

RelationCatalog read_relations(Bind& connection, ScanCount count) {
  const auto sql = fmt::format(relations_sql, count == ScanCount::of_transaction ? "pg_stat_get_xact_numscans(c.oid)"
                                                                                 : "pg_stat_get_numscans(c.oid)");
  RelationCatalog relations;
  for (const auto& row : connection.query(sql)) {
    RelationState state{.name = {.shown = row.at(6).value_or(""),
                                 .schema = row.at(7).value_or(""),
                                 .name = row.at(8).value_or(""),
                                 .index = row.at(9).value_or(""),
                                 .kind = row.at(1).value_or("r").at(0)},
                        .table = static_cast<Oid>(number(row.at(4))),
                        .file = number(row.at(2)),
                        .scans = number(row.at(3)),
                        .is_part_of_toast = row.at(5) == "t"};
    relations.emplace(static_cast<Oid>(number(row.at(0))), std::move(state));
  }
  return relations;
}

void add_changes(StatementTrace& trace, const RelationCatalog& existing, const RelationCatalog& before,
                 const RelationCatalog& after) {
  // An index that ALTER TABLE or REINDEX CONCURRENTLY makes anew is another one under the same name.
  std::map<Key, const RelationState*> indexes_after;
  for (const auto& [oid, state] : after) {
    if (!state.name.index.empty()) indexes_after.emplace(key_of(state), &state);
  }
  std::map<Key, const RelationState*> indexes_before;
  for (const auto& [oid, state] : before) {
    if (!state.name.index.empty()) indexes_before.emplace(key_of(state), &state);
    if (!existing.contains(oid) || state.is_part_of_toast) continue;
    const auto same = after.find(oid);
    if (state.name.index.empty()) {
      if (!state.name.is_table() || same == after.end()) continue;
      if (same->second.file != state.file) trace.rewrites.push_back(state.name);
      if (same->second.scans > state.scans) trace.scans.push_back(state.name);
      continue;
    }
    const auto by_name = indexes_after.find(key_of(state));
    const auto* now = same != after.end() ? &same->second : by_name != indexes_after.end() ? by_name->second : nullptr;
    if (now != nullptr && now->file != state.file) trace.index_rebuilds.push_back(state.name);
  }
  for (const auto& [oid, state] : after) {
    if (state.name.index.empty() || state.file == 0 || before.contains(oid)) continue;
    if (existing.contains(state.table) && !indexes_before.contains(key_of(state))) {
      trace.index_builds.push_back(state.name);
    }
  }
  const auto sort = [](std::vector<TracedRelation>& names) { std::ranges::sort(names, {}, &TracedRelation::shown); };
  sort(trace.rewrites);
  sort(trace.index_rebuilds);
  sort(trace.index_builds);
  sort(trace.scans);
}

}  // namespace support::alembic::safety

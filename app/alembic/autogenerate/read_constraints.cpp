// Constraints and indexes, which go to the tables they are of.
#include <algorithm>

#include <fmt/format.h>

#include "app/alembic/autogenerate/catalog_reader.hpp"

namespace support::alembic::autogenerate {
namespace {

constexpr int version_with_not_enforced = 180000;

ConstraintKind constraint_kind(char contype) {
  switch (contype) {
    case 'p':
      return ConstraintKind::primary_key;
    case 'u':
      return ConstraintKind::unique;
    case 'f':
      return ConstraintKind::foreign_key;
    case 'x':
      return ConstraintKind::exclusion;
    default:
      return ConstraintKind::check;
  }
}

std::string action(char code) {
  switch (code) {
    case 'r':
      return "RESTRICT";
    case 'c':
      return "CASCADE";
    case 'n':
      return "SET NULL";
    case 'd':
      return "SET DEFAULT";
    default:
      return "NO ACTION";
  }
}

std::string match(char code) {
  switch (code) {
    case 'f':
      return "FULL";
    case 'p':
      return "PARTIAL";
    default:
      return "SIMPLE";
  }
}

Origin origin(bool is_local, bool is_inherited) {
  if (!is_inherited) return Origin::own;
  return is_local ? Origin::both : Origin::inherited;
}

Texts names_of(const Relation& relation, const std::vector<std::int64_t>& numbers) {
  Texts names;
  for (const auto number : numbers) {
    // 0 is an expression, a negative number a system column.
    if (number > 0) names.push_back(relation.names_by_number.at(static_cast<std::size_t>(number - 1)));
  }
  return names;
}

// The name that PostgreSQL gives: <table>_<column>_not_null, where that fits. Longer ones are compared by nobody.
bool is_default_not_null_name(const Relation& relation, const std::string& column, const std::string& name) {
  return name == relation.name + '_' + column + "_not_null";
}

// pg_index.indoption.
constexpr std::int64_t descending = 1;
constexpr std::int64_t nulls_first = 2;

struct OperatorClasses {
  std::unordered_map<std::int64_t, std::string> names;  // of those that are not their type's default

  std::string name(std::int64_t oid) const {
    const auto found = names.find(oid);
    return found == names.end() ? "" : found->second;
  }
};

// `expressions` has an element for every key when one of them is an expression, and is empty otherwise.
std::vector<IndexKey> index_keys(const Relation& relation, std::size_t count, const std::vector<std::int64_t>& columns,
                                 const std::vector<std::int64_t>& options,
                                 const std::vector<std::int64_t>& operator_classes, const Texts& expressions,
                                 const OperatorClasses& named) {
  std::vector<IndexKey> keys;
  for (std::size_t i = 0; i < count; ++i) {
    IndexKey key;
    key.is_expression = columns.at(i) == 0;
    key.sql = key.is_expression ? expressions.at(i)
                                : relation.names_by_number.at(static_cast<std::size_t>(columns.at(i) - 1));
    key.operator_class = named.name(operator_classes.at(i));
    key.descending = (options.at(i) & descending) != 0;
    key.nulls_first = (options.at(i) & nulls_first) != 0;
    keys.push_back(std::move(key));
  }
  return keys;
}

}  // namespace

// A foreign key to a partitioned table has a row of its own for each partition, which no DDL can reach; they are left
// out.
void CatalogReader::read_constraints() {
  const auto sql = fmt::format(
      "SELECT o.conrelid, o.contype, o.conname, o.conkey, o.convalidated, o.connoinherit, o.conislocal, o.coninhcount "
      "> 0 "
      "OR o.conparentid <> 0, pg_get_constraintdef(o.oid), CASE WHEN o.contype = 'c' THEN pg_get_expr(o.conbin, "
      "o.conrelid) END, o.condeferrable, o.condeferred, {}, d.description, rn.nspname, r.relname, CASE WHEN o.contype "
      "= "
      "'f' THEN ARRAY(SELECT a.attname FROM unnest(o.confkey) WITH ORDINALITY AS k (number, place) JOIN pg_attribute a "
      "ON "
      "a.attrelid = o.confrelid AND a.attnum = k.number ORDER BY k.place) END, o.confmatchtype, o.confupdtype, "
      "o.confdeltype, o.confdelsetcols FROM pg_constraint o JOIN pg_class c ON c.oid = o.conrelid LEFT JOIN "
      "pg_constraint "
      "p ON p.oid = o.conparentid LEFT JOIN pg_class r ON r.oid = o.confrelid LEFT JOIN pg_namespace rn ON rn.oid = "
      "r.relnamespace {} WHERE o.contype IN ('p', 'u', 'c', 'f', 'x', 'n') AND {} AND p.conrelid IS DISTINCT FROM "
      "o.conrelid ORDER BY o.conrelid, o.conname",
      snapshot_.server_version >= version_with_not_enforced ? "o.conenforced" : "true",
      comment_join("pg_constraint", "o.oid"), in_schemas("c.relnamespace"));
  for (auto& row : query(sql)) {
    Fields fields(row);
    auto* const relation = find(fields.oid());
    if (relation == nullptr || relation->table == nullptr) continue;
    const char kind = fields.letter();
    if (kind == 'n') {
      add_not_null(*relation, fields);
      continue;
    }
    Constraint constraint{.name = fields.text(), .kind = constraint_kind(kind)};
    constraint.columns = names_of(*relation, fields.numbers());
    constraint.validated = fields.flag();
    constraint.no_inherit = kind == 'c' && fields.flag();
    if (kind != 'c') fields.flag();
    const bool is_local = fields.flag();
    constraint.origin = origin(is_local, fields.flag());
    constraint.definition = fields.text();
    constraint.expression = fields.text();
    constraint.deferrable = fields.flag();
    constraint.initially_deferred = fields.flag();
    constraint.enforced = fields.flag();
    constraint.comment = fields.text();
    if (kind == 'f') {
      constraint.referent = {.schema = fields.text(), .table = fields.text(), .columns = fields.texts()};
      constraint.match = match(fields.letter());
      constraint.on_update = action(fields.letter());
      constraint.on_delete = action(fields.letter());
      constraint.on_delete_columns = names_of(*relation, fields.numbers());
    }
    relation->table->constraints.push_back(std::move(constraint));
  }
}

// PostgreSQL 18 keeps NOT NULL as a constraint; here it is part of its column.
void CatalogReader::add_not_null(Relation& relation, Fields& fields) {
  const auto name = fields.text();
  const auto columns = names_of(relation, fields.numbers());
  const auto column = std::ranges::find(*relation.columns, columns.at(0), &Column::name);
  if (column == relation.columns->end()) return;
  column->not_null_validated = fields.flag();
  column->not_null_inherited = !fields.flag();
  if (!is_default_not_null_name(relation, column->name, name)) column->not_null_name = name;
}

void CatalogReader::read_indexes() {
  OperatorClasses operator_classes;
  for (auto& row :
       query("SELECT o.oid, CASE n.nspname WHEN 'pg_catalog' THEN quote_ident(o.opcname) ELSE format('%I.%I', "
             "n.nspname, o.opcname) END FROM pg_opclass o JOIN pg_namespace n ON n.oid = o.opcnamespace WHERE "
             "NOT o.opcdefault")) {
    Fields fields(row);
    const auto oid = fields.number();
    operator_classes.names[oid] = fields.text();
  }
  const auto sql = fmt::format(
      "SELECT i.indrelid, c.relname, i.indisclustered, i.indisreplident, o.conname, c.reloptions, ts.spcname, "
      "am.amname, "
      "i.indisunique, i.indnullsnotdistinct, i.indisvalid, c.relispartition, i.indnkeyatts, i.indkey, i.indoption, "
      "i.indclass, CASE WHEN i.indexprs IS NOT NULL THEN ARRAY(SELECT pg_get_indexdef(i.indexrelid, k, false) FROM "
      "generate_series(1, i.indnkeyatts) AS k) END, pg_get_expr(i.indpred, i.indrelid), CASE WHEN o.oid IS NULL THEN "
      "substr(pg_get_indexdef(i.indexrelid), length(format('CREATE %sINDEX %I ON %s%s USING ', CASE WHEN i.indisunique "
      "THEN 'UNIQUE ' END, c.relname, CASE c.relkind WHEN 'I' THEN 'ONLY ' END, i.indrelid::regclass)) + 1) END, "
      "d.description FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid "
      "JOIN "
      "pg_am am ON am.oid = c.relam LEFT JOIN pg_tablespace ts ON ts.oid = c.reltablespace LEFT JOIN pg_constraint o "
      "ON "
      "o.conindid = i.indexrelid AND o.conrelid = i.indrelid AND o.contype IN ('p', 'u', 'x') {} WHERE t.relkind IN "
      "('r', "
      "'p', 'm') AND {} ORDER BY i.indrelid, c.relname",
      comment_join("pg_class", "c.oid"), in_schemas("t.relnamespace"));
  for (auto& row : query(sql)) {
    Fields fields(row);
    auto* const relation = find(fields.oid());
    if (relation == nullptr) continue;
    Index index{.name = fields.text()};
    if (const bool clusters = fields.flag(); clusters && relation->cluster_index) *relation->cluster_index = index.name;
    if (const bool identifies = fields.flag(); identifies && relation->table) {
      relation->table->replica_identity = "USING INDEX " + index.name;
    }
    const auto of_constraint = fields.text();
    index.options = fields.sorted_texts();
    index.tablespace = fields.text();
    if (!of_constraint.empty()) {
      const auto constraint = std::ranges::find(relation->table->constraints, of_constraint, &Constraint::name);
      constraint->options = std::move(index.options);
      constraint->tablespace = std::move(index.tablespace);
      continue;
    }
    index.method = fields.text();
    index.unique = fields.flag();
    index.nulls_not_distinct = fields.flag();
    index.valid = fields.flag();
    index.origin = fields.flag() ? Origin::inherited : Origin::own;
    const auto key_count = static_cast<std::size_t>(fields.number());
    const auto columns = fields.numbers();
    const auto options = fields.numbers();
    const auto classes = fields.numbers();
    const auto expressions = fields.texts();
    index.keys = index_keys(*relation, key_count, columns, options, classes, expressions, operator_classes);
    for (std::size_t i = key_count; i < columns.size(); ++i) {
      index.include.push_back(relation->names_by_number.at(static_cast<std::size_t>(columns[i] - 1)));
    }
    index.predicate = fields.text();
    index.body = fields.text();
    index.comment = fields.text();
    relation->indexes->push_back(std::move(index));
  }
}

}  // namespace support::alembic::autogenerate

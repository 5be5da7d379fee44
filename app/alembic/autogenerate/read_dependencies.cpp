// pg_depend, between the objects that have been read.
#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "app/alembic/autogenerate/catalog_reader.hpp"

namespace support::alembic::autogenerate {
namespace {

// A catalog and a row of it.
using Address = std::pair<Oid, Oid>;

struct AddressHash {
  std::size_t operator()(const Address& address) const noexcept {
    return std::hash<std::uint64_t>{}(std::uint64_t{address.first} << 32U | address.second);
  }
};

// An object, or one of its columns; 0: all of it.
struct Part {
  Address address;
  std::int64_t column;
};

using Identities = std::unordered_map<Address, ObjectName, AddressHash>;

// The letters that identities() writes.
ObjectKind object_kind(char letter) {
  switch (letter) {
    case 'v':
      return ObjectKind::view;
    case 'S':
      return ObjectKind::sequence;
    case 'c':
      return ObjectKind::composite_type;
    case 'e':
      return ObjectKind::enum_type;
    case 'd':
      return ObjectKind::domain;
    case 'r':
      return ObjectKind::range_type;
    case 'f':
      return ObjectKind::routine;
    case 'i':
      return ObjectKind::index;
    case 'k':
      return ObjectKind::constraint;
    case 'a':
      return ObjectKind::column;
    case 'g':
      return ObjectKind::trigger;
    case 'p':
      return ObjectKind::policy;
    case 'u':
      return ObjectKind::rule;
    case 's':
      return ObjectKind::statistics;
    case 'x':
      return ObjectKind::extension;
    default:
      return ObjectKind::table;
  }
}

// The kind of a relation, by pg_class.relkind of `alias`.
std::string relation_kind(std::string_view alias) {
  return fmt::format(
      "CASE {0}.relkind WHEN 'v' THEN 'v' WHEN 'm' THEN 'v' WHEN 'S' THEN 'S' WHEN 'c' THEN 'c' ELSE 't' END", alias);
}

// catalog, row, kind, schema, table, name of whatever can depend on something or be depended on.
std::string identities(const std::string& relations, const std::string& types, const std::string& routines,
                       const std::string& statistics) {
  return fmt::format(
      "SELECT 'pg_class'::regclass::oid, c.oid, {0}, n.nspname::text, NULL::text, c.relname::text FROM pg_class c JOIN "
      "pg_namespace n ON "
      "n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm', 'S', 'c') AND {1} "
      "UNION ALL SELECT 'pg_class'::regclass, i.indexrelid, CASE WHEN o.oid IS NULL THEN 'i' ELSE 'k' END, n.nspname, "
      "c.relname, coalesce(o.conname, x.relname) FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_class "
      "c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_constraint o ON o.conindid = "
      "i.indexrelid AND o.conrelid = i.indrelid AND o.contype IN ('p', 'u', 'x') WHERE {1} "
      "UNION ALL SELECT 'pg_type'::regclass, m.oid, CASE WHEN t.typrelid = 0 THEN t.typtype::text ELSE (SELECT {0} "
      "FROM "
      "pg_class c WHERE c.oid = t.typrelid) END, n.nspname, NULL, t.typname FROM (SELECT oid, oid AS base FROM pg_type "
      "UNION ALL SELECT typarray, oid FROM pg_type WHERE typarray <> 0 UNION ALL SELECT rngmultitypid, rngtypid FROM "
      "pg_range UNION ALL SELECT a.typarray, r.rngtypid FROM pg_range r JOIN pg_type a ON a.oid = r.rngmultitypid) m "
      "JOIN pg_type t ON t.oid = m.base JOIN pg_namespace n ON n.oid = t.typnamespace WHERE t.typtype IN ('c', 'd', "
      "'e', 'r') AND {2} "
      "UNION ALL SELECT 'pg_proc'::regclass, p.oid, 'f', n.nspname, NULL, format('%s(%s)', p.proname, "
      "oidvectortypes(p.proargtypes)) FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE "
      "{3} "
      "UNION ALL SELECT i.classid, i.objid, 'r', n.nspname, NULL, t.typname FROM pg_depend i JOIN pg_range r ON "
      "i.refobjid IN (r.rngtypid, r.rngmultitypid) JOIN pg_type t ON t.oid = r.rngtypid JOIN pg_namespace n ON n.oid = "
      "t.typnamespace WHERE i.classid = 'pg_proc'::regclass AND i.refclassid = 'pg_type'::regclass AND i.deptype = 'i' "
      "AND {2} "
      "UNION ALL SELECT 'pg_constraint'::regclass, o.oid, 'k', n.nspname, c.relname, o.conname FROM pg_constraint o "
      "JOIN pg_class c ON c.oid = o.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE o.contype <> 't' AND "
      "{1} "
      "UNION ALL SELECT 'pg_constraint'::regclass, o.oid, 'd', n.nspname, NULL, t.typname FROM pg_constraint o JOIN "
      "pg_type t ON t.oid = o.contypid JOIN pg_namespace n ON n.oid = t.typnamespace WHERE {2} "
      "UNION ALL SELECT 'pg_attrdef'::regclass, f.oid, CASE c.relkind WHEN 'v' THEN 'v' ELSE 'a' END, n.nspname, CASE "
      "WHEN c.relkind <> 'v' THEN c.relname END, CASE c.relkind WHEN 'v' THEN c.relname ELSE a.attname END FROM "
      "pg_attrdef f JOIN pg_attribute a ON a.attrelid = f.adrelid AND a.attnum = f.adnum JOIN pg_class c ON c.oid = "
      "f.adrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {1} "
      "UNION ALL SELECT 'pg_rewrite'::regclass, r.oid, CASE r.rulename WHEN '_RETURN' THEN 'v' ELSE 'u' END, "
      "n.nspname, "
      "CASE WHEN r.rulename <> '_RETURN' THEN c.relname END, CASE r.rulename WHEN '_RETURN' THEN c.relname ELSE "
      "r.rulename END FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class JOIN pg_namespace n ON n.oid = "
      "c.relnamespace WHERE {1} "
      "UNION ALL SELECT 'pg_trigger'::regclass, g.oid, 'g', n.nspname, c.relname, g.tgname FROM pg_trigger g JOIN "
      "pg_class c ON c.oid = g.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE NOT g.tgisinternal AND {1} "
      "UNION ALL SELECT 'pg_policy'::regclass, p.oid, 'p', n.nspname, c.relname, p.polname FROM pg_policy p JOIN "
      "pg_class c ON c.oid = p.polrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {1} "
      "UNION ALL SELECT 'pg_statistic_ext'::regclass, s.oid, 's', n.nspname, c.relname, s.stxname FROM "
      "pg_statistic_ext s JOIN pg_class c ON c.oid = s.stxrelid JOIN pg_namespace n ON n.oid = s.stxnamespace WHERE "
      "{4} "
      "UNION ALL SELECT e.classid, e.objid, 'x', NULL, NULL, x.extname FROM pg_depend e JOIN pg_extension x ON "
      "e.refclassid = 'pg_extension'::regclass AND x.oid = e.refobjid WHERE e.deptype = 'e'",
      relation_kind("c"), relations, types, routines, statistics);
}

// FirstNormalObjectId: everything below it is PostgreSQL's own.
constexpr std::string_view dependencies =
    "SELECT classid, objid, objsubid, refclassid, refobjid, refobjsubid, 'pg_class'::regclass::oid FROM pg_depend "
    "WHERE "
    "objid >= 16384 AND refobjid >= 16384 AND deptype IN ('n', 'a', 'i', 'P', 'S')";

}  // namespace

void CatalogReader::read_dependencies() {
  Identities known;
  for (auto& row : query(identities(in_schemas("c.relnamespace"), in_schemas("t.typnamespace"),
                                    in_schemas("p.pronamespace"), in_schemas("s.stxnamespace")))) {
    Fields fields(row);
    const auto catalog = fields.oid();
    const Address address{catalog, fields.oid()};
    ObjectName name{
        .kind = object_kind(fields.letter()), .schema = fields.text(), .table = fields.text(), .name = fields.text()};
    known.insert_or_assign(address, std::move(name));
  }
  // The sequence behind a column is that column.
  std::map<QualifiedName, ObjectName> columns;
  for (const auto& table : snapshot_.tables) {
    for (const auto& column : table.columns) {
      if (!column.sequence) continue;
      columns[{column.sequence->schema, column.sequence->name}] = {ObjectKind::column, table.schema, table.name,
                                                                   column.name};
    }
  }
  for (auto& [address, name] : known) {
    if (name.kind != ObjectKind::sequence) continue;
    if (const auto column = columns.find({name.schema, name.name}); column != columns.end()) name = column->second;
  }
  for (auto& row : query(std::string(dependencies))) {
    Fields fields(row);
    const auto read_part = [&fields] {
      const auto catalog = fields.oid();
      const Address address{catalog, fields.oid()};
      return Part{address, fields.number()};
    };
    const auto object = read_part();
    const auto on = read_part();
    const auto pg_class = fields.oid();
    const auto name_of = [&](const Part& part) -> std::optional<ObjectName> {
      const auto found = known.find(part.address);
      if (found == known.end()) return std::nullopt;
      const auto& name = found->second;
      if (part.column <= 0 || part.address.first != pg_class || name.kind != ObjectKind::table) return name;
      const auto* const relation = find(part.address.second);
      if (relation == nullptr) return name;
      return ObjectName{ObjectKind::column, name.schema, name.name,
                        relation->names_by_number.at(static_cast<std::size_t>(part.column - 1))};
    };
    auto from = name_of(object);
    auto to = name_of(on);
    if (from && to && *from != *to) snapshot_.dependencies.push_back({std::move(*from), std::move(*to)});
  }
  std::ranges::sort(snapshot_.dependencies);
  const auto repeated = std::ranges::unique(snapshot_.dependencies);
  snapshot_.dependencies.erase(repeated.begin(), repeated.end());
}

}  // namespace support::alembic::autogenerate

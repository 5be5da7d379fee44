// Tables, views, their columns, composite types and sequences.
#include <algorithm>
#include <string_view>

#include <fmt/format.h>

#include "app/alembic/autogenerate/catalog_reader.hpp"
#include "app/schema/quoting.hpp"

namespace support::alembic::autogenerate {
namespace {

// Where the parts of an object go, until all objects are there and their addresses are final.
struct Place {
  Oid oid;
  char kind;
};

TableKind table_kind(char relkind) {
  switch (relkind) {
    case 'p':
      return TableKind::partitioned;
    case 'f':
      return TableKind::foreign;
    default:
      return TableKind::ordinary;
  }
}

Persistence persistence(char relpersistence) {
  return relpersistence == 'u' ? Persistence::unlogged : Persistence::permanent;
}

// The releases of PostgreSQL from November 2026 on (15.20 …) note among the options of a column when it was changed
// last; pg_dump leaves that out, too.
bool is_version_of_the_column(const std::string& column_option) {
  return column_option.starts_with("pg_attver=");
}

// USING INDEX is added when the index is read.
std::string replica_identity(char relreplident) {
  switch (relreplident) {
    case 'n':
      return "NOTHING";
    case 'f':
      return "FULL";
    default:
      return {};
  }
}

std::string storage(char attstorage) {
  switch (attstorage) {
    case 'p':
      return "PLAIN";
    case 'e':
      return "EXTERNAL";
    case 'x':
      return "EXTENDED";
    case 'm':
      return "MAIN";
    default:
      return {};
  }
}

std::string compression(char attcompression) {
  switch (attcompression) {
    case 'p':
      return "pglz";
    case 'l':
      return "lz4";
    default:
      return {};
  }
}

Identity identity(char attidentity) {
  switch (attidentity) {
    case 'a':
      return Identity::always;
    case 'd':
      return Identity::by_default;
    default:
      return Identity::none;
  }
}

Generated generated(char attgenerated) {
  switch (attgenerated) {
    case 's':
      return Generated::stored;
    case 'v':
      return Generated::virtual_;
    default:
      return Generated::none;
  }
}

Origin origin(bool is_local, bool is_inherited) {
  if (!is_inherited) return Origin::own;
  return is_local ? Origin::both : Origin::inherited;
}

Texts with_toast_options(Texts options, Texts toast_options) {
  for (auto& option : toast_options) options.push_back("toast." + std::move(option));
  std::ranges::sort(options);
  return options;
}

// Schema and name by turns.
std::vector<QualifiedName> pairs(const Texts& parts) {
  std::vector<QualifiedName> names;
  for (std::size_t i = 0; i + 1 < parts.size(); i += 2) names.push_back({parts[i], parts[i + 1]});
  return names;
}

Table read_table(Fields& fields, char kind, std::string schema, std::string name) {
  Table table{.schema = std::move(schema), .name = std::move(name), .kind = table_kind(kind)};
  table.persistence = persistence(fields.letter());
  table.access_method = fields.text();
  table.tablespace = fields.text();
  table.options = fields.texts();
  table.options = with_toast_options(std::move(table.options), fields.texts());
  table.comment = fields.text();
  table.replica_identity = replica_identity(fields.letter());
  table.row_security = fields.flag();
  table.row_security_forced = fields.flag();
  table.partition_key = fields.text();
  table.partition_bound = fields.text();
  table.parents = pairs(fields.texts());
  table.of_type = fields.text();
  table.server = fields.text();
  table.server_options = fields.sorted_texts();
  return table;
}

View read_view(Fields& fields, char kind, std::string schema, std::string name) {
  View view{.schema = std::move(schema), .name = std::move(name), .materialized = kind == 'm'};
  fields.letter();
  view.access_method = fields.text();
  view.tablespace = fields.text();
  view.options = fields.texts();
  view.options = with_toast_options(std::move(view.options), fields.texts());
  view.comment = fields.text();
  view.definition = fields.text();
  view.populated = fields.flag();
  return view;
}

}  // namespace

void CatalogReader::read_relations() {
  const auto common = fmt::format(
      "SELECT c.oid, c.relkind, n.nspname, c.relname, {}, c.relpersistence, CASE WHEN am.amname <> 'heap' THEN "
      "am.amname "
      "END, ts.spcname, c.reloptions, t.reloptions, d.description",
      access_columns("r", "c.relowner", "c.relacl"));
  const auto from = fmt::format(
      " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_class t ON t.oid = c.reltoastrelid "
      "LEFT JOIN pg_am am ON am.oid = c.relam LEFT JOIN pg_tablespace ts ON ts.oid = c.reltablespace {} ",
      comment_join("pg_class", "c.oid"));
  const auto where = [&](std::string_view kinds) {
    return fmt::format("WHERE c.relkind IN ({}) AND {} AND {} ", kinds, in_schemas("c.relnamespace"),
                       not_of_extension("pg_class", "c.oid"));
  };
  const auto order = "ORDER BY n.nspname, c.relname";
  const auto tables =
      common +
      ", c.relreplident, c.relrowsecurity, c.relforcerowsecurity, CASE WHEN c.relkind = 'p' THEN "
      "pg_get_partkeydef(c.oid) END, CASE WHEN c.relispartition THEN pg_get_expr(c.relpartbound, c.oid) "
      "END, (SELECT array_agg(u.part ORDER BY i.inhseqno, u.place) FROM pg_inherits i JOIN pg_class pc ON "
      "pc.oid = i.inhparent JOIN pg_namespace pn ON pn.oid = pc.relnamespace, unnest(ARRAY[pn.nspname, pc.relname]) "
      "WITH "
      "ORDINALITY AS u (part, place) WHERE i.inhrelid = c.oid), CASE WHEN c.reloftype <> 0 THEN "
      "c.reloftype::regtype::text END, s.srvname, "
      "f.ftoptions" +
      from +
      "LEFT JOIN pg_foreign_table f ON f.ftrelid = c.oid LEFT JOIN pg_foreign_server s ON s.oid = "
      "f.ftserver " +
      where("'r', 'p', 'f'") +
      fmt::format("AND NOT (c.relname = {} AND n.nspname = {}) ", schema::quote_literal(options_.version_table),
                  schema::quote_literal(options_.version_table_schema)) +
      order;
  const auto views = common + ", pg_get_viewdef(c.oid), c.relispopulated" + from + where("'v', 'm'") + order;

  std::vector<Place> table_places;
  for (auto& row : query(tables)) {
    Fields fields(row);
    const Place place{.oid = fields.oid(), .kind = fields.letter()};
    auto schema = fields.text();
    auto name = fields.text();
    auto rights = access(fields);
    auto& table = snapshot_.tables.emplace_back(read_table(fields, place.kind, std::move(schema), std::move(name)));
    table.access = std::move(rights);
    table_places.push_back(place);
  }
  std::vector<Place> view_places;
  for (auto& row : query(views)) {
    Fields fields(row);
    const Place place{.oid = fields.oid(), .kind = fields.letter()};
    auto schema = fields.text();
    auto name = fields.text();
    auto rights = access(fields);
    auto& view = snapshot_.views.emplace_back(read_view(fields, place.kind, std::move(schema), std::move(name)));
    view.access = std::move(rights);
    view_places.push_back(place);
  }
  for (std::size_t i = 0; i < table_places.size(); ++i) {
    auto& table = snapshot_.tables[i];
    relations_[table_places[i].oid] = {.schema = table.schema,
                                       .name = table.name,
                                       .columns = &table.columns,
                                       .table = &table,
                                       .cluster_index = &table.cluster_index,
                                       .indexes = &table.indexes};
  }
  for (std::size_t i = 0; i < view_places.size(); ++i) {
    auto& view = snapshot_.views[i];
    relations_[view_places[i].oid] = {.schema = view.schema,
                                      .name = view.name,
                                      .columns = &view.columns,
                                      .cluster_index = &view.cluster_index,
                                      .indexes = &view.indexes};
  }
}

void CatalogReader::read_composites() {
  const auto sql = fmt::format(
      "SELECT c.oid, n.nspname, c.relname, {}, d.description FROM pg_class c JOIN pg_type t ON t.oid = c.reltype JOIN "
      "pg_namespace n ON n.oid = c.relnamespace {} WHERE c.relkind = 'c' AND {} AND {} ORDER BY n.nspname, c.relname",
      access_columns("T", "t.typowner", "t.typacl"), comment_join("pg_type", "t.oid"), in_schemas("c.relnamespace"),
      not_of_extension("pg_type", "t.oid"));
  std::vector<Oid> oids;
  for (auto& row : query(sql)) {
    Fields fields(row);
    oids.push_back(fields.oid());
    auto schema = fields.text();
    auto name = fields.text();
    auto rights = access(fields);
    snapshot_.composites.push_back(
        {.schema = std::move(schema), .name = std::move(name), .comment = fields.text(), .access = std::move(rights)});
  }
  for (std::size_t i = 0; i < oids.size(); ++i) relations_[oids[i]].composite = &snapshot_.composites[i];
}

// Dropped columns are asked for, too: constraints and indexes refer to columns by their numbers.
void CatalogReader::read_columns() {
  const auto sql = fmt::format(
      "SELECT a.attrelid, a.attisdropped, a.attname, format_type(a.atttypid, a.atttypmod), CASE WHEN a.attcollation <> "
      "t.typcollation THEN a.attcollation::regcollation::text END, a.attnotnull, pg_get_expr(f.adbin, f.adrelid), "
      "a.attgenerated, a.attidentity, CASE WHEN a.attstorage <> t.typstorage THEN a.attstorage END, a.attcompression, "
      "nullif(a.attstattarget, -1), a.attoptions, a.attislocal, a.attinhcount > 0, d.description, {} FROM pg_attribute "
      "a "
      "JOIN pg_class c ON c.oid = a.attrelid LEFT JOIN pg_type t ON t.oid = a.atttypid LEFT JOIN pg_attrdef f ON "
      "f.adrelid = a.attrelid AND f.adnum = a.attnum {} WHERE a.attnum > 0 AND c.relkind IN ('r', 'p', 'f', 'v', 'm', "
      "'c') AND {} ORDER BY a.attrelid, a.attnum",
      grants_column("", "c.relowner", "a.attacl"), comment_join("pg_class", "a.attrelid", "a.attnum"),
      in_schemas("c.relnamespace"));
  Oid current = 0;
  Relation* relation = nullptr;
  for (auto& row : query(sql)) {
    Fields fields(row);
    if (const auto oid = fields.oid(); oid != current) {
      current = oid;
      relation = find(oid);
    }
    if (relation == nullptr) continue;
    const bool dropped = fields.flag();
    Column column{.name = fields.text()};
    relation->names_by_number.push_back(column.name);
    if (dropped) continue;
    column.type = fields.text();
    column.collation = fields.text();
    column.not_null = fields.flag();
    column.default_sql = fields.maybe();
    column.generated = generated(fields.letter());
    column.identity = identity(fields.letter());
    column.storage = storage(fields.letter());
    column.compression = compression(fields.letter());
    column.statistics = fields.maybe_number();
    column.options = fields.sorted_texts();
    std::erase_if(column.options, is_version_of_the_column);
    const bool is_local = fields.flag();
    column.origin = origin(is_local, fields.flag());
    column.comment = fields.text();
    column.grants = fields.sorted_texts();
    if (relation->composite != nullptr) {
      relation->composite->attributes.push_back({.name = std::move(column.name),
                                                 .type = std::move(column.type),
                                                 .collation = std::move(column.collation),
                                                 .comment = std::move(column.comment)});
    } else {
      relation->columns->push_back(std::move(column));
    }
  }
}

void CatalogReader::read_sequences() {
  const auto sql = fmt::format(
      "SELECT n.nspname, c.relname, format_type(q.seqtypid, NULL), q.seqstart, q.seqmin, q.seqmax, q.seqincrement, "
      "q.seqcache, q.seqcycle, c.relpersistence, o.refobjid, o.deptype, a.attname, o.refobjid::regclass || '.' || "
      "quote_ident(a.attname), EXISTS (SELECT FROM pg_attrdef f JOIN pg_depend u ON u.classid = "
      "'pg_attrdef'::regclass AND u.objid = f.oid AND u.refclassid = 'pg_class'::regclass AND u.refobjid = c.oid WHERE "
      "f.adrelid = o.refobjid AND f.adnum = o.refobjsubid), d.description, {} FROM pg_sequence q JOIN pg_class c ON "
      "c.oid = q.seqrelid JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_depend o ON o.classid = "
      "'pg_class'::regclass AND o.objid = c.oid AND o.refclassid = 'pg_class'::regclass AND o.refobjsubid > 0 AND "
      "o.deptype IN ('a', 'i') LEFT JOIN pg_attribute a ON a.attrelid = o.refobjid AND a.attnum = o.refobjsubid {} "
      "WHERE "
      "{} AND {} ORDER BY n.nspname, c.relname",
      access_columns("s", "c.relowner", "c.relacl"), comment_join("pg_class", "c.oid"), in_schemas("c.relnamespace"),
      not_of_extension("pg_class", "c.oid"));
  const auto is_integer = [](std::string_view type) {
    return type == "integer" || type == "bigint" || type == "smallint";
  };
  for (auto& row : query(sql)) {
    Fields fields(row);
    Sequence sequence{.schema = fields.text(), .name = fields.text()};
    auto& options = sequence.options;
    options.type = fields.text();
    options.start = fields.number();
    options.minimum = fields.number();
    options.maximum = fields.number();
    options.increment = fields.number();
    options.cache = fields.number();
    options.cycle = fields.flag();
    sequence.persistence = persistence(fields.letter());
    const auto* relation = find(fields.oid());
    const bool is_identity = fields.letter() == 'i';
    const auto column_name = fields.text();
    sequence.owned_by = fields.text();
    const bool is_default = fields.flag();
    sequence.comment = fields.text();
    sequence.access = access(fields);
    if (column_name.empty()) sequence.owned_by.clear();
    if (relation != nullptr && relation->columns != nullptr) {
      const auto column = std::ranges::find(*relation->columns, column_name, &Column::name);
      const bool is_serial = column != relation->columns->end() && is_default && is_integer(column->type) &&
                             column->default_sql && column->default_sql->starts_with("nextval('") &&
                             column->default_sql->ends_with("'::regclass)") && sequence.comment.empty();
      if (is_identity || is_serial) {
        if (is_serial) column->default_sql.reset();
        // CREATE TABLE … LIKE gives identities sequences of any type; their bounds are all that counts.
        if (is_identity) options.type = column->type;
        column->sequence = {std::move(sequence.schema), std::move(sequence.name), std::move(options),
                            std::move(sequence.comment)};
        continue;
      }
    }
    if (!is_identity) snapshot_.sequences.push_back(std::move(sequence));
  }
}

}  // namespace support::alembic::autogenerate

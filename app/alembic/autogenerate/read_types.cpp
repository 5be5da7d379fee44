// Enums, domains and ranges.
#include <fmt/format.h>

#include "app/alembic/autogenerate/catalog_reader.hpp"

namespace support::alembic::autogenerate {

void CatalogReader::read_enums() {
  const auto sql = fmt::format(
      "SELECT n.nspname, t.typname, ARRAY(SELECT l.enumlabel FROM pg_enum l WHERE l.enumtypid = t.oid ORDER BY "
      "l.enumsortorder), d.description, {} FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace {} WHERE "
      "t.typtype = 'e' AND {} AND {} ORDER BY n.nspname, t.typname",
      access_columns("T", "t.typowner", "t.typacl"), comment_join("pg_type", "t.oid"), in_schemas("t.typnamespace"),
      not_of_extension("pg_type", "t.oid"));
  for (auto& row : query(sql)) {
    Fields fields(row);
    snapshot_.enums.push_back({.schema = fields.text(),
                               .name = fields.text(),
                               .labels = fields.texts(),
                               .comment = fields.text(),
                               .access = access(fields)});
  }
}

void CatalogReader::read_domains() {
  const auto sql = fmt::format(
      "SELECT t.oid, n.nspname, t.typname, format_type(t.typbasetype, t.typtypmod), CASE WHEN t.typcollation <> "
      "b.typcollation THEN t.typcollation::regcollation::text END, t.typnotnull, pg_get_expr(t.typdefaultbin, 0), "
      "d.description, {} FROM pg_type t JOIN pg_type b ON b.oid = t.typbasetype JOIN pg_namespace n ON n.oid = "
      "t.typnamespace {} WHERE t.typtype = 'd' AND {} AND {} ORDER BY n.nspname, t.typname",
      access_columns("T", "t.typowner", "t.typacl"), comment_join("pg_type", "t.oid"), in_schemas("t.typnamespace"),
      not_of_extension("pg_type", "t.oid"));
  std::unordered_map<Oid, std::size_t> places;
  for (auto& row : query(sql)) {
    Fields fields(row);
    places[fields.oid()] = snapshot_.domains.size();
    snapshot_.domains.push_back({.schema = fields.text(),
                                 .name = fields.text(),
                                 .type = fields.text(),
                                 .collation = fields.text(),
                                 .not_null = fields.flag(),
                                 .default_sql = fields.maybe(),
                                 .comment = fields.text(),
                                 .access = access(fields)});
  }
  const auto checks = fmt::format(
      "SELECT o.contypid, o.conname, pg_get_constraintdef(o.oid), o.convalidated, d.description FROM pg_constraint o "
      "JOIN "
      "pg_type t ON t.oid = o.contypid {} WHERE o.contype = 'c' AND {} ORDER BY o.contypid, o.conname",
      comment_join("pg_constraint", "o.oid"), in_schemas("t.typnamespace"));
  for (auto& row : query(checks)) {
    Fields fields(row);
    const auto place = places.find(fields.oid());
    if (place == places.end()) continue;
    snapshot_.domains[place->second].checks.push_back(
        {.name = fields.text(), .definition = fields.text(), .validated = fields.flag(), .comment = fields.text()});
  }
}

void CatalogReader::read_ranges() {
  const auto sql = fmt::format(
      "SELECT n.nspname, t.typname, '(SUBTYPE = ' || format_type(r.rngsubtype, NULL) || CASE WHEN o.opcdefault THEN '' "
      "ELSE format(', SUBTYPE_OPCLASS = %I.%I', oc.nspname, o.opcname) END || CASE WHEN r.rngcollation NOT IN (0, "
      "b.typcollation) THEN ', COLLATION = ' || r.rngcollation::regcollation ELSE '' END || CASE WHEN "
      "r.rngcanonical::oid "
      "<> 0 THEN ', CANONICAL = ' || r.rngcanonical ELSE '' END || CASE WHEN r.rngsubdiff::oid <> 0 THEN ', "
      "SUBTYPE_DIFF "
      "= ' || r.rngsubdiff ELSE '' END || ', MULTIRANGE_TYPE_NAME = ' || r.rngmultitypid::regtype || ')', "
      "d.description, {} FROM pg_range r JOIN pg_type t ON t.oid = r.rngtypid JOIN pg_type b ON b.oid = r.rngsubtype "
      "JOIN "
      "pg_namespace n ON n.oid = t.typnamespace JOIN pg_opclass o ON o.oid = r.rngsubopc JOIN pg_namespace oc ON "
      "oc.oid = "
      "o.opcnamespace {} WHERE {} AND {} ORDER BY n.nspname, t.typname",
      access_columns("T", "t.typowner", "t.typacl"), comment_join("pg_type", "t.oid"), in_schemas("t.typnamespace"),
      not_of_extension("pg_type", "t.oid"));
  for (auto& row : query(sql)) {
    Fields fields(row);
    snapshot_.ranges.push_back({.schema = fields.text(),
                                .name = fields.text(),
                                .definition = fields.text(),
                                .comment = fields.text(),
                                .access = access(fields)});
  }
}

}  // namespace support::alembic::autogenerate

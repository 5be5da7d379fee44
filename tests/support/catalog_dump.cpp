#include "tests/support/catalog_dump.hpp"

namespace support::tests {
namespace {

// What belongs to the system or to an extension is nobody's migration.
constexpr auto ours = R"sql(
WITH ours AS (SELECT oid FROM pg_namespace WHERE nspname !~ '^(pg_|information_schema$)'),
extension_members AS (SELECT classid, objid FROM pg_depend WHERE deptype = 'e'),
relations AS (SELECT c.*, c.oid::regclass::text AS title FROM pg_class c
  WHERE relnamespace IN (SELECT oid FROM ours) AND relkind NOT IN ('i', 'I', 't')
  AND (1259, c.oid) NOT IN (SELECT * FROM extension_members)),
types AS (SELECT t.*, t.oid::regtype::text AS title FROM pg_type t
  WHERE typnamespace IN (SELECT oid FROM ours) AND typtype IN ('e', 'd', 'r', 'c')
  AND (1247, t.oid) NOT IN (SELECT * FROM extension_members)),
functions AS (SELECT p.*, p.oid::regprocedure::text AS title FROM pg_proc p
  WHERE pronamespace IN (SELECT oid FROM ours) AND (1255, p.oid) NOT IN (SELECT * FROM extension_members))
)sql";

constexpr auto relations = R"sql(
SELECT 'relation' AS kind, title AS object,
  concat_ws(' ', relkind, relpersistence, reloptions::text, 'rls', relrowsecurity, relforcerowsecurity, relreplident, relacl::text,
    (SELECT amname FROM pg_am WHERE pg_am.oid = relam), (SELECT spcname FROM pg_tablespace s WHERE s.oid = reltablespace),
    pg_get_partkeydef(relations.oid), pg_get_expr(relpartbound, relations.oid),
    CASE WHEN relkind IN ('v', 'm') THEN pg_get_viewdef(relations.oid) END,
    CASE WHEN reloftype <> 0 THEN reloftype::regtype::text END) AS description
FROM relations
UNION ALL SELECT 'parent', inhrelid::regclass::text, concat_ws(' ', inhseqno, inhparent::regclass)
  FROM pg_inherits WHERE inhrelid IN (SELECT oid FROM relations)
UNION ALL SELECT 'column', title || '.' || attname,
  concat_ws(' ', row_number() OVER (PARTITION BY attrelid ORDER BY attnum), format_type(atttypid, atttypmod),
    CASE WHEN attnotnull THEN 'not null' END, 'identity ' || nullif(attidentity::text, ''), 'generated ' || nullif(attgenerated::text, ''),
    pg_get_expr(adbin, adrelid), (SELECT collname FROM pg_collation WHERE pg_collation.oid = attcollation),
    attstorage, nullif(attcompression::text, ''), attislocal, attinhcount,
    (SELECT array_agg(o ORDER BY o) FROM unnest(attoptions) o WHERE o NOT LIKE 'pg\_attver=%')::text, attacl::text, nullif(attstattarget, -1))
  FROM relations JOIN pg_attribute ON attrelid = relations.oid AND attnum > 0 AND NOT attisdropped
  LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
UNION ALL SELECT 'sequence', title, concat_ws(' ', seqtypid::regtype, seqstart, seqincrement, seqmin, seqmax, seqcache, seqcycle,
    (SELECT concat_ws(' ', 'owned by', refobjid::regclass, attname) FROM pg_depend
      LEFT JOIN pg_attribute ON attrelid = refobjid AND attnum = refobjsubid
      WHERE classid = 1259 AND objid = seqrelid AND refclassid = 1259 AND deptype IN ('a', 'i')))
  FROM pg_sequence JOIN relations ON relations.oid = seqrelid
)sql";

// NOT NULL is a constraint with a name from PostgreSQL 18 on.
constexpr auto constraints = R"sql(
UNION ALL SELECT 'constraint', coalesce(r.title, t.title) || ' ' || conname,
  concat_ws(' ', pg_get_constraintdef(c.oid), conislocal, coninhcount)
  FROM pg_constraint c LEFT JOIN relations r ON r.oid = conrelid LEFT JOIN types t ON t.oid = contypid
  WHERE coalesce(r.oid, t.oid) IS NOT NULL
UNION ALL SELECT 'index', indexrelid::regclass::text,
  concat_ws(' ', pg_get_indexdef(indexrelid), indisvalid, indisclustered, indisreplident, i.reloptions::text,
    (SELECT spcname FROM pg_tablespace s WHERE s.oid = i.reltablespace))
  FROM pg_index JOIN relations ON relations.oid = indrelid JOIN pg_class i ON i.oid = indexrelid
UNION ALL SELECT 'trigger', title || ' ' || tgname, concat_ws(' ', pg_get_triggerdef(t.oid), tgenabled)
  FROM pg_trigger t JOIN relations ON relations.oid = tgrelid WHERE NOT tgisinternal
UNION ALL SELECT 'rule', title || ' ' || rulename, concat_ws(' ', pg_get_ruledef(w.oid), ev_enabled)
  FROM pg_rewrite w JOIN relations ON relations.oid = ev_class WHERE rulename <> '_RETURN'
UNION ALL SELECT 'policy', title || ' ' || polname, concat_ws(' ', polcmd, polpermissive,
    (SELECT string_agg(coalesce(rolname, 'public'), ',' ORDER BY rolname) FROM unnest(polroles) m LEFT JOIN pg_roles a ON a.oid = m),
    'using ' || pg_get_expr(polqual, polrelid), 'check ' || pg_get_expr(polwithcheck, polrelid))
  FROM pg_policy JOIN relations ON relations.oid = polrelid
UNION ALL SELECT 'statistics', stxname, pg_get_statisticsobjdef(s.oid) FROM pg_statistic_ext s JOIN relations ON relations.oid = stxrelid
)sql";

constexpr auto the_rest = R"sql(
UNION ALL SELECT 'schema', nspname, nspacl::text FROM pg_namespace WHERE oid IN (SELECT oid FROM ours)
UNION ALL SELECT 'type', title, concat_ws(' ', typtype,
    CASE typtype WHEN 'd' THEN concat_ws(' ', format_type(typbasetype, typtypmod), typnotnull, typdefault,
        (SELECT collname FROM pg_collation WHERE pg_collation.oid = typcollation))
      WHEN 'e' THEN (SELECT string_agg(quote_literal(enumlabel), ',' ORDER BY enumsortorder) FROM pg_enum WHERE enumtypid = types.oid)
      WHEN 'r' THEN (SELECT concat_ws(' ', rngsubtype::regtype, rngcanonical, rngsubdiff) FROM pg_range WHERE rngtypid = types.oid) END,
    typacl::text)
  FROM types
UNION ALL SELECT 'function', title, concat_ws(' ', CASE WHEN prokind <> 'a' THEN pg_get_functiondef(functions.oid) ELSE 'aggregate' END,
    proacl::text) FROM functions
UNION ALL SELECT 'extension', extname, concat_ws(' ', extversion, extnamespace::regnamespace) FROM pg_extension
UNION ALL SELECT 'privileges', concat_ws(' ', defaclnamespace::regnamespace, defaclobjtype), defaclacl::text FROM pg_default_acl
UNION ALL SELECT 'comment', o.type || ' ' || o.identity, d.description
  FROM pg_description d, LATERAL pg_identify_object(d.classoid, d.objoid, d.objsubid) o
  WHERE d.objoid >= 16384 AND (d.classoid, d.objoid) NOT IN (SELECT * FROM extension_members)
ORDER BY 1, 2, 3
)sql";

}  // namespace

const std::string catalog_query = std::string(ours) + relations + constraints + the_rest;

}  // namespace support::tests

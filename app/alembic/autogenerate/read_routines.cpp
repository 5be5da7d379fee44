// Functions and procedures, and what hangs on tables beside columns, constraints and indexes.
#include <algorithm>
#include <tuple>

#include <fmt/format.h>

#include "app/alembic/autogenerate/catalog_reader.hpp"

namespace support::alembic::autogenerate {
namespace {

RoutineKind routine_kind(char prokind) {
  switch (prokind) {
    case 'p':
      return RoutineKind::procedure;
    case 'w':
      return RoutineKind::window;
    case 'a':
      return RoutineKind::aggregate;
    default:
      return RoutineKind::function;
  }
}

// pg_trigger.tgenabled and pg_rewrite.ev_enabled.
std::string enabled(char code) {
  switch (code) {
    case 'D':
      return "DISABLE";
    case 'R':
      return "ENABLE REPLICA";
    case 'A':
      return "ENABLE ALWAYS";
    default:
      return {};
  }
}

std::string command(char polcmd) {
  switch (polcmd) {
    case 'r':
      return "SELECT";
    case 'a':
      return "INSERT";
    case 'w':
      return "UPDATE";
    case 'd':
      return "DELETE";
    default:
      return "ALL";
  }
}

// SQL for ", WORD = name" when the function is there.
std::string function_clause(std::string_view word, std::string_view column) {
  return fmt::format("CASE WHEN {1}::oid <> 0 THEN ', {0} = ' || {1} ELSE '' END", word, column);
}

std::string literal_clause(std::string_view word, std::string_view column) {
  return fmt::format("coalesce(', {} = ' || quote_literal({}), '')", word, column);
}

std::string flag_clause(std::string_view word, std::string_view column) {
  return fmt::format("CASE WHEN {} THEN ', {}' ELSE '' END", column, word);
}

// The server has no function that prints an aggregate. What is left to PostgreSQL is left out. The read-only, shareable
// and read-write state of a final function is printed when it isn't the usual one of the aggregate's kind.
std::string aggregate_definition() {
  const auto modify = [](std::string_view word, std::string_view column) {
    return fmt::format(
        "CASE WHEN {1} = CASE g.aggkind WHEN 'n' THEN 'r'::\"char\" ELSE 'w'::\"char\" END THEN '' ELSE ', {0} = ' || "
        "CASE "
        "{1} WHEN 'r' THEN 'READ_ONLY' WHEN 's' THEN 'SHAREABLE' ELSE 'READ_WRITE' END END",
        word, column);
  };
  std::string sql =
      "format('CREATE OR REPLACE AGGREGATE %I.%I(%s) (', n.nspname, p.proname, "
      "coalesce(nullif(pg_get_function_arguments(p.oid), ''), '*')) || 'SFUNC = ' || g.aggtransfn || ', STYPE = ' || "
      "format_type(g.aggtranstype, NULL) || CASE WHEN g.aggtransspace <> 0 THEN "
      "', "
      "SSPACE = ' || g.aggtransspace ELSE '' END";
  for (const auto& clause :
       {function_clause("FINALFUNC", "g.aggfinalfn"), flag_clause("FINALFUNC_EXTRA", "g.aggfinalextra"),
        modify("FINALFUNC_MODIFY", "g.aggfinalmodify"), function_clause("COMBINEFUNC", "g.aggcombinefn"),
        function_clause("SERIALFUNC", "g.aggserialfn"), function_clause("DESERIALFUNC", "g.aggdeserialfn"),
        literal_clause("INITCOND", "g.agginitval"), function_clause("MSFUNC", "g.aggmtransfn"),
        function_clause("MINVFUNC", "g.aggminvtransfn"),
        std::string(
            "CASE WHEN g.aggmtranstype <> 0 THEN ', MSTYPE = ' || format_type(g.aggmtranstype, NULL) ELSE '' END"),
        std::string("CASE WHEN g.aggmtransspace <> 0 THEN ', MSSPACE = ' || g.aggmtransspace ELSE '' END"),
        function_clause("MFINALFUNC", "g.aggmfinalfn"), flag_clause("MFINALFUNC_EXTRA", "g.aggmfinalextra"),
        modify("MFINALFUNC_MODIFY", "g.aggmfinalmodify"), literal_clause("MINITCOND", "g.aggminitval"),
        std::string(
            "CASE WHEN g.aggsortop <> 0 THEN (SELECT format(', SORTOP = OPERATOR(%I.%s)', k.nspname, s.oprname) "
            "FROM pg_operator s JOIN pg_namespace k ON k.oid = s.oprnamespace WHERE s.oid = g.aggsortop) ELSE '' END"),
        std::string(
            "CASE p.proparallel WHEN 's' THEN ', PARALLEL = SAFE' WHEN 'r' THEN ', PARALLEL = RESTRICTED' ELSE '' "
            "END"),
        flag_clause("HYPOTHETICAL", "g.aggkind = 'h'")}) {
    sql += " || " + clause;
  }
  return sql + " || ')'";
}

}  // namespace

void CatalogReader::read_routines() {
  const auto sql = fmt::format(
      "SELECT n.nspname, p.proname, oidvectortypes(p.proargtypes), p.prokind, pg_get_functiondef(p.oid), "
      "d.description, {} FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace {} WHERE p.prokind IN ('f', 'p', "
      "'w') AND {} AND {} AND NOT EXISTS (SELECT FROM pg_depend i WHERE i.classid = 'pg_proc'::regclass AND i.objid = "
      "p.oid AND i.deptype = 'i')",
      access_columns("f", "p.proowner", "p.proacl"), comment_join("pg_proc", "p.oid"), in_schemas("p.pronamespace"),
      not_of_extension("pg_proc", "p.oid"));
  for (auto& row : query(sql)) {
    Fields fields(row);
    snapshot_.routines.push_back({.schema = fields.text(),
                                  .name = fields.text(),
                                  .arguments = fields.text(),
                                  .kind = routine_kind(fields.letter()),
                                  .definition = fields.text(),
                                  .comment = fields.text(),
                                  .access = access(fields)});
  }
}

void CatalogReader::read_aggregates() {
  const auto sql = fmt::format(
      "SELECT n.nspname, p.proname, oidvectortypes(p.proargtypes), p.prokind, {}, d.description, {} FROM "
      "pg_proc p JOIN pg_aggregate g ON g.aggfnoid = p.oid JOIN pg_namespace n ON n.oid = p.pronamespace {} WHERE {} "
      "AND "
      "{}",
      aggregate_definition(), access_columns("f", "p.proowner", "p.proacl"), comment_join("pg_proc", "p.oid"),
      in_schemas("p.pronamespace"), not_of_extension("pg_proc", "p.oid"));
  for (auto& row : query(sql)) {
    Fields fields(row);
    snapshot_.routines.push_back({.schema = fields.text(),
                                  .name = fields.text(),
                                  .arguments = fields.text(),
                                  .kind = routine_kind(fields.letter()),
                                  .definition = fields.text(),
                                  .comment = fields.text(),
                                  .access = access(fields)});
  }
  std::ranges::sort(snapshot_.routines, {},
                    [](const Routine& routine) { return std::tie(routine.schema, routine.name, routine.arguments); });
}

// Those of partitions that come from the partitioned table are left out.
void CatalogReader::read_triggers() {
  const auto sql = fmt::format(
      "SELECT n.nspname, c.relname, t.tgname, pg_get_triggerdef(t.oid), t.tgenabled, d.description FROM pg_trigger t "
      "JOIN "
      "pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace {} WHERE NOT t.tgisinternal AND "
      "t.tgparentid = 0 AND {} AND {} AND {} ORDER BY n.nspname, c.relname, t.tgname",
      comment_join("pg_trigger", "t.oid"), in_schemas("c.relnamespace"), not_of_extension("pg_class", "c.oid"),
      not_of_extension("pg_trigger", "t.oid"));
  for (auto& row : query(sql)) {
    Fields fields(row);
    snapshot_.triggers.push_back({.schema = fields.text(),
                                  .table = fields.text(),
                                  .name = fields.text(),
                                  .definition = fields.text(),
                                  .enabled = enabled(fields.letter()),
                                  .comment = fields.text()});
  }
}

void CatalogReader::read_policies() {
  const auto sql = fmt::format(
      "SELECT n.nspname, c.relname, p.polname, p.polpermissive, p.polcmd, ARRAY(SELECT CASE r WHEN 0 THEN 'public' "
      "ELSE "
      "pg_get_userbyid(r)::text END FROM unnest(p.polroles) AS r), pg_get_expr(p.polqual, p.polrelid), "
      "pg_get_expr(p.polwithcheck, p.polrelid), d.description FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid "
      "JOIN "
      "pg_namespace n ON n.oid = c.relnamespace {} WHERE {} AND {} ORDER BY n.nspname, c.relname, p.polname",
      comment_join("pg_policy", "p.oid"), in_schemas("c.relnamespace"), not_of_extension("pg_class", "c.oid"));
  for (auto& row : query(sql)) {
    Fields fields(row);
    snapshot_.policies.push_back({.schema = fields.text(),
                                  .table = fields.text(),
                                  .name = fields.text(),
                                  .permissive = fields.flag(),
                                  .command = command(fields.letter()),
                                  .roles = fields.sorted_texts(),
                                  .using_ = fields.text(),
                                  .check = fields.text(),
                                  .comment = fields.text()});
  }
}

// A view is a rule of the name _RETURN.
void CatalogReader::read_rules() {
  const auto sql = fmt::format(
      "SELECT n.nspname, c.relname, r.rulename, pg_get_ruledef(r.oid), r.ev_enabled, d.description FROM pg_rewrite r "
      "JOIN "
      "pg_class c ON c.oid = r.ev_class JOIN pg_namespace n ON n.oid = c.relnamespace {} WHERE r.rulename <> '_RETURN' "
      "AND "
      "{} AND {} ORDER BY n.nspname, c.relname, r.rulename",
      comment_join("pg_rewrite", "r.oid"), in_schemas("c.relnamespace"), not_of_extension("pg_class", "c.oid"));
  for (auto& row : query(sql)) {
    Fields fields(row);
    snapshot_.rules.push_back({.schema = fields.text(),
                               .table = fields.text(),
                               .name = fields.text(),
                               .definition = fields.text(),
                               .enabled = enabled(fields.letter()),
                               .comment = fields.text()});
  }
}

void CatalogReader::read_statistics() {
  const auto sql = fmt::format(
      "SELECT n.nspname, c.relname, s.stxname, pg_get_statisticsobjdef(s.oid), nullif(s.stxstattarget, -1), "
      "d.description "
      "FROM pg_statistic_ext s JOIN pg_class c ON c.oid = s.stxrelid JOIN pg_namespace n ON n.oid = s.stxnamespace {} "
      "WHERE {} AND {} ORDER BY n.nspname, c.relname, s.stxname",
      comment_join("pg_statistic_ext", "s.oid"), in_schemas("s.stxnamespace"),
      not_of_extension("pg_statistic_ext", "s.oid"));
  for (auto& row : query(sql)) {
    Fields fields(row);
    snapshot_.statistics.push_back({.schema = fields.text(),
                                    .table = fields.text(),
                                    .name = fields.text(),
                                    .definition = fields.text(),
                                    .target = fields.maybe_number(),
                                    .comment = fields.text()});
  }
}

}  // namespace support::alembic::autogenerate

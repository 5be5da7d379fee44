#include "app/alembic/autogenerate/catalog_reader.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "app/alembic/runtime/history_guard.hpp"
#include "app/schema/quoting.hpp"

namespace support::alembic::autogenerate {
namespace {

template <class Number>
Number parsed(std::string_view text) {
  Number value{};
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

// One element of an array's text, which begins at `at`; leaves `at` behind it.
std::string array_element(std::string_view array, std::size_t& at) {
  std::string element;
  if (array[at] != '"') {
    const auto end = array.find_first_of(",}", at);
    element = array.substr(at, end - at);
    at = end;
    return element;
  }
  for (++at; array[at] != '"'; ++at) {
    if (array[at] == '\\') ++at;
    element += array[at];
  }
  ++at;
  return element;
}

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

}  // namespace

char Fields::letter() {
  const auto& value = next();
  return value && !value->empty() ? value->front() : '\0';
}

std::int64_t Fields::number() {
  return parsed<std::int64_t>(next().value_or("0"));
}

std::optional<int> Fields::maybe_number() {
  const auto& value = next();
  return value ? std::optional(parsed<int>(*value)) : std::nullopt;
}

// "{a,\"b c\"}"; the arrays asked for here have one dimension and no NULL.
Texts Fields::texts() {
  const auto array = text();
  Texts elements;
  for (std::size_t at = 1; at + 1 < array.size(); ++at) elements.push_back(array_element(array, at));
  return elements;
}

Texts Fields::sorted_texts() {
  auto elements = texts();
  std::ranges::sort(elements);
  return elements;
}

// "1 2", or "{1,2}" from a real array.
std::vector<std::int64_t> Fields::numbers() {
  const auto list = text();
  std::vector<std::int64_t> values;
  const char* const end = list.data() + list.size();
  for (const char* at = list.data(); at < end;) {
    std::int64_t value = 0;
    const auto [behind, error] = std::from_chars(at, end, value);
    if (error == std::errc()) values.push_back(value);
    at = error == std::errc() ? behind : at + 1;
  }
  return values;
}

CatalogReader::CatalogReader(Connection& connection, InspectOptions options, Aliases aliases)
    : connection_(connection), options_(std::move(options)), aliases_(std::move(aliases)) {}

CatalogSnapshot CatalogReader::read() {
  snapshot_.server_version = parsed<int>(connection_.scalar("SELECT current_setting('server_version_num')"));
  snapshot_.role = connection_.scalar("SELECT current_user");
  read_schemas();
  read_extensions();
  read_relations();
  read_composites();
  read_columns();
  read_sequences();
  read_constraints();
  read_indexes();
  read_enums();
  read_domains();
  read_ranges();
  read_routines();
  read_aggregates();
  read_triggers();
  read_policies();
  read_rules();
  read_statistics();
  if (options_.dependencies == InspectOptions::Dependencies::read) read_dependencies();
  return std::move(snapshot_);
}

// What lives in a schema that was moved out of the way is shown where it really is.
std::vector<Connection::Row> CatalogReader::query(const std::string& sql) const {
  auto rows = connection_.query(sql);
  for (const auto& [alias, name] : aliases_) {
    const auto from = alias + '.';
    const auto to = schema::quote_identifier(name) + '.';
    for (auto& row : rows) {
      for (auto& field : row) {
        if (!field) continue;
        if (*field == alias) *field = name;
        replace_all(*field, from, to);
      }
    }
  }
  return rows;
}

std::string CatalogReader::not_of_extension(std::string_view catalog, std::string_view oid) {
  return fmt::format(
      "NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = '{}'::regclass AND e.objid = {} AND e.deptype = 'e')",
      catalog, oid);
}

std::string CatalogReader::comment_join(std::string_view catalog, std::string_view oid, std::string_view column) {
  return fmt::format(
      "LEFT JOIN pg_description AS d ON d.classoid = '{}'::regclass AND d.objoid = {} AND d.objsubid = {}", catalog,
      oid, column);
}

std::string CatalogReader::grants_column(std::string_view type, std::string_view owner, std::string_view acl) const {
  if (options_.access == InspectOptions::AccessRights::skip) return "NULL";
  const auto defaults =
      type.empty() ? std::string(acl) : fmt::format("coalesce({}, acldefault('{}', {}))", acl, type, owner);
  return fmt::format(
      "(SELECT array_agg(g.grantee || '=' || g.rights) FROM (SELECT CASE x.grantee WHEN 0 THEN 'PUBLIC' ELSE "
      "pg_get_userbyid(x.grantee)::text END AS grantee, string_agg(DISTINCT x.privilege_type || CASE WHEN "
      "x.is_grantable "
      "THEN '*' ELSE '' END, ',') AS rights FROM aclexplode({}) AS x GROUP BY x.grantee) AS g)",
      defaults);
}

std::string CatalogReader::access_columns(std::string_view type, std::string_view owner, std::string_view acl) const {
  if (options_.access == InspectOptions::AccessRights::skip) return "NULL, NULL";
  return fmt::format("pg_get_userbyid({}), {}", owner, grants_column(type, owner, acl));
}

Access CatalogReader::access(Fields& fields) {
  Access access{.owner = fields.text()};
  access.grants = fields.sorted_texts();
  return access;
}

std::string CatalogReader::in_schemas(std::string_view column) const {
  return fmt::format("{} = ANY ('{}'::oid[])", column, schema_oids_);
}

Relation* CatalogReader::find(Oid oid) {
  const auto found = relations_.find(oid);
  return found == relations_.end() ? nullptr : &found->second;
}

void CatalogReader::read_schemas() {
  std::string named;
  for (const auto& name : options_.schemas) named += (named.empty() ? "" : ", ") + schema::quote_literal(name);
  std::string moved;
  for (const auto& [alias, name] : aliases_) moved += " AND n.nspname <> " + schema::quote_literal(alias);
  const auto sql = fmt::format(
      "SELECT n.oid, n.nspname, d.description, {} FROM pg_namespace n {} WHERE n.nspname !~ '^pg_' AND n.nspname <> "
      "'information_schema' AND NOT EXISTS (SELECT FROM pg_proc p WHERE p.pronamespace = n.oid AND p.proname = '{}') "
      "AND {}{}{} ORDER BY n.nspname",
      access_columns("n", "n.nspowner", "n.nspacl"), comment_join("pg_namespace", "n.oid"), history_guard,
      not_of_extension("pg_namespace", "n.oid"), moved,
      named.empty() ? "" : fmt::format(" AND n.nspname IN ({})", named));
  schema_oids_ = "{";
  for (auto& row : query(sql)) {
    Fields fields(row);
    schema_oids_ += (schema_oids_.size() > 1 ? "," : "") + fields.text();
    Schema found{.name = fields.text(), .comment = fields.text(), .access = access(fields)};
    // initdb says it of the schema it makes; a schema of the same name made by hand says nothing.
    if (found.name == "public" && found.comment == "standard public schema") found.comment.clear();
    snapshot_.schemas.push_back(std::move(found));
  }
  schema_oids_ += "}";
}

// Each database has plpgsql from its birth.
void CatalogReader::read_extensions() {
  const auto sql = fmt::format(
      "SELECT x.extname, n.nspname, x.extversion, d.description FROM pg_extension x JOIN pg_namespace n ON n.oid = "
      "x.extnamespace {} WHERE x.extname <> 'plpgsql' ORDER BY x.extname",
      comment_join("pg_extension", "x.oid"));
  for (auto& row : query(sql)) {
    Fields fields(row);
    snapshot_.extensions.push_back(
        {.name = fields.text(), .schema = fields.text(), .version = fields.text(), .comment = fields.text()});
  }
}

}  // namespace support::alembic::autogenerate

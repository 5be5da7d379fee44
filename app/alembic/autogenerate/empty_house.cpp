#include "app/alembic/autogenerate/empty_house.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "app/alembic/errors.hpp"
#include "app/schema/quoting.hpp"

namespace support::alembic::autogenerate {
namespace {

// Plain names, so that texts of the deparser hold them without quotes.
constexpr std::string_view moved_prefix = "support_agent_moved_";
constexpr std::string_view own_schema = "support_agent_scratch";
constexpr std::string_view insufficient_privilege = "42501";
constexpr std::string_view lock_not_available = "55P03";

[[noreturn]] void refuse(const DatabaseError& error) {
  if (error.sqlstate() == insufficient_privilege) {
    throw CommandError(fmt::format(
        "The wanted schema is built on the server, in a transaction that is rolled back, and this role may not do "
        "that: "
        "{}. It has to own the schemas of the database and to have CREATE on the database; or give a database where it "
        "does with --dev-url.",
        error.what()));
  }
  if (error.sqlstate() == lock_not_available) {
    throw CommandError(
        "The wanted schema could not be built, because somebody else is changing the schemas or extensions of the "
        "database right now; try again when that is done, or give another database with --dev-url.",
        ExitCode::refused);
  }
  throw;
}

// A schema that only holds what belongs to extensions stays where it is.
constexpr std::string_view schemas_in_use =
    "SELECT n.nspname FROM pg_namespace n WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND NOT "
    "EXISTS "
    "(SELECT FROM pg_depend e WHERE e.classid = 'pg_namespace'::regclass AND e.objid = n.oid AND e.deptype = 'e') AND "
    "(EXISTS (SELECT FROM pg_class c WHERE c.relnamespace = n.oid AND NOT EXISTS (SELECT FROM pg_depend e WHERE "
    "e.classid "
    "= 'pg_class'::regclass AND e.objid = c.oid AND e.deptype IN ('e', 'i'))) OR EXISTS (SELECT FROM pg_proc p WHERE "
    "p.pronamespace = n.oid AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = 'pg_proc'::regclass AND e.objid "
    "= "
    "p.oid AND e.deptype IN ('e', 'i'))) OR EXISTS (SELECT FROM pg_type t WHERE t.typnamespace = n.oid AND NOT EXISTS "
    "(SELECT FROM pg_depend e WHERE e.classid = 'pg_type'::regclass AND e.objid = t.oid AND e.deptype IN ('e', 'i'))) "
    "OR "
    "NOT EXISTS (SELECT FROM pg_extension x WHERE x.extnamespace = n.oid)) ORDER BY n.nspname";

}  // namespace

EmptyHouse::EmptyHouse(Connection& connection, const InspectOptions& options) : connection_(connection) {
  connection_.execute("BEGIN");
  try {
    begin();
    move_schemas_away(options);
    make_schemas();
    forbid_commit();
    find_extensions();
    settle_extensions();
  } catch (const DatabaseError& error) {
    connection_.execute("ROLLBACK");
    refuse(error);
  } catch (...) {
    connection_.execute("ROLLBACK");
    throw;
  }
}

EmptyHouse::~EmptyHouse() {
  try {
    connection_.execute("ROLLBACK");
  } catch (const std::exception&) {
    // The session is gone, and its transaction with it.
  }
}

void EmptyHouse::begin() {
  const auto row = connection_
                       .query(
                           "SELECT current_schema(), current_setting('search_path'), set_config('lock_timeout', '2s', "
                           "true), set_config('client_min_messages', 'warning', true)")
                       .at(0);
  default_schema_ = row.at(0).value_or("public");
  search_path_ = row.at(1).value_or("");
}

void EmptyHouse::move_schemas_away(const InspectOptions& options) {
  std::size_t count = 0;
  for (const auto& row : connection_.query(std::string(schemas_in_use))) {
    const auto& name = row.at(0).value();
    const auto& wanted = options.schemas;
    if (!wanted.empty() && std::ranges::find(wanted, name) == wanted.end()) continue;
    const auto alias = fmt::format("{}{}", moved_prefix, ++count);
    connection_.execute(fmt::format("ALTER SCHEMA {} RENAME TO {}", schema::quote_identifier(name), alias));
    moved_[alias] = name;
  }
}

// What a new database has, and what unqualified names need.
void EmptyHouse::make_schemas() {
  for (const auto& [alias, name] : moved_) {
    if (name != "public" && name != default_schema_) continue;
    connection_.execute("CREATE SCHEMA " + schema::quote_identifier(name));
  }
}

void EmptyHouse::forbid_commit() {
  connection_.execute(fmt::format("CREATE SCHEMA {}", own_schema));
  connection_.execute(
      fmt::format("CREATE TABLE {}.never_committed (x integer, CONSTRAINT a_scratch_schema_is_never_committed UNIQUE "
                  "(x) DEFERRABLE "
                  "INITIALLY DEFERRED)",
                  own_schema));
  connection_.execute(fmt::format("INSERT INTO {}.never_committed VALUES (1), (1)", own_schema));
}

// One that has tables or views of its own would have to lock them.
void EmptyHouse::find_extensions() {
  const auto rows = connection_.query(
      "SELECT x.extname, n.nspname, x.extrelocatable AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.refclassid = "
      "'pg_extension'::regclass AND e.refobjid = x.oid AND e.deptype = 'e' AND e.classid = 'pg_class'::regclass) FROM "
      "pg_extension x JOIN pg_namespace n ON n.oid = x.extnamespace ORDER BY x.oid");
  for (const auto& row : rows) {
    const auto found = moved_.find(row.at(1).value());
    if (found == moved_.end()) continue;
    extensions_.push_back({.name = row.at(0).value(), .schema = found->second, .can_move = row.at(2) == "t"});
  }
}

bool EmptyHouse::move(const Extension& extension) {
  connection_.execute("SAVEPOINT support_agent_move");
  try {
    connection_.execute(fmt::format("ALTER EXTENSION {} SET SCHEMA {}", schema::quote_identifier(extension.name),
                                    schema::quote_identifier(extension.schema)));
  } catch (const DatabaseError& error) {
    connection_.execute("ROLLBACK TO support_agent_move");
    if (error.sqlstate() == lock_not_available) throw;
    return false;
  }
  connection_.execute("RELEASE support_agent_move");
  return true;
}

void EmptyHouse::settle_extensions() {
  const auto exists = [&](const std::string& schema) {
    return connection_.scalar("SELECT EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE nspname = " +
                              schema::quote_literal(schema) + ")") == "t";
  };
  std::erase_if(extensions_, [&](Extension& extension) {
    if (!extension.can_move || !exists(extension.schema)) return false;
    extension.can_move = move(extension);
    return extension.can_move;
  });
  set_search_path();
}

void EmptyHouse::set_search_path() {
  auto path = search_path_;
  for (const auto& [alias, name] : moved_) {
    const bool is_needed = std::ranges::find(extensions_, name, &Extension::schema) != extensions_.end();
    if (is_needed) path += (path.empty() ? "" : ", ") + alias;
  }
  connection_.execute(fmt::format("SET LOCAL search_path TO {}", path.empty() ? "''" : path));
}

// pg_depend's rows of this transaction that point at what is neither of this transaction nor an extension's. Its
// savepoints have transaction numbers of their own, younger than its first, so their age is below zero.
void EmptyHouse::require_independence() const {
  std::string schemas;
  for (const auto& [alias, name] : moved_) schemas += (schemas.empty() ? "'" : ", '") + alias + '\'';
  if (schemas.empty()) return;
  const auto rows = connection_.query(fmt::format(
      "SELECT pg_describe_object(d.refclassid, d.refobjid, d.refobjsubid) FROM pg_depend d LEFT JOIN pg_class c ON "
      "d.refclassid = 'pg_class'::regclass AND c.oid = d.refobjid LEFT JOIN pg_type t ON d.refclassid = "
      "'pg_type'::regclass AND t.oid = d.refobjid LEFT JOIN pg_proc p ON d.refclassid = 'pg_proc'::regclass AND p.oid "
      "= "
      "d.refobjid JOIN pg_namespace n ON n.oid = coalesce(c.relnamespace, t.typnamespace, p.pronamespace) WHERE "
      "age(d.xmin) "
      "BETWEEN -10000000 AND 0 AND n.nspname IN ({}) AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = "
      "d.refclassid AND e.objid = d.refobjid AND e.deptype IN ('e', 'i')) ORDER BY 1 LIMIT 1",
      schemas));
  if (rows.empty()) return;
  auto object = rows.front().front().value_or("something");
  for (const auto& [alias, name] : moved_) {
    if (const auto at = object.find(alias); at != std::string::npos) object.replace(at, alias.size(), name);
  }
  throw CommandError(fmt::format(
      "The wanted schema uses {}, which is in the database but not in the wanted schema; create it there as well.",
      object));
}

CatalogReader::Aliases EmptyHouse::aliases() const {
  auto aliases = moved_;
  aliases[std::string(own_schema)] = own_schema;
  return aliases;
}

}  // namespace support::alembic::autogenerate

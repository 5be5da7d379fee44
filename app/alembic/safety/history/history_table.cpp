#include "app/alembic/safety/history/history_table.hpp"

#include <charconv>
#include <utility>

#include <boost/json.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "app/alembic/errors.hpp"
#include "app/alembic/runtime/history_guard.hpp"
#include "app/schema/quoting.hpp"

namespace support::alembic::safety {

namespace {

using schema::quote_literal;

constexpr std::string_view columns =
    "version_table, position, revision, direction, outcome, applied, rows, started_at, duration, database_user, "
    "os_user, host, build, "
    "reason, error, bytes_sha256, operations_sha256, canonical_form, upgrade_statements, downgrade_statements, "
    "bytes_chain, operations_chain, record_chain";

std::string array(const std::vector<std::string>& texts) {
  std::string items;
  for (const auto& text : texts) items += (items.empty() ? "" : ", ") + quote_literal(text);
  return fmt::format("ARRAY[{}]::text[]", items);
}

std::string nullable(const std::optional<std::string>& text) {
  return text ? quote_literal(*text) : "NULL";
}

std::string unless_empty(const std::string& text) {
  return text.empty() ? "NULL" : quote_literal(text);
}

std::string values(const Record& record) {
  const auto& operations = record.operations;
  return fmt::format(
      "({}, {}, {}, '{}', '{}', {}, {}, timestamptz 'epoch' + interval '1 microsecond' * {}, interval '1 microsecond' "
      "* "
      "{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, '{}', '{}', '{}')",
      quote_literal(record.version_table), record.position, quote_literal(record.revision), name_of(record.direction),
      name_of(record.outcome), record.applied ? (*record.applied ? "true" : "false") : "NULL::boolean",
      array(record.rows), record.started_at, record.duration, quote_literal(record.database_user),
      quote_literal(record.os_user), quote_literal(record.host), quote_literal(record.build),
      unless_empty(record.reason), unless_empty(record.error), nullable(record.checksums.bytes),
      nullable(record.checksums.operations), record.checksums.form,
      operations ? array(operations->upgrade) : "NULL::text[]",
      operations ? array(operations->downgrade) : "NULL::text[]", record.links.bytes, record.links.operations,
      record.links.record);
}

// The fields of a row, one after the other.
class Fields {
 public:
  explicit Fields(Bind::Row row) : row_(std::move(row)) {}

  std::optional<std::string> optional() { return std::move(row_.at(next_++)); }
  std::string text() { return optional().value_or(""); }
  bool flag() { return text() == "t"; }
  std::int64_t number() {
    const auto digits = text();
    std::int64_t value = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return value;
  }
  // Of a JSON array.
  std::optional<std::vector<std::string>> texts() {
    const auto json = optional();
    if (!json) return std::nullopt;
    std::vector<std::string> list;
    const auto array = boost::json::parse(*json);
    for (const auto& item : array.as_array()) list.emplace_back(item.as_string());
    return list;
  }

 private:
  Bind::Row row_;
  std::size_t next_ = 0;
};

Record::Direction direction_of(std::string_view name) {
  using enum Record::Direction;
  for (const auto direction : {upgrade, downgrade, stamp}) {
    if (name_of(direction) == name) return direction;
  }
  return repair;
}

Record::Outcome outcome_of(std::string_view name) {
  using enum Record::Outcome;
  for (const auto outcome : {started, done}) {
    if (name_of(outcome) == name) return outcome;
  }
  return failed;
}

Record record_of(Bind::Row row) {
  Fields fields(std::move(row));
  Record record;
  record.version_table = fields.text();
  record.position = fields.number();
  record.revision = fields.text();
  record.direction = direction_of(fields.text());
  record.outcome = outcome_of(fields.text());
  if (const auto applied = fields.optional()) record.applied = *applied == "t";
  record.rows = fields.texts().value_or(RevisionIds{});
  record.started_at = fields.number();
  record.duration = fields.number();
  record.database_user = fields.text();
  record.os_user = fields.text();
  record.host = fields.text();
  record.build = fields.text();
  record.reason = fields.text();
  record.error = fields.text();
  record.checksums.bytes = fields.optional();
  record.checksums.operations = fields.optional();
  record.checksums.form = static_cast<int>(fields.number());
  auto upgrade = fields.texts();
  auto downgrade = fields.texts();
  if (upgrade && downgrade) record.operations = {.upgrade = std::move(*upgrade), .downgrade = std::move(*downgrade)};
  record.links.bytes = fields.text();
  record.links.operations = fields.text();
  record.links.record = fields.text();
  return record;
}

}  // namespace

HistoryTable::HistoryTable(std::string schema, const VersionTable& version_table)
    : schema_(std::move(schema)),
      qualified_(schema::qualified_name("history", schema_)),
      version_table_(version_table.name()),
      version_table_schema_(version_table.schema()) {}

// The catalogs are asked by name, because to_regclass() is an error where the role may not look into the schema.
HistoryState HistoryTable::state(Connection& connection) const {
  const auto rows = connection.query(fmt::format(
      "SELECT n.oid IS NOT NULL, c.oid IS NOT NULL, EXISTS (SELECT FROM pg_attribute WHERE attrelid = c.oid AND "
      "attname = 'record_chain' AND NOT attisdropped), (SELECT count(*) = 2 FROM pg_trigger t JOIN pg_proc p ON p.oid "
      "= t.tgfoid WHERE t.tgrelid = c.oid AND p.proname = '{2}' AND t.tgenabled = 'A'), "
      "EXISTS (SELECT FROM pg_class o WHERE o.relnamespace = n.oid AND o.relkind IN ('r', 'p', 'v', 'm', 'f') AND "
      "o.relname NOT IN ('history', 'step_progress', {1})), has_database_privilege(current_database(), 'CREATE'), "
      "has_schema_privilege(n.oid, 'CREATE'), has_schema_privilege(n.oid, 'USAGE'), has_table_privilege(c.oid, "
      "'SELECT'), has_table_privilege(c.oid, 'INSERT'), (extract(epoch FROM clock_timestamp()) * 1000000)::bigint, "
      "session_user, current_setting('role'), current_user, current_database(), coalesce(current_schema(), '') FROM "
      "(SELECT) AS one LEFT JOIN "
      "pg_namespace n ON n.nspname = {0} LEFT JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = 'history'",
      quote_literal(schema_), quote_literal(version_table_), history_guard));
  Fields fields(rows.at(0));
  HistoryState state;
  const bool has_schema = fields.flag();
  const bool has_table = fields.flag();
  const bool is_ours = fields.flag();
  state.exists = has_table && is_ours;
  state.is_guarded = fields.flag();
  const bool has_others = fields.flag();
  const bool may_create_schemas = fields.flag();
  const bool may_create = fields.flag();
  const bool may_use = fields.flag();
  const bool may_select = fields.flag();
  const bool may_insert = fields.flag();
  state.now = fields.number();
  state.session_user = fields.text();
  state.role = fields.text();
  const auto user = schema::quote_identifier(fields.text());
  const auto database = schema::quote_identifier(fields.text());
  const auto current_schema = fields.text();
  state.version_table =
      schema::qualified_name(version_table_, version_table_schema_.empty() ? current_schema : version_table_schema_);
  const auto schema = schema::quote_identifier(schema_);
  if (state.exists) {
    if (!may_use || !may_select || !may_insert) {
      state.obstacle = fmt::format(
          "role {0} may not read and write {1}; let its owner run GRANT USAGE ON SCHEMA {2} TO {0}; GRANT "
          "SELECT, INSERT ON {1} TO {0}",
          user, qualified_, schema);
    }
  } else if (has_table || has_others) {
    state.obstacle = fmt::format(
        "schema {} holds other tables, and the history needs one of its own; name another in MIGRATION_HISTORY_SCHEMA",
        schema);
  } else if (has_schema && !may_create) {
    state.obstacle = fmt::format(
        "role {0} has no CREATE privilege on schema {1}; let its owner run GRANT CREATE, USAGE ON SCHEMA {1} TO {0}",
        user, schema);
  } else if (!has_schema && !may_create_schemas) {
    state.obstacle = fmt::format(
        "role {0} has no CREATE privilege on database {1}, which a schema needs; let its owner run CREATE SCHEMA {2} "
        "AUTHORIZATION {0}",
        user, database, schema);
  }
  return state;
}

std::vector<std::string> HistoryTable::create_sql() const {
  const auto schema = schema::quote_identifier(schema_);
  const auto guard = schema::qualified_name(history_guard, schema_);
  return {
      // IF NOT EXISTS asks for the privilege to create schemas even where there is nothing to create.
      fmt::format("DO $do$ BEGIN IF NOT EXISTS (SELECT FROM pg_namespace WHERE nspname = {}) THEN CREATE SCHEMA {}; "
                  "COMMENT ON SCHEMA {} IS 'Kept by support-agent migrate'; END IF; END $do$",
                  quote_literal(schema_), schema, schema),
      fmt::format("CREATE TABLE {} (version_table text NOT NULL, position bigint NOT NULL CHECK (position > 0), "
                  "revision text NOT NULL, "
                  "direction text NOT NULL CHECK (direction IN ('upgrade', 'downgrade', 'stamp', 'repair')), "
                  "outcome text NOT NULL CHECK (outcome IN ('started', 'done', 'failed')), applied boolean, "
                  "rows text[] NOT NULL, started_at timestamptz NOT NULL, duration interval NOT NULL, "
                  "database_user text NOT NULL, os_user text NOT NULL, host text NOT NULL, build text NOT NULL, "
                  "reason text, error text, bytes_sha256 text, operations_sha256 text, "
                  "canonical_form integer NOT NULL, upgrade_statements text[], downgrade_statements text[], "
                  "bytes_chain text NOT NULL, operations_chain text NOT NULL, record_chain text NOT NULL, "
                  "PRIMARY KEY (version_table, position))",
                  qualified_),
      fmt::format("COMMENT ON TABLE {} IS 'What migrations did, one record after the other; each is chained to the one "
                  "before. Read by support-agent migrate verify; never changed'",
                  qualified_),
      fmt::format("CREATE FUNCTION {}() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN RAISE EXCEPTION 'the "
                  "migration history is append-only: % is refused', TG_OP USING HINT = 'support-agent migrate repair "
                  "records an accepted change', ERRCODE = 'restrict_violation'; END $guard$",
                  guard),
      fmt::format("CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {} FOR EACH ROW EXECUTE FUNCTION {}()",
                  qualified_, guard),
      fmt::format("CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON {} FOR EACH STATEMENT EXECUTE FUNCTION {}()",
                  qualified_, guard),
      fmt::format("ALTER TABLE {} ENABLE ALWAYS TRIGGER append_only, ENABLE ALWAYS TRIGGER append_only_truncate",
                  qualified_)};
}

void HistoryTable::create(Connection& connection) const {
  connection.query(
      fmt::format("SELECT pg_advisory_xact_lock(hashtext({}), hashtext('history'))", quote_literal(schema_)));
  if (!state(connection).exists) connection.execute_all(create_sql());
}

std::string HistoryTable::insert_sql(std::span<const Record> records) const {
  std::string rows;
  for (const auto& record : records) rows += (rows.empty() ? "" : ", ") + values(record);
  return fmt::format("INSERT INTO {} ({}) VALUES {}", qualified_, columns, rows);
}

std::string HistoryTable::as_role_sql(const std::string& role) {
  return fmt::format("SELECT set_config('role', {0}, true) WHERE current_setting('role') <> {0}", quote_literal(role));
}

std::string HistoryTable::keep_role_sql() {
  return "SELECT set_config('support_agent.role', current_setting('role'), true)";
}

std::string HistoryTable::back_to_role_sql() {
  return "SELECT set_config('role', current_setting('support_agent.role'), true)";
}

std::string HistoryTable::select_sql(Statements statements, const std::string& version_table) const {
  return fmt::format(
      "SELECT version_table, position, revision, direction, outcome, applied, to_json(rows), (extract(epoch FROM "
      "started_at) * "
      "1000000)::bigint, (extract(epoch FROM duration) * 1000000)::bigint, database_user, os_user, host, build, "
      "reason, "
      "error, bytes_sha256, operations_sha256, canonical_form, {}, bytes_chain, operations_chain, record_chain FROM {} "
      "WHERE version_table = {}",
      statements == Statements::read ? "to_json(upgrade_statements), to_json(downgrade_statements)" : "NULL, NULL",
      qualified_, quote_literal(version_table));
}

std::vector<Record> HistoryTable::read(Connection& connection, const std::string& version_table) const {
  std::vector<Record> records;
  for (auto& row : connection.query(select_sql(Statements::read, version_table) + " ORDER BY position")) {
    records.push_back(record_of(std::move(row)));
  }
  return records;
}

std::vector<Record> HistoryTable::read_latest(Connection& connection, const std::string& version_table) const {
  std::vector<Record> records;
  auto rows = connection.query(
      fmt::format("{} AND position IN (SELECT max(position) FROM {} WHERE applied IS NOT NULL "
                  "AND version_table = {} GROUP BY revision) ORDER BY position",
                  select_sql(Statements::leave, version_table), qualified_, quote_literal(version_table)));
  for (auto& row : rows) records.push_back(record_of(std::move(row)));
  return records;
}

Record HistoryTable::read_one(Connection& connection, const std::string& version_table, std::int64_t position) const {
  auto rows =
      connection.query(fmt::format("{} AND position = {}", select_sql(Statements::read, version_table), position));
  return record_of(std::move(rows.at(0)));
}

Record HistoryTable::read_last(Connection& connection, const std::string& version_table) const {
  auto rows = connection.query(select_sql(Statements::leave, version_table) + " ORDER BY position DESC LIMIT 1");
  return rows.empty() ? Record{} : record_of(std::move(rows.front()));
}

}  // namespace support::alembic::safety

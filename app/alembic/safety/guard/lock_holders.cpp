#include "app/alembic/safety/guard/lock_holders.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "app/alembic/safety/guard/duration_text.hpp"
#include "app/schema/quoting.hpp"

namespace support::alembic::safety {

namespace {

using schema::quote_literal;

constexpr std::size_t most_named = 3;

// The columns that blocker_of() reads, of `a` (pg_stat_activity) and whatever gives relation, mode and prepared name.
std::string activity_columns(std::string_view relation, std::string_view mode) {
  return fmt::format(
      "a.pid, NULL, a.usename, a.application_name, coalesce(host(a.client_addr), CASE WHEN a.client_port = -1 THEN "
      "'local socket' END), a.state, left(split_part(ltrim(a.query, E' \\n\\t'), E'\\n', 1), 120), {}, {}, "
      "(extract(epoch FROM clock_timestamp() - coalesce(a.xact_start, a.query_start, a.backend_start)) * 1000)::bigint",
      relation, mode);
}

Blocker blocker_of(const Bind::Row& row) {
  const auto text = [&row](std::size_t column) { return row.at(column).value_or(""); };
  std::optional<std::chrono::milliseconds> age;
  if (const auto age_text = text(9); !age_text.empty()) {
    long long milliseconds = 0;
    std::from_chars(age_text.data(), age_text.data() + age_text.size(), milliseconds);
    age = std::chrono::milliseconds(milliseconds);
  }
  return {.pid = text(0),
          .prepared = text(1),
          .user = text(2),
          .application = text(3),
          .client = text(4),
          .state = text(5),
          .query = text(6),
          .relation = text(7),
          .mode = text(8),
          .age = age};
}

std::vector<Blocker> blockers_of_rows(const Rows& rows) {
  std::vector<Blocker> blockers;
  for (const auto& row : rows) blockers.push_back(blocker_of(row));
  return blockers;
}

// The server ends an autovacuum by itself, a second after somebody has begun to wait for it, unless it saves the
// database from running out of transaction numbers.
constexpr std::string_view does_not_give_way =
    "(a.backend_type IS DISTINCT FROM 'autovacuum worker' OR a.query LIKE '%to prevent wraparound%')";

std::string pid_list(std::span<const std::string> pids) {
  return fmt::format("({})", pids.empty() ? "0" : fmt::format("{}", fmt::join(pids, ", ")));
}

// (as written with its schema, as written without, conflicting modes, column, constraint, all partners)
std::string request_row(const LockRequest& request) {
  const auto name = [](const RelationName& relation, bool with_schema) {
    const auto last = schema::quote_identifier(relation.name);
    return quote_literal(
        with_schema && !relation.schema.empty() ? schema::quote_identifier(relation.schema) + "." + last : last);
  };
  using Partners = LockRequest::Partners;
  const auto partner = [&](Partners kind) {
    return request.partners == kind ? quote_literal(request.partner_name) : std::string("NULL");
  };
  return fmt::format("({}, {}, '{{{}}}'::text[], {}::text, {}::text, {})", name(request.relation, true),
                     name(request.relation, false), fmt::join(conflicting_modes(request.mode), ","),
                     partner(Partners::of_column), partner(Partners::of_constraint), request.partners == Partners::all);
}

// "ACCESS EXCLUSIVE" of "AccessExclusiveLock".
std::string spelled_as_sql(const std::string& mode) {
  std::string words;
  for (const char c : mode.ends_with("Lock") ? mode.substr(0, mode.size() - 4) : mode) {
    if (c >= 'A' && c <= 'Z' && !words.empty()) words += ' ';
    words += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  return words;
}

}  // namespace

std::string Blocker::text() const {
  if (pid.empty()) {
    return fmt::format("the prepared transaction '{}' (user {}), {} old{}", prepared, user,
                       duration_text(age.value_or(std::chrono::milliseconds(0))),
                       relation.empty() ? "" : fmt::format(", holds {} on {}", spelled_as_sql(mode), relation));
  }
  std::string text = fmt::format("pid {} (user {}", pid, user.empty() ? "unknown" : user);
  if (!application.empty()) text += ", application " + application;
  if (!client.empty()) text += client == "local socket" ? ", local socket" : ", host " + client;
  text += state.empty() ? "), in a transaction" : "), " + state;
  if (age) text += " for " + duration_text(*age);
  if (!relation.empty()) text += fmt::format(", holds {} on {}", spelled_as_sql(mode), relation);
  if (!query.empty()) text += ": " + query;
  return text;
}

std::string Blocker::remedy() const {
  if (pid.empty()) return fmt::format("COMMIT PREPARED or ROLLBACK PREPARED {}", quote_literal(prepared));
  return fmt::format("SELECT pg_terminate_backend({})", pid);
}

std::vector<Blocker> lock_holders(const Ask& ask, std::span<const LockRequest> requests,
                                  std::span<const std::string> own) {
  if (requests.empty()) return {};
  std::vector<std::string> rows;
  for (const auto& request : requests) rows.push_back(request_row(request));
  const auto activity = activity_columns("holder.relation", "holder.mode");
  return blockers_of_rows(ask(fmt::format(
      "WITH RECURSIVE request(qualified, plain, modes, col, con, every) AS (VALUES {}), "
      "named AS (SELECT coalesce(to_regclass(qualified), to_regclass(plain))::oid AS oid, modes, col, con, every FROM "
      "request), "
      "tree(oid, modes, col, con, every) AS ("
      "SELECT coalesce(i.indrelid, n.oid), n.modes, n.col, n.con, n.every FROM named n LEFT JOIN pg_index i ON "
      "i.indexrelid = n.oid WHERE n.oid IS NOT NULL "
      "UNION SELECT h.inhrelid, t.modes, t.col, t.con, t.every FROM tree t JOIN pg_inherits h ON h.inhparent = t.oid), "
      "wanted AS (SELECT oid, modes FROM tree UNION SELECT oid, modes FROM named WHERE oid IS NOT NULL "
      "UNION SELECT CASE c.conrelid WHEN t.oid THEN c.confrelid ELSE c.conrelid END, t.modes FROM tree t "
      "JOIN pg_constraint c ON c.contype = 'f' AND (c.conrelid = t.oid OR c.confrelid = t.oid) "
      "WHERE t.every OR (c.conname = t.con AND c.conrelid = t.oid) OR EXISTS (SELECT FROM pg_attribute a WHERE "
      "a.attrelid = t.oid AND a.attname = t.col AND ((c.conrelid = t.oid AND a.attnum = ANY (c.conkey)) OR "
      "(c.confrelid = t.oid AND a.attnum = ANY (c.confkey))))), "
      "holder AS (SELECT DISTINCT ON (l.pid, l.virtualtransaction) l.pid, l.virtualtransaction, l.mode, "
      "l.relation::regclass::text AS relation FROM pg_locks l JOIN wanted w ON w.oid = l.relation AND "
      "l.mode = ANY (w.modes) WHERE l.locktype = 'relation' AND l.granted AND l.database = (SELECT oid FROM "
      "pg_database WHERE datname = current_database()) AND (l.pid IS NULL OR l.pid NOT IN {})) "
      "SELECT * FROM (SELECT {} AS age FROM holder JOIN pg_stat_activity a ON a.pid = holder.pid "
      "WHERE {} "
      "UNION ALL SELECT NULL, p.gid, p.owner, NULL, NULL, NULL, NULL, holder.relation, holder.mode, "
      "(extract(epoch FROM clock_timestamp() - p.prepared) * 1000)::bigint FROM holder JOIN pg_locks own ON "
      "own.locktype = 'transactionid' AND own.pid IS NULL AND own.virtualtransaction = holder.virtualtransaction JOIN "
      "pg_prepared_xacts p ON p.transaction = own.transactionid WHERE holder.pid IS NULL) found "
      "ORDER BY age DESC",
      fmt::join(rows, ", "), pid_list(own), activity, does_not_give_way)));
}

std::vector<Blocker> blockers_of(const Ask& ask, const std::string& pid) {
  return blockers_of_rows(ask(
      fmt::format("SELECT {} FROM pg_stat_activity a WHERE a.pid = ANY (pg_blocking_pids({})) AND {} ORDER BY 10 DESC",
                  activity_columns("NULL", "NULL"), pid, does_not_give_way)));
}

std::size_t queue_behind(const Ask& ask, const std::string& pid) {
  const auto rows = ask(fmt::format(
      "WITH RECURSIVE waiting AS (SELECT pid, pg_blocking_pids(pid) AS blockers FROM pg_stat_activity WHERE "
      "wait_event_type = 'Lock' AND pid <> {0}), "
      "behind AS (SELECT pid FROM waiting WHERE {0} = ANY (blockers) UNION SELECT w.pid FROM waiting w JOIN behind b "
      "ON b.pid = ANY (w.blockers)) SELECT count(*) FROM behind",
      pid));
  std::size_t count = 0;
  const auto text = rows.at(0).at(0).value_or("0");
  std::from_chars(text.data(), text.data() + text.size(), count);
  return count;
}

std::vector<Blocker> old_snapshots(const Ask& ask, std::chrono::milliseconds age, std::span<const std::string> own) {
  return blockers_of_rows(ask(fmt::format(
      "SELECT {} FROM pg_stat_activity a WHERE a.backend_xmin IS NOT NULL AND a.datname = current_database() AND "
      "a.xact_start < clock_timestamp() - interval '{} milliseconds' AND a.pid NOT IN {} AND a.backend_type = 'client "
      "backend' ORDER BY 10 DESC",
      activity_columns("NULL", "NULL"), age.count(), pid_list(own))));
}

std::string joined_texts(std::span<const Blocker> blockers) {
  std::vector<std::string> texts;
  for (const auto& blocker : blockers.first(std::min(blockers.size(), most_named))) texts.push_back(blocker.text());
  auto text = fmt::format("{}", fmt::join(texts, "; "));
  if (blockers.size() > most_named) text += fmt::format("; and {} more", blockers.size() - most_named);
  return text;
}

}  // namespace support::alembic::safety

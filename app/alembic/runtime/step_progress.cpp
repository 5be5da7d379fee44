#include "app/alembic/runtime/step_progress.hpp"

#include <charconv>

#include <fmt/format.h>

#include "app/alembic/errors.hpp"
#include "app/alembic/runtime/interrupted.hpp"
#include "app/alembic/runtime/messages.hpp"
#include "app/alembic/script/sha256.hpp"
#include "app/config/logging.hpp"
#include "app/schema/quoting.hpp"

namespace support::alembic {

namespace {

using schema::quote_literal;

constexpr std::string_view insufficient_privilege = "42501";

}  // namespace

StepProgress::StepProgress(std::string schema, std::string version_table)
    : schema_(std::move(schema)), version_table_(std::move(version_table)) {}

std::string StepProgress::table() const {
  return schema::qualified_name("step_progress", schema_);
}

void StepProgress::read(Connection& connection) {
  earlier_.clear();
  if (!is_on()) return;
  // By name, because to_regclass() is an error where the role may not look into the schema.
  const auto table_rows = connection.query(
      fmt::format("SELECT has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT') AND "
                  "has_table_privilege(c.oid, 'INSERT') AND has_table_privilege(c.oid, 'UPDATE') AND "
                  "has_table_privilege(c.oid, 'DELETE') FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
                  "WHERE c.relname = 'step_progress' AND n.nspname = {}",
                  quote_literal(schema_)));
  may_not_ = !table_rows.empty() && table_rows.at(0).at(0) != "t";
  has_table_ = !table_rows.empty() && !may_not_;
  if (!has_table_) return;
  const auto rows = connection.query(
      fmt::format("SELECT revision, is_upgrade, statements, digest, announced FROM {} WHERE version_table = {}",
                  table(), quote_literal(version_table_)));
  for (const auto& row : rows) {
    const auto digits = row.at(2).value_or("0");
    Stand stand{.digest = row.at(3).value_or(""), .announced = row.at(4).value_or("")};
    std::from_chars(digits.data(), digits.data() + digits.size(), stand.statements);
    earlier_[{row.at(0).value_or(""), row.at(1) == "t"}] = std::move(stand);
  }
}

void StepProgress::begin_step(const std::string& revision, bool is_upgrade) {
  step_ = {revision, is_upgrade};
  stand_ = {};
  const auto found = earlier_.find(step_);
  is_kept_ = found != earlier_.end();
  found_ = is_kept_ ? std::optional(found->second) : std::nullopt;
  if (!found_) return;
  log_migration(fmt::format("An earlier run of {} was interrupted after {} statement{}; this one goes on behind {}",
                            revision, found_->statements, found_->statements == 1 ? "" : "s",
                            found_->statements == 1 ? "it" : "them"));
}

bool StepProgress::take_done(Connection& connection, const std::string& statement) {
  if (!found_) return false;
  if (stand_.statements < found_->statements) {
    sent(statement);
    if (stand_.statements == found_->statements && stand_.digest != found_->digest) {
      refuse(fmt::format("the first {} statements that were carried out then are not those that it begins with now",
                         found_->statements));
    }
    return true;
  }
  if (found_->announced.empty()) return false;
  const auto announced = std::exchange(found_->announced, {});
  if (statement != announced) {
    refuse(fmt::format("it was at {}, which now is another statement", shortened(announced)));
  }
  switch (outcome_of(connection, statement)) {
    case InterruptedOutcome::done:
      log_migration(fmt::format("It is done already: {}", shortened(statement)));
      sent(statement);
      return true;
    case InterruptedOutcome::repeatable:
      return false;
    case InterruptedOutcome::unknown:
      break;
  }
  refuse(fmt::format("whether {} was carried out is not known", shortened(statement)));
}

void StepProgress::sent(const std::string& statement) {
  if (is_on()) stand_ = after(stand_, statement);
}

void StepProgress::end_body() {
  if (!found_ || stand_.statements >= found_->statements) return;
  refuse(fmt::format("{} of its statements were carried out then, and it has only {} now", found_->statements,
                     stand_.statements));
}

bool StepProgress::prepare(Connection& connection) {
  if (!is_on() || may_not_) return false;
  if (has_table_) return true;
  try {
    connection.execute("SAVEPOINT support_agent_progress");
    if (connection.scalar(
            fmt::format("SELECT to_regnamespace({})", quote_literal(schema::quote_identifier(schema_)))) == "") {
      connection.execute(fmt::format("CREATE SCHEMA {}", schema::quote_identifier(schema_)));
    }
    connection.execute(
        fmt::format("CREATE TABLE IF NOT EXISTS {} (version_table text NOT NULL, revision text NOT NULL, is_upgrade "
                    "boolean NOT NULL, statements bigint NOT NULL, digest text NOT NULL, announced text, changed_at "
                    "timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (version_table, revision, is_upgrade))",
                    table()));
    connection.execute("RELEASE SAVEPOINT support_agent_progress");
    has_table_ = true;
  } catch (const DatabaseError& error) {
    if (error.sqlstate() != insufficient_privilege) throw;
    connection.execute("ROLLBACK TO SAVEPOINT support_agent_progress");
    may_not_ = true;
    config::log_event(
        spdlog::level::warn, "alembic.runtime.migration",
        fmt::format("How far {} comes can't be kept in schema {} ({}), so that an interrupted run would begin it anew. "
                    "Grant CREATE on the database, or make the schema and grant CREATE and USAGE on it",
                    step_.first, schema_, error.what()));
  }
  return has_table_;
}

std::string StepProgress::record_sql(const Stand& stand) const {
  return fmt::format(
      "INSERT INTO {} (version_table, revision, is_upgrade, statements, digest, announced) VALUES ({}, {}, {}, {}, "
      "'{}', "
      "{}) ON CONFLICT (version_table, revision, is_upgrade) DO UPDATE SET statements = excluded.statements, digest = "
      "excluded.digest, announced = excluded.announced, changed_at = excluded.changed_at",
      table(), quote_literal(version_table_), quote_literal(step_.first), step_.second, stand.statements, stand.digest,
      stand.announced.empty() ? "NULL" : quote_literal(stand.announced));
}

std::string StepProgress::done_sql() const {
  return record_sql(stand_);
}

std::string StepProgress::done_sql(const std::string& statement) const {
  return record_sql(after(stand_, statement));
}

std::string StepProgress::announce_sql(const std::string& statement) const {
  auto stand = stand_;
  stand.announced = statement;
  return record_sql(stand);
}

std::optional<std::string> StepProgress::forget_sql() {
  if (!std::exchange(is_kept_, false)) return std::nullopt;
  return forget_sql(step_);
}

std::optional<std::string> StepProgress::forget_sql(const std::string& revision) {
  for (const auto& [step, _] : earlier_) {
    if (step.first == revision) return forget_sql(step);
  }
  return std::nullopt;
}

std::string StepProgress::forget_sql(const Step& step) const {
  return fmt::format("DELETE FROM {} WHERE version_table = {} AND revision = {} AND is_upgrade = {}", table(),
                     quote_literal(version_table_), quote_literal(step.first), step.second);
}

StepProgress::Stand StepProgress::after(const Stand& stand, const std::string& statement) {
  return {.statements = stand.statements + 1, .digest = sha256(stand.digest + statement)};
}

void StepProgress::refuse(const std::string& why) const {
  throw CommandError(
      fmt::format(
          "Revision {} was interrupted half-way, and can't be taken up: {}. Put the migration back as it was, or "
          "finish by hand what it was to do and stamp the revision; to begin it anew: DELETE FROM {} WHERE "
          "revision = {}",
          step_.first, why, table(), quote_literal(step_.first)),
      ExitCode::refused);
}

}  // namespace support::alembic

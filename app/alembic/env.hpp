#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/alembic/operations/run_context.hpp"
#include "app/config/settings.hpp"

namespace support::schema {
struct MetaData;
}

namespace support::alembic {

class Connection;
class Operations;

// Where the migration engine connects to. Made by make_environment() and, for a database that a command names beside
// DATABASE_URL's, by make_target(), and nowhere else.
struct ConnectionTarget {
  std::string conninfo;                   // for libpq, password included: never print it
  std::string password;                   // to strike out of what the server or libpq says
  std::string masked_url;                 // for people
  std::string description;                // "database support on host db.internal, port 5432"
  std::string given_as = "DATABASE_URL";  // what to look at when it can't be reached
};

// A driver: opens a session, or throws CommandError with exit code 3.
using Connector = std::function<std::unique_ptr<Connection>(const ConnectionTarget&)>;

// What is committed together.
enum class TransactionMode {
  per_run,        // all steps or none (Alembic's default)
  per_migration,  // a step at a time; those before a failing one stay
  none,           // nothing: each statement by itself (transactional_ddl=False)
};

// Which revisions a step moves the database between, for the hooks (Alembic's MigrationInfo).
struct VersionApply {
  bool is_upgrade = true;
  bool is_stamp = false;
  std::vector<std::string> up_revision_ids;    // what an upgrade arrives at, a downgrade takes away
  std::vector<std::string> down_revision_ids;  // what is below
  std::vector<std::string> heads;              // the rows of the version table after the step

  bool is_migration() const { return !is_stamp; }
  const std::vector<std::string>& source_revision_ids() const {
    return is_upgrade ? down_revision_ids : up_revision_ids;
  }
  const std::vector<std::string>& destination_revision_ids() const {
    return is_upgrade ? up_revision_ids : down_revision_ids;
  }
};

// Called after each step has written its row, before the commit, online and offline. What it throws fails the step.
using OnVersionApply = std::function<void(const VersionApply& step, Operations& op)>;

// What a run of the engine knows of the world around it.
struct Environment {
  RunContext run;
  std::optional<ConnectionTarget> target;  // online only
  Connector connect;
  std::chrono::milliseconds lock_timeout{};     // MIGRATION_LOCK_TIMEOUT
  std::chrono::milliseconds connect_timeout{};  // DATABASE_CONNECT_TIMEOUT
  bool echo = false;                            // DATABASE_ECHO: log each statement
  std::string version_table = "alembic_version";
  std::string version_table_schema;  // empty: the search path decides
  TransactionMode transaction_mode = TransactionMode::per_run;
  std::vector<OnVersionApply> on_version_apply;  // in the order in which they are called
  // The schema at head; its naming convention names what migrations leave unnamed. May be null; outlives the run.
  const schema::MetaData* target_metadata = nullptr;
};

// What Alembic's env.py is: the one place where the driver is swapped. Here, and nowhere else in the engine, is
// Settings::database_url_sync() read. Throws CommandError when an online run has no database to go to.
Environment make_environment(const config::Settings& settings, Mode mode);

// Another database than DATABASE_URL's; `given_as` is where its URL was read.
ConnectionTarget make_target(const config::DatabaseUrl& url, std::chrono::milliseconds connect_timeout,
                             std::string given_as);

// Another database of the same server, reached in the same way.
ConnectionTarget in_database(const ConnectionTarget& server, const std::string& name);

}  // namespace support::alembic

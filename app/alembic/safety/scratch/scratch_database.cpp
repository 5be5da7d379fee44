#include "app/alembic/safety/scratch/scratch_database.hpp"

#include <random>
#include <utility>

#include <fmt/format.h>

#include "app/alembic/errors.hpp"
#include "app/alembic/runtime/pqxx_connection.hpp"
#include "app/alembic/runtime/transaction.hpp"
#include "app/config/logging.hpp"
#include "app/schema/quoting.hpp"

namespace support::alembic::safety {
namespace {

using schema::quote_identifier;
using schema::quote_literal;

constexpr std::string_view logger = "alembic.safety.scratch";
constexpr std::string_view prefix = "support_agent_scratch_";
constexpr std::string_view duplicate_database = "42P04";
constexpr std::string_view insufficient_privilege = "42501";

// The first key of the advisory locks, "SAsc"; the second one is the number in the name.
constexpr int lock_class = 0x53417363;
constexpr int with_force = 130000;

std::string drop_sql(const std::string& name, int server_version) {
  return fmt::format("DROP DATABASE IF EXISTS {}{}", quote_identifier(name),
                     server_version >= with_force ? " WITH (FORCE)" : "");
}

void drop(Connection& connection, const std::string& name, int server_version) {
  if (server_version < with_force) {
    connection.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = " + quote_literal(name));
  }
  connection.execute(drop_sql(name, server_version));
}

// The number of a scratch database: two processes that draw the same one don't get the same lock, or the same name.
int draw() {
  std::random_device device;
  return static_cast<int>(device() & 0x7fffffffU);
}

[[noreturn]] void refuse(const ConnectionTarget& server, const DatabaseError& error) {
  if (error.sqlstate() == insufficient_privilege) {
    throw CommandError(
        fmt::format("A scratch database is needed beside {}, and the role may not create databases there ({}). Let an "
                    "administrator run ALTER ROLE … CREATEDB, or name a database of another server of the same "
                    "version, where the role may, with --dev-url URL",
                    server.description, error.report().message));
  }
  throw CommandError(
      fmt::format("A scratch database is needed beside {}, and the server did not make one: {}. --dev-url URL names "
                  "a database of another server to do it on",
                  server.description, error.explanation()));
}

}  // namespace

// The names are compared as text, not read as numbers, so that a database that only looks alike is left alone. The lock
// is taken before the database is made: one that can be seen without its lock is nobody's.
std::size_t sweep_scratch_databases(Connection& connection) {
  const auto leftovers = connection.query(fmt::format(
      "SELECT d.datname FROM pg_database d WHERE d.datname ~ '^{}[0-9a-f]{{8}}$' AND pg_has_role(d.datdba, 'MEMBER') "
      "AND NOT EXISTS (SELECT FROM pg_locks l WHERE l.locktype = 'advisory' AND l.classid = {} AND l.objsubid = 2 AND "
      "d.datname = '{}' || lpad(to_hex(l.objid::bigint), 8, '0'))",
      prefix, lock_class, prefix));
  std::size_t dropped = 0;
  for (const auto& row : leftovers) {
    const auto name = row.at(0).value_or("");
    try {
      drop(connection, name, server_version_of(connection));
      ++dropped;
      config::log_event(spdlog::level::info, logger, fmt::format("Dropped {}, which a run left behind", name));
    } catch (const DatabaseError& error) {
      // Another process is sweeping as well, or it is not ours to drop; nothing depends on it.
      config::log_event(spdlog::level::debug, logger, fmt::format("{} stays: {}", name, error.what()));
    }
  }
  return dropped;
}

ScratchDatabase::ScratchDatabase(ConnectionTarget server, DatabaseTraits traits)
    : ScratchDatabase(std::move(server), std::move(traits), "") {}

ScratchDatabase::ScratchDatabase(ConnectionTarget server, DatabaseTraits traits, const std::string& original)
    : server_(std::move(server)), traits_(std::move(traits)), keeper_(connect_pqxx(server_)) {
  try {
    server_version_ = server_version_of(*keeper_);
    keeper_->query(
        "SELECT set_config(name, '0', false) FROM pg_settings WHERE name IN ('idle_session_timeout', "
        "'statement_timeout')");
    // The server's own defaults must not keep it from being made.
    keeper_->execute("SET default_transaction_read_only = off");
    sweep_scratch_databases(*keeper_);
    create(original);
    target_ = in_database(server_, name_);
  } catch (const DatabaseError& error) {
    refuse(server_, error);
  } catch (const ConnectionLost& error) {
    throw CommandError(fmt::format("The connection to {} was lost: {}", server_.description, error.what()),
                       ExitCode::unreachable);
  }
  apply_settings();
}

void ScratchDatabase::create(const std::string& original) {
  for (;;) {
    const auto number = draw();
    if (keeper_->scalar(fmt::format("SELECT pg_try_advisory_lock({}, {})", lock_class, number)) != "t") continue;
    const auto name = fmt::format("{}{:08x}", prefix, static_cast<unsigned>(number));
    try {
      keeper_->execute(original.empty() ? create_database_sql(name, traits_, server_version_)
                                        : fmt::format("CREATE DATABASE {} TEMPLATE {}", name, original));
      name_ = name;
      return;
    } catch (const DatabaseError& error) {
      if (error.sqlstate() != duplicate_database) throw;
      keeper_->query(fmt::format("SELECT pg_advisory_unlock({}, {})", lock_class, number));
    }
  }
}

// A setting that the role may not make, or that the other server does not know, is left out: what it does is then what
// that server does without it.
void ScratchDatabase::apply_settings() {
  for (const auto& [setting, value] : traits_.settings) {
    try {
      // What takes a list has one spelling in the catalog and another one in SQL; FROM CURRENT needs neither. The
      // keeper's own session stays as it is.
      Transaction transaction(*keeper_);
      keeper_->query(fmt::format("SELECT set_config({}, {}, true)", quote_literal(setting), quote_literal(value)));
      keeper_->execute(fmt::format("ALTER DATABASE {} SET {} FROM CURRENT", quote_identifier(name_),
                                   quote_identifier(setting, schema::Quotes::always)));
      transaction.commit();
    } catch (const std::exception& error) {
      config::log_event(spdlog::level::debug, logger, fmt::format("{} is not set: {}", setting, error.what()));
    }
  }
}

ScratchDatabase::~ScratchDatabase() {
  if (name_.empty()) return;
  try {
    drop(*keeper_, name_, server_version_);
    return;
  } catch (const std::exception&) {
    // The session is gone, perhaps with others of the server's.
  }
  try {
    drop(*connect_pqxx(server_), name_, server_version_);
  } catch (const std::exception& error) {
    config::log_event(spdlog::level::warn, logger,
                      fmt::format("The scratch database {} could not be dropped ({}); the next run does it, or {}",
                                  name_, error.what(), drop_sql(name_, server_version_)));
  }
}

std::unique_ptr<Connection> ScratchDatabase::connect() const {
  return connect_pqxx(target_);
}

std::unique_ptr<Connection> ScratchDatabase::observer() const {
  auto connection = connect_pqxx(server_);
  connection->execute("SET default_transaction_read_only = on");
  return connection;
}

std::unique_ptr<ScratchDatabase> ScratchDatabase::copy() const {
  return std::unique_ptr<ScratchDatabase>(new ScratchDatabase(server_, traits_, name_));
}

}  // namespace support::alembic::safety

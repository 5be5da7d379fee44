#pragma once

#include <memory>
#include <string>

#include "app/alembic/env.hpp"
#include "app/alembic/runtime/connection.hpp"
#include "app/alembic/safety/scratch/database_traits.hpp"

namespace support::alembic::safety {

// An empty database for trying statements out, beside another one on its server or on a server for development, and
// dropped at the end of its life with whatever sessions are on it.
//
// Its name begins with support_agent_scratch_. As long as it is wanted, a session holds an advisory lock that its
// number names; the next one that is made sweeps up those without a holder, which a process that was killed left
// behind. Blocks; not thread-safe.
class ScratchDatabase {
 public:
  // On the server of `server`, which need not be the one that the traits are of. Throws CommandError: exit code 2 when
  // the role may not create databases, or the server can't make one like that (the sentence offers --dev-url), 3
  // without a connection.
  ScratchDatabase(ConnectionTarget server, DatabaseTraits traits);
  ~ScratchDatabase();
  ScratchDatabase(const ScratchDatabase&) = delete;
  ScratchDatabase& operator=(const ScratchDatabase&) = delete;

  const std::string& name() const { return name_; }
  const ConnectionTarget& target() const { return target_; }
  // A new session on it. Throws CommandError with exit code 3.
  std::unique_ptr<Connection> connect() const;
  // A new session on the same server that only reads, and not on this database: its snapshots hold nobody up here.
  // Throws CommandError with exit code 3.
  std::unique_ptr<Connection> observer() const;
  // Another one with all that is in this one, the identifiers of objects included. Nobody may be on this one meanwhile.
  // Throws CommandError as the constructor does.
  std::unique_ptr<ScratchDatabase> copy() const;

 private:
  ScratchDatabase(ConnectionTarget server, DatabaseTraits traits, const std::string& original);
  void create(const std::string& original);
  void apply_settings();

  ConnectionTarget server_;
  DatabaseTraits traits_;
  std::unique_ptr<Connection> keeper_;  // on server_, holds the lock
  int server_version_ = 0;
  std::string name_;
  ConnectionTarget target_;
};

// Drops what nobody holds any more, as far as the role may. How many it were.
std::size_t sweep_scratch_databases(Connection& connection);

}  // namespace support::alembic::safety

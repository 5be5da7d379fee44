#pragma once

#include <string>

#include "app/schema/quoting.hpp"

#include "tests/integration/alembic/database_session.hpp"

namespace support::tests {

// One database for many schemas, emptied between them: that is much quicker than a database for each.
class ReusedDatabase {
 public:
  ReusedDatabase() { session_->execute("SET client_min_messages TO error"); }

  alembic::Connection& connection() { return *session_; }
  const TestDatabase& database() const { return database_; }

  // Whatever a transaction left open is rolled back first.
  void clear() {
    session_->execute("ROLLBACK");
    std::string names;
    for (const auto& row : session_->query("SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> "
                                           "'information_schema'")) {
      names += (names.empty() ? "" : ", ") + schema::quote_identifier(row.at(0).value());
    }
    session_->execute((names.empty() ? "" : "DROP SCHEMA " + names + " CASCADE; ") +
                      std::string("CREATE SCHEMA public"));
  }

  // Several statements, as one transaction.
  void run(const std::string& script) { session_->execute(script); }

 private:
  TestDatabase database_;
  DatabaseSession session_{database_};
};

}  // namespace support::tests

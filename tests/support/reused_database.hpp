#pragma once

#include <memory>
#include <string>

#include "app/alembic/env.hpp"
#include "app/alembic/runtime/pqxx_connection.hpp"
#include "app/schema/quoting.hpp"

#include "tests/support/test_cluster.hpp"

namespace support::tests {

// One database for many schemas, with a connection of the migration engine, emptied between them: that is much quicker
// than a database for each.
class ReusedDatabase {
 public:
  ReusedDatabase() {
    const auto settings = config::Settings::load({.environment = {{"DATABASE_URL", database_.url_text()}}});
    connection_ = alembic::connect_pqxx(*alembic::make_environment(settings, alembic::Mode::online).target);
    connection_->execute("SET client_min_messages TO error");
  }

  alembic::Connection& connection() { return *connection_; }
  const TestDatabase& database() const { return database_; }

  // Whatever a transaction left open is rolled back first.
  void clear() {
    connection_->execute("ROLLBACK");
    std::string names;
    for (const auto& row : connection_->query("SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname "
                                              "<> 'information_schema'")) {
      names += (names.empty() ? "" : ", ") + schema::quote_identifier(row.at(0).value());
    }
    connection_->execute((names.empty() ? "" : "DROP SCHEMA " + names + " CASCADE; ") +
                         std::string("CREATE SCHEMA public"));
  }

  // Several statements, as one transaction.
  void run(const std::string& script) { connection_->execute(script); }

 private:
  TestDatabase database_;
  std::unique_ptr<alembic::Connection> connection_;
};

// A fixture whose tests share one.
template <class Test>
class WithReusedDatabase : public Test {
 protected:
  static void SetUpTestSuite() { database_ = new ReusedDatabase; }
  static void TearDownTestSuite() {
    delete database_;
    database_ = nullptr;
  }

  inline static ReusedDatabase* database_ = nullptr;
};

}  // namespace support::tests

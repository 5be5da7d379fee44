#pragma once

#include <cstdlib>
#include <functional>
#include <sstream>
#include <string>

#include "app/alembic/command/command.hpp"
#include "app/bridge/async_connection.hpp"

#include "tests/support/test_cluster.hpp"

namespace support::tests {

struct Outcome {
  int exit_code = -1;
  std::string printed;
};

// What the suite runs over, for `--driver`: SUPPORT_TEST_DRIVER=async asks for the runtime engine's driver.
inline std::string driver_name() {
  const char* name = std::getenv("SUPPORT_TEST_DRIVER");
  return name ? name : "libpqxx";
}

// Runs commands of the engine on a database, as the command line does.
class Engine {
 public:
  explicit Engine(const TestDatabase& database) : Engine(database.url_text()) {}
  explicit Engine(const std::string& url) {
    const auto settings = config::Settings::load({.environment = {{"DATABASE_URL", url}}});
    environment_ = alembic::make_environment(settings, alembic::Mode::online);
    if (driver_name() == "async") environment_.connect = bridge::async_connector(settings);
    environment_.lock_timeout = std::chrono::seconds(60);
    environment_.history_schema.clear();  // tests that want a record ask for it
  }

  using Command = std::function<void(alembic::command::Context&)>;
  Outcome run(const alembic::ScriptDirectory& scripts, const Command& command) const {
    std::ostringstream out;
    alembic::command::Context context{.scripts = scripts, .environment = environment_, .out = out, .sql = out};
    int exit_code = 0;
    try {
      command(context);
    } catch (const alembic::CommandError& error) {
      exit_code = static_cast<int>(alembic::command::report_failure(context, error));
    }
    return {exit_code, out.str()};
  }

  Outcome upgrade(const alembic::ScriptDirectory& scripts, const std::string& target = "head") const {
    return run(scripts, [&](auto& context) { alembic::command::upgrade(context, target); });
  }
  Outcome downgrade(const alembic::ScriptDirectory& scripts, const std::string& target) const {
    return run(scripts, [&](auto& context) { alembic::command::downgrade(context, target); });
  }
  Outcome current(const alembic::ScriptDirectory& scripts) const {
    return run(scripts, [&](auto& context) { alembic::command::current(context); });
  }

  alembic::Environment& environment() { return environment_; }

 private:
  alembic::Environment environment_;
};

// The rows of the version table; "no table" when it is not there.
inline std::vector<std::string> version_rows(const TestDatabase& database) {
  if (database.sql("SELECT to_regclass('alembic_version')").front().front().empty()) return {"no table"};
  std::vector<std::string> rows;
  for (const auto& row : database.sql("SELECT version_num FROM alembic_version ORDER BY 1")) rows.push_back(row.at(0));
  return rows;
}

inline bool has_table(const TestDatabase& database, const std::string& name) {
  return !database.sql("SELECT to_regclass('" + name + "')").front().front().empty();
}

}  // namespace support::tests

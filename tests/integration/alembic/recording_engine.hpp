#pragma once

#include <string>
#include <vector>

#include "app/alembic/safety/history/commands.hpp"
#include "app/alembic/safety/history/recorder.hpp"
#include "app/alembic/safety/history/snapshot.hpp"

#include "tests/integration/alembic/engine.hpp"

namespace support::tests {

namespace safety = alembic::safety;

inline const safety::Author author{.os_user = "deploy", .host = "host-1", .build = "1.0 abc"};

// The engine with a history, as the command line sets it up.
class RecordingEngine {
 public:
  explicit RecordingEngine(const TestDatabase& database, const std::string& version_table_schema = "")
      : RecordingEngine(database.url_text(), version_table_schema) {}
  explicit RecordingEngine(const std::string& url, const std::string& version_table_schema = "")
      : engine_(in_schema(Engine(url), version_table_schema)),
        recorder_(safety::history_table_of(engine_.environment()), author, nullptr) {
    engine_.environment().history = &recorder_;
  }

  Outcome upgrade(const alembic::ScriptDirectory& scripts, const std::string& target = "head") {
    return engine_.upgrade(scripts, target);
  }
  Outcome downgrade(const alembic::ScriptDirectory& scripts, const std::string& target) {
    return engine_.downgrade(scripts, target);
  }
  Outcome stamp(const alembic::ScriptDirectory& scripts, const alembic::RevisionIds& targets, bool purge = false) {
    return engine_.run(scripts, [&](auto& context) { alembic::command::stamp(context, targets, {.purge = purge}); });
  }
  Outcome verify(const alembic::ScriptDirectory& scripts, const safety::VerifyOptions& options = {}) {
    return engine_.run(scripts, [&](auto& context) { safety::verify(context, options); });
  }
  Outcome repair(const alembic::ScriptDirectory& scripts, const safety::RepairOptions& options) {
    return engine_.run(scripts, [&](auto& context) { safety::repair(context, options, author); });
  }
  Engine& engine() { return engine_; }

 private:
  static Engine in_schema(Engine engine, const std::string& version_table_schema) {
    engine.environment().version_table_schema = version_table_schema;
    engine.environment().history_schema = "alembic";
    return engine;
  }

  Engine engine_;
  safety::HistoryRecorder recorder_;
};

// "upgrade r1 done t {r1}"
inline std::vector<std::string> records(const TestDatabase& database) {
  std::vector<std::string> lines;
  if (!has_table(database, "alembic.history")) return {"no history"};
  for (const auto& row : database.sql("SELECT concat_ws(' ', direction, revision, outcome, applied, rows) FROM "
                                      "alembic.history ORDER BY position")) {
    lines.push_back(row.at(0));
  }
  return lines;
}

}  // namespace support::tests

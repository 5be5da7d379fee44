#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/alembic/safety/model/lock_mode.hpp"
#include "app/alembic/safety/model/schema_model.hpp"

namespace support::alembic::safety {

// A lock on a relation that others use, kept until the transaction ends.
struct HeldLock {
  RelationName relation;
  LockMode mode = LockMode::none;
  unsigned statement = 0;  // which statement of the run took it
  bool is_target = false;  // TableLock::is_target
};

// Whether the statements of a file are sent in one transaction by whoever runs it, or each on its own.
enum class Wrapping { statements, transaction };

// The connection that runs the statements: its settings, its transaction and what that holds. ROLLBACK takes the model
// back, too.
class Session {
 public:
  explicit Session(SchemaModel& model) : model_(model) {}

  // As a new connection.
  void reset();
  void begin_file(Wrapping wrapping, bool has_rollback);
  void end_file();
  // The runner commits its transaction, or begins the next one.
  void leave_transaction();
  void resume_transaction();

  // Follows BEGIN, COMMIT, SAVEPOINT …, SET, RESET, DISCARD and set_config(); anything else is ignored.
  void follow(const Node& statement);
  // A statement by itself is a transaction when none is open.
  void end_statement();

  bool in_transaction() const { return wrapping_ == Wrapping::transaction || is_open_; }
  bool is_wrapped() const { return wrapping_ == Wrapping::transaction; }
  // BEGIN was said and COMMIT was not.
  bool is_open() const { return is_open_; }
  unsigned transaction() const { return transaction_; }

  // A time-out in force; nothing when there is none.
  std::optional<std::chrono::milliseconds> timeout(const std::string& name) const;
  std::string setting(const std::string& name) const;

  const std::vector<HeldLock>& locks() const { return state_.locks; }
  void hold(HeldLock lock) { state_.locks.push_back(std::move(lock)); }

  struct EnumValue {
    std::string type;
    std::string value;
  };
  const std::vector<EnumValue>& new_enum_values() const { return state_.enum_values; }
  void add_enum_value(EnumValue value) { state_.enum_values.push_back(std::move(value)); }

  bool has_changed_schema() const { return state_.has_changed_schema; }
  void note_schema_change() { state_.has_changed_schema = true; }

 private:
  struct State {
    std::map<std::string, std::string> settings;
    std::map<std::string, std::string> local;  // SET LOCAL
    std::vector<HeldLock> locks;
    std::vector<EnumValue> enum_values;
    bool has_changed_schema = false;
  };
  struct Point {
    std::string name;  // "" for the beginning of the transaction
    State state;
    std::shared_ptr<SchemaModel> model;  // kept when the file has a ROLLBACK
  };

  void follow_transaction(const Node& statement);
  void follow_set(const Node& statement);
  void follow_select(const Node& statement);
  void set(const std::string& name, std::string value, bool is_local);
  void reset(const std::string& name);
  void mark(std::string name);
  void return_to(std::size_t point);
  void finish();
  void update_search_path();

  SchemaModel& model_;
  State state_;
  std::vector<Point> points_;
  Wrapping wrapping_ = Wrapping::statements;
  bool has_rollback_ = false;
  bool is_open_ = false;
  unsigned transaction_ = 1;
};

// "2s", "500ms", "1min", "2000": as PostgreSQL reads a time-out; nothing for what it does not take.
std::optional<std::chrono::milliseconds> parse_timeout(std::string_view text);

}  // namespace support::alembic::safety

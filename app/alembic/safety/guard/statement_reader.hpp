#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/alembic/safety/guard/lock_request.hpp"
#include "app/alembic/safety/model/schema_model.hpp"
#include "app/alembic/safety/syntax/parse_tree.hpp"

namespace support::alembic::safety {

// What a guard has to know of a statement before it runs.
struct ReadStatement {
  std::vector<LockRequest> requests;
  std::vector<RelationName> rewritten;  // tables that get new files, or may get them
  bool is_session = false;              // SET, SAVEPOINT …: it waits for nobody
  bool is_concurrent = false;           // CONCURRENTLY, VACUUM: it waits without being in the way of rows
  bool builds_index = false;            // concurrently: it waits for old snapshots, too
  bool is_private = false;              // it touches nothing but what the run has made
  bool sets_timeout = false;            // lock_timeout: the migration's author knows better
};

// Reads the statements of a run in their order, and remembers what they make. A statement that can't be parsed (the
// grammar is PostgreSQL 15's and what newer_syntax.hpp knows) is one of which nothing is known. Not thread-safe.
class StatementReader {
 public:
  // Valid until the next call.
  const ReadStatement& read(const std::string& sql);
  // The statement that was read last has been carried out.
  void carried_out();
  // Others can see, and lock, what the run has made so far.
  void share() { model_.next_epoch(); }
  void forget() { *this = {}; }

 private:
  void judge(const Node& node);

  SchemaModel model_ = in_new_epoch();
  std::string sql_;
  std::vector<ParseTree> trees_;  // the statement, and those that a DO block runs
  ReadStatement read_;

  static SchemaModel in_new_epoch();
};

}  // namespace support::alembic::safety

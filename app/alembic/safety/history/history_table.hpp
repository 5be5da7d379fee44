#pragma once

#include <span>
#include <string>
#include <vector>

#include "app/alembic/runtime/connection.hpp"
#include "app/alembic/runtime/version_table.hpp"
#include "app/alembic/safety/history/record.hpp"

namespace support::alembic::safety {

// What the session finds of the history, and what it may do with it.
struct HistoryState {
  bool exists = false;        // the table, in the shape that is ours
  bool is_guarded = false;    // its triggers are there and on
  std::string obstacle = {};  // why it can't be made, or read and written; empty: nothing is in the way
  std::int64_t now = 0;       // the server's clock, microseconds from 1970 in UTC
  std::string session_user = {};
  std::string role = {};           // as SET ROLE takes it
  std::string version_table = {};  // with its schema, for the records
};

// The table `history` and the statements about it. It holds a history for each version table, because those are
// migrated side by side, each under a lock of its own: a history is what `version_table` names in the questions below.
// What runs statements throws DatabaseError or ConnectionLost.
class HistoryTable {
 public:
  // `version_table` may stand in the same schema, nothing else.
  HistoryTable(std::string schema, const VersionTable& version_table);

  const std::string& schema() const { return schema_; }
  const std::string& name() const { return qualified_; }

  HistoryState state(Connection& connection) const;
  // Within a transaction, in a schema that is there and empty, or missing; another process that does so at the same
  // time is waited for, and then there is nothing to do.
  void create(Connection& connection) const;
  // Precondition: there is a record.
  std::string insert_sql(std::span<const Record> records) const;
  // The connection writes from here to the end of the transaction as `role`, whatever a migration has set.
  static std::string as_role_sql(const std::string& role);
  // Before as_role_sql() and after the records, for what goes on in the same transaction: as the role it had.
  static std::string keep_role_sql();
  static std::string back_to_role_sql();

  // All records, in order.
  std::vector<Record> read(Connection& connection, const std::string& version_table) const;
  // The last record of each revision that applied it or took it away, without its statements.
  std::vector<Record> read_latest(Connection& connection, const std::string& version_table) const;
  // The one at this position.
  Record read_one(Connection& connection, const std::string& version_table, std::int64_t position) const;
  // Position and links of the last one; the position is 0 when there is none.
  Record read_last(Connection& connection, const std::string& version_table) const;

 private:
  enum class Statements { leave, read };
  std::string select_sql(Statements statements, const std::string& version_table) const;
  std::vector<std::string> create_sql() const;

  std::string schema_;
  std::string qualified_;
  std::string version_table_;
  std::string version_table_schema_;
};

}  // namespace support::alembic::safety

#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "app/alembic/autogenerate/predicted_table.hpp"
#include "app/alembic/autogenerate/sql_cursor.hpp"
#include "app/alembic/autogenerate/statement_reach.hpp"

namespace support::alembic::autogenerate {

// The names that a table and its parts have among those of its schema, of relations and constraints, also that of the
// constraint that newer servers make of NOT NULL.
Texts names_of(const Table& table);

// What statements make of an empty database, told without running them, as far as that is certain: tables with columns
// of the server's own types, constants for defaults, keys, foreign keys, plain indexes and comments. A table is
// predicted when all is understood that may have a part in it: a statement that is not may do anything to the tables
// whose names, or those of whose parts, are among its words, and to no others (see Reach).
class TablePrediction {
 public:
  // `default_schema`: where unqualified names go. A new schema of one of the names in `search_path` would take its
  // place.
  TablePrediction(std::string default_schema, WordSet search_path);

  // The next statement; `number` is given back with the tables. The text has to outlive this.
  void add(std::string_view statement, std::size_t number);

  // Leaves out the tables that are to be run after all, and with them those that their statements speak of and those
  // that refer to them.
  void leave_out(const std::function<bool(const PredictedTable&)>& has_to_run);

  // None when nothing is certain.
  const std::map<QualifiedName, PredictedTable>& tables() const { return tables_; }

 private:
  bool understand(std::string_view statement, std::size_t number);
  void create_table(SqlCursor& cursor, std::size_t number);
  void create_index(SqlCursor& cursor, Index index, std::size_t number);
  void alter_table(SqlCursor& cursor, std::size_t number);
  static void alter_column(SqlCursor& cursor, PredictedTable& predicted);
  void comment(SqlCursor& cursor, std::size_t number);

  PredictionScope scope() const;
  // So that a statement that can't be understood after all leaves the table as it was. Throws NotPredictable when there
  // is none.
  PredictedTable copy_of(QualifiedName name) const;
  void keep(PredictedTable predicted, std::size_t number);
  bool is_mentioned(const PredictedTable& predicted) const;
  bool refers_to_others(const PredictedTable& predicted) const;
  void give_up();

  std::string default_schema_;
  WordSet search_path_;
  WordSet schemas_;  // that may be there, in lower case
  bool is_certain_ = true;
  std::map<QualifiedName, PredictedTable> tables_;
  std::set<QualifiedName> names_;                  // of all that was understood
  std::map<std::size_t, std::string_view> texts_;  // of it
  WordSet mentioned_;                              // by what was not
};

}  // namespace support::alembic::autogenerate

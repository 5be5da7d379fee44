#pragma once

#include <string>
#include <vector>

#include "app/alembic/safety/model/not_null.hpp"
#include "app/alembic/safety/model/schema_model.hpp"

namespace support::alembic::safety {

enum class Work {
  scan,     // all rows are read; indexes that are built, and rows that an UPDATE changes, included
  rewrite,  // the table gets new files
};
// "scan", "rewrite"
std::string_view work_name(Work work);

// What a statement does to all rows of a table, under whatever lock.
struct TableWork {
  // May be an index, which stands for its table. Without a name: every table of the schema, or of the database.
  RelationName relation;
  Work work = Work::scan;
  std::string why;             // a clause for people: "builds index ix"
  bool with_children = true;   // its partitions and those that inherit from it
  bool means_sources = false;  // a view that the model does not know: what it reads, not itself
};

struct StatementWork {
  std::vector<TableWork> tables;  // one entry a relation, with the greater work
  // Why it may do anything to any table, as a clause: "runs SQL that it puts together". Empty when that can't be.
  std::string unknown;

  bool empty() const { return tables.empty() && unknown.empty(); }
};

struct WorkOptions {
  unsigned server_version = 15;
  SessionZone zone = SessionZone::other;  // decides what timestamp → timestamptz costs
  Unseen unseen = Unseen::ignored;
};

// The work of a statement that has not run yet, from its text and what is known of the schema. Where a definition is
// not known, the worst that it could be. Rows picked by a key are no work: an UPDATE of the rows of a list or of a
// short range, a batch (`key IN (SELECT … LIMIT n)`).
StatementWork table_work(const Node& statement, const SchemaModel& model, const WorkOptions& options = {});

}  // namespace support::alembic::safety

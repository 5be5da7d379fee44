#pragma once

#include <string>

#include "app/alembic/safety/model/table_work.hpp"

namespace support::alembic::safety {

// Gathers the work of a statement; for the parts of table_work().
class WorkList {
 public:
  WorkList(const SchemaModel& model, const WorkOptions& options) : model(model), options(options) {}

  const SchemaModel& model;
  const WorkOptions& options;

  void scan(const RelationName& relation, std::string why, bool with_children = true) {
    add({.relation = relation, .work = Work::scan, .why = std::move(why), .with_children = with_children});
  }
  void rewrite(const RelationName& relation, std::string why, bool with_children = true) {
    add({.relation = relation, .work = Work::rewrite, .why = std::move(why), .with_children = with_children});
  }
  void add(TableWork work);
  void may_do_anything(std::string why) {
    if (work_.unknown.empty()) work_.unknown = std::move(why);
  }

  StatementWork take() { return std::move(work_); }

 private:
  StatementWork work_;
};

void alter_table_work(const Node& statement, WorkList& list);
// SELECT, INSERT, UPDATE, DELETE, MERGE, and what has one of them inside.
void data_work(const Node& statement, WorkList& list);

}  // namespace support::alembic::safety

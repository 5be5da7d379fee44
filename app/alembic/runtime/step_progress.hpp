#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "app/alembic/runtime/connection.hpp"

namespace support::alembic {

// How far steps that can't run in one transaction have come, kept in a table beside the version table, so that a run
// that was killed, or failed, between two of their statements is taken up where it stopped. The n-th statement that a
// step sends is its n-th wherever it runs; what a migration does through get_bind() is not counted.
//
// A statement that may run in a transaction is committed together with its row here, so there is no doubt about it. One
// that may not (CREATE INDEX CONCURRENTLY) is announced first: when its end is not known, the catalog tells.
//
// Of one run; not thread-safe.
class StepProgress {
 public:
  // `schema`: of the table; empty: nothing is kept. `version_table` tells several of a database apart.
  StepProgress(std::string schema, std::string version_table);

  bool is_on() const { return !schema_.empty(); }

  // What earlier runs have left. In a transaction or not.
  void read(Connection& connection);

  void begin_step(const std::string& revision, bool is_upgrade);
  // Of the next statement: whether an earlier run has carried it out. Then it counts as sent. Throws CommandError (exit
  // code 5) when the step no longer begins with the statements that were carried out, or when nobody can know whether
  // this one was.
  bool take_done(Connection& connection, const std::string& statement);
  // The next statement has been sent.
  void sent(const std::string& statement);
  // The body of the step has ended. Throws CommandError when earlier runs had come further than that.
  void end_body();

  bool has_sent() const { return stand_.statements > 0; }

  // Statements for the server, where is_on(). Before the first of them within a transaction: makes the table; false,
  // with a warning in the log, when the role may not.
  bool prepare(Connection& connection);
  // What was sent so far is done.
  std::string done_sql() const;
  // And so is `statement`, the next one.
  std::string done_sql(const std::string& statement) const;
  // `statement` is about to be sent, after what was done.
  std::string announce_sql(const std::string& statement) const;
  // The step is done, or was given up. Nothing to do for a step of which nothing is kept.
  std::optional<std::string> forget_sql();
  // The same of a step that is stamped.
  std::optional<std::string> forget_sql(const std::string& revision);
  // A row of the step may be there.
  void note_kept() { is_kept_ = true; }

 private:
  struct Stand {
    std::size_t statements = 0;
    std::string digest;  // of the statements, each with the digest before it
    std::string announced = {};
  };
  using Step = std::pair<std::string, bool>;  // revision, is_upgrade

  std::string record_sql(const Stand& stand) const;
  static Stand after(const Stand& stand, const std::string& statement);
  std::string table() const;
  std::string forget_sql(const Step& step) const;
  [[noreturn]] void refuse(const std::string& why) const;

  std::string schema_;
  std::string version_table_;
  bool has_table_ = false;
  bool may_not_ = false;  // make the table
  std::map<Step, Stand> earlier_;
  Step step_;
  std::optional<Stand> found_;  // of the step, by an earlier run
  Stand stand_;
  bool is_kept_ = false;
};

}  // namespace support::alembic

#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/alembic/errors.hpp"
#include "app/alembic/safety/scratch/scratch_database.hpp"
#include "app/alembic/safety/trace/lock_sampler.hpp"
#include "app/alembic/safety/trace/relation_catalog.hpp"

namespace support::alembic::safety {

// The server refused a statement on the scratch database (exit code 4).
class TraceFailure : public CommandError {
 public:
  TraceFailure(const std::string& message, std::string sqlstate)
      : CommandError(message, ExitCode::rolled_back), sqlstate_(std::move(sqlstate)) {}

  // Whether it is values that it refused, and not the statement.
  bool is_about_rows() const { return sqlstate_.starts_with("22") || sqlstate_.starts_with("23"); }

 private:
  std::string sqlstate_;
};

// Runs statements on a scratch database and looks after each one what it locked, wrote anew and read. Blocks; not
// thread-safe. What runs a statement throws TraceFailure when the server refuses it, naming the place, the statement
// and the SQLSTATE.
class Tracer {
 public:
  explicit Tracer(ScratchDatabase& scratch);

  // A transaction that several statements share.
  void begin();
  void commit();
  bool is_in_transaction() const { return is_shared_; }

  // One statement: within the transaction, or by itself when none is open.
  void run(const std::string& sql, const StatementSource& source);
  // COPY … FROM stdin with its rows.
  void copy(const std::string& sql, std::string_view rows, const StatementSource& source);
  // Within the transaction, or alone: with what it answers.
  std::vector<Bind::Row> query(const std::string& sql, const StatementSource& source);

  // What the statement may be that the server refused in a transaction with others: it is undone, and what was before
  // it is committed.
  enum class Refusal { fails, leaves_transaction };
  void on_refusal(Refusal refusal) { on_refusal_ = refusal; }

  // Statements that only lead to where the others begin are run and not looked at.
  enum class Looking { on, off };
  void looking(Looking looking) { looking_ = looking; }

  Connection& connection() { return *connection_; }
  const std::vector<StatementTrace>& traces() const { return traces_; }
  std::vector<StatementTrace> take() { return std::move(traces_); }

 private:
  using Work = std::function<void()>;

  void trace(const std::string& sql, const StatementSource& source, const Work& work);
  void run_alone(const std::string& sql, const StatementSource& source, const Work& work);
  void run_in_transaction(const std::string& sql, const StatementSource& source, Execution execution, const Work& work);
  void run_sampled(const std::string& sql, const StatementSource& source);
  SeenLocks sample(ScratchDatabase& where, const std::string& sql);
  void leave_transaction();
  void open_transaction();
  void close_transaction(std::string_view end);
  void look(StatementTrace& trace);
  void connect();
  void remember_setting(const std::string& sql);
  RelationCatalog reported_relations();
  [[noreturn]] void fail(const std::string& sql, const StatementSource& source, const DatabaseError& error);

  ScratchDatabase& scratch_;
  std::unique_ptr<Connection> connection_;
  bool is_shared_ = false;  // a transaction of several statements is open
  Looking looking_ = Looking::on;
  Refusal on_refusal_ = Refusal::fails;
  RelationCatalog existing_;  // at the beginning of the transaction
  RelationCatalog before_;    // the present statement
  std::map<std::pair<Oid, LockMode>, std::size_t> since_;
  std::vector<Work> done_;             // of the transaction, should it have to be repeated
  std::vector<std::string> settings_;  // of the session, should it have to be repeated
  std::vector<StatementTrace> traces_;
};

}  // namespace support::alembic::safety

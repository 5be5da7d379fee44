#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/alembic/operations/source_line.hpp"
#include "app/alembic/runtime/connection.hpp"
#include "app/alembic/runtime/run_guard.hpp"
#include "app/alembic/runtime/step_progress.hpp"
#include "app/alembic/runtime/transaction.hpp"
#include "app/alembic/script/revision.hpp"

namespace support::alembic {

// How the statements of a migration reach the server within the run's transaction. Outside of it, each goes by itself.
enum class Sending {
  one_by_one,  // each is carried out when the call returns
  together,    // as a message with those that follow, up to the row of the version table: for a migration that is
               // nothing but its statements, so that nobody looks at the database between them
};

// The connection of a run, its transaction, and the statements of the step that it is at: it lets through what may run,
// sends it, counts it, and knows which statement failed. What sends throws DatabaseError or ConnectionLost; a statement
// that may not run, std::runtime_error or std::invalid_argument. Not thread-safe.
class RunSession {
 public:
  enum class Echo { off, on };  // each statement is logged before it runs, and so goes by itself

  // `guard` may be null, and outlives the session.
  RunSession(std::unique_ptr<Connection> connection, Echo echo, StepProgress progress, RunGuard* guard);
  ~RunSession();

  Connection& connection() { return *connection_; }
  // The database as a migration gets it: one statement at a time, which counts like any other of the step.
  Bind& bind();

  void begin() { transaction_.emplace(*connection_); }
  // `last` goes to the server in one message with the COMMIT. Precondition: begun, and nothing waits.
  void commit(std::vector<std::string> last = {});
  // Whether or not one is open.
  void roll_back();
  bool is_in_transaction() const { return transaction_.has_value(); }

  void begin_step(Sending sending);
  // Of an operation, as it is rendered.
  void run(const std::string& statement, const SourceLine& at);
  // One or more statements, COPY … FROM stdin with its rows among them. A statement that no transaction allows is run
  // by `outside`, which leaves the transaction for as long as its argument runs.
  using Outside = std::function<void(const std::function<void()>& run)>;
  void run_sql(const std::string& sql, const SourceLine& at, const Outside& outside);
  void copy(const std::string& statement, std::string_view rows, const SourceLine& at);
  // Sends what waits for its successors.
  void send_waiting();
  // Nothing waits any longer than for the row. Throws when the script has left a transaction of its own open.
  void end_of_body();
  // The same within the body, where it goes back into the run's transaction.
  void end_of_block();
  // A statement about the version table, together with what waits; how many rows it touched.
  std::size_t write_row(const std::string& sql);

  StepProgress& progress() { return progress_; }
  // Before statements of the step take effect for good: keeps how far it has come, in the transaction that is open or
  // in one of its own.
  void keep_progress();
  // Within the transaction that writes the rows of the step: there is nothing to take up any more.
  void forget_progress();
  void forget_progress(const RevisionIds& stamped);
  bool keeps_progress() const { return keeps_progress_; }

  // Statements of the step that a rollback takes back, and those that have taken effect for good.
  std::size_t in_transaction() const { return in_transaction_; }
  std::size_t kept() const { return kept_; }
  // The transaction of the former is committed.
  void keep_statements();

  // What the server said of the statement that failed, the place in the script, and what was left behind. `path` is the
  // script's; empty for a step without one.
  std::string explain(const DatabaseError& error, std::string_view path);
  // The statement during which the connection was lost, when nobody can tell whether it took effect; else empty.
  std::string doubtful_statement() const { return transaction_ ? std::string() : current_.statement; }

 private:
  class StepBind;
  struct Place {
    SourceLine at;
    unsigned first_line = 1;  // within the SQL of the operation
  };
  // What is being executed, for the message when it fails.
  struct Current {
    Place place;
    std::string statement;
  };

  void run(const std::string& statement, const Place& place);
  void copy(const std::string& statement, std::string_view rows, const Place& place);
  bool may_wait(const std::string& statement) const;
  // Through the guard, when there is one.
  enum class Counted { yes, no };
  void carry_out(const std::string& statement, const std::function<void()>& send, Counted counted);
  void send_outside(const std::string& statement, const std::function<void()>& send);
  bool send_with_record(const std::string& statement, const std::function<void()>& send);
  void send_announced(const std::string& statement, const std::function<void()>& send);
  // Whether an earlier run has carried it out.
  bool take_done(const std::string& statement);
  void admit(const std::string& statement);
  std::size_t send();
  void count(std::size_t statements) { (transaction_ ? in_transaction_ : kept_) += statements; }

  std::unique_ptr<Connection> connection_;
  std::unique_ptr<Bind> bind_;
  Echo echo_;
  StepProgress progress_;
  RunGuard* guard_;
  bool keeps_progress_ = false;  // of this step
  std::optional<Transaction> transaction_;
  Sending sending_ = Sending::one_by_one;
  bool has_own_transaction_ = false;  // a script that runs outside has begun one itself
  std::vector<std::string> waiting_;
  std::vector<Place> places_;  // of those that wait
  std::size_t waiting_size_ = 0;
  std::size_t in_transaction_ = 0;
  std::size_t kept_ = 0;
  Current current_;
};

}  // namespace support::alembic

#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include <boost/circular_buffer.hpp>

#include "app/database/shared_statement.hpp"

namespace support::database {

// What was sent on a connection in pipeline mode and is not answered yet, in the order of the answers. Pure
// bookkeeping.
class PipelineLedger {
 public:
  using Ticket = std::uint64_t;
  enum class Step : std::uint8_t { prepare, execute, deallocate, sync };
  struct Entry {
    Step step = Step::sync;
    // Who waits for the answer; null: nobody, or nobody any more. The Sync of a write is waited for, too: only then is
    // it committed.
    SharedStatement* statement = nullptr;
    std::string name;  // what is prepared or deallocated
  };

  Ticket push(Entry entry);
  // Preconditions: not empty.
  Entry& head() { return entries_.front(); }
  void pop();
  bool empty() const { return entries_.empty(); }
  std::size_t size() const { return entries_.size(); }
  // Unanswered executions and Syncs.
  std::size_t executions() const { return executions_; }
  std::size_t batches() const { return batches_; }

  // The statement's own answers will come and find nobody. Precondition: statement.ticket is that of its execution.
  void abandon(const SharedStatement& statement);
  // The first execution that is unanswered; null when there is none.
  const Entry* running() const;
  // Appends to `out` the reads that wait behind the running one, have not been moved before, and abandons them here.
  void move_followers(StatementList& out);
  // Calls `visit(SharedStatement&)` once for everyone who waits.
  template <class Visit>
  void for_each_waiting(Visit visit) {
    for (Entry& entry : entries_) {
      if (entry.statement && entry.step == Step::execute) visit(*entry.statement);
      // The execution of a write may be answered already.
      if (entry.statement && entry.step == Step::sync && entry.statement->ticket < first_) visit(*entry.statement);
    }
  }
  void clear();

 private:
  boost::circular_buffer<Entry> entries_{64};
  Ticket first_ = 0;  // of entries_.front()
  std::size_t executions_ = 0;
  std::size_t batches_ = 0;
};

}  // namespace support::database

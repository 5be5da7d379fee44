#include "app/database/pipeline_ledger.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace support::database {

PipelineLedger::Ticket PipelineLedger::push(Entry entry) {
  if (entries_.full()) entries_.set_capacity(entries_.capacity() * 2);
  executions_ += entry.step == Step::execute ? 1U : 0U;
  batches_ += entry.step == Step::sync ? 1U : 0U;
  entries_.push_back(std::move(entry));
  return first_ + entries_.size() - 1;
}

void PipelineLedger::pop() {
  assert(!entries_.empty());
  executions_ -= head().step == Step::execute ? 1U : 0U;
  batches_ -= head().step == Step::sync ? 1U : 0U;
  entries_.pop_front();
  ++first_;
}

void PipelineLedger::abandon(const SharedStatement& statement) {
  // Its execution, the preparation right before it, the Sync right after it.
  for (Ticket ticket = std::max(first_, statement.ticket == 0 ? 0 : statement.ticket - 1);
       ticket <= statement.ticket + 1 && ticket - first_ < entries_.size(); ++ticket) {
    Entry& entry = entries_[ticket - first_];
    if (entry.statement == &statement) entry.statement = nullptr;
  }
}

const PipelineLedger::Entry* PipelineLedger::running() const {
  const auto found =
      std::find_if(entries_.begin(), entries_.end(), [](const Entry& entry) { return entry.step == Step::execute; });
  return found == entries_.end() ? nullptr : &*found;
}

void PipelineLedger::move_followers(StatementList& out) {
  bool is_behind = false;
  for (Entry& entry : entries_) {
    if (entry.step != Step::execute) continue;
    SharedStatement* const statement = entry.statement;
    if (is_behind && statement && statement->kind == StatementKind::read && !statement->was_moved) {
      abandon(*statement);
      statement->was_moved = true;
      out.push_back(*statement);
    }
    is_behind = true;
  }
}

void PipelineLedger::clear() {
  first_ += entries_.size();
  entries_.clear();
  executions_ = 0;
  batches_ = 0;
}

}  // namespace support::database

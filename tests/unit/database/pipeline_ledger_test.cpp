// The accounting of a pipeline, and what becomes of a statement after an answer.

#include "app/database/pipeline_ledger.hpp"

#include <gmock/gmock.h>

namespace support::database {
namespace {

using Step = PipelineLedger::Step;

struct Statement : SharedStatement {
  explicit Statement(StatementKind kind = StatementKind::read) : SharedStatement(kind, "select 1", none, {}) {}
  static inline const Params none;
};

void execute(PipelineLedger& ledger, SharedStatement& statement) {
  statement.ticket = ledger.push({Step::execute, &statement, {}});
}

std::vector<SharedStatement*> waiting(PipelineLedger& ledger) {
  std::vector<SharedStatement*> all;
  ledger.for_each_waiting([&](SharedStatement& statement) { all.push_back(&statement); });
  return all;
}

TEST(PipelineLedgerTest, AnswersComeInTheOrderOfTheStatements) {
  PipelineLedger ledger;
  Statement a;
  Statement b;
  execute(ledger, a);
  execute(ledger, b);
  ledger.push({Step::sync, nullptr, {}});
  EXPECT_EQ(ledger.executions(), 2U);
  EXPECT_EQ(ledger.batches(), 1U);
  EXPECT_EQ(ledger.head().statement, &a);
  ledger.pop();
  EXPECT_EQ(ledger.head().statement, &b);
  ledger.pop();
  EXPECT_EQ(ledger.head().step, Step::sync);
  EXPECT_EQ(ledger.executions(), 0U);
  ledger.pop();
  EXPECT_TRUE(ledger.empty());
  EXPECT_EQ(ledger.batches(), 0U);
}

TEST(PipelineLedgerTest, AnAbandonedStatementIsStillAnsweredAndNobodyWaits) {
  PipelineLedger ledger;
  Statement before;
  Statement gone;
  Statement after;
  execute(ledger, before);
  ledger.push({Step::prepare, &gone, "s_1"});
  execute(ledger, gone);
  execute(ledger, after);
  ledger.abandon(gone);
  EXPECT_THAT(waiting(ledger), testing::ElementsAre(&before, &after));
  EXPECT_EQ(ledger.executions(), 3U);
  ledger.pop();
  EXPECT_EQ(ledger.head().step, Step::prepare);
  EXPECT_EQ(ledger.head().statement, nullptr);
  EXPECT_EQ(ledger.running()->statement, nullptr);
}

TEST(PipelineLedgerTest, AbandoningWhatIsAnsweredAlreadyTouchesNobodyElse) {
  PipelineLedger ledger;
  Statement answered;
  Statement next;
  execute(ledger, answered);
  execute(ledger, next);
  ledger.pop();
  ledger.abandon(answered);
  EXPECT_THAT(waiting(ledger), testing::ElementsAre(&next));
}

TEST(PipelineLedgerTest, AWriteIsWaitedForUntilItsSync) {
  PipelineLedger ledger;
  Statement write(StatementKind::write);
  execute(ledger, write);
  ledger.push({Step::sync, &write, {}});
  EXPECT_THAT(waiting(ledger), testing::ElementsAre(&write));
  ledger.pop();
  EXPECT_THAT(waiting(ledger), testing::ElementsAre(&write));
  ledger.abandon(write);
  EXPECT_THAT(waiting(ledger), testing::IsEmpty());
}

TEST(PipelineLedgerTest, OnlyReadsBehindTheRunningOneMoveAndOnlyOnce) {
  PipelineLedger ledger;
  Statement running;
  Statement read;
  Statement write(StatementKind::write);
  Statement moved;
  moved.was_moved = true;
  for (SharedStatement* statement : {&running, &read, &write, &moved}) execute(ledger, *statement);
  StatementList out;
  ledger.move_followers(out);
  ASSERT_EQ(out.size(), 1U);
  EXPECT_EQ(&out.front(), &read);
  EXPECT_TRUE(read.was_moved);
  EXPECT_THAT(waiting(ledger), testing::ElementsAre(&running, &write, &moved));
  out.clear();
}

TEST(PipelineLedgerTest, GrowsWithoutForgettingAnybody) {
  PipelineLedger ledger;
  std::vector<Statement> statements(1000);
  for (int i = 0; i < 10; ++i) {
    execute(ledger, statements[0]);
    ledger.pop();
  }
  for (Statement& statement : statements) execute(ledger, statement);
  ledger.abandon(statements[500]);
  EXPECT_EQ(waiting(ledger).size(), 999U);
  for (std::size_t i = 0; i < statements.size(); ++i) {
    EXPECT_EQ(ledger.head().statement, i == 500 ? nullptr : &statements[i]);
    ledger.pop();
  }
}

TEST(SharedStatementTest, WhatTheServerDidIsDelivered) {
  Statement statement;
  EXPECT_EQ(judge(statement, Answer::success, true), Verdict::deliver);
  EXPECT_EQ(judge(statement, Answer::failure, true), Verdict::deliver);
}

TEST(SharedStatementTest, WhatWasSkippedRunsAgainAlone) {
  Statement statement;
  EXPECT_EQ(judge(statement, Answer::aborted, false), Verdict::run_again);
  EXPECT_TRUE(statement.alone);
}

TEST(SharedStatementTest, AStalePlanIsMendedTwiceAndThenTold) {
  Statement statement;
  EXPECT_EQ(judge(statement, Answer::stale, false), Verdict::run_again);
  EXPECT_EQ(judge(statement, Answer::stale, false), Verdict::run_again);
  EXPECT_EQ(judge(statement, Answer::stale, false), Verdict::deliver);
}

TEST(SharedStatementTest, OnlyOurOwnCancellationIsForgivenAndNotForEver) {
  Statement statement;
  EXPECT_EQ(judge(statement, Answer::cancelled, false), Verdict::deliver);
  EXPECT_EQ(judge(statement, Answer::cancelled, true), Verdict::run_again);
  EXPECT_EQ(judge(statement, Answer::cancelled, true), Verdict::run_again);
  EXPECT_EQ(judge(statement, Answer::cancelled, true), Verdict::run_again);
  EXPECT_EQ(judge(statement, Answer::cancelled, true), Verdict::deliver);
}

}  // namespace
}  // namespace support::database

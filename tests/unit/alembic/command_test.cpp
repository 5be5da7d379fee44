// The commands that need no database, on graphs made here.
#include "app/alembic/command/command.hpp"

#include <sstream>

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/schema/metadata.hpp"

#include "tests/support/migration_scripts.hpp"

namespace support::alembic::command {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

// Two branches over one base; the left one has a message of several lines.
ScriptDirectory branches_directory() {
  return ScriptDirectory(
      {tests::make_script({.revision = "aaaa00000001"}, "root"),
       tests::make_script({.revision = "bbbb00000001", .down_revisions = {"aaaa00000001"}, .branch_labels = {"left"}},
                          "left 1"),
       tests::make_script({.revision = "cccc00000001", .down_revisions = {"aaaa00000001"}, .branch_labels = {"right"}},
                          "right 1"),
       tests::make_script({.revision = "dddd00000001", .depends_on = {"left"}}, "plugin")});
}

class OfflineCommands : public testing::Test {
 protected:
  Context context(const ScriptDirectory& scripts, OutputFormat format = OutputFormat::text) {
    return {.scripts = scripts, .environment = environment_, .out = out_, .sql = sql_, .format = format};
  }

  Environment environment_{.run = {.mode = Mode::offline}};
  std::ostringstream out_;
  std::ostringstream sql_;
  ScriptDirectory scripts_ = branches_directory();
};

TEST_F(OfflineCommands, AScriptThatCanNotBeFinishedIsNotBegun) {
  auto second = tests::make_script({.revision = "bbbb00000001", .down_revisions = {"aaaa00000001"}}, "left 1");
  second.upgrade = [](Operations& op) {
    op.autocommit_block([&] { op.execute("VACUUM"); });
    (void)op.get_bind();
  };
  const ScriptDirectory scripts({tests::make_script({.revision = "aaaa00000001"}, "root"), second});
  for (const auto mode : {TransactionMode::per_run, TransactionMode::per_migration, TransactionMode::none}) {
    environment_.transaction_mode = mode;
    sql_.str("");
    auto c = context(scripts);
    EXPECT_THAT([&] { upgrade(c, "head"); },
                ThrowsMessage<CommandError>(HasSubstr("Revision bbbb00000001 can't be written as SQL: it asks")));
    EXPECT_EQ(sql_.str(), mode == TransactionMode::per_run ? "BEGIN;\n\n" : "");
  }
}

TEST_F(OfflineCommands, AScriptMayNotEndTheTransactionOfTheRun) {
  auto first = tests::make_script({.revision = "aaaa00000001"}, "root", {{"SELECT 1; COMMIT"}, {}});
  const ScriptDirectory scripts({first});
  auto c = context(scripts);
  EXPECT_THAT([&] { upgrade(c, "head"); }, ThrowsMessage<CommandError>(HasSubstr("COMMIT would end or begin")));
}

TEST_F(OfflineCommands, AConcurrentStatementStandsOutsideOfTheTransaction) {
  auto first = tests::make_script({.revision = "aaaa00000001"}, "root",
                                  {{"CREATE TABLE t (a integer); CREATE INDEX CONCURRENTLY i ON t (a); SELECT 1"}, {}});
  const ScriptDirectory scripts({first});
  auto c = context(scripts);
  upgrade(c, "head");
  EXPECT_THAT(sql_.str(), HasSubstr("CREATE TABLE t (a integer);\n\nCOMMIT;\n\nCREATE INDEX CONCURRENTLY i ON t "
                                    "(a);\n\nBEGIN;\n\nSELECT 1;\n\n"));
}

// psql takes a semicolon alone, behind rows of COPY, for the beginning of more rows.
TEST_F(OfflineCommands, NoEmptyStatementFollowsRowsOfCopy) {
  auto first = tests::make_script({.revision = "aaaa00000001"}, "root",
                                  {{"COPY t (a) FROM stdin;\n1\n\\.\n-- the end", "SELECT 2"}, {}});
  const ScriptDirectory scripts({first});
  auto c = context(scripts);
  upgrade(c, "head");
  EXPECT_THAT(sql_.str(), HasSubstr("COPY t (a) FROM stdin;\n1\n\\.\n\nSELECT 2;\n\n"));
}

TEST_F(OfflineCommands, WhatAMigrationLeavesUnnamedIsNamedByTheConventionOfTheMetadata) {
  auto first = tests::make_script({.revision = "aaaa00000001"}, "root");
  first.upgrade = [](Operations& op) {
    op.create_unique_constraint(std::nullopt, "t", {"a"});
    op.create_unique_constraint("mine", "t", {"b"});
  };
  const ScriptDirectory scripts({first});
  schema::MetaData metadata;
  metadata.naming_convention.uq = "uq_%(table_name)s_%(column_0_name)s";
  environment_.target_metadata = &metadata;
  auto c = context(scripts);
  upgrade(c, "head");
  EXPECT_THAT(sql_.str(), testing::AllOf(HasSubstr("ADD CONSTRAINT uq_t_a UNIQUE (a)"),
                                         HasSubstr("ADD CONSTRAINT mine UNIQUE (b)")));
}

TEST_F(OfflineCommands, HistoryListsChildrenFirst) {
  auto c = context(scripts_);
  history(c);
  EXPECT_EQ(out_.str(),
            "aaaa00000001 -> cccc00000001 (right) (head), right 1\n"
            "<base> (left) -> dddd00000001 (head), plugin\n"
            "aaaa00000001 -> bbbb00000001 (left) (effective head), left 1\n"
            "<base> -> aaaa00000001 (branchpoint), root\n");
}

TEST_F(OfflineCommands, HistoryTakesARangeWithOneColonOnly) {
  auto c = context(scripts_);
  for (const auto* range : {"aaaa00000001", "a:b:c", ""}) {
    EXPECT_THAT([&] { history(c, {.range = range}); },
                ThrowsMessage<CommandError>("History range requires [start]:[end], [start]:, or :[end]"));
  }
  history(c, {.range = "left@base:left@head"});
  EXPECT_EQ(out_.str(),
            "aaaa00000001 -> bbbb00000001 (left) (effective head), left 1\n"
            "<base> -> aaaa00000001 (branchpoint), root\n");
}

TEST_F(OfflineCommands, HistoryReadsTheDatabaseOnlyWhenItsArgumentsNameIt) {
  EXPECT_FALSE(needs_database(HistoryOptions{}));
  EXPECT_FALSE(needs_database(HistoryOptions{.range = "a:b"}));
  EXPECT_FALSE(needs_database(HistoryOptions{.range = "currently:b"}));
  EXPECT_TRUE(needs_database(HistoryOptions{.indicate_current = true}));
  EXPECT_TRUE(needs_database(HistoryOptions{.range = "current:"}));
  EXPECT_TRUE(needs_database(HistoryOptions{.range = "-2:current"}));
}

TEST_F(OfflineCommands, HeadsListsVersionedHeadsOrRealOnes) {
  auto c = context(scripts_);
  heads(c);
  EXPECT_EQ(out_.str(), "bbbb00000001 (left) (effective head)\ncccc00000001 (right) (head)\ndddd00000001 (head)\n");
  out_.str("");
  heads(c, {.resolve_dependencies = true});
  EXPECT_EQ(out_.str(), "cccc00000001 (right) (head)\ndddd00000001 (head)\n");
}

TEST_F(OfflineCommands, BranchesIndentsTheChildrenUnderTheirBranchPoint) {
  auto c = context(scripts_);
  branches(c, {});
  EXPECT_EQ(out_.str(),
            "aaaa00000001 (branchpoint)\n"
            "             -> bbbb00000001 (left) (effective head)\n"
            "             -> cccc00000001 (right) (head)\n\n");
}

TEST_F(OfflineCommands, ShowPrintsTheWholeEntry) {
  auto c = context(scripts_);
  show(c, "dddd");
  EXPECT_EQ(out_.str(),
            "Rev: dddd00000001 (head)\n"
            "Parent: <base>\n"
            "Also depends on: left\n"
            "Path: versions/dddd00000001.cpp\n"
            "\n"
            "    plugin\n"
            "    \n"
            "    Revision ID: dddd00000001\n"
            "    Revises: \n"
            "    Create Date: 2026-01-18 03:38:38\n"
            "\n");
  EXPECT_THAT([&] { show(c, "zzzz"); }, ThrowsMessage<CommandError>("Can't locate revision identified by 'zzzz'"));
  EXPECT_FALSE(c.has_run_environment);
}

TEST_F(OfflineCommands, JsonIsOneDocumentALine) {
  auto c = context(scripts_, OutputFormat::json);
  heads(c);
  const auto document = boost::json::parse(out_.str());
  const auto& first = document.at("heads").at(0);
  EXPECT_EQ(first.at("revision"), "bbbb00000001");
  EXPECT_EQ(first.at("effective_head"), true);
  EXPECT_EQ(first.at("create_date"), "2026-01-18 03:38:38");
  EXPECT_FALSE(first.as_object().contains("current"));
}

TEST_F(OfflineCommands, AFailureIsALineOrAJsonDocumentWithTheExitCode) {
  const CommandError error("no such thing", ExitCode::refused);
  EXPECT_EQ(report_failure(context(scripts_), error), ExitCode::refused);
  EXPECT_EQ(out_.str(), "FAILED: no such thing\n");
  out_.str("");
  report_failure(context(scripts_, OutputFormat::json), error);
  const auto document = boost::json::parse(out_.str());
  EXPECT_EQ(document.at("error").at("message"), "no such thing");
  EXPECT_EQ(document.at("error").at("exit_code"), 5);
}

TEST_F(OfflineCommands, OfflineRangesAreChecked) {
  auto c = context(scripts_);
  EXPECT_THAT([&] { downgrade(c, "base"); },
              ThrowsMessage<CommandError>("downgrade with --sql requires <fromrev>:<torev>"));
  EXPECT_THAT([&] { upgrade(c, "a:b:c"); }, ThrowsMessage<CommandError>(HasSubstr("more than two ends")));
  EXPECT_THAT(
      [&] {
        stamp(c, {"aaaa00000001:left", "base:right"});
      },
      ThrowsMessage<CommandError>("Stamp operation with --sql only supports a single starting revision at a time"));
  EXPECT_EQ(sql_.str(), "");
}

TEST_F(OfflineCommands, OnlineARangeIsRefusedBeforeAnythingIsTouched) {
  environment_.run.mode = Mode::online;
  auto c = context(scripts_);
  EXPECT_THAT([&] { upgrade(c, "a:b"); }, ThrowsMessage<CommandError>("Range revision not allowed"));
  EXPECT_THAT([&] { downgrade(c, "a:b"); }, ThrowsMessage<CommandError>("Range revision not allowed"));
  EXPECT_FALSE(c.has_run_environment);
}

TEST_F(OfflineCommands, AnErrorLeavesTheScriptInsideAnOpenTransaction) {
  auto c = context(scripts_);
  EXPECT_THAT([&] { upgrade(c, "zzzz"); }, ThrowsMessage<CommandError>("Can't locate revision identified by 'zzzz'"));
  EXPECT_EQ(sql_.str(), "BEGIN;\n\n");
  EXPECT_TRUE(c.has_run_environment);
  sql_.str("");
  EXPECT_THAT([&] { stamp(c, {"heads"}, {.purge = true}); },
              ThrowsMessage<CommandError>("Can't use --purge with --sql mode"));
  EXPECT_EQ(sql_.str(), "BEGIN;\n\n");
}

TEST_F(OfflineCommands, AStartThatStandsForNothingIsASentence) {
  const ScriptDirectory empty({});
  auto c = context(empty);
  EXPECT_THAT([&] { downgrade(c, "head:base"); },
              ThrowsMessage<CommandError>("Can't start from 'head': it stands for no revision here"));
}

}  // namespace
}  // namespace support::alembic::command

// Reads that may be a bounded time old: who answers them, and what is seen there.
#include "read_split_fixture.hpp"

namespace support::database::tests {
namespace {

// Answered at once by a primary, and not for half a minute by a standby.
constexpr std::string_view slow_on_standby =
    "select case when pg_is_in_recovery() then pg_sleep(30)::text end, inet_server_port() as port";

TEST_F(ReadSplitTest, ReadsGoToTheStandbyAndEverythingElseToThePrimary) {
  const Standby standby(primary_);
  watch({primary_.tcp_port(), standby.tcp_port()}, 5s);
  // Before anything is known.
  EXPECT_EQ(answered_by(), primary_.tcp_port());
  EXPECT_EQ(client_->counts().no_standby.value(), 1U);
  loop_.run_until([&] { return is_within_bound(1); });
  EXPECT_FALSE(is_within_bound(0));
  EXPECT_EQ(answered_by(), standby.tcp_port());
  EXPECT_GE(client_->counts().standby.value(), 1U);
  const auto current = loop_.run([&] { return client_->read_current("select inet_server_port()"); });
  EXPECT_EQ(current.value().single<std::int32_t>().value(), primary_.tcp_port());
  // An idle primary makes no standby late.
  pass(6s);
  EXPECT_EQ(answered_by(), standby.tcp_port());
  // A write goes through, and its reader sees it wherever it is sent.
  for (std::int32_t n = 1; n <= 50; ++n) {
    write(n);
    ASSERT_EQ(count(), n);
  }
  read_until_answered_by(standby.tcp_port());
  EXPECT_EQ(client_->counts().standby_failed.value(), 0U);
}

TEST_F(ReadSplitTest, AWriteIsSeenWhileReplayStandsStill) {
  const Standby standby(primary_);
  watch({primary_.tcp_port(), standby.tcp_port()}, 60s);
  loop_.run_until([&] { return is_within_bound(1); });
  read_until_answered_by(standby.tcp_port());
  standby.sql("select pg_wal_replay_pause()");
  for (std::int32_t n = 1; n <= 20; ++n) {
    write(n);
    ASSERT_EQ(count(), n);
    ASSERT_EQ(answered_by(), primary_.tcp_port());
  }
  EXPECT_GE(client_->counts().after_write.value(), 40U);
  EXPECT_TRUE(is_within_bound(1)) << "the bound alone would have let the reads go there";
  standby.sql("select pg_wal_replay_resume()");
  read_until_answered_by(standby.tcp_port());
  EXPECT_EQ(count(), 20);
}

TEST_F(ReadSplitTest, AStandbyBeyondTheBoundIsLeftAndComesBack) {
  const Standby standby(primary_);
  watch({primary_.tcp_port(), standby.tcp_port()}, 1s);
  read_until_answered_by(standby.tcp_port());
  standby.sql("select pg_wal_replay_pause()");
  primary_.sql("insert into notes values (1)");  // by somebody else
  const auto committed = Clock::now();
  bool was_old = false;
  bool was_new = false;
  loop_.run([&]() -> asio::awaitable<void> {
    while (Clock::now() - committed < 2s) {
      const auto began = Clock::now();
      const auto rows = co_await client_->read("select count(*) from notes");
      const bool is_new = rows.value().single<std::int64_t>().value() == 1;
      (is_new ? was_new : was_old) = true;
      // Nobody sees what is older than the bound.
      EXPECT_TRUE(is_new || began - committed <= 1s);
      co_await sleep_for(2ms);
    }
  });
  EXPECT_TRUE(was_old);
  EXPECT_TRUE(was_new);
  EXPECT_EQ(answered_by(), primary_.tcp_port());
  standby.sql("select pg_wal_replay_resume()");
  read_until_answered_by(standby.tcp_port());
  EXPECT_EQ(count(), 1);
}

TEST_F(ReadSplitTest, WhatAStandbyDoesNotAnswerThePrimaryDoes) {
  Standby standby(primary_);
  watch({primary_.tcp_port(), standby.tcp_port()}, 5s);
  read_until_answered_by(standby.tcp_port());
  // It takes too long.
  EXPECT_EQ(answered_by(slow_on_standby), primary_.tcp_port());
  EXPECT_EQ(client_->counts().standby_failed.value(), 1U);
  read_until_answered_by(standby.tcp_port());
  // An error that is the standby's alone.
  EXPECT_EQ(answered_by("select inet_server_port() as port where 1 / (1 - pg_is_in_recovery()::int) = 1"),
            primary_.tcp_port());
  EXPECT_EQ(client_->counts().standby_failed.value(), 2U);
  EXPECT_EQ(answered_by(), standby.tcp_port()) << "one error of a statement says nothing about the standby";
  // An error of the statement is the primary's in the end.
  const auto failed = loop_.run([&] { return client_->read("select 1 / 0"); });
  EXPECT_EQ(failed.error().diagnostics().sqlstate, "22012");

  // It is killed while it works on several.
  std::vector<int> answers;
  for (int i = 0; i < 5; ++i) {
    loop_.start([&]() -> asio::awaitable<void> {
      const auto rows = co_await client_->read(slow_on_standby);
      answers.push_back((*rows.value().begin()).get<std::int32_t>("port"));
    });
  }
  loop_.run_until([&] {
    return standby.sql(
               "select count(*) from pg_stat_activity where query like '%pg_sleep(30)%' and state = 'active' "
               "and pid <> pg_backend_pid()") != "0";
  });
  standby.stop(cli::LocalCluster::StopMode::immediate);
  loop_.finish();
  EXPECT_EQ(answers, std::vector<int>(5, primary_.tcp_port()));
  EXPECT_EQ(answered_by(), primary_.tcp_port());
  // Back when it is.
  standby.start();
  read_until_answered_by(standby.tcp_port());
}

TEST_F(ReadSplitTest, AReadInTheWayOfReplayIsAnsweredByThePrimary) {
  const Standby standby(primary_);
  standby.sql("alter system set max_standby_streaming_delay = '10ms'");
  standby.sql("select pg_reload_conf()");
  watch({primary_.tcp_port(), standby.tcp_port()}, 60s);
  read_until_answered_by(standby.tcp_port());
  int answer = 0;
  loop_.start([&]() -> asio::awaitable<void> {
    const auto rows = co_await client_->read(
        "select case when pg_is_in_recovery() then pg_sleep(30)::text end, inet_server_port() as port, "
        "(select count(*) from notes)");
    answer = (*rows.value().begin()).get<std::int32_t>("port");
  });
  pass(100ms);
  primary_.sql("truncate notes");
  loop_.finish();
  EXPECT_EQ(answer, primary_.tcp_port());
  EXPECT_EQ(client_->counts().standby_failed.value(), 1U);
}

}  // namespace
}  // namespace support::database::tests

// COPY from the client, and statements whose rows are wanted as text.
#include "fixture.hpp"

namespace support::database::tests {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class CopyTest : public ConnectionTest {
 protected:
  Result<std::int64_t> copy_in(const std::string& sql, const std::string& data, Deadline deadline = {}) {
    return loop_.run([&] { return connection_->copy_in(sql, data, deadline); });
  }
  Result<TextRows> query_text(const std::string& sql) {
    return loop_.run([&] { return connection_->query_text(sql); });
  }
};

TEST_F(CopyTest, TextRowsAreWhatTheServerSpells) {
  const auto rows =
      query_text("select 1; select 7 as n, null, 'x', true, '' union all select 8, null, 'é', false, '-'");
  ASSERT_TRUE(rows) << rows.error().text();
  ASSERT_EQ(rows->size(), 2U);
  ASSERT_EQ(rows->column_count(), 5U);
  EXPECT_EQ(rows->at(0, 0), "7");
  EXPECT_EQ(rows->at(0, 1), std::nullopt);
  EXPECT_EQ(rows->at(1, 2), "é");
  EXPECT_EQ(rows->at(1, 3), "f");
  EXPECT_EQ(rows->at(0, 4), "");
  EXPECT_EQ(rows->affected(), 2);
}

TEST_F(CopyTest, AStatementWithoutRowsHasNone) {
  EXPECT_EQ(query_text("create table t(a int)")->size(), 0U);
  EXPECT_EQ(query_text("insert into t values (1), (2), (3)")->affected(), 3);
  EXPECT_EQ(query_text("")->size(), 0U);
  EXPECT_EQ(TextRows().size(), 0U);
  EXPECT_EQ(TextRows().affected(), 0);
}

TEST_F(CopyTest, AScriptTellsHowFarItCame) {
  const auto run_script = [&](const std::string& sql) {
    return loop_.run([&] { return connection_->run_script(sql); });
  };
  const auto whole = run_script("create table t(a int); insert into t values (1); insert into t values (2), (3)");
  ASSERT_TRUE(whole.last) << whole.last.error().text();
  EXPECT_EQ(whole.completed, 3U);
  EXPECT_EQ(whole.last->affected(), 2);
  const auto broken = run_script("select 1; insert into t values (4); select 1 / 0; select 2");
  ASSERT_FALSE(broken.last);
  EXPECT_EQ(broken.last.error().diagnostics().sqlstate, "22012");
  EXPECT_EQ(broken.completed, 2U);
  EXPECT_EQ(run_script("select 1; selec 2").completed, 0U);
}

TEST_F(CopyTest, RowsComeInWithAnyOptionsOfTheStatement) {
  ASSERT_TRUE(run("create table t(a int, b text)"));
  EXPECT_EQ(copy_in("copy t from stdin", "1\tone\n2\t\\N\n").value(), 2);
  EXPECT_EQ(copy_in("COPY t (b, a) FROM STDIN WITH (FORMAT csv, HEADER, DELIMITER ';')", "b;a\n\"x;y\";3\n").value(),
            1);
  EXPECT_EQ(copy_in("copy t from stdin", "").value(), 0);
  EXPECT_EQ(value<std::string>("select string_agg(coalesce(b, '?'), ',' order by a) from t"), "one,?,x;y");
}

TEST_F(CopyTest, ABadRowIsNamedAndTheConnectionGoesOn) {
  ASSERT_TRUE(run("create table t(a int)"));
  const auto failed = copy_in("copy t from stdin", "1\n2\nthree\n4\n");
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().diagnostics().sqlstate, "22P02");
  EXPECT_EQ(failed.error().diagnostics().context, "COPY t, line 3, column a: \"three\"");
  EXPECT_EQ(connection_->health(), Connection::Health::idle);
  EXPECT_EQ(value<std::int64_t>("select count(*) from t"), 0);
}

TEST_F(CopyTest, MuchMoreThanTheSocketTakesAtOnceComesIn) {
  ASSERT_TRUE(run("create table t(a text)"));
  const std::string line = std::string(1000, 'x') + '\n';
  std::string data;
  for (int i = 0; i < 20'000; ++i) data += line;
  EXPECT_EQ(copy_in("copy t from stdin", data).value(), 20'000);
  EXPECT_EQ(value<std::int64_t>("select sum(length(a)) from t"), 20'000'000);
}

TEST_F(CopyTest, AnErrorInTheFirstRowsOfMuchDataIsReported) {
  ASSERT_TRUE(run("create table t(a int)"));
  std::string data = "nothing\n";
  for (int i = 0; i < 2'000'000; ++i) data += "12345\n";
  const auto failed = copy_in("copy t from stdin", data);
  ASSERT_FALSE(failed);
  EXPECT_THAT(failed.error().diagnostics().context, HasSubstr("line 1"));
  EXPECT_EQ(connection_->health(), Connection::Health::idle);
}

TEST_F(CopyTest, AStatementThatTheServerRefusesTakesNoData) {
  const auto failed = copy_in("copy nowhere from stdin", "1\n");
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().diagnostics().sqlstate, "42P01");
  EXPECT_EQ(connection_->health(), Connection::Health::idle);
}

TEST_F(CopyTest, AStatementThatIsNoCopyIsTheCallersMistake) {
  const auto failed = copy_in("select 1", "1\n");
  ASSERT_FALSE(failed);
  EXPECT_TRUE(failed.error().is(Condition::bad_parameter));
  EXPECT_EQ(connection_->health(), Connection::Health::idle);
  const auto out = copy_in("copy (select 1) to stdout", "1\n");
  ASSERT_FALSE(out);
  EXPECT_TRUE(out.error().is(Condition::bad_parameter));
  EXPECT_EQ(connection_->health(), Connection::Health::idle);
}

TEST_F(CopyTest, TheServersEndDuringItIsALostConnection) {
  ASSERT_TRUE(run("create table t(a int)"));
  ASSERT_TRUE(
      run("create function leave() returns trigger language plpgsql as $$ begin perform "
          "pg_terminate_backend(pg_backend_pid()); return new; end $$; create trigger leaving before insert on "
          "t for each row execute function leave()"));
  std::string data;
  for (int i = 0; i < 1'000'000; ++i) data += "12345\n";
  const auto failed = copy_in("copy t from stdin", data);
  ASSERT_FALSE(failed);
  EXPECT_TRUE(failed.error().is_connection_lost()) << failed.error().text();
  EXPECT_EQ(connection_->health(), Connection::Health::broken);
}

TEST_F(CopyTest, GivenUpEarlyTheConnectionNeedsRecovery) {
  ASSERT_TRUE(run("create table t(a int)"));
  ASSERT_TRUE(
      run("create function doze() returns trigger language plpgsql as $$ begin perform pg_sleep(60); return new; "
          "end $$; create trigger dozing before insert on t for each row execute function doze()"));
  const auto failed = copy_in("copy t from stdin", "1\n", Deadline::after(200ms));
  ASSERT_FALSE(failed);
  EXPECT_TRUE(failed.error().is_deadline_exceeded());
  EXPECT_EQ(connection_->health(), Connection::Health::interrupted);
}

TEST_F(CopyTest, NoticesGoWhereTheOptionsSay) {
  std::vector<std::string> notices;
  ConnectOptions options = connect_options(database_.url());
  options.on_notice = [&](std::string_view text) { notices.emplace_back(text); };
  connect(options);
  ASSERT_TRUE(run("do $$ begin raise notice 'halfway'; raise warning 'careful' using hint = 'slow down'; end $$"));
  EXPECT_THAT(notices, ElementsAre("NOTICE:  halfway\n", "WARNING:  careful\nHINT:  slow down\n"));
}

TEST_F(CopyTest, TheTimeZoneCanStayTheServers) {
  database_.sql("ALTER DATABASE " + database_.name() + " SET TimeZone TO 'Asia/Kolkata'");
  ConnectOptions options = connect_options(database_.url());
  connect(options);
  EXPECT_EQ(query_text("show TimeZone")->at(0, 0), "UTC");
  options.time_zone = SessionTimeZone::configured;
  connect(options);
  EXPECT_EQ(query_text("show TimeZone")->at(0, 0), "Asia/Kolkata");
}

}  // namespace
}  // namespace support::database::tests

#include "app/alembic/safety/scratch/scratch_database.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/alembic/errors.hpp"
#include "app/schema/quoting.hpp"

#include "tests/integration/alembic/database_session.hpp"

namespace support::tests {
namespace {

using alembic::CommandError;
using alembic::safety::read_traits;
using alembic::safety::ScratchDatabase;
using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

class Scratch : public testing::Test {
 protected:
  ScratchDatabase make() { return {connection_target(database_.url_text()), read_traits(*session_)}; }
  std::string setting(const ScratchDatabase& scratch, const std::string& name) {
    return scratch.connect()->scalar("SHOW " + name);
  }
  bool exists(const std::string& name) {
    return session_->scalar("SELECT count(*) FROM pg_database WHERE datname = '" + name + "'") == "1";
  }

  TestDatabase database_;
  DatabaseSession session_{database_};
};

TEST_F(Scratch, IsAnEmptyDatabaseThatSortsLikeItsModelAndIsGoneAfterwards) {
  const auto locale =
      "SELECT concat_ws(' ', encoding, datcollate, datctype) FROM pg_database WHERE datname = current_database()";
  database_.sql("CREATE TABLE t (id integer)");
  std::string name;
  {
    const auto scratch = make();
    name = scratch.name();
    EXPECT_THAT(name, StartsWith("support_agent_scratch_"));
    const auto connection = scratch.connect();
    EXPECT_EQ(connection->scalar("SELECT current_database()"), name);
    EXPECT_EQ(connection->scalar(locale), session_->scalar(locale));
    EXPECT_EQ(connection->scalar("SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace"), "0");
    connection->execute("CREATE TABLE kept (id integer)");
  }
  EXPECT_FALSE(exists(name));
}

TEST_F(Scratch, HasTheSettingsThatASessionOnItsModelHas) {
  const auto set = [&](const std::string& what) {
    database_.sql("ALTER DATABASE " + database_.name() + " SET " + what);
  };
  set("TimeZone = 'Europe/London'");
  set("search_path = \"$user\", \"a schema\", public");
  set("app.tenant = 'x, y'");
  set("default_transaction_read_only = on");
  const auto scratch = make();
  EXPECT_EQ(setting(scratch, "TimeZone"), "Europe/London");
  EXPECT_EQ(setting(scratch, "search_path"), "\"$user\", \"a schema\", public");
  EXPECT_EQ(setting(scratch, "app.tenant"), "x, y");
  EXPECT_EQ(setting(scratch, "default_transaction_read_only"), "off");
}

TEST_F(Scratch, SweepsUpWhatAKilledProcessLeftAndNotWhatIsInUse) {
  session_->execute("CREATE DATABASE support_agent_scratch_0000beef");
  session_->execute("CREATE DATABASE support_agent_scratch_mine");
  {
    const auto used = make();
    const auto other = make();
    EXPECT_TRUE(exists(used.name()));
    EXPECT_TRUE(exists(other.name()));
    EXPECT_FALSE(exists("support_agent_scratch_0000beef"));
    EXPECT_TRUE(exists("support_agent_scratch_mine"));
  }
  session_->execute("DROP DATABASE support_agent_scratch_mine");
}

TEST_F(Scratch, IsDroppedThoughTheServerEndedItsSessions) {
  std::string name;
  {
    const auto scratch = make();
    name = scratch.name();
    session_->query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND "
        "datname = current_database()");
    session_->query("SELECT pg_sleep(0.2)");
  }
  EXPECT_FALSE(exists(name));
}

TEST_F(Scratch, SaysWhichPrivilegeIsMissing) {
  session_->execute("DROP ROLE IF EXISTS plan_reader");
  session_->execute("CREATE ROLE plan_reader LOGIN");
  auto target = connection_target(database_.url_text());
  target.conninfo += "&user=plan_reader";
  try {
    const ScratchDatabase scratch(target, read_traits(*session_));
    ADD_FAILURE() << "made without the right";
  } catch (const CommandError& error) {
    EXPECT_EQ(error.exit_code(), alembic::ExitCode::request);
    EXPECT_THAT(error.what(), AllOf(HasSubstr("CREATEDB"), HasSubstr("--dev-url"), HasSubstr(database_.name())));
  }
  session_->execute("DROP ROLE plan_reader");
}

TEST_F(Scratch, OffersAnotherServerForALocaleThatIsNotThere) {
  auto traits = read_traits(*session_);
  traits.collate = traits.ctype = "tlh_QO.UTF-8";
  try {
    const ScratchDatabase scratch(connection_target(database_.url_text()), traits);
    ADD_FAILURE() << "made with an unknown locale";
  } catch (const CommandError& error) {
    EXPECT_THAT(error.what(), AllOf(HasSubstr("tlh_QO"), HasSubstr("--dev-url")));
  }
}

}  // namespace
}  // namespace support::tests

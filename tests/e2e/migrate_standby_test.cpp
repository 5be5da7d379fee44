// A DATABASE_URL that leads to a standby.
#include "tests/e2e/migrate_fixture.hpp"
#include "tests/support/standby.hpp"

namespace support::tests {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class MigrateStandby : public MigrateTest {};

TEST_F(MigrateStandby, IsRefusedWithTheRemedyAndGoesOnOnceItIsThePrimary) {
  TestCluster primary;
  if (!Standby::is_possible(primary)) GTEST_SKIP() << "no pg_basebackup in this server's installation";
  write("a1", "", "CREATE TABLE one (id integer);", "DROP TABLE one;");
  write("a2", "a1", "CREATE TABLE two (id integer);", "DROP TABLE two;");
  const Environment on_primary{{"DATABASE_URL", primary.url().sync(config::Password::show)}};
  EXPECT_EQ(on_folder({"upgrade", "a1"}, on_primary).exit_code, 0);

  const Standby standby(primary);
  const Environment on_standby{{"DATABASE_URL", standby.url().sync(config::Password::show)}};
  const auto refused = on_folder({"upgrade", "head"}, on_standby);
  EXPECT_EQ(refused.exit_code, 5);
  EXPECT_THAT(refused.standard_error, AllOf(HasSubstr("this server is a standby"), HasSubstr("primary")));
  // What only reads is answered.
  EXPECT_THAT(on_folder({"current"}, on_standby).standard_output, HasSubstr("a1"));

  standby.promote();
  EXPECT_EQ(on_folder({"upgrade", "head"}, on_standby).exit_code, 0);
  EXPECT_THAT(on_folder({"current"}, on_standby).standard_output, HasSubstr("a2"));
}

}  // namespace
}  // namespace support::tests

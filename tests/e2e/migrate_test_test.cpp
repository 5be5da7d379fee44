// `migrate test` as a process: what CI runs on the program's own migrations.
#include <boost/json.hpp>

#include "tests/e2e/migrate_fixture.hpp"

namespace support::tests {
namespace {

namespace json = boost::json;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

using MigrateRoundTrips = MigrateTest;

TEST_F(MigrateRoundTrips, OfTheProgramsOwnMigrationsFindNothing) {
  const auto result = migrate({"test"});
  EXPECT_EQ(result.exit_code, 0) << result.standard_output << result.standard_error;
  EXPECT_THAT(result.standard_output, EndsWith(" 0 red; every one came back\n"));
  EXPECT_THAT(result.standard_error, Not(HasSubstr("Running upgrade")));
  EXPECT_THAT(relations(), IsEmpty());
  EXPECT_THAT(rows(), IsEmpty());
}

TEST_F(MigrateRoundTrips, EndWithWhatWasFound) {
  write("aaaa00000001", "", "CREATE TABLE t (id integer PRIMARY KEY, note text);", "DROP TABLE t;");
  write("aaaa00000002", "aaaa00000001", "CREATE INDEX i ON t (note);", "SELECT 1;");
  const auto lossy = on_folder({"test", "--format", "json"});
  EXPECT_EQ(lossy.exit_code, 1) << lossy.standard_error;
  const auto report = json::parse(lossy.standard_output);
  ASSERT_EQ(report.as_array().size(), 2U);
  EXPECT_EQ(report.at(1).at("outcome"), "asymmetric");
  write("aaaa00000003", "aaaa00000002", "SELECT 1 / 0;", "SELECT 1;");
  EXPECT_EQ(on_folder({"test"}).exit_code, 4);
  EXPECT_EQ(on_folder({"test", ":aaaa00000001"}).exit_code, 0);
  EXPECT_EQ(on_folder({"test", "nowhere"}).exit_code, 2);
  // Which is not contacted then.
  const Environment elsewhere = {{"DATABASE_URL", "postgresql://nobody@/nothing?host=/nowhere"}};
  EXPECT_EQ(on_folder({"test", "--dev-url", database_.url_text(), ":aaaa00000001"}, elsewhere).exit_code, 0);
}

TEST_F(MigrateRoundTrips, NeedARoleThatMayCreateDatabases) {
  const auto role = "plain_" + database_.name();
  database_.sql("CREATE ROLE " + role + " LOGIN");
  auto url = database_.url_text();
  const std::string superuser = "//support_agent@";
  ASSERT_THAT(url, HasSubstr(superuser));
  url.replace(url.find(superuser), superuser.size(), "//" + role + "@");
  write("aaaa00000001", "", "CREATE TABLE t (id integer);", "DROP TABLE t;");
  const auto result = on_folder({"test"}, {{"DATABASE_URL", url}});
  EXPECT_EQ(result.exit_code, 2) << result.standard_output;
  EXPECT_THAT(result.standard_output, HasSubstr("may not create databases"));
  database_.sql("DROP ROLE " + role);
}

}  // namespace
}  // namespace support::tests

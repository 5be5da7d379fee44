// Sign-offs through the program itself: refused, reviewed, recorded, let through.
#include <fstream>
#include <iterator>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "tests/e2e/migrate_fixture.hpp"

namespace support::tests {
namespace {

namespace json = boost::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

class MigrateSignoff : public MigrateTest {
 protected:
  MigrateSignoff() {
    database_.sql("CREATE TABLE messages (id bigint PRIMARY KEY, org bigint)");
    database_.sql("UPDATE pg_class SET reltuples = 250e6, relpages = 1000 WHERE oid = 'messages'::regclass");
    write("ae10", "", "CREATE INDEX ix_org ON messages (org);", "DROP INDEX ix_org;");
  }

  std::string signoffs() const {
    std::ifstream file(std::string(folder_.path()) + "/mig/signoffs.toml");
    return {std::istreambuf_iterator<char>(file), {}};
  }
  // Without DATABASE_URL.
  AgentResult alone(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {"migrate", "--script-location", "mig"});
    return run_agent(std::move(arguments), {}, folder_.path());
  }
  AgentResult sign() const { return on_folder({"signoff", "ae10", "--by", "Reviewer", "--reason", "Sunday 02:00"}); }
};

TEST_F(MigrateSignoff, LetsAnUpgradeThroughThatWasRefused) {
  const auto refused = on_folder({"upgrade", "head"});
  EXPECT_EQ(refused.exit_code, 5);
  EXPECT_THAT(refused.standard_output, AllOf(HasSubstr("support-agent migrate --script-location mig signoff ae10"),
                                             HasSubstr("250,000,000 rows"), HasSubstr("ae10_.sql:7: CREATE INDEX")));
  const auto signed_off = sign();
  EXPECT_EQ(signed_off.exit_code, 0) << signed_off.standard_error;
  EXPECT_THAT(signed_off.standard_output,
              AllOf(HasSubstr("reads all of public.messages"), HasSubstr("builds index ix_org"),
                    HasSubstr("locks messages in SHARE mode, which blocks writes"), HasSubstr("mig/signoffs.toml")));
  EXPECT_THAT(signoffs(), AllOf(HasSubstr("by = 'Reviewer'"), HasSubstr("reason = 'Sunday 02:00'"),
                                HasSubstr("revision = 'ae10'"), HasSubstr("relation = 'public.messages'")));
  const auto upgraded = on_folder({"upgrade", "head"});
  EXPECT_EQ(upgraded.exit_code, 0) << upgraded.standard_output;
  EXPECT_THAT(relations(), testing::Contains("ix_org"));
}

TEST_F(MigrateSignoff, IsRecordedOnce) {
  sign();
  const auto before = signoffs();
  const auto again = sign();
  EXPECT_EQ(again.exit_code, 0);
  EXPECT_THAT(again.standard_output, AllOf(HasSubstr("signed off already"), HasSubstr("Nothing is left to sign off.")));
  EXPECT_EQ(signoffs(), before);
}

TEST_F(MigrateSignoff, NeedsAPersonAndAReason) {
  const auto no_name = on_folder({"signoff", "ae10", "--reason", "x"});
  EXPECT_EQ(no_name.exit_code, 2);
  EXPECT_THAT(no_name.standard_error, HasSubstr("--by NAME"));
  const auto no_reason = on_folder({"signoff", "ae10", "--by", "x", "--reason", " "});
  EXPECT_EQ(no_reason.exit_code, 2);
  EXPECT_THAT(no_reason.standard_error, HasSubstr("--reason TEXT"));
  EXPECT_THAT(signoffs(), IsEmpty());
}

TEST_F(MigrateSignoff, OfAnUnknownRevisionIsRefused) {
  EXPECT_EQ(on_folder({"signoff", "nothing"}).exit_code, 2);
}

TEST_F(MigrateSignoff, HasADocumentForScripts) {
  const auto result = on_folder({"signoff", "ae10", "--by", "R", "--reason", "x", "--format", "json"});
  EXPECT_EQ(result.exit_code, 0) << result.standard_error;
  const auto document = json::parse(result.standard_output).as_object();
  EXPECT_EQ(document.at("revision").as_string(), "ae10");
  const auto& statement = document.at("statements").as_array().at(0).as_object();
  EXPECT_EQ(statement.at("tables").as_array().at(0).at("relation").as_string(), "public.messages");
  EXPECT_EQ(statement.at("tables").as_array().at(0).at("work").as_string(), "scan");
  EXPECT_EQ(statement.at("sha256").as_string().size(), 64U);
}

TEST_F(MigrateSignoff, OfAStatementThatIsGivenLetsItThroughOnly) {
  write("ae11", "ae10", "DO $$ DECLARE t text := 'messages'; BEGIN EXECUTE 'VACUUM ' || t; END $$;", "SELECT 1;");
  EXPECT_EQ(
      on_folder({"signoff", "ae11", "--by", "R", "--reason", "x", "--sql", "UPDATE messages SET org = 1"}).exit_code,
      0);
  EXPECT_THAT(signoffs(), HasSubstr("UPDATE messages SET org = 1"));
  EXPECT_EQ(on_folder({"upgrade", "head"}).exit_code, 5);
}

TEST_F(MigrateSignoff, IsAskedForInCiByASizeInTheFile) {
  const auto unknown = alone({"lint", "--ci"});
  EXPECT_EQ(unknown.exit_code, 2);
  EXPECT_THAT(unknown.standard_error, AllOf(HasSubstr("--against"), HasSubstr("[tables]")));

  const std::string tables = "# What is big in production.\n[tables]\n\"public.messages\" = { rows = 250_000_000 }\n";
  folder_.write("mig/signoffs.toml", tables);
  const auto missing = alone({"lint", "--ci", "--disable", "create-index-not-concurrent"});
  EXPECT_EQ(missing.exit_code, 1) << missing.standard_error;
  EXPECT_THAT(missing.standard_output, HasSubstr("missing-signoff"));

  const auto signed_off = alone({"signoff", "ae10", "--by", "R", "--reason", "x"});
  EXPECT_EQ(signed_off.exit_code, 0) << signed_off.standard_error;
  EXPECT_THAT(signoffs(), StartsWith(tables));
  const auto passes = alone({"lint", "--ci", "--disable", "create-index-not-concurrent"});
  EXPECT_THAT(passes.standard_output, Not(HasSubstr("missing-signoff")));
}

TEST_F(MigrateSignoff, IsAskedForInCiByTheSizesOfADatabase) {
  const auto missing = alone({"lint", "--ci", "--against", database_.url_text(), "--format", "json"});
  EXPECT_EQ(missing.exit_code, 1) << missing.standard_error;
  EXPECT_THAT(missing.standard_output, AllOf(HasSubstr("missing-signoff"), HasSubstr("public.messages")));
  EXPECT_THAT(alone({"lint", "--ci", "--against", "mysql://h/d"}).exit_code, 2);
  EXPECT_THAT(alone({"lint", "--ci", "--against", "postgresql://127.0.0.1:1/d"}).exit_code, 3);
  EXPECT_THAT(on_folder({"lint", "--ci"}).standard_output, HasSubstr("missing-signoff"));
  EXPECT_THAT(on_folder({"lint"}).standard_output, Not(HasSubstr("missing-signoff")));
}

TEST_F(MigrateSignoff, IsAskedForInCiForTheWayBack) {
  write("ae11", "ae10", "ALTER TABLE messages ADD COLUMN x int;",
        "UPDATE messages SET org = 0; ALTER TABLE messages DROP x;");
  EXPECT_THAT(on_folder({"lint", "--ci", "ae10:"}).standard_output,
              AllOf(HasSubstr("missing-signoff"), HasSubstr("changes rows that no key picks")));
}

TEST_F(MigrateSignoff, IsAskedForInCiForFiles) {
  const auto file = folder_.write("new.sql", "UPDATE messages SET org = 1;");
  EXPECT_THAT(on_folder({"lint", "--ci", "new.sql"}).standard_output, HasSubstr("missing-signoff"));
}

TEST_F(MigrateSignoff, OfABrokenFileSaysWhere) {
  folder_.write("mig/signoffs.toml", "[[signoff]]\nsha256 = 5\n");
  for (const auto& command : {std::vector<std::string>{"signoff", "ae10", "--by", "R", "--reason", "x"},
                              std::vector<std::string>{"lint", "--ci"}}) {
    const auto result = on_folder(command);
    EXPECT_EQ(result.exit_code, 2);
    EXPECT_THAT(result.standard_error, HasSubstr("mig/signoffs.toml:2:10: 'sha256' must be a text in quotes"));
  }
}

TEST_F(MigrateSignoff, FollowsTheSettings) {
  EXPECT_EQ(
      on_folder({"upgrade", "head"}, {{"MIGRATION_SIGNOFF_ROWS", "0"}, {"MIGRATION_SIGNOFF_SIZE", "0"}}).exit_code, 0);
}

}  // namespace
}  // namespace support::tests

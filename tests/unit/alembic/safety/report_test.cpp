#include "app/alembic/safety/report/report.hpp"

#include <sstream>

#include <boost/json.hpp>
#include <gmock/gmock.h>

#include "app/alembic/safety/linter.hpp"

namespace support::alembic::safety {
namespace {

using ::testing::HasSubstr;

LintReport sample() {
  Linter linter;
  linter.lint(
      "SET lock_timeout = '2s';\nSET statement_timeout = '2s';\nCREATE INDEX i ON a (b);\n-- allow: drop-table: "
      "unused\nDROP TABLE c;",
      "dir/a,b.sql");
  return linter.take_report();
}

std::string written(ReportOptions options) {
  std::ostringstream out;
  write_report(sample(), options, out);
  return out.str();
}

boost::json::value parsed(ReportFormat format) {
  return boost::json::parse(written({.format = format}));
}

TEST(JsonReport, IsAListWithTheFieldsOfTheContract) {
  const auto list = parsed(ReportFormat::json);
  const auto& findings = list.as_array();
  ASSERT_FALSE(findings.empty());
  const auto& first = findings[0].as_object();
  EXPECT_EQ(first.at("rule"), "create-index-not-concurrent");
  EXPECT_EQ(first.at("severity"), "error");
  EXPECT_EQ(first.at("file"), "dir/a,b.sql");
  EXPECT_EQ(first.at("line"), 3);
  EXPECT_EQ(first.at("statement"), "CREATE INDEX i ON a (b)");
  EXPECT_EQ(first.at("relation"), "a");
  EXPECT_EQ(first.at("lock"), "SHARE");
  EXPECT_THAT(std::string(first.at("safer").as_string()), HasSubstr("CREATE INDEX CONCURRENTLY i ON a (b);"));
  EXPECT_THAT(std::string(first.at("message").as_string()), HasSubstr("blocks writes while all rows are read"));
  EXPECT_EQ(first.size(), 9U);
}

TEST(JsonReport, LeavesAcceptedFindingsOut) {
  const auto findings = parsed(ReportFormat::json);
  for (const auto& finding : findings.as_array()) EXPECT_NE(finding.at("rule"), "drop-table");
}

TEST(JsonReport, LeavesOutWhatIsBelowTheLeastSeverity) {
  const auto findings =
      boost::json::parse(written({.format = ReportFormat::json, .least = Severity::error})).as_array();
  for (const auto& finding : findings) EXPECT_EQ(finding.at("severity"), "error");
}

TEST(SarifReport, NamesVersionRulesAndPlaces) {
  const auto log = parsed(ReportFormat::sarif);
  EXPECT_EQ(log.at("version"), "2.1.0");
  const auto& run = log.at("runs").at(0);
  const auto& result = run.at("results").at(0);
  EXPECT_EQ(result.at("ruleId"), "create-index-not-concurrent");
  EXPECT_EQ(result.at("level"), "error");
  const auto& place = result.at("locations").at(0).at("physicalLocation");
  EXPECT_EQ(place.at("artifactLocation").at("uri"), "dir/a,b.sql");
  EXPECT_EQ(place.at("region").at("startLine"), 3);
  EXPECT_EQ(run.at("tool").at("driver").at("rules").at(0).at("id"), "create-index-not-concurrent");
}

TEST(SarifReport, KeepsAcceptedFindingsAsSuppressed) {
  const auto log = parsed(ReportFormat::sarif);
  const auto& last = log.at("runs").at(0).at("results").as_array().back().as_object();
  EXPECT_EQ(last.at("ruleId"), "drop-table");
  EXPECT_EQ(last.at("suppressions").at(0).at("kind"), "inSource");
  EXPECT_EQ(last.at("suppressions").at(0).at("justification"), "unused");
}

TEST(GithubReport, EscapesWhatWouldEndAnAnnotation) {
  const auto text = written({.format = ReportFormat::github});
  EXPECT_THAT(text, HasSubstr("::error file=dir/a%2Cb.sql,line=3,title=create-index-not-concurrent::"));
  EXPECT_THAT(text, HasSubstr("%0ACREATE INDEX CONCURRENTLY"));
}

TEST(TextReport, EndsWithACountAndNamesWhatWasAccepted) {
  const auto text = written({});
  EXPECT_THAT(text, HasSubstr("dir/a,b.sql:3: error: create-index-not-concurrent\n"));
  EXPECT_THAT(text, HasSubstr("dir/a,b.sql:5: accepted: drop-table: unused\n"));
  EXPECT_THAT(text, HasSubstr("4 statements: 1 error, "));
  EXPECT_THAT(text, ::testing::Not(HasSubstr("\033[")));
  EXPECT_THAT(written({.colours = Colours::yes}), HasSubstr("\033[1;31merror\033[0m"));
}

}  // namespace
}  // namespace support::alembic::safety

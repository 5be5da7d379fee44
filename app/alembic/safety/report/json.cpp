#include <set>

#include <boost/json.hpp>

#include "app/alembic/safety/report/report.hpp"
#include "app/alembic/safety/rule.hpp"

namespace support::alembic::safety {

namespace {

namespace json = boost::json;

json::string text(std::string_view from) {
  return json::string(from.data(), from.size());
}

json::value text_or_null(std::string_view from) {
  if (from.empty()) return nullptr;
  return text(from);
}

json::object as_object(const Finding& finding) {
  return {{"rule", text(finding.rule)},
          {"severity", text(severity_name(finding.severity))},
          {"file", text(finding.file)},
          {"line", finding.line},
          {"statement", text(finding.statement)},
          {"message", text(finding.message)},
          {"relation", text_or_null(finding.relation)},
          {"lock", text_or_null(lock_name(finding.lock))},
          {"safer", text_or_null(finding.safer)}};
}

std::string_view sarif_level(Severity severity) {
  return severity == Severity::info ? "note" : severity_name(severity);
}

json::object sarif_rule(const Rule& rule) {
  return {{"id", text(rule.id)},
          {"shortDescription", {{"text", text(rule.pattern)}}},
          {"fullDescription", {{"text", text(rule.reason)}}},
          {"help", {{"text", text(rule.safer)}}},
          {"defaultConfiguration", {{"level", text(sarif_level(rule.severity))}}}};
}

json::object sarif_result(const Finding& finding) {
  auto message = finding.message;
  if (!finding.safer.empty()) message += "\n\nSafer:\n" + finding.safer;
  json::object region{{"startLine", finding.line}, {"snippet", {{"text", text(finding.statement)}}}};
  return {{"ruleId", text(finding.rule)},
          {"level", text(sarif_level(finding.severity))},
          {"message", {{"text", text(message)}}},
          {"locations", json::array{json::object{
                            {"physicalLocation",
                             {{"artifactLocation", {{"uri", text(finding.file)}}}, {"region", std::move(region)}}}}}}};
}

}  // namespace

void write_json(const LintReport& report, const ReportOptions& options, std::ostream& out) {
  json::array findings;
  for (const auto& finding : report.findings) {
    if (finding.severity >= options.least) findings.push_back(as_object(finding));
  }
  out << json::serialize(findings) << '\n';
}

void write_sarif(const LintReport& report, const ReportOptions& options, std::ostream& out) {
  json::array results;
  std::set<std::string_view> used;
  for (const auto& finding : report.findings) {
    if (finding.severity < options.least) continue;
    used.insert(finding.rule);
    results.push_back(sarif_result(finding));
  }
  for (const auto& [finding, reason] : report.accepted) {
    used.insert(finding.rule);
    auto result = sarif_result(finding);
    result["suppressions"] = json::array{json::object{{"kind", "inSource"}, {"justification", text(reason)}}};
    results.push_back(std::move(result));
  }
  json::array described;
  for (const auto& rule : rules()) {
    if (used.contains(rule.id)) described.push_back(sarif_rule(rule));
  }
  const json::object driver{{"name", "support-agent migrate lint"}, {"rules", std::move(described)}};
  const json::object log{
      {"$schema", "https://json.schemastore.org/sarif-2.1.0.json"},
      {"version", "2.1.0"},
      {"runs", json::array{json::object{{"tool", {{"driver", driver}}}, {"results", std::move(results)}}}}};
  out << json::serialize(log) << '\n';
}

}  // namespace support::alembic::safety

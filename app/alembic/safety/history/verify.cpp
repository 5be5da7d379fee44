// `migrate verify`.
#include <algorithm>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "app/alembic/command/json_report.hpp"
#include "app/alembic/safety/history/commands.hpp"
#include "app/alembic/safety/history/finding_report.hpp"

namespace support::alembic::safety {

namespace {

bool is_found(const HistoryFinding& finding, const VerifyOptions& options) {
  using Kind = HistoryFinding::Kind;
  if (finding.is_tampering()) return true;
  return options.strict && finding.kind != Kind::formatting && finding.kind != Kind::accepted;
}

// Nothing in the table tells that its last records were removed; what was noted elsewhere does.
void look_for_head(const HistorySnapshot& snapshot, const std::string& head, std::vector<HistoryFinding>& findings) {
  if (head.empty()) return;
  const auto has_it = [&](const Record& record) { return record.links.record.starts_with(head); };
  if (std::ranges::any_of(snapshot.history, has_it)) return;
  findings.push_back(
      {.kind = HistoryFinding::Kind::broken,
       .revision = {},
       .message = fmt::format("No record of the history has the chain {}: the last records were removed, "
                              "or the history was written anew.",
                              head)});
}

}  // namespace

ExitCode verify(command::Context& context, const VerifyOptions& options) {
  context.has_run_environment = true;
  const auto snapshot = read_history(context.environment);
  PresentMigrations present(context.scripts, naming_convention_of(context.environment));
  auto findings = verify(snapshot, present);
  look_for_head(snapshot, options.head, findings);
  const auto found = std::ranges::count_if(findings, [&](const auto& finding) { return is_found(finding, options); });
  const auto applied = present.applied(snapshot.rows).size();
  const auto sentence =
      found > 0 ? fmt::format("{} finding{} in the history of migrations", found, found == 1 ? "" : "s")
      : !snapshot.has_history
          ? fmt::format("There is no history of migrations to compare with; {} applied.", applied)
          : fmt::format("Verified: {} applied migration{}, {} record{}.", applied, applied == 1 ? "" : "s",
                        snapshot.history.size(), snapshot.history.size() == 1 ? "" : "s");
  if (context.format == command::OutputFormat::json) {
    command::print(context, {{"message", sentence},
                             {"history", snapshot.has_history},
                             {"records", snapshot.history.size()},
                             {"head", head_of(snapshot)},
                             {"rows", boost::json::value_from(snapshot.rows)},
                             {"findings", to_json(findings)}});
    return found > 0 ? ExitCode::found : ExitCode::done;
  }
  for (const auto& line : lines_of(findings)) context.out << line << '\n';
  if (snapshot.has_history && !snapshot.history.empty()) {
    context.out << fmt::format("The last record is {}, chain {}\n", snapshot.history.back().position,
                               head_of(snapshot));
  }
  if (found > 0) throw CommandError(sentence, ExitCode::found);
  context.out << sentence << '\n';
  return ExitCode::done;
}

}  // namespace support::alembic::safety

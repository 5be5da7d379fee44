#include "app/alembic/safety/history/finding_report.hpp"

#include <fmt/format.h>

#include "app/alembic/runtime/connection.hpp"

namespace support::alembic::safety {

namespace json = boost::json;

json::array to_json(const std::vector<HistoryFinding>& findings) {
  json::array list;
  for (const auto& finding : findings) {
    list.push_back(json::object{{"kind", name_of(finding.kind)},
                                {"revision", finding.revision.empty() ? json::value() : json::value(finding.revision)},
                                {"message", finding.message},
                                {"changes", json::value_from(finding.changes)},
                                {"tampering", finding.is_tampering()}});
  }
  return list;
}

json::object to_json(const Record& record) {
  const auto or_null = [](const std::string& text) { return text.empty() ? json::value() : json::value(text); };
  constexpr double microseconds = 1e6;
  return {{"position", record.position},
          {"revision", or_null(record.revision)},
          {"direction", name_of(record.direction)},
          {"outcome", name_of(record.outcome)},
          {"started_at", time_text(record.started_at)},
          {"seconds", static_cast<double>(record.duration) / microseconds},
          {"database_user", record.database_user},
          {"os_user", record.os_user},
          {"host", record.host},
          {"build", record.build},
          {"reason", or_null(record.reason)},
          {"error", or_null(record.error)},
          {"record_chain", record.links.record}};
}

std::vector<std::string> lines_of(const std::vector<HistoryFinding>& findings) {
  std::vector<std::string> lines;
  RevisionIds unrecorded;
  for (const auto& finding : findings) {
    if (finding.kind == HistoryFinding::Kind::unrecorded) {
      unrecorded.push_back(finding.revision);
      continue;
    }
    lines.push_back(fmt::format("{}: {}", name_of(finding.kind), finding.message));
  }
  if (!unrecorded.empty()) {
    lines.push_back(fmt::format(
        "unrecorded: {} {} applied without a record, by another tool, by hand or before there was a history; from a "
        "record on, an edit is found: support-agent migrate repair --unrecorded --reason TEXT",
        comma_separated(unrecorded), unrecorded.size() == 1 ? "is" : "are"));
  }
  return lines;
}

std::string line_of(const Record& record) {
  constexpr double microseconds = 1e6;
  auto line = fmt::format("{}  {} {}  {}  {:.3f} s  {} as {} on {}", time_text(record.started_at),
                          name_of(record.direction), record.revision.empty() ? "(the history)" : record.revision,
                          name_of(record.outcome), static_cast<double>(record.duration) / microseconds, record.os_user,
                          record.database_user, record.host);
  if (!record.reason.empty()) line += fmt::format("  reason: {}", shortened(record.reason));
  if (!record.error.empty()) line += fmt::format("  error: {}", shortened(record.error));
  return line;
}

std::string head_of(const HistorySnapshot& snapshot) {
  return snapshot.history.empty() ? std::string() : snapshot.history.back().links.record;
}

}  // namespace support::alembic::safety

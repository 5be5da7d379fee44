#pragma once

#include <ostream>

#include "app/alembic/safety/finding.hpp"

namespace support::alembic::safety {

enum class ReportFormat { text, json, sarif, github };
enum class Colours { no, yes };

struct ReportOptions {
  ReportFormat format = ReportFormat::text;
  Colours colours = Colours::no;  // text only
  Severity least = Severity::info;
};

// Text for people; JSON: one list of findings; SARIF 2.1.0, with accepted findings as suppressed results; GitHub's
// workflow commands, which become annotations of the changed lines.
void write_report(const LintReport& report, const ReportOptions& options, std::ostream& out);

void write_text(const LintReport& report, const ReportOptions& options, std::ostream& out);
void write_json(const LintReport& report, const ReportOptions& options, std::ostream& out);
void write_sarif(const LintReport& report, const ReportOptions& options, std::ostream& out);
void write_github(const LintReport& report, const ReportOptions& options, std::ostream& out);

}  // namespace support::alembic::safety

#include "app/alembic/safety/report/report.hpp"

namespace support::alembic::safety {

void write_report(const LintReport& report, const ReportOptions& options, std::ostream& out) {
  switch (options.format) {
    case ReportFormat::text:
      return write_text(report, options, out);
    case ReportFormat::json:
      return write_json(report, options, out);
    case ReportFormat::sarif:
      return write_sarif(report, options, out);
    case ReportFormat::github:
      return write_github(report, options, out);
  }
}

}  // namespace support::alembic::safety

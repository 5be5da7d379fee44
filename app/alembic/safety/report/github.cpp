#include <string_view>

#include <fmt/format.h>
#include <fmt/ostream.h>

#include "app/alembic/safety/report/report.hpp"

namespace support::alembic::safety {

namespace {

// A workflow command is one line; a value between commas must not hold a comma or a colon either.
enum class Place { value, property };
std::string escaped(std::string_view text, Place place) {
  std::string result;
  for (const char letter : text) {
    if (letter == '%') {
      result += "%25";
    } else if (letter == '\r') {
      result += "%0D";
    } else if (letter == '\n') {
      result += "%0A";
    } else if (letter == ':' && place == Place::property) {
      result += "%3A";
    } else if (letter == ',' && place == Place::property) {
      result += "%2C";
    } else {
      result += letter;
    }
  }
  return result;
}

std::string_view command(Severity severity) {
  return severity == Severity::info ? "notice" : severity_name(severity);
}

}  // namespace

void write_github(const LintReport& report, const ReportOptions& options, std::ostream& out) {
  for (const auto& finding : report.findings) {
    if (finding.severity < options.least) continue;
    auto message = finding.message;
    if (!finding.safer.empty()) message += "\n\nSafer:\n" + finding.safer;
    fmt::print(out, "::{} file={},line={},title={}::{}\n", command(finding.severity),
               escaped(finding.file, Place::property), finding.line, escaped(finding.rule, Place::property),
               escaped(message, Place::value));
  }
}

}  // namespace support::alembic::safety

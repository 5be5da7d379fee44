#include <algorithm>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ostream.h>

#include "app/alembic/safety/report/report.hpp"

namespace support::alembic::safety {

namespace {

constexpr std::size_t width = 100;
constexpr std::size_t most_lines = 6;

class Painter {
 public:
  explicit Painter(Colours colours) : on_(colours == Colours::yes) {}

  std::string severity(Severity severity) const {
    const auto name = std::string(severity == Severity::info ? "note" : severity_name(severity));
    return paint(severity == Severity::error ? "1;31" : severity == Severity::warning ? "1;33" : "1;36", name);
  }
  std::string strong(std::string_view text) const { return paint("1", text); }
  std::string faint(std::string_view text) const { return paint("2", text); }

 private:
  std::string paint(std::string_view code, std::string_view text) const {
    return on_ ? fmt::format("\033[{}m{}\033[0m", code, text) : std::string(text);
  }

  bool on_;
};

std::string_view take_line(std::string_view& text) {
  const auto end = std::min(text.find('\n'), text.size());
  const auto line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

// At word boundaries.
void write_wrapped(std::string_view text, std::string_view indent, std::ostream& out) {
  while (!text.empty()) {
    auto end = text.size();
    if (text.size() > width) {
      end = text.rfind(' ', width);
      if (end == std::string_view::npos || end == 0) end = std::min(text.find(' '), text.size());
    }
    fmt::print(out, "{}{}\n", indent, text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

void write_finding(const Finding& finding, const Painter& painter, std::ostream& out) {
  fmt::print(out, "{}: {}: {}\n", painter.strong(fmt::format("{}:{}", finding.file, finding.line)),
             painter.severity(finding.severity), painter.strong(finding.rule));
  std::string_view statement = finding.statement;
  for (std::size_t i = 0; i < most_lines && !statement.empty(); ++i) {
    fmt::print(out, "  {}\n", painter.faint("| " + std::string(take_line(statement))));
  }
  if (!statement.empty()) fmt::print(out, "  {}\n", painter.faint("| …"));
  write_wrapped(finding.message, "  ", out);
  if (!finding.safer.empty()) out << "  safer:\n";
  for (std::string_view safer = finding.safer; !safer.empty();) fmt::print(out, "    {}\n", take_line(safer));
  out << '\n';
}

std::string counted(std::size_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

}  // namespace

void write_text(const LintReport& report, const ReportOptions& options, std::ostream& out) {
  const Painter painter(options.colours);
  const auto count = [&](Severity severity) {
    return static_cast<std::size_t>(
        std::count_if(report.findings.begin(), report.findings.end(),
                      [&](const Finding& finding) { return finding.severity == severity; }));
  };
  for (const auto& finding : report.findings) {
    if (finding.severity >= options.least) write_finding(finding, painter, out);
  }
  for (const auto& [finding, reason] : report.accepted) {
    fmt::print(out, "{}:{}: accepted: {}: {}\n", finding.file, finding.line, finding.rule, reason);
  }
  fmt::print(out, "{}: {}, {}, {}\n", counted(report.statements, "statement"), counted(count(Severity::error), "error"),
             counted(count(Severity::warning), "warning"), counted(count(Severity::info), "note"));
}

}  // namespace support::alembic::safety

#include <algorithm>
#include <array>
#include <map>
#include <ostream>

#include <fmt/format.h>
#include <fmt/ostream.h>
#include <fmt/ranges.h>

#include "app/alembic/runtime/connection.hpp"
#include "app/alembic/safety/report/plan_report.hpp"

namespace support::alembic::safety {
namespace {

class Painter {
 public:
  explicit Painter(Colours colours) : on_(colours == Colours::yes) {}

  std::string strong(std::string_view text) const { return paint("1", text); }
  std::string faint(std::string_view text) const { return paint("2", text); }
  // By what the application notices of it.
  std::string lock(LockMode mode, std::string_view text) const {
    if (mode == LockMode::access_exclusive) return paint("1;31", text);
    return mode >= LockMode::share ? paint("1;33", text) : std::string(text);
  }

 private:
  std::string paint(std::string_view code, std::string_view text) const {
    return on_ ? fmt::format("\033[{}m{}\033[0m", code, text) : std::string(text);
  }

  bool on_;
};

std::string place(const StatementSource& source) {
  const auto file = source.line == 0 ? source.file : fmt::format("{}:{}", source.file, source.line);
  if (source.revision.empty()) return file;
  return file.empty() ? source.revision : fmt::format("{} ({})", file, source.revision);
}

// The strongest lock of each relation that a user knows by name: what serves a table is locked as the table is.
std::vector<const TracedLock*> strongest_locks(const StatementTrace& trace) {
  std::map<std::string_view, const TracedLock*> strongest;
  for (const auto& lock : trace.locks) {
    if (lock.relation.shown.starts_with("toast")) continue;
    auto& known = strongest[lock.relation.shown];
    if (known == nullptr || known->mode < lock.mode) known = &lock;
  }
  std::vector<const TracedLock*> locks;
  for (const auto& [name, lock] : strongest) locks.push_back(lock);
  std::ranges::stable_sort(locks, std::greater{}, &TracedLock::mode);
  return locks;
}

std::string locks_text(const Impact& impact, const Painter& painter) {
  const auto locks = strongest_locks(impact.trace);
  if (locks.empty()) return "locks nothing that was there before";
  std::vector<std::string> parts;
  for (const auto* lock : locks) {
    // The indexes of a locked table say nothing new.
    if (!lock->relation.index.empty() && impact.strongest >= lock->mode) continue;
    const auto blocked = blocked_by(lock->mode);
    parts.push_back(fmt::format("{} {}{}", lock->relation.shown, painter.lock(lock->mode, lock_name(lock->mode)),
                                blocked.empty() ? "" : fmt::format(" ({} wait)", blocked)));
  }
  return fmt::format("locks {}", fmt::join(parts, ", "));
}

void add_list(std::vector<std::string>& parts, std::string_view verb, const std::vector<TracedRelation>& relations) {
  if (relations.empty()) return;
  std::vector<std::string_view> names;
  for (const auto& relation : relations) names.push_back(relation.index.empty() ? relation.shown : relation.index);
  parts.push_back(fmt::format("{} {}", verb, fmt::join(names, ", ")));
}

std::string summary(const Impact& impact, const Painter& painter) {
  std::vector<std::string> parts{locks_text(impact, painter)};
  add_list(parts, "rewrites", impact.trace.rewrites);
  add_list(parts, "rebuilds", impact.trace.index_rebuilds);
  add_list(parts, "builds", impact.trace.index_builds);
  add_list(parts, "scans", impact.trace.scans);
  if (impact.rows) parts.push_back(fmt::format("{} rows", count_text(*impact.rows)));
  if (impact.bytes && *impact.bytes > 0) parts.push_back(bytes_text(static_cast<double>(*impact.bytes)));
  if (impact.seconds) parts.push_back(seconds_text(*impact.seconds));
  return fmt::format("{}", fmt::join(parts, "; "));
}

std::string who(const LiveSession& session) {
  auto text = "pid " + session.pid;
  if (!session.user.empty()) text += ", " + session.user;
  if (!session.application.empty()) text += ", " + session.application;
  if (!session.state.empty()) text += ", " + session.state;
  return text;
}

void write_statement(const Impact& impact, const Painter& painter, std::ostream& out) {
  fmt::print(out, "{}  {}\n  {}\n", painter.faint(place(impact.trace.source)),
             painter.strong(shortened(impact.trace.sql)), summary(impact, painter));
  for (const auto& queue : impact.queues) {
    if (!queue.statements || *queue.statements < 1) continue;
    fmt::print(out, "  behind it: about {} {} on {} would wait ({:.1f} a second)\n",
               count_text(static_cast<std::uint64_t>(*queue.statements)), blocked_by(queue.mode), queue.relation.shown,
               queue.statements_per_second);
  }
  for (const auto& wait : impact.waits_for) {
    const auto reason = wait.relation.empty() ? std::string("has an old snapshot")
                                              : fmt::format("holds {} on {}", lock_name(wait.mode), wait.relation);
    fmt::print(out, "  waits for: {} ({}) {}; its transaction has been open for {}\n", painter.strong("a transaction"),
               who(wait.session), reason, seconds_text(wait.session.seconds));
  }
  if (impact.replicas > 0) {
    fmt::print(out, "  {} {} what it writes as well\n", impact.replicas,
               impact.replicas == 1 ? "replica writes" : "replicas write");
  }
}

std::string megabytes(double bytes) {
  return fmt::format("{:.0f}", bytes / (1024 * 1024));
}

}  // namespace

std::string bytes_text(double bytes) {
  constexpr std::array<std::string_view, 5> units = {"bytes", "kB", "MB", "GB", "TB"};
  std::size_t unit = 0;
  for (; bytes >= 1024 && unit + 1 < units.size(); ++unit) bytes /= 1024;
  return bytes < 10 && unit > 0 ? fmt::format("{:.1f} {}", bytes, units.at(unit))
                                : fmt::format("{:.0f} {}", bytes, units.at(unit));
}

std::string seconds_text(double seconds) {
  if (seconds < 0.1) return "an instant";
  if (seconds < 10) return fmt::format("about {:.1f} s", seconds);
  const auto whole = static_cast<std::uint64_t>(seconds + 0.5);
  if (whole < 60) return fmt::format("about {} s", whole);
  if (whole < 3600) return fmt::format("about {} min {} s", whole / 60, whole % 60);
  return fmt::format("about {} h {} min", whole / 3600, whole / 60 % 60);
}

std::string count_text(std::uint64_t count) {
  auto text = std::to_string(count);
  for (auto at = static_cast<std::ptrdiff_t>(text.size()) - 3; at > 0; at -= 3) {
    text.insert(static_cast<std::size_t>(at), ",");
  }
  return text;
}

void write_plan_text(const PlanReport& report, Colours colours, std::ostream& out) {
  const Painter painter(colours);
  if (report.statements.empty()) {
    out << "Nothing to run.\n";
    return;
  }
  double seconds = 0;
  for (const auto& impact : report.statements) {
    write_statement(impact, painter, out);
    seconds += impact.seconds.value_or(0);
  }
  out << '\n';
  if (report.sizes_of.empty()) {
    out << "Rows and times are not known: there is no live database; --against URL names one.\n";
    return;
  }
  fmt::print(out,
             "{} statement{}, {} in all. Sizes are those of {}; the times assume {} MB/s read, {} MB/s rewritten and "
             "{} MB/s of index written.\n",
             report.statements.size(), report.statements.size() == 1 ? "" : "s", seconds_text(seconds), report.sizes_of,
             megabytes(report.throughput.scanned), megabytes(report.throughput.rewritten),
             megabytes(report.throughput.indexed));
}

}  // namespace support::alembic::safety

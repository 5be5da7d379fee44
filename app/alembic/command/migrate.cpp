// The commands that change the database: upgrade, downgrade, stamp, ensure_version.
#include <fmt/format.h>

#include "app/alembic/command/command.hpp"
#include "app/alembic/runtime/offline_context.hpp"
#include "app/alembic/runtime/online_context.hpp"

namespace support::alembic::command {

namespace {

struct Range {
  std::optional<std::string> start;
  std::string end;
};

// "start:end", or the end alone.
Range split_range(const std::string& text) {
  const auto colon = text.find(':');
  if (colon == std::string::npos) return {std::nullopt, text};
  if (text.find(':', colon + 1) != std::string::npos) {
    throw CommandError(fmt::format("Range '{}' has more than two ends; write <fromrev>:<torev>", text));
  }
  return {text.substr(0, colon), text.substr(colon + 1)};
}

bool is_offline(const Context& context) {
  return context.environment.run.is_offline();
}

void run(Context& context, const std::optional<std::string>& start, const Planner& planner, RunOptions options = {}) {
  context.has_run_environment = true;
  if (is_offline(context)) {
    OfflineContext(context.scripts, context.environment, context.sql).run_migrations(start, planner, options);
  } else {
    OnlineContext(context.scripts, context.environment).run_migrations(planner, options);
  }
}

// What stamp's arguments say offline: each may carry the starting revision, and all that do must agree.
Range split_stamp_ranges(const RevisionIds& revisions, RevisionIds& destinations) {
  Range common;
  for (const auto& revision : revisions) {
    auto range = split_range(revision);
    destinations.push_back(range.end);
    if (!range.start) continue;
    if (common.start && common.start != range.start) {
      throw CommandError("Stamp operation with --sql only supports a single starting revision at a time");
    }
    common.start = range.start;
  }
  return common;
}

}  // namespace

void upgrade(Context& context, const std::string& revision) {
  if (!is_offline(context) && revision.find(':') != std::string::npos) throw CommandError("Range revision not allowed");
  const auto range = split_range(revision);
  run(context, range.start, [&](const RevisionIds& rows) { return context.scripts.upgrade_revs(range.end, rows); });
}

void downgrade(Context& context, const std::string& revision) {
  const bool is_range = revision.find(':') != std::string::npos;
  if (!is_offline(context) && is_range) throw CommandError("Range revision not allowed");
  if (is_offline(context) && !is_range) throw CommandError("downgrade with --sql requires <fromrev>:<torev>");
  const auto range = split_range(revision);
  run(context, range.start, [&](const RevisionIds& rows) { return context.scripts.downgrade_revs(range.end, rows); });
}

void stamp(Context& context, const RevisionIds& revisions, StampOptions options) {
  RevisionIds destinations;
  Range range;
  if (is_offline(context)) {
    range = split_stamp_ranges(revisions, destinations);
  } else {
    destinations = revisions;
  }
  run(context, range.start, [&](const RevisionIds& rows) { return context.scripts.stamp_revs(destinations, rows); },
      {.purge = options.purge});
}

void ensure_version(Context& context) {
  context.has_run_environment = true;
  if (is_offline(context)) {
    OfflineContext(context.scripts, context.environment, context.sql).ensure_version();
  } else {
    OnlineContext(context.scripts, context.environment).run_migrations([](const RevisionIds&) { return Plan{}; });
  }
}

}  // namespace support::alembic::command

#include "app/alembic/safety/history/verification.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

namespace support::alembic::safety {

namespace {

using Kind = HistoryFinding::Kind;

constexpr std::string_view incomparable =
    "its file has other bytes, and what it does can't be compared without a database";

class Walk {
 public:
  explicit Walk(const std::vector<Record>& history) : history_(history) {
    for (const auto& record : history) {
      if (record.direction == Record::Direction::repair && record.revision.empty()) repair_ = &record;
    }
  }

  std::vector<HistoryFinding> findings() {
    std::int64_t expected = 1;
    const Record* before = nullptr;
    for (const auto& record : history_) {
      if (record.position != expected) {
        report(record.position, missing(expected, record.position));
      } else if (next_links(before == nullptr ? Links{} : before->links, record) != record.links) {
        report(record.position,
               fmt::format("Record {} of the history ({} of revision {}) was changed: it does not follow from the "
                           "record before it.",
                           record.position, name_of(record.direction), record.revision));
      } else if (record.operations.has_value() != record.checksums.operations.has_value() ||
                 (record.operations && checksum(*record.operations) != record.checksums.operations)) {
        report(record.position,
               fmt::format("The statements in record {} of the history ({} of revision {}) were changed: they are not "
                           "those of its checksum.",
                           record.position, name_of(record.direction), record.revision));
      }
      before = &record;
      expected = record.position + 1;
    }
    return std::move(findings_);
  }

 private:
  static std::string missing(std::int64_t expected, std::int64_t found) {
    if (found < expected) return fmt::format("The history has record {} twice.", found);
    const auto last = found - 1;
    return expected == last ? fmt::format("Record {} of the history was removed.", expected)
                            : fmt::format("Records {} to {} of the history were removed.", expected, last);
  }

  void report(std::int64_t position, std::string message) {
    if (repair_ != nullptr && position < repair_->position) {
      findings_.push_back({.kind = Kind::accepted,
                           .revision = {},
                           .message = fmt::format("{} Accepted on {} by {}: {}", message,
                                                  time_text(repair_->started_at), repair_->os_user, repair_->reason)});
      return;
    }
    findings_.push_back({.kind = Kind::broken, .revision = {}, .message = std::move(message)});
  }

  const std::vector<Record>& history_;
  const Record* repair_ = nullptr;  // the last one of the chain
  std::vector<HistoryFinding> findings_;
};

// Begun, and neither done nor failed since.
void find_unfinished(const std::vector<Record>& history, std::vector<HistoryFinding>& findings) {
  std::map<std::string, const Record*> open;
  for (const auto& record : history) {
    open.erase(record.revision);
    if (record.outcome == Record::Outcome::started) open[record.revision] = &record;
  }
  for (const auto& [revision, record] : open) {
    findings.push_back(
        {.kind = Kind::unfinished,
         .revision = revision,
         .message = fmt::format("The {} of revision {} was begun on {} by {} on {} outside of a transaction, and no "
                                "record says how it ended: a part of it may have taken effect.",
                                name_of(record->direction), revision, time_text(record->started_at), record->os_user,
                                record->host)});
  }
}

void find_divergence(const std::vector<Record>& history, const RevisionIds& rows,
                     std::vector<HistoryFinding>& findings) {
  const auto last = std::ranges::find_if(history.rbegin(), history.rend(),
                                         [](const Record& record) { return record.applied.has_value(); });
  if (last == history.rend() || std::ranges::is_permutation(last->rows, rows)) return;
  const auto text = [](const RevisionIds& ids) { return ids.empty() ? "nothing" : comma_separated(ids); };
  findings.push_back(
      {.kind = Kind::diverged,
       .revision = {},
       .message = fmt::format("The version table says {}, and the last record of the history says {}: another tool or "
                              "somebody by hand has changed the version table since, or records were removed.",
                              text(rows), text(last->rows))});
}

}  // namespace

Nodes PresentMigrations::applied(const RevisionIds& rows) const {
  const auto& map = scripts_.map();
  Nodes known;
  for (const auto& row : rows) {
    if (map.has(row)) known.push_back(map.node_of(row));
  }
  auto nodes = map.ancestors(known);
  std::ranges::reverse(nodes);
  return nodes;
}

std::optional<std::string> PresentMigrations::bytes(Node node) const {
  const auto& script = scripts_.script(node);
  return script.checksum ? std::optional(script.checksum()) : std::nullopt;
}

const std::optional<CanonicalOperations>& PresentMigrations::operations(Node node) {
  if (last_ == node) return operations_;
  last_.reset();
  operations_ = canonical_operations(scripts_.script(node), naming_convention_);
  last_ = node;
  return operations_;
}

Checksums PresentMigrations::checksums(Node node) {
  const auto& known = operations(node);
  return {.bytes = bytes(node), .operations = known ? std::optional(checksum(*known)) : std::nullopt};
}

Agreement compare(const Checksums& recorded, PresentMigrations& present, Node node) {
  const auto bytes = present.bytes(node);
  const bool same_bytes = bytes && bytes == recorded.bytes;
  // The text of an SQL migration is all there is to it; C++ may get its statements from elsewhere.
  if (same_bytes && present.scripts().script(node).upgrade_source) return Agreement::same;
  if (recorded.operations && recorded.form == canonical_form && present.operations(node)) {
    if (checksum(*present.operations(node)) != recorded.operations) return Agreement::edited;
    return same_bytes || !bytes || !recorded.bytes ? Agreement::same : Agreement::formatting;
  }
  if (!bytes || !recorded.bytes) return Agreement::unknown;
  return same_bytes ? Agreement::same : Agreement::edited;
}

std::string_view name_of(Kind kind) {
  switch (kind) {
    case Kind::edited:
      return "edited";
    case Kind::broken:
      return "broken";
    case Kind::unprotected:
      return "unprotected";
    case Kind::unrecorded:
      return "unrecorded";
    case Kind::diverged:
      return "diverged";
    case Kind::missing:
      return "missing";
    case Kind::unfinished:
      return "unfinished";
    case Kind::formatting:
      return "formatting";
    case Kind::accepted:
      break;
  }
  return "accepted";
}

std::map<std::string, const Record*> accepted_records(const std::vector<Record>& history) {
  std::map<std::string, const Record*> accepted;
  for (const auto& record : history) {
    if (!record.applied) continue;
    if (*record.applied) {
      accepted[record.revision] = &record;
    } else {
      accepted.erase(record.revision);
    }
  }
  return accepted;
}

HistoryFinding edited(const Record& record, PresentMigrations& present, Node node) {
  const auto& script = present.scripts().script(node);
  HistoryFinding finding{.kind = Kind::edited, .revision = record.revision, .message = {}};
  const auto& operations = present.operations(node);
  if (record.operations && operations && record.checksums.form == canonical_form) {
    finding.changes = differences(*record.operations, *operations);
  } else {
    finding.changes.emplace_back(incomparable);
  }
  finding.message = fmt::format("Revision {} was edited after it was applied ({} on {} by {}): {}, {}.",
                                record.revision, name_of(record.direction), time_text(record.started_at),
                                record.os_user, script.path, fmt::join(finding.changes, "; "));
  return finding;
}

std::vector<HistoryFinding> verify(const std::vector<Record>& history, const RevisionIds& rows,
                                   PresentMigrations& present) {
  auto findings = Walk(history).findings();
  const auto accepted = accepted_records(history);
  const auto& map = present.scripts().map();
  for (const auto node : present.applied(rows)) {
    const auto& id = map.id(node);
    const auto record = accepted.find(id);
    if (record == accepted.end()) {
      findings.push_back({.kind = Kind::unrecorded,
                          .revision = id,
                          .message = fmt::format("Revision {} is applied, and the history has no record of it.", id)});
      continue;
    }
    switch (compare(record->second->checksums, present, node)) {
      case Agreement::edited:
        findings.push_back(edited(*record->second, present, node));
        break;
      case Agreement::formatting:
        findings.push_back({.kind = Kind::formatting,
                            .revision = id,
                            .message = fmt::format("The file of revision {} has changed since it was applied, and what "
                                                   "it does has not.",
                                                   id)});
        break;
      case Agreement::same:
      case Agreement::unknown:
        break;
    }
  }
  for (const auto& [id, record] : accepted) {
    if (id.empty() || map.has(id)) continue;
    findings.push_back(
        {.kind = Kind::missing,
         .revision = id,
         .message = fmt::format("The history says that revision {} is applied ({} on {}), and it is none "
                                "of the migrations here.",
                                id, name_of(record->direction), time_text(record->started_at))});
  }
  find_unfinished(history, findings);
  find_divergence(history, rows, findings);
  return findings;
}

}  // namespace support::alembic::safety

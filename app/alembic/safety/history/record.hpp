#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "app/alembic/safety/history/canonical.hpp"
#include "app/alembic/script/revision.hpp"

namespace support::alembic::safety {

// What a migration is at one time: of its file's bytes and of its operations; absent where that can't be known.
struct Checksums {
  std::optional<std::string> bytes = {};       // SHA-256, hexadecimal
  std::optional<std::string> operations = {};  // the same
  int form = canonical_form;                   // of the operations

  bool operator==(const Checksums&) const = default;
};

// The chain: each link is the SHA-256 of the link before and of what the record adds. Empty before the first record.
struct Links {
  std::string bytes = {};
  std::string operations = {};
  std::string record = {};

  bool operator==(const Links&) const = default;
};

// One row of the history. Times in microseconds, from 1970 in UTC.
struct Record {
  enum class Direction { upgrade, downgrade, stamp, repair };
  enum class Outcome {
    started,  // beyond the transaction of the run: what follows takes effect at once
    done,
    failed
  };

  std::string version_table = {};  // whose history it is part of, with its schema
  std::int64_t position = 0;       // from 1, without gaps
  std::string revision = {};       // empty: a repair of the chain itself
  Direction direction = Direction::upgrade;
  Outcome outcome = Outcome::done;
  std::optional<bool> applied = {};  // whether the revision is applied after it; done only
  RevisionIds rows = {};             // of the version table after it
  std::int64_t started_at = 0;
  std::int64_t duration = 0;
  std::string database_user = {};
  std::string os_user = {};
  std::string host = {};
  std::string build = {};
  std::string reason = {};  // of a repair
  std::string error = {};   // of a failure
  Checksums checksums = {};
  std::optional<CanonicalOperations> operations = {};
  Links links = {};
};

std::string_view name_of(Record::Direction direction);
std::string_view name_of(Record::Outcome outcome);

// What `record` makes of the links of the record before it; does not look at its own.
Links next_links(const Links& before, const Record& record);

// "2026-01-18 03:38:38 UTC".
std::string time_text(std::int64_t microseconds);

}  // namespace support::alembic::safety

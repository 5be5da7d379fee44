#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace support::alembic {

// The SQL of one direction.
struct SqlSection {
  std::string_view text;  // from behind the marker's line
  unsigned line = 0;      // of its first character, from 1
};

// An SQL migration cut at its marker lines.
struct SqlSections {
  std::string_view header;  // above the first marker
  SqlSection upgrade;
  SqlSection downgrade;
  std::optional<std::string> irreversible;  // the reason; then `downgrade` holds no statement
  std::optional<std::string> loses;         // what the way back does not bring, and why
};

// Finds `-- migrate:upgrade`, `-- migrate:downgrade` and `-- migrate:irreversible REASON`, each on a line of its own,
// and `-- migrate:loses REASON`, which stands in one of the sections and begins none; such a line in a string, a
// function body or rows of COPY is data. Throws CommandError, naming `path` and the line, when a marker is missing,
// repeated, misspelled or out of order, and when there is a way up but none down.
SqlSections find_sql_sections(std::string_view text, std::string_view path);

}  // namespace support::alembic

#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace support::alembic::safety {

// A statement that somebody has reviewed: what it does to a big table is known and wanted.
struct Signoff {
  std::string sha256;     // statement_digest(), 64 hexadecimal digits
  std::string revision;   // that has the statement
  std::string statement;  // for people
  std::string relation;   // for people: "public.messages", several between commas
  std::string by;
  std::string at;  // RFC 3339
  std::string reason;
};

// How big a table is, for a check that has no database to ask.
struct DeclaredTable {
  double rows = 0;
  std::uint64_t bytes = 0;
};

// What signoffs.toml holds (docs/signoffs.md).
struct SignoffFile {
  std::vector<Signoff> signoffs;
  std::map<std::string, DeclaredTable> tables;  // by name with schema

  // Whether the statement is signed off as part of the revision; of any, when that is "".
  bool covers(std::string_view sha256, std::string_view revision) const;
};

// `file` is what messages call it. Throws CommandError, "FILE:LINE:COLUMN: …", for what is no TOML, for a key that does
// not belong there, and for one that is missing or can't be read.
SignoffFile parse_signoffs(std::string_view text, std::string_view file);

// The text with the entries at its end; what is there stays as it is, comments included.
std::string add_signoffs(std::string text, const std::vector<Signoff>& entries);

}  // namespace support::alembic::safety

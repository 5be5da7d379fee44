#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "app/alembic/script/revision.hpp"

namespace support::alembic {

class Operations;

// What a migration does in one direction.
using Body = std::function<void(Operations&)>;

// Where a file says what the graph is made of, for messages; 0: not known.
struct ScriptLines {
  unsigned revision = 0;
  unsigned down_revision = 0;
  unsigned depends_on = 0;
};

// The SQL of an upgrade as it is written, comments included.
struct UpgradeSource {
  std::shared_ptr<const void> owner;  // of `text`
  std::string_view text;
  unsigned line = 0;  // of the file, where it begins, from 1
};

// One migration: its place in the graph, its words and its two bodies. Where it came from (compiled in, a file) is
// the business of whoever made it.
struct Script {
  Revision declared;
  std::string path;         // as `history -v` prints it
  std::string longdoc;      // message, blank line, Revision ID, Revises, Create Date
  std::string create_date;  // as written; may be empty
  Body upgrade;
  Body downgrade;
  bool transactional = true;                     // false: each statement runs outside a transaction
  std::optional<std::string> irreversible = {};  // why there is no way back; then `downgrade` is empty
  // Which data of the time before does not come back with the downgrade, and why; then that is no fault.
  std::optional<std::string> loses = {};

  // SQL migrations only; what reads it finds the comments that `upgrade` does not hand on.
  std::optional<UpgradeSource> upgrade_source = {};
  ScriptLines lines = {};
  // SHA-256 of the file's bytes, in hexadecimal; null where there is no file.
  std::function<std::string()> checksum = {};
  // Finds what only reading the bodies shows, before anything runs; throws CommandError. Empty: nothing to check.
  std::function<void()> check = {};
  // The same before a downgrade.
  std::function<void()> check_downgrade = {};

  // The message: the first paragraph of longdoc.
  std::string_view doc() const;
};

// The leading comment of a migration file.
struct ScriptComment {
  std::string longdoc;
  std::string message;
  std::string revision;
  RevisionIds revises;
  std::string create_date;
  ScriptLines lines;
};

// "<path>:<line>", or the path alone where the line is not known.
std::string place(const Script& script, unsigned line);

// Reads the leading `//` lines of a C++ migration. Throws CommandError, naming the file, when a part is missing.
ScriptComment parse_comment(std::string_view text, std::string_view file);

// Makes a script from what a C++ migration declares and its comment. Throws CommandError, naming the file, when the
// comment and the identifiers contradict each other.
Script make_script(Revision declared, const ScriptComment& comment, std::string path, Body upgrade, Body downgrade);

}  // namespace support::alembic

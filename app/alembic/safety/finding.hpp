#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "app/alembic/safety/model/lock_mode.hpp"

namespace support::alembic::safety {

enum class Severity { info, warning, error };
std::string_view severity_name(Severity severity);

// What a rule has to say about a statement.
struct Finding {
  std::string_view rule;
  Severity severity = Severity::warning;
  std::string file;
  unsigned line = 0;  // of the statement's first token, from 1
  std::string statement;
  std::string message;   // sentences: what happens, what is locked, what that blocks and for how long
  std::string relation;  // as one writes it; empty when no relation is meant
  LockMode lock = LockMode::none;
  Held held = Held::instant;  // the lock
  std::string safer;          // a migration that does the same without the danger; empty when there is none
};

// A finding that a comment accepts, with the reason given there.
struct AcceptedFinding {
  Finding finding;
  std::string reason;
};

struct LintReport {
  std::vector<Finding> findings;  // in the order of files and lines
  std::vector<AcceptedFinding> accepted;
  unsigned statements = 0;

  bool has_errors() const;
};

}  // namespace support::alembic::safety

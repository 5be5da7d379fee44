#pragma once

#include <span>
#include <string>
#include <string_view>

#include "app/alembic/safety/finding.hpp"

namespace support::alembic::safety {

enum class Section { rewrite, index, object, locking, compatibility, style, project };
// "A. Table rewrite or scan under a blocking lock"
std::string_view section_title(Section section);

// One line of the catalogue: what docs/linting.md prints.
struct Rule {
  std::string_view id;
  Section section;
  Severity severity;  // unless the rule knows more about a statement
  std::string_view pattern;
  std::string_view reason;
  std::string_view safer;
};

// All rules, by section.
std::span<const Rule> rules();
// nullptr when there is no such rule.
const Rule* find_rule(std::string_view id);
// The catalogue as a Markdown document's tables.
std::string rules_markdown();

}  // namespace support::alembic::safety

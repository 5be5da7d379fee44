#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "app/alembic/autogenerate/catalog.hpp"

namespace support::alembic::autogenerate {

// Goes through a text of the server's deparser, whose blanks and key words are always the same. Quotes, parentheses and
// brackets hide what is between them from until().
class DefinitionCursor {
 public:
  explicit DefinitionCursor(std::string_view text) : rest_(text) {}

  bool at_end() const { return rest_.empty(); }
  std::string_view rest() const { return rest_; }

  // Steps over the text if it comes next.
  bool take(std::string_view text);
  // An identifier without its quotes; empty when none comes next.
  std::string name();
  // Without a schema when there is no dot behind the first name.
  QualifiedName qualified_name();
  // What comes before `stop`, or all the rest; stays in front of `stop`.
  std::string_view until(std::string_view stop);

 private:
  std::string_view rest_;
};

// The parts between `separator`s, each as it is; none of an empty text.
std::vector<std::string_view> parts_of(std::string_view text, std::string_view separator);

}  // namespace support::alembic::autogenerate

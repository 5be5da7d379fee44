#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "app/alembic/script/revision.hpp"

namespace support::alembic {

// The two kinds of migration files.
enum class ScriptKind { cpp, sql };

// A migration that is to be written.
struct NewScript {
  Revision declared;
  std::string message;
  std::string create_date;
  // Statements of the two bodies, each with its line end; those of C++ are indented. Empty: to be filled in by hand.
  std::string upgrades = {};
  std::string downgrades = {};
  bool transactional = true;  // false only in SQL; C++ has blocks
};

// "<revision>_<slug>.sql"; `slug_source` is the message, or empty where the user gave none.
std::string file_name_of(const NewScript& script, std::string_view slug_source, ScriptKind kind);

// The text that new files are made from. It names its parts as ${message}, ${revision}, ${down_revision},
// ${branch_labels}, ${depends_on} and ${create_date}. ${upgrades}, ${downgrades} and ${transactional} have a line each,
// which is left out where there is nothing to say.
std::string_view template_text(ScriptKind kind);

// Fills a template in. Lists are comma-separated in SQL, initialisers in C++; a value of several lines repeats what
// stands before it on each of them. The result has been read back: it says what `script` says. Throws CommandError when
// that can't be, naming `template_name` and the line for what is wrong with the template.
std::string render_script(std::string_view text, std::string_view template_name, const NewScript& script,
                          ScriptKind kind);

}  // namespace support::alembic

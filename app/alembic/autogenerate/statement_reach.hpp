#pragma once

#include <set>
#include <string>
#include <string_view>

namespace support::alembic::autogenerate {

using WordSet = std::set<std::string, std::less<>>;

// The words of a text in lower case, with those of its strings, comments and bodies: what it can speak of.
WordSet words_in(std::string_view text);

// How far a statement reaches that makes a part of a schema, for somebody who does not understand it: what it can do
// something to is among its words, or it may be anything.
enum class Reach {
  nothing,        // transactions, and the settings that dumps begin with
  search_path,    // a dump's SELECT set_config('search_path', '', false): names without a schema mean nothing any more
  named_objects,  // CREATE, ALTER, COMMENT, GRANT
  everything      // DO, DROP, INSERT, other settings, rights in whole schemas
};
Reach reach(std::string_view statement);

}  // namespace support::alembic::autogenerate

#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/config/database_url.hpp"

namespace support::alembic::command {

// What stands on one side of a comparison, as a command line names it.
struct Side {
  enum class Kind {
    database,    // DATABASE_URL's, or one named by its URL
    metadata,    // the models of the program
    file,        // SQL that makes the schema; "-" for standard input
    migrations,  // what `upgrade head` makes of them: "builtin", a folder, or several between colons
    revisions,   // what those of the context make up to given ones
  };

  Kind kind = Kind::database;
  std::string text = {};                        // as given; empty for DATABASE_URL's database
  std::optional<config::DatabaseUrl> url = {};  // of a database that is not DATABASE_URL's

  std::vector<std::string> revisions = {};

  static Side of_revisions(std::vector<std::string> applied);
  bool is_default_database() const { return kind == Kind::database && !url; }
  bool is_standard_input() const { return kind == Kind::file && text == "-"; }
  // For people; no password in it.
  std::string name() const;
};

// `option` is where it was read: "--from". An empty text stands for the database of DATABASE_URL. Throws CommandError,
// for what can't be a URL and for a file or folder that is not there.
Side parse_side(std::string_view text, std::string_view option);

}  // namespace support::alembic::command

#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/alembic/operations/run_context.hpp"
#include "app/alembic/safety/syntax/parse_tree.hpp"
#include "app/alembic/script/script.hpp"
#include "app/schema/server_features.hpp"

namespace support::schema {
struct NamingConvention;
}

namespace support::alembic::safety {

// A statement that a migration is going to send.
struct PendingStatement {
  std::string revision;  // "" for a file that is none
  std::string path;
  unsigned line = 0;  // from 1; 0: not known
  std::string sql;
  std::optional<ParseTree> tree;  // nothing when the parser can't read it

  std::string place() const;  // "versions/ae10_.sql:12"
};

enum class Direction { upgrade, downgrade };

// How migrations are written as SQL.
struct Rendering {
  RunContext context = {};
  schema::ServerFeatures features = {};
  const schema::NamingConvention* naming_convention = nullptr;
};

struct PendingScript {
  std::vector<PendingStatement> statements;
  bool is_complete = true;  // false: from somewhere on it depends on what the database answers
};

// The statements that the script sends in this direction, as the engine splits them.
PendingScript pending_script(const alembic::Script& script, Direction direction, const Rendering& rendering);

// One statement, read by the parser.
PendingStatement pending_statement(std::string revision, std::string path, unsigned line, std::string sql);

}  // namespace support::alembic::safety

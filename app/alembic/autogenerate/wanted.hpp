#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "app/alembic/autogenerate/inspect.hpp"
#include "app/schema/metadata.hpp"

namespace support::alembic::autogenerate {

struct WantedOptions {
  InspectOptions inspect = {};
  std::string source = "the wanted schema";  // for messages: the file's name
  // What the database of the connection holds, read with the same `inspect`. Tables that the statements are certain to
  // make again as they are there are taken from it and not built. Null: all are built.
  const CatalogSnapshot* live = nullptr;
};

struct WantedStatement {
  WantedStatement(std::string_view text, unsigned first_line = 0, unsigned first_column = 1)
      : sql(text), line(first_line), column(first_column) {}
  WantedStatement(const std::string& text) : sql(text) {}

  std::string_view sql;
  unsigned line = 0;    // in the source, from 1; 0: it has no lines
  unsigned column = 1;  // of its beginning in that line, from 1
};

// What inspect() would read, had the statements been run in an empty database: they are run on this server, in one
// transaction that is always rolled back, and read from its catalogs, so that both sides of a comparison are spelled by
// the same server.
//
// The names are those of real life, in several schemas, in texts and in bodies of functions, because the statements get
// an empty house: the schemas of the database are renamed for the time of the transaction, which takes no lock on
// anything in them and is seen by nobody else, and `public` and the current schema are made anew. Extensions that are
// installed move along into the new schema of the same name, unless they can't; then they are found through the search
// path. Nobody's reading and writing is held up; who changes the schemas themselves at the same time (GRANT … ON
// SCHEMA, CREATE EXTENSION) waits for the end, and this waits two seconds at most for them. The transaction can't be
// committed: a deferred constraint that nothing can satisfy sees to it.
//
// BEGIN and COMMIT in the statements are passed over, as are DROP SCHEMA, DROP EXTENSION, rows of COPY and the word
// CONCURRENTLY. Throws CommandError when a statement fails or can't run in a transaction (with its line and column),
// uses what only the live database has, or when the role may not create schemas or own those that are there: another
// server can do it then (--dev-url). Throws SqlSyntaxError as split_sql() does. The connection must not be in a
// transaction.
CatalogSnapshot wanted_from_sql(Connection& connection, std::string_view script, const WantedOptions& options = {});
CatalogSnapshot wanted_from_sql(Connection& connection, const std::vector<WantedStatement>& statements,
                                const WantedOptions& options = {});

// What builds the models, schemas included.
std::vector<std::string> wanted_statements(const schema::MetaData& metadata, const schema::ServerFeatures& server);

// The same for models.
CatalogSnapshot wanted_from_metadata(Connection& connection, const schema::MetaData& metadata,
                                     const WantedOptions& options = {});

}  // namespace support::alembic::autogenerate

#include "app/alembic/safety/scratch/schema_copy.hpp"

#include <fmt/format.h>

#include "app/alembic/autogenerate/inspect.hpp"
#include "app/alembic/autogenerate/plan.hpp"
#include "app/alembic/errors.hpp"
#include "app/alembic/operations/sql.hpp"
#include "app/alembic/runtime/server_features.hpp"
#include "app/alembic/script/sql_split.hpp"
#include "app/config/logging.hpp"

namespace support::alembic::safety {
namespace {

// Newer pg_dumps write these for psql alone.
bool is_for_psql(std::string_view line) {
  return line.starts_with("\\restrict ") || line.starts_with("\\unrestrict ");
}

// With blanks in their place, so that lines keep their numbers.
std::string without_psql_lines(std::string text) {
  for (std::size_t begin = 0; begin < text.size();) {
    const auto end = std::min(text.find('\n', begin), text.size());
    if (is_for_psql(std::string_view(text).substr(begin, end - begin)))
      text.replace(begin, end - begin, end - begin, ' ');
    begin = end + 1;
  }
  return text;
}

// The inspector does not read them, and migrations add tables to them. One that the role may not make (FOR ALL TABLES
// is for superusers) is left out.
void copy_publications(Connection& from, Connection& to) {
  const auto publications = from.query(
      "SELECT quote_ident(p.pubname), p.puballtables, (SELECT string_agg(quote_ident(n.nspname) || '.' || "
      "quote_ident(c.relname), ', ') FROM pg_publication_rel r JOIN pg_class c ON c.oid = r.prrelid JOIN pg_namespace "
      "n "
      "ON n.oid = c.relnamespace WHERE r.prpubid = p.oid) FROM pg_publication p");
  for (const auto& row : publications) {
    auto sql = "CREATE PUBLICATION " + row.at(0).value_or("");
    if (row.at(1) == "t") sql += " FOR ALL TABLES";
    if (row.at(2)) sql += " FOR TABLE " + *row.at(2);
    try {
      to.execute(sql);
    } catch (const DatabaseError& error) {
      config::log_event(spdlog::level::debug, "alembic.safety.scratch", fmt::format("{}: {}", sql, error.what()));
    }
  }
}

}  // namespace

void copy_schema(Connection& from, Connection& to) {
  const autogenerate::InspectOptions options{.dependencies = autogenerate::InspectOptions::Dependencies::read};
  const auto wanted = autogenerate::inspect(from, options);
  const auto steps = autogenerate::plan(autogenerate::inspect(to, options), wanted).upgrade;
  const auto server = server_features(to);
  std::string statement;
  try {
    // Bodies may name what comes later.
    to.execute("SET check_function_bodies = off");
    for (const auto& step : steps) {
      for (const auto& sql : to_sql(step.operation, server)) {
        statement = sql;
        to.execute(sql);
      }
    }
    to.execute("RESET check_function_bodies");
    copy_publications(from, to);
  } catch (const DatabaseError& error) {
    throw CommandError(
        fmt::format("The schema can't be made again in a scratch database: {}; --schema FILE.sql takes it "
                    "from a dump instead",
                    error.explanation()));
  }
}

void run_schema_script(Connection& connection, const std::string& text, const std::string& file) {
  const auto script = without_psql_lines(text);
  try {
    for (const auto& statement : split_sql(script)) {
      try {
        if (statement.copy_data) {
          connection.copy(std::string(statement.text), *statement.copy_data);
        } else {
          connection.query(std::string(statement.text));
        }
      } catch (const DatabaseError& error) {
        const auto line = statement.line + (error.report().line > 1 ? error.report().line - 1 : 0);
        throw CommandError(fmt::format("{}:{}: {}", file, line, error.explanation()));
      }
    }
  } catch (const SqlSyntaxError& error) {
    throw CommandError(fmt::format("{}:{}: {}", file, error.line(), error.what()));
  }
}

}  // namespace support::alembic::safety

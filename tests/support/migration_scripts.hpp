#pragma once

#include <string>
#include <vector>

#include <fmt/format.h>

#include "app/alembic/operations/operations.hpp"
#include "app/alembic/script/script_directory.hpp"
#include "app/alembic/script/sql_script.hpp"

// Migrations made in a test, without the compiled-in ones.
namespace support::tests {

struct ScriptBody {
  std::vector<std::string> upgrade = {};
  std::vector<std::string> downgrade = {};
};

inline alembic::Body run_statements(std::vector<std::string> statements) {
  return [statements = std::move(statements)](alembic::Operations& op) {
    for (const auto& statement : statements) op.execute(statement);
  };
}

// With the comment that a file of this revision would have.
inline alembic::Script make_script(alembic::Revision declared, const std::string& message, ScriptBody body = {}) {
  const std::string text =
      fmt::format("// {}\n//\n// Revision ID: {}\n// Revises: {}\n// Create Date: 2026-01-18 03:38:38\n", message,
                  declared.revision, fmt::join(declared.down_revisions, ", "));
  const auto path = fmt::format("versions/{}.cpp", declared.revision);
  return alembic::make_script(std::move(declared), alembic::parse_comment(text, path), path,
                              run_statements(std::move(body.upgrade)), run_statements(std::move(body.downgrade)));
}

// As an SQL file holds it, a statement a line after its header of eight lines; its path is mig/<revision>.sql.
inline alembic::Script make_sql_script(const alembic::Revision& declared, const ScriptBody& body) {
  const auto statements = [](const std::vector<std::string>& list) {
    return list.empty() ? std::string() : fmt::format("{};\n", fmt::join(list, ";\n"));
  };
  const auto way_back = body.downgrade.empty() ? std::string("-- migrate:irreversible it is a test\n")
                                               : "-- migrate:downgrade\n" + statements(body.downgrade);
  return alembic::parse_sql_script(
      fmt::format("mig/{}.sql", declared.revision),
      fmt::format(
          "-- Message of {0}\n--\n-- revision: {0}\n-- down_revision: {1}\n-- create_date: 2026-01-18 03:38:38\n"
          "\n\n-- migrate:upgrade\n{2}{3}",
          declared.revision, fmt::join(declared.down_revisions, ", "), statements(body.upgrade), way_back));
}

// A line of revisions r1, r2, …, each with a table of its name.
inline alembic::ScriptDirectory line_of_tables(std::size_t length) {
  std::vector<alembic::Script> scripts;
  alembic::RevisionIds parents;
  for (std::size_t i = 1; i <= length; ++i) {
    const auto id = fmt::format("r{}", i);
    scripts.push_back(make_script({.revision = id, .down_revisions = parents}, fmt::format("Create table {}", id),
                                  {.upgrade = {fmt::format("CREATE TABLE {} (id integer)", id)},
                                   .downgrade = {fmt::format("DROP TABLE {}", id)}}));
    parents = {id};
  }
  return alembic::ScriptDirectory(std::move(scripts));
}

}  // namespace support::tests

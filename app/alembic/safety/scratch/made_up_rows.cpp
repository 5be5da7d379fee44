#include "app/alembic/safety/scratch/made_up_rows.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "app/alembic/runtime/transaction.hpp"
#include "app/schema/quoting.hpp"

namespace support::alembic::safety {
namespace {

using schema::quote_identifier;

constexpr int many = 100;

// Beyond what the rows use, for the rows that a migration adds.
constexpr int first_free_number = 100'000;

struct Attempt {
  bool fills_nullable;
  int rows;
};

// The same number gives the same value in every column of a type, so that references find their rows.
constexpr std::array attempts = {Attempt{true, many}, Attempt{true, 1}, Attempt{false, many}, Attempt{false, 1}};

struct Column {
  std::string name;
  std::string type;      // as SQL spells it
  std::string category;  // pg_type.typcategory of what is below domains
  std::string base;      // its pg_type.typname
  bool not_null = false;
};

struct Table {
  std::string name;  // qualified
  std::vector<Column> columns;
};

// Empty: there is no value of this type to be had.
std::string value_of(const Column& column) {
  const auto cast = [&](std::string_view expression) { return fmt::format("({})::{}", expression, column.type); };
  const auto is = [&](std::string_view name) { return column.base == name; };
  if (is("money")) return cast("g::integer");
  if (is("bit")) return cast("g::integer");
  if (is("varbit")) return cast("B'1'");
  if (is("uuid")) return cast("md5(g::text)::uuid");
  if (is("json") || is("jsonb")) return cast("'{}'");
  if (is("bytea")) return cast("decode(md5(g::text), 'hex')");
  if (is("date")) return cast("DATE '2024-01-01' + g::integer");
  if (is("time") || is("timetz")) return cast("TIME '00:00' + g * interval '1 minute'");
  if (is("inet") || is("cidr")) return cast("'10.0.0.' || g");
  if (is("xml")) return cast("'<a/>'");
  if (column.category == "N") return cast("g");
  if (column.category == "B") return cast("g % 2 = 0");
  if (column.category == "S") return cast("g::text");
  if (column.category == "D") return cast("TIMESTAMP '2024-01-01' + g * interval '1 day'");
  if (column.category == "T") return cast("g * interval '1 day'");
  if (column.category == "E") return fmt::format("(enum_range(NULL::{}))[1]", column.type);
  if (column.category == "A") return cast("'{}'");
  if (column.category == "R") return cast("'empty'");
  return {};
}

std::optional<std::string> insert_sql(const Table& table, const Attempt& attempt) {
  std::vector<std::string> names;
  std::vector<std::string> values;
  for (const auto& column : table.columns) {
    if (!column.not_null && !attempt.fills_nullable) continue;
    auto value = value_of(column);
    if (value.empty() && column.not_null) return std::nullopt;
    if (value.empty()) continue;
    names.push_back(quote_identifier(column.name));
    values.push_back(std::move(value));
  }
  if (names.empty()) return fmt::format("INSERT INTO {} DEFAULT VALUES", table.name);
  return fmt::format("INSERT INTO {} ({}) OVERRIDING SYSTEM VALUE SELECT {} FROM generate_series(1, {}) g", table.name,
                     fmt::join(names, ", "), fmt::join(values, ", "), attempt.rows);
}

std::vector<Table> read_tables(Connection& connection, const std::set<std::pair<std::string, std::string>>& wanted) {
  std::vector<Table> tables;
  const auto rows = connection.query(
      "WITH RECURSIVE base AS (SELECT oid, oid AS below FROM pg_type WHERE typtype <> 'd' UNION ALL SELECT d.oid, "
      "b.below FROM pg_type d JOIN base b ON b.oid = d.typbasetype WHERE d.typtype = 'd') SELECT n.nspname, c.relname, "
      "a.attname, format_type(a.atttypid, a.atttypmod), t.typcategory, t.typname, a.attnotnull FROM pg_class c JOIN "
      "pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND "
      "NOT "
      "a.attisdropped AND a.attgenerated = '' LEFT JOIN base b ON b.oid = a.atttypid LEFT JOIN pg_type t ON t.oid = "
      "b.below WHERE c.relkind = 'r' AND c.oid >= 16384 ORDER BY c.oid, a.attnum");
  for (const auto& row : rows) {
    const auto schema = row.at(0).value_or("");
    const auto name = row.at(1).value_or("");
    if (!wanted.contains({schema, name})) continue;
    const auto qualified = fmt::format("{}.{}", quote_identifier(schema), quote_identifier(name));
    if (tables.empty() || tables.back().name != qualified) tables.push_back({qualified, {}});
    if (!row.at(2)) continue;
    tables.back().columns.push_back({.name = *row.at(2),
                                     .type = row.at(3).value_or(""),
                                     .category = row.at(4).value_or(""),
                                     .base = row.at(5).value_or(""),
                                     .not_null = row.at(6) == "t"});
  }
  std::erase_if(tables, [&](const Table& table) {
    return connection.scalar(fmt::format("SELECT EXISTS (SELECT FROM {})", table.name)) == "t";
  });
  return tables;
}

// How the triggers stand is part of the schema, and stays as it is.
void insert_without_triggers(Connection& connection, const Table& table, const std::string& sql) {
  Transaction transaction(connection);
  const auto triggers = connection.query(fmt::format(
      "SELECT quote_ident(tgname), CASE tgenabled WHEN 'A' THEN 'ENABLE ALWAYS' WHEN 'R' THEN 'ENABLE REPLICA' ELSE "
      "'ENABLE' END FROM pg_trigger WHERE tgrelid = {}::regclass AND NOT tgisinternal AND tgenabled <> 'D'",
      schema::quote_literal(table.name)));
  if (!triggers.empty()) connection.execute(fmt::format("ALTER TABLE {} DISABLE TRIGGER USER", table.name));
  connection.execute(sql);
  connection.execute("SET CONSTRAINTS ALL IMMEDIATE");
  for (const auto& trigger : triggers) {
    connection.execute(fmt::format("ALTER TABLE {} {} TRIGGER {}", table.name, trigger.at(1).value_or("ENABLE"),
                                   trigger.at(0).value_or("")));
  }
  transaction.commit();
}

bool fill(Connection& connection, const Table& table, const Attempt& attempt) {
  const auto sql = insert_sql(table, attempt);
  if (!sql) return false;
  try {
    insert_without_triggers(connection, table, *sql);
    return true;
  } catch (const DatabaseError&) {
    // A constraint that made-up values don't meet, or a table that it refers to is empty still.
    return false;
  }
}

}  // namespace

void make_up_rows(Connection& connection, const std::set<std::pair<std::string, std::string>>& wanted) {
  if (wanted.empty()) return;
  auto tables = read_tables(connection, wanted);
  for (const auto& attempt : attempts) {
    // What refers to others comes after them, in whatever order they are listed.
    while (std::erase_if(tables, [&](const Table& table) { return fill(connection, table, attempt); }) > 0) {
    }
  }
  try {
    connection.query(
        fmt::format("SELECT setval(seqrelid, {}) FROM pg_sequence WHERE seqincrement > 0 AND seqmax > {} "
                    "AND seqmin <= {}",
                    first_free_number, first_free_number, first_free_number));
  } catch (const DatabaseError&) {
    // A sequence of somebody else's.
  }
}

}  // namespace support::alembic::safety

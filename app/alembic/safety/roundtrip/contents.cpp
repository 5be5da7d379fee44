#include "app/alembic/safety/roundtrip/contents.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "app/schema/quoting.hpp"

namespace support::alembic::safety {
namespace {

using autogenerate::QualifiedName;

// Of the tables whose contents go into one statement.
constexpr std::size_t most_tables = 100;

// A row as one value, which costs the server less than a value for each column.
std::string select_rows(std::size_t number, const QualifiedName& name) {
  return fmt::format("SELECT {}, support_agent_row::text FROM ONLY {} AS support_agent_row", number,
                     schema::qualified_name(name.name, name.schema));
}

std::string digest_of(const std::string* value) {
  const std::uint64_t hash = value == nullptr ? 0 : std::hash<std::string>()(*value) | 1U;
  std::string digest(digest_width, '\0');
  std::memcpy(digest.data(), &hash, sizeof hash);
  return digest;
}

// Tables that are being read, each with the places that its sorted columns have in a row of the server's.
struct Reading {
  TableContents* contents;
  std::vector<std::size_t> places;
};

Reading prepare(const autogenerate::Table& table, TableContents& contents) {
  std::vector<std::pair<std::string, std::size_t>> sorted;
  for (const auto& column : table.columns) sorted.emplace_back(column.name, sorted.size());
  std::ranges::sort(sorted);
  Reading reading{&contents, {}};
  for (const auto& [name, place] : sorted) {
    contents.columns.push_back(name);
    reading.places.push_back(place);
  }
  return reading;
}

void take_row(const Reading& reading, std::string_view record) {
  auto fields = fields_of_record(record);
  fields.resize(std::max(fields.size(), reading.places.size()));  // a NULL in the only column prints as nothing
  std::string digests;
  for (const auto place : reading.places) {
    const auto& field = fields.at(place);
    digests += digest_of(field ? &*field : nullptr);
  }
  reading.contents->rows.push_back(std::move(digests));
}

std::size_t place_of(const TableContents& table, const std::string& column) {
  return static_cast<std::size_t>(std::ranges::lower_bound(table.columns, column) - table.columns.begin());
}

// The rows with these columns alone, sorted.
std::vector<std::string> projected(const TableContents& table, const std::vector<std::string>& columns) {
  std::vector<std::string> rows;
  for (const auto& row : table.rows) {
    std::string kept;
    for (const auto& column : columns) kept += row.substr(place_of(table, column) * digest_width, digest_width);
    rows.push_back(std::move(kept));
  }
  std::ranges::sort(rows);
  return rows;
}

// How many of `before` have no counterpart in `after`.
std::size_t missing(const TableContents& before, const TableContents& after, const std::vector<std::string>& columns) {
  std::vector<std::string> gone;
  std::ranges::set_difference(projected(before, columns), projected(after, columns), std::back_inserter(gone));
  return gone.size();
}

void compare_table(const QualifiedName& name, const TableContents& before, const TableContents& after,
                   std::vector<Loss>& losses) {
  const auto rows = before.rows.size();
  if (after.rows.size() < rows) losses.push_back({name, "", rows - after.rows.size(), rows});
  std::vector<std::string> common;
  std::ranges::set_intersection(before.columns, after.columns, std::back_inserter(common));
  const auto gone = missing(before, after, common);
  // Rows alone explain it.
  if (gone == 0 || (after.rows.size() < rows && gone == rows - after.rows.size())) return;
  const auto found = losses.size();
  for (const auto& column : common) {
    const auto count = missing(before, after, {column});
    if (count > 0) losses.push_back({name, column, count, rows});
  }
  // The values are all there, in other rows.
  if (losses.size() == found && after.rows.size() >= rows) losses.push_back({name, "", gone, rows});
}

}  // namespace

std::vector<std::optional<std::string>> fields_of_record(std::string_view text) {
  std::vector<std::optional<std::string>> fields;
  if (text.size() <= 2) return fields;
  text = text.substr(1, text.size() - 2);
  std::string field;
  bool is_quoted = false;
  bool has_quotes = false;
  const auto finish = [&] {
    fields.push_back(field.empty() && !has_quotes ? std::nullopt : std::optional(field));
    field.clear();
    has_quotes = false;
  };
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    const bool is_doubled = at + 1 < text.size() && text[at + 1] == c;
    if (c == '"' && !(is_quoted && is_doubled)) {
      is_quoted = !is_quoted;
      has_quotes = true;
    } else if (c == ',' && !is_quoted) {
      finish();
    } else {
      if (is_quoted && (c == '"' || c == '\\')) ++at;
      field += c;
    }
  }
  finish();
  return fields;
}

Contents read_contents(Connection& connection, const autogenerate::CatalogSnapshot& schema) {
  Contents contents;
  std::vector<Reading> batch;
  std::vector<std::string> selects;
  const auto read = [&] {
    if (selects.empty()) return;
    for (const auto& row : connection.query(fmt::format("{}", fmt::join(selects, " UNION ALL ")))) {
      take_row(batch.at(std::stoul(row.at(0).value())), row.at(1).value());
    }
    batch.clear();
    selects.clear();
  };
  for (const auto& table : schema.tables) {
    if (table.kind != autogenerate::TableKind::ordinary) continue;
    const QualifiedName name{table.schema, table.name};
    selects.push_back(select_rows(batch.size(), name));
    batch.push_back(prepare(table, contents[name]));
    if (batch.size() == most_tables) read();
  }
  read();
  return contents;
}

std::vector<Loss> find_losses(const Contents& before, const Contents& after) {
  std::vector<Loss> losses;
  for (const auto& [name, table] : before) {
    const auto found = after.find(name);
    if (found != after.end()) compare_table(name, table, found->second, losses);
  }
  return losses;
}

std::vector<Surplus> find_surplus(const Contents& before, const Contents& after) {
  std::vector<Surplus> surplus;
  for (const auto& [name, table] : before) {
    const auto found = after.find(name);
    if (found == after.end() || found->second.rows.size() <= table.rows.size()) continue;
    surplus.push_back({name, found->second.rows.size() - table.rows.size()});
  }
  return surplus;
}

std::string table_name(const QualifiedName& table, const std::string& default_schema) {
  return table.schema == default_schema ? table.name : table.schema + "." + table.name;
}

std::string loss_text(const Loss& loss, const std::string& default_schema) {
  const auto table = table_name(loss.table, default_schema);
  if (loss.column.empty())
    return fmt::format("{} of {} row{} of {}", loss.count, loss.of, loss.of == 1 ? "" : "s", table);
  return fmt::format("{} of {} value{} of {}.{}", loss.count, loss.of, loss.of == 1 ? "" : "s", table, loss.column);
}

}  // namespace support::alembic::safety

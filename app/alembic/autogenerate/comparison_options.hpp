#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "app/alembic/autogenerate/compare.hpp"

// What a command line says about a comparison, and what compare() makes of it.
namespace support::alembic::autogenerate {

// "table:tmp_*": names of one kind, or without a kind of any. The glob has * and ?, and is held against the name and
// against schema.name; for what belongs to a table against table.name and schema.table.name, too.
struct NamePattern {
  std::optional<ObjectKind> kind = {};
  std::string glob;

  bool operator==(const NamePattern&) const = default;
};

// The words for kinds on a command line: "enum_type", "table".
const std::vector<std::string>& object_kind_words();
// A word for a kind, also with dashes or blanks ("enum-type"), or without its "type". Throws CommandError.
ObjectKind parse_object_kind(std::string_view word);
// Throws CommandError for an unknown kind and for an empty glob.
NamePattern parse_name_pattern(std::string_view text);
bool matches_glob(std::string_view glob, std::string_view text);

struct ComparisonOptions {
  bool compare_type = true;
  bool compare_server_default = true;
  bool compare_comments = true;
  bool compare_access = false;
  bool compare_column_order = false;
  std::optional<bool> compare_storage = {};  // absent: unless one side is models, which can't say it
  std::set<ObjectKind> ignored_kinds = {};
  // Next to models their schemas and the default one are looked at; this adds all others.
  bool include_schemas = false;
  std::set<std::string> schemas = {};  // these alone; empty: no such limit
  // What they don't match is left out: a pattern with a kind speaks for that kind, one without for all that stands by
  // itself (no parts of tables, no schemas).
  std::vector<NamePattern> include_names = {};
  // What they match is left out. With a table or schema its parts go.
  std::vector<NamePattern> exclude_names = {};

  bool operator==(const ComparisonOptions&) const = default;
};

// The migration tool's own schema is left out, unless it is among the `schemas`.
constexpr std::string_view tool_schema = "alembic";

// The options of compare() for these two. `models` is the one that comes from MetaData, if any does; `default_schema`
// is where unqualified names go.
CompareOptions compare_options(const ComparisonOptions& options, const CatalogSnapshot& before,
                               const CatalogSnapshot& after, const CatalogSnapshot* models,
                               const std::string& default_schema);

}  // namespace support::alembic::autogenerate

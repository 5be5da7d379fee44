#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "app/alembic/autogenerate/difference.hpp"

namespace support::alembic::autogenerate {

// Where an object is.
enum class Side { before, after, both };

// What a name means that PostgreSQL would have made up itself (t_a_key, t_b_fkey, t_c_idx, …): that name, or that
// nobody gave one, so that a constraint or index with the same definition and any other name will do.
enum class GeneratedNames { exact, any };

// What to look at. By default everything that a migration can change and that somebody has written down; off are the
// things that differ without anybody wanting it (the last four).
struct CompareOptions {
  std::set<ObjectKind> ignored_kinds = {};
  bool compare_type = true;            // with the collation
  bool compare_server_default = true;  // identity and generated columns included
  bool compare_comments = true;
  bool compare_storage = true;  // storage parameters, tablespaces, access methods, STORAGE, COMPRESSION
  bool compare_column_order = false;
  bool compare_access = false;  // owners and grants, when both sides were read with them
  bool compare_extension_versions = false;
  bool compare_not_null_names = false;  // PostgreSQL 18

  GeneratedNames generated_names = GeneratedNames::exact;

  // Objects of other schemas are not looked at on either side; absent: all schemas are.
  std::optional<std::set<std::string>> include_schemas = {};

  // As Alembic's. The first is asked for what `before` holds, and false leaves it out of there (so what `after` has of
  // that name counts as added). The second is asked for what either side holds; false leaves it out of both. For a
  // table, its parts go with it.
  std::function<bool(const ObjectName& object)> include_name = {};
  std::function<bool(const ObjectName& object, Side side)> include_object = {};

  // What MetaData can say: what it can't (views, routines, triggers, …) is not taken for something to be dropped, and
  // constraints without a name go by their columns, as in Alembic.
  static CompareOptions for_models();
};

// Whether an object that both sides have is looked at.
bool is_compared(const CompareOptions& options, const ObjectName& object);

// What has to change for `before` (the database) to become `after` (the wanted schema). Pure. The order is Alembic's
// where it has one: added tables, each before the tables that refer to it and with its indexes after it; removed
// tables, the referring ones first and each after its indexes; then table by table added columns, changed columns,
// indexes and unique constraints, foreign keys, the table itself, other constraints, removed columns. Schemas,
// extensions, types and sequences come before the tables, views, routines and what hangs on tables behind. It is an
// order for reading: it need not run as it is.
//
// A constraint or index that has another name and the same definition is one that changed, not one removed and one
// added.
std::vector<Difference> compare(const CatalogSnapshot& before, const CatalogSnapshot& after,
                                const CompareOptions& options = {});

}  // namespace support::alembic::autogenerate

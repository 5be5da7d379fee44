#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "app/alembic/autogenerate/difference.hpp"
#include "app/alembic/autogenerate/plan.hpp"
#include "app/schema/server_features.hpp"

// Tables and columns that have another name and are the same. Two snapshots can't tell that from one that is gone and
// one that is new; somebody has to say it.
namespace support::alembic::autogenerate {

struct Rename {
  std::string schema;
  std::string table;  // of a column, by its new name
  std::string name;   // of the table or column, as is the next one
  std::string new_name;

  bool is_column() const { return !table.empty(); }
  bool operator==(const Rename&) const = default;
};

// As --rename takes it: "users:people", "app.users.mail:email". Names are quoted where they have to be.
std::string rename_text(const Rename& rename, std::string_view default_schema = "public");

// Two names between a colon, each with up to two qualifiers: "users:people", "app.users:app.people",
// "users.mail:email". In double quotes a name may hold anything; without them it is taken as it is, not folded to lower
// case.
struct RenameRequest {
  std::string text;
  std::vector<std::string> from;
  std::vector<std::string> to;

  bool operator==(const RenameRequest&) const = default;
};

// Throws CommandError.
RenameRequest parse_rename(std::string_view text);

// What the requests mean for these two, tables first; they are to be done one after the other, because two that
// exchange their names are three renames. Throws CommandError when the old name is not in `before`, or the new one is
// there already, or is not in `after`, when a name may be that of a table and that of a column, and when an object
// would leave its schema or table.
std::vector<Rename> resolve_renames(const std::vector<RenameRequest>& requests, const CatalogSnapshot& before,
                                    const CatalogSnapshot& after, const std::string& default_schema = "public");

struct LikelyRename {
  Rename rename;
  std::string reason;  // "both are text NOT NULL, and no other column of the table is gone or new"

  bool operator==(const LikelyRename&) const = default;
};

// Removed and added tables of a schema with the same columns, and removed and added columns of a table with the same
// type and the like, in the order of the differences. Where several would fit, the place among the columns decides, or
// nothing does.
std::vector<LikelyRename> likely_renames(const std::vector<Difference>& differences, const CatalogSnapshot& before,
                                         const CatalogSnapshot& after);

// The operation that does it.
Operation rename_operation(const Rename& rename);
Rename inverse(const Rename& rename);

// The renames, and then what `plan` does, which was made for what they leave; on the way back they come last, undone.
Plan with_renames(Plan plan, const std::vector<Rename>& renames);

// Says at the steps that drop what may have been renamed that it may, and how to say so.
void note_likely_renames(Plan& plan, const std::vector<LikelyRename>& renames, std::string_view default_schema);

}  // namespace support::alembic::autogenerate

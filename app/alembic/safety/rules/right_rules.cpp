// GRANT … TO PUBLIC, SECURITY DEFINER.
#include <fmt/format.h>

#include "app/alembic/safety/rules/checks.hpp"

namespace support::alembic::safety {

namespace {

void check_grant(Examination& examination, const Node& grant) {
  if (!grant.flag("is_grant")) return;
  for (const auto& grantee : grant.items("grantees")) {
    if (grantee.text("roletype") != "ROLESPEC_PUBLIC") continue;
    examination.report("grant-to-public", {.message = "Every role has this right, those to come included."});
    return;
  }
}

void check_function(Examination& examination) {
  bool is_definer = false;
  bool sets_path = false;
  for (const auto& option : examination.node.items("options")) {
    const auto name = option.text("defname");
    if (name == "security") is_definer = option["arg"].flag("boolval");
    if (name == "set") sets_path |= option["arg"].text("name") == "search_path";
  }
  if (!is_definer || sets_path) return;
  examination.report(
      "security-definer-search-path",
      {.message = "The function runs with its owner's rights, and looks names up in the caller's search_path.",
       .safer = "-- in the definition: SET search_path = pg_catalog, pg_temp"});
}

}  // namespace

void check_rights(Examination& examination) {
  const auto& node = examination.node;
  if (node.is("GrantStmt")) return check_grant(examination, node);
  if (node.is("AlterDefaultPrivilegesStmt")) return check_grant(examination, node["action"]);
  if (node.is("CreateFunctionStmt")) check_function(examination);
}

}  // namespace support::alembic::safety

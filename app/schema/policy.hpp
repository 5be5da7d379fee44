#pragma once

#include <string>
#include <utility>
#include <vector>

namespace support::schema {

enum class PolicyCommand { all, select, insert, update, delete_ };
// Permissive policies are joined by OR, restrictive ones by AND.
enum class PolicyKind { permissive, restrictive };

struct PolicyOptions {
  PolicyKind kind = PolicyKind::permissive;
  PolicyCommand command = PolicyCommand::all;
  // Role names; in capitals PUBLIC, CURRENT_ROLE, CURRENT_USER and SESSION_USER are SQL's words. None: everybody.
  std::vector<std::string> roles = {};
  std::string using_ = {};      // which rows are seen; empty: all
  std::string with_check = {};  // which rows may be written; empty: those of using_
  std::string schema = {};      // of the table

  bool operator==(const PolicyOptions&) const = default;
};

// A policy of row-level security. It works once enable_row_level_security() has been called for the table.
struct Policy : PolicyOptions {
  Policy(std::string policy_name, std::string table_name, PolicyOptions options = {})
      : PolicyOptions(std::move(options)), name(std::move(policy_name)), table(std::move(table_name)) {}

  std::string name;
  std::string table;
  bool operator==(const Policy&) const = default;
};

// Throws std::invalid_argument on a condition that the command has not: INSERT sees no rows (using_), SELECT and DELETE
// write none (with_check).
std::string create_policy_sql(const Policy& policy);

// "app, PUBLIC"
std::string role_list(const std::vector<std::string>& roles);

}  // namespace support::schema

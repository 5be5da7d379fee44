#include <algorithm>
#include <array>
#include <stdexcept>

#include <fmt/format.h>

#include "app/schema/policy.hpp"
#include "app/schema/quoting.hpp"
#include "app/schema/sql_text.hpp"

namespace support::schema {
namespace {

std::string_view command_sql(PolicyCommand command) {
  constexpr std::array<std::string_view, 5> words{"ALL", "SELECT", "INSERT", "UPDATE", "DELETE"};
  return words.at(static_cast<std::size_t>(command));
}

void require_conditions_fit(const Policy& policy) {
  const bool sees_no_rows = policy.command == PolicyCommand::insert;
  if (sees_no_rows && !policy.using_.empty()) {
    throw std::invalid_argument(fmt::format(
        "The policy '{}' is for INSERT, which looks at no rows; say with_check instead of using_.", policy.name));
  }
  const bool writes_no_rows = policy.command == PolicyCommand::select || policy.command == PolicyCommand::delete_;
  if (writes_no_rows && !policy.with_check.empty()) {
    throw std::invalid_argument(
        fmt::format("The policy '{}' is for {}, which writes no rows; say using_ instead of with_check.", policy.name,
                    command_sql(policy.command)));
  }
}

}  // namespace

std::string role_list(const std::vector<std::string>& roles) {
  constexpr std::array<std::string_view, 4> words{"PUBLIC", "CURRENT_ROLE", "CURRENT_USER", "SESSION_USER"};
  std::string result;
  for (const std::string& role : roles) {
    if (!result.empty()) result += ", ";
    result += std::find(words.begin(), words.end(), role) != words.end() ? role : quote_identifier(role);
  }
  return result;
}

std::string create_policy_sql(const Policy& policy) {
  require_name_fits("policy", policy.name);
  require_conditions_fit(policy);
  std::string sql =
      fmt::format("CREATE POLICY {} ON {}", quote_identifier(policy.name), qualified_name(policy.table, policy.schema));
  if (policy.kind == PolicyKind::restrictive) sql += " AS RESTRICTIVE";
  if (policy.command != PolicyCommand::all) sql += fmt::format(" FOR {}", command_sql(policy.command));
  if (!policy.roles.empty()) sql += " TO " + role_list(policy.roles);
  if (!policy.using_.empty()) sql += fmt::format(" USING ({})", sql_text("The condition of a policy", policy.using_));
  if (!policy.with_check.empty()) {
    sql += fmt::format(" WITH CHECK ({})", sql_text("The condition of a policy", policy.with_check));
  }
  return sql;
}

}  // namespace support::schema

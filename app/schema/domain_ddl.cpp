#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>

#include "app/schema/ddl.hpp"
#include "app/schema/domain.hpp"
#include "app/schema/quoting.hpp"

namespace support::schema {

const CheckConstraint* Domain::find_check(const std::string& check_name) const {
  const auto found = std::find_if(checks.begin(), checks.end(),
                                  [&](const CheckConstraint& check) { return check.name == check_name; });
  return found == checks.end() ? nullptr : &*found;
}

Domain::operator Type() const {
  NamedType result(name, schema);
  result.domain = std::make_shared<const Domain>(*this);
  return result;
}

bool NamedType::operator==(const NamedType& other) const {
  if (name != other.name || schema != other.schema || !domain != !other.domain) return false;
  return !domain || *domain == *other.domain;
}

std::string domain_default_sql(const DomainDefault& value) {
  return std::visit([](const auto& held) { return default_sql(held); }, value);
}

std::string create_domain_sql(const Domain& domain, const ServerFeatures& server) {
  require_name_fits("domain", domain.name);
  std::string sql =
      fmt::format("CREATE DOMAIN {} AS {}", qualified_name(domain.name, domain.schema), type_sql(domain.type, server));
  if (!domain.collation.empty()) sql += " COLLATE " + qualified_name(domain.collation, domain.collation_schema);
  if (domain.server_default) sql += " DEFAULT " + domain_default_sql(*domain.server_default);
  if (!domain.not_null_name.empty() && domain.not_null) sql += " CONSTRAINT " + name_sql(domain.not_null_name);
  if (domain.not_null) sql += " NOT NULL";
  for (const CheckConstraint& check : domain.checks) {
    if (check.not_valid) {
      throw std::invalid_argument(fmt::format(
          "The new domain '{}' has a check that is NOT VALID; only alter_domain() can add one.", domain.name));
    }
    sql += ' ' + constraint_sql(check);
  }
  return sql;
}

}  // namespace support::schema

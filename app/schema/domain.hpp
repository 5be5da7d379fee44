#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "app/schema/column.hpp"
#include "app/schema/constraint.hpp"
#include "app/schema/types.hpp"

namespace support::schema {

// A constant ("5" prints as '5') or an expression.
using DomainDefault = std::variant<std::string, TextClause>;

struct DomainOptions {
  std::string collation = {};  // "C", "de-x-icu"
  std::string collation_schema = {};
  std::optional<DomainDefault> server_default = {};
  bool not_null = false;
  Name not_null_name = {};                   // PostgreSQL 17 and later keep it
  std::vector<CheckConstraint> checks = {};  // of VALUE: CheckConstraint("VALUE > 0", {.name = "positive"})
  std::string schema = {};

  bool operator==(const DomainOptions&) const = default;
};

// A type with conditions of its own.
struct Domain : DomainOptions {
  Domain(std::string domain_name, Type base_type, DomainOptions options = {})
      : DomainOptions(std::move(options)), name(std::move(domain_name)), type(std::move(base_type)) {}

  // For a column, which brings the domain along: create_table() creates it before the table unless that is done. A
  // NamedType is one that is there.
  operator Type() const;

  // Null when no check has the name.
  const CheckConstraint* find_check(const std::string& check_name) const;

  std::string name;
  Type type;
  bool operator==(const Domain&) const = default;
};

// Throws std::invalid_argument on a check that is not valid yet: a new domain has no values that could wait.
std::string create_domain_sql(const Domain& domain, const ServerFeatures& server);
std::string domain_default_sql(const DomainDefault& value);

}  // namespace support::schema

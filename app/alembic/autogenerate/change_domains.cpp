#include <algorithm>

#include <fmt/format.h>

#include "app/alembic/autogenerate/definition_cursor.hpp"
#include "app/alembic/autogenerate/object_comments.hpp"
#include "app/alembic/autogenerate/type_names.hpp"
#include "app/schema/quoting.hpp"

namespace support::alembic::autogenerate {
namespace {

using schema::qualified_name;
using schema::quote_identifier;

std::string commented(const Domain& domain) {
  return "DOMAIN " + qualified_name(domain.name, domain.schema);
}

std::string commented(const Domain& domain, const DomainCheck& check) {
  return fmt::format("CONSTRAINT {} ON {}", quote_identifier(check.name), commented(domain));
}

// "CHECK ((VALUE > 0)) NOT VALID" has its condition between the outer parentheses.
std::string condition_of(const DomainCheck& check) {
  DefinitionCursor cursor(check.definition);
  cursor.take("CHECK (");
  return std::string(cursor.until(")"));
}

schema::CheckConstraint constraint_of(const DomainCheck& check) {
  return schema::CheckConstraint(condition_of(check), {.name = check.name, .not_valid = !check.validated});
}

std::optional<schema::DomainDefault> default_of(const Domain& domain) {
  if (!domain.default_sql) return std::nullopt;
  return schema::text(*domain.default_sql);
}

schema::Domain domain_of(const Domain& domain) {
  schema::Domain result(domain.name, type_named(domain.type),
                        {.server_default = default_of(domain), .not_null = domain.not_null, .schema = domain.schema});
  DefinitionCursor collation(domain.collation);
  auto [collation_schema, name] = collation.qualified_name();
  result.collation = std::move(name);
  result.collation_schema = std::move(collation_schema);
  for (const auto& check : domain.checks) {
    if (check.validated) result.checks.push_back(constraint_of(check));
  }
  return result;
}

AlterDomain alteration(const Domain& domain) {
  AlterDomain alter;
  alter.domain = domain.name;
  alter.schema = domain.schema;
  return alter;
}

const DomainCheck* find(const Domain& domain, const std::string& name) {
  const auto found = std::ranges::find(domain.checks, name, &DomainCheck::name);
  return found == domain.checks.end() ? nullptr : &*found;
}

// A check that has looked at all values can't forget it.
bool stays(const DomainCheck& before, const DomainCheck& after) {
  return condition_of(before) == condition_of(after) && (after.validated || !before.validated);
}

// How the check of this name becomes the one of `after`.
void append_check(OperationList& operations, const Domain& after, const DomainCheck* before, const DomainCheck& check) {
  auto alter = alteration(after);
  const bool is_kept = before != nullptr && stays(*before, check);
  if (!is_kept) {
    if (before != nullptr) alter.drop_constraint = check.name;
    alter.add_constraint = constraint_of(check);
    operations.push_back(std::move(alter));
  } else if (check.validated && !before->validated) {
    alter.validate_constraint = check.name;
    operations.push_back(std::move(alter));
  }
  append_comment_change(operations, commented(after, check), is_kept ? before->comment : "", check.comment);
}

}  // namespace

// A new domain can't have a check that is not valid yet, so such a one is added afterwards.
OperationList create_operations(const Domain& domain) {
  OperationList operations{CreateDomain{domain_of(domain)}};
  for (const auto& check : domain.checks) {
    if (check.validated) {
      append_comment(operations, commented(domain, check), check.comment);
    } else {
      append_check(operations, domain, nullptr, check);
    }
  }
  append_comment(operations, commented(domain), domain.comment);
  return operations;
}

OperationList drop_operations(const Domain& domain) {
  return {DropDomain{.name = domain.name, .schema = domain.schema, .existing = domain_of(domain)}};
}

bool checks_values(const Domain& before, const Domain& after) {
  if (after.not_null && !before.not_null) return true;
  return std::ranges::any_of(after.checks, [&](const DomainCheck& check) {
    const auto* old_check = find(before, check.name);
    return check.validated && (old_check == nullptr || !old_check->validated || !stays(*old_check, check));
  });
}

std::optional<OperationList> alter_operations(const Domain& before, const Domain& after) {
  if (before.type != after.type || before.collation != after.collation) return std::nullopt;
  OperationList operations;
  for (const auto& check : before.checks) {
    if (find(after, check.name) != nullptr) continue;
    auto alter = alteration(after);
    alter.drop_constraint = check.name;
    operations.push_back(std::move(alter));
  }
  for (const auto& check : after.checks) append_check(operations, after, find(before, check.name), check);
  auto alter = alteration(after);
  if (before.default_sql != after.default_sql) {
    alter.server_default = std::nullopt;
    if (auto value = default_of(after)) alter.server_default = std::move(*value);
  }
  if (before.not_null != after.not_null) alter.not_null = after.not_null;
  if (alter.server_default.is_given() || alter.not_null) operations.push_back(std::move(alter));
  append_comment_change(operations, commented(after), before.comment, after.comment);
  return operations;
}

}  // namespace support::alembic::autogenerate

// How ObjectReverser undoes alterations of several parts: each part that changes gets what `existing` has of it.
#include "app/alembic/operations/existing.hpp"
#include "app/alembic/operations/object_reverse.hpp"

namespace support::alembic {
namespace {

template <class T>
Change<T> as_change(const std::optional<T>& value) {
  return value ? Change<T>(*value) : Change<T>(std::nullopt);
}

template <class T>
std::optional<T> as_optional(const Change<T>& change) {
  return change.value() ? std::optional<T>(*change.value()) : std::nullopt;
}

schema::Sequence altered(schema::Sequence sequence, const AlterSequence& operation) {
  if (operation.type) sequence.type = operation.type;
  if (operation.start) sequence.start = operation.start;
  if (operation.increment) sequence.increment = operation.increment;
  if (operation.cycle) sequence.cycle = operation.cycle;
  if (operation.cache) sequence.cache = operation.cache;
  if (operation.minvalue.is_given()) {
    sequence.minvalue = as_optional(operation.minvalue);
    sequence.nominvalue = false;
  }
  if (operation.maxvalue.is_given()) {
    sequence.maxvalue = as_optional(operation.maxvalue);
    sequence.nomaxvalue = false;
  }
  if (operation.owned_by.is_given()) sequence.owned_by = as_optional(operation.owned_by);
  if (operation.persistence) sequence.persistence = *operation.persistence;
  return sequence;
}

// Where a sequence begins that does not say it.
std::int64_t first_value(const schema::Sequence& sequence) {
  return sequence.increment.value_or(1) < 0 ? sequence.maxvalue.value_or(-1) : sequence.minvalue.value_or(1);
}

schema::Domain altered(schema::Domain domain, const AlterDomain& operation) {
  std::erase_if(domain.checks, [&](const auto& check) { return check.name.text() == operation.drop_constraint; });
  if (operation.add_constraint) domain.checks.push_back(*operation.add_constraint);
  if (operation.server_default.is_given()) domain.server_default = as_optional(operation.server_default);
  if (operation.not_null) domain.not_null = *operation.not_null;
  for (auto& check : domain.checks) check.not_valid &= check.name.text() != operation.validate_constraint;
  return domain;
}

schema::Policy altered(schema::Policy policy, const AlterPolicy& operation) {
  if (!operation.roles.empty()) policy.roles = operation.roles;
  if (!operation.using_.empty()) policy.using_ = operation.using_;
  if (!operation.with_check.empty()) policy.with_check = operation.with_check;
  return policy;
}

}  // namespace

Operation ObjectReverser::operator()(const AlterSequence& operation) const {
  constexpr std::string_view what = "ALTER SEQUENCE";
  const auto before = known_object(operation.existing, what, operation.sequence, operation.schema);
  if (operation.restart.is_given()) {
    irreversible(what, operation.sequence, "where it stood before the restart is not known");
  }
  AlterSequence back;
  back.sequence = operation.sequence;
  back.schema = operation.schema;
  back.if_exists = operation.if_exists;
  back.existing = altered(before, operation);
  if (operation.type) back.type = before.type.value_or(schema::BigInteger());
  if (operation.start) back.start = before.start.value_or(first_value(before));
  if (operation.increment) back.increment = before.increment.value_or(1);
  if (operation.cycle) back.cycle = before.cycle.value_or(false);
  if (operation.cache) back.cache = before.cache.value_or(1);
  if (operation.minvalue.is_given()) back.minvalue = as_change(before.minvalue);
  if (operation.maxvalue.is_given()) back.maxvalue = as_change(before.maxvalue);
  if (operation.owned_by.is_given()) back.owned_by = as_change(before.owned_by);
  if (operation.persistence) back.persistence = before.persistence;
  return back;
}

Operation ObjectReverser::operator()(const AlterDomain& operation) const {
  constexpr std::string_view what = "ALTER DOMAIN";
  const auto before = known_object(operation.existing, what, operation.domain, operation.schema);
  AlterDomain back;
  back.domain = operation.domain;
  back.schema = operation.schema;
  back.existing = altered(before, operation);
  if (operation.add_constraint) {
    back.drop_constraint = operation.add_constraint->name.text();
    if (back.drop_constraint.empty()) {
      irreversible(what, operation.domain, "the new check has no name to drop it by; give it one");
    }
  }
  if (!operation.drop_constraint.empty()) {
    const auto* check = before.find_check(operation.drop_constraint);
    if (!check) irreversible(what, operation.domain, "its .existing does not have the check that is dropped");
    back.add_constraint = *check;
  }
  if (operation.server_default.is_given()) back.server_default = as_change(before.server_default);
  if (operation.not_null) back.not_null = before.not_null;
  if (operation.validate_constraint != back.drop_constraint && !operation.validate_constraint.empty()) {
    irreversible(what, operation.domain, "a valid constraint does not become invalid");
  }
  return back;
}

Operation ObjectReverser::operator()(const AlterPolicy& operation) const {
  constexpr std::string_view what = "ALTER POLICY";
  const auto before = known_table_object<schema::Policy>(operation, what, operation.policy);
  if ((!operation.using_.empty() && before.using_.empty()) ||
      (!operation.with_check.empty() && before.with_check.empty())) {
    irreversible(what, operation.policy, "PostgreSQL can't take a condition away; drop the policy and create it");
  }
  AlterPolicy back;
  back.policy = operation.policy;
  back.table = operation.table;
  back.schema = operation.schema;
  back.existing = altered(before, operation);
  if (!operation.roles.empty()) back.roles = before.roles.empty() ? std::vector<std::string>{"PUBLIC"} : before.roles;
  if (!operation.using_.empty()) back.using_ = before.using_;
  if (!operation.with_check.empty()) back.with_check = before.with_check;
  return back;
}

}  // namespace support::alembic

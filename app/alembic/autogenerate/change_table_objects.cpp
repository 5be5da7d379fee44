// What hangs on tables: triggers, policies, rules, statistics.
#include <array>

#include <fmt/format.h>

#include "app/alembic/autogenerate/definitions.hpp"
#include "app/alembic/autogenerate/object_comments.hpp"
#include "app/schema/quoting.hpp"

namespace support::alembic::autogenerate {
namespace {

using schema::qualified_name;
using schema::quote_identifier;

template <class T>
std::string table_of(const T& object) {
  return qualified_name(object.table, object.schema);
}

template <class T>
std::string commented_on_table(std::string_view kind, const T& object) {
  return fmt::format("{} {} ON {}", kind, quote_identifier(object.name), table_of(object));
}

std::string commented(const Trigger& trigger) {
  return commented_on_table("TRIGGER", trigger);
}
std::string commented(const Policy& policy) {
  return commented_on_table("POLICY", policy);
}
std::string commented(const Rule& rule) {
  return commented_on_table("RULE", rule);
}
std::string commented(const Statistics& statistics) {
  return "STATISTICS " + qualified_name(statistics.name, statistics.schema);
}

TriggerFiring firing_of(const Trigger& trigger) {
  if (trigger.enabled == "DISABLE") return TriggerFiring::disabled;
  if (trigger.enabled == "ENABLE REPLICA") return TriggerFiring::replica;
  if (trigger.enabled == "ENABLE ALWAYS") return TriggerFiring::always;
  return TriggerFiring::origin;
}

void append_firing(OperationList& operations, const Trigger& trigger, TriggerFiring existing) {
  const auto firing = firing_of(trigger);
  if (firing == existing) return;
  operations.push_back(AlterTrigger{.trigger = trigger.name,
                                    .table = trigger.table,
                                    .firing = firing,
                                    .existing = existing,
                                    .schema = trigger.schema});
}

schema::PolicyCommand command_of(const Policy& policy) {
  constexpr std::array<std::string_view, 4> words{"SELECT", "INSERT", "UPDATE", "DELETE"};
  constexpr std::array commands{schema::PolicyCommand::select, schema::PolicyCommand::insert,
                                schema::PolicyCommand::update, schema::PolicyCommand::delete_};
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (policy.command == words.at(i)) return commands.at(i);
  }
  return schema::PolicyCommand::all;
}

// No role can be called "public".
bool is_for_everybody(const Policy& policy) {
  return policy.roles.size() == 1 && policy.roles.front() == "public";
}

schema::Policy policy_of(const Policy& policy) {
  return schema::Policy(policy.name, policy.table,
                        {.kind = policy.permissive ? schema::PolicyKind::permissive : schema::PolicyKind::restrictive,
                         .command = command_of(policy),
                         .roles = is_for_everybody(policy) ? Texts() : policy.roles,
                         .using_ = policy.using_,
                         .with_check = policy.check,
                         .schema = policy.schema});
}

// PostgreSQL can't take a condition of a policy away.
bool can_become(const Policy& before, const Policy& after) {
  const auto goes = [](const std::string& old_condition, const std::string& new_condition) {
    return !old_condition.empty() && new_condition.empty();
  };
  return before.permissive == after.permissive && before.command == after.command &&
         !goes(before.using_, after.using_) && !goes(before.check, after.check);
}

void append_enabled(OperationList& operations, const Rule& rule, const std::string& existing) {
  if (rule.enabled == existing) return;
  operations.push_back(
      Execute{fmt::format("ALTER TABLE {} {} RULE {}", table_of(rule), rule.enabled.empty() ? "ENABLE" : rule.enabled,
                          quote_identifier(rule.name))});
}

// -1 leaves it to the columns, in all versions.
void append_target(OperationList& operations, const Statistics& statistics, std::optional<int> existing) {
  if (statistics.target == existing) return;
  operations.push_back(
      Execute{fmt::format("ALTER STATISTICS {} SET STATISTICS {}", qualified_name(statistics.name, statistics.schema),
                          statistics.target.value_or(-1))});
}

}  // namespace

OperationList create_operations(const Trigger& trigger) {
  OperationList operations;
  if (auto parts = trigger_of(trigger)) {
    operations.push_back(CreateTrigger{.object = std::move(*parts)});
  } else {
    operations.push_back(Execute{trigger.definition});
  }
  append_firing(operations, trigger, TriggerFiring::origin);
  append_comment(operations, commented(trigger), trigger.comment);
  return operations;
}

OperationList drop_operations(const Trigger& trigger) {
  return {DropTrigger{
      .name = trigger.name, .table = trigger.table, .schema = trigger.schema, .existing = trigger_of(trigger)}};
}

std::optional<OperationList> alter_operations(const Trigger& before, const Trigger& after) {
  if (before.definition != after.definition) return std::nullopt;
  OperationList operations;
  append_firing(operations, after, firing_of(before));
  append_comment_change(operations, commented(after), before.comment, after.comment);
  return operations;
}

OperationList create_operations(const Policy& policy) {
  OperationList operations{CreatePolicy{policy_of(policy)}};
  append_comment(operations, commented(policy), policy.comment);
  return operations;
}

OperationList drop_operations(const Policy& policy) {
  return {
      DropPolicy{.name = policy.name, .table = policy.table, .schema = policy.schema, .existing = policy_of(policy)}};
}

std::optional<OperationList> alter_operations(const Policy& before, const Policy& after) {
  if (!can_become(before, after)) return std::nullopt;
  OperationList operations;
  AlterPolicy alter;
  alter.policy = after.name;
  alter.table = after.table;
  alter.schema = after.schema;
  alter.existing = policy_of(before);
  if (before.roles != after.roles) alter.roles = is_for_everybody(after) ? Texts{"PUBLIC"} : after.roles;
  if (before.using_ != after.using_) alter.using_ = after.using_;
  if (before.check != after.check) alter.with_check = after.check;
  if (!alter.roles.empty() || !alter.using_.empty() || !alter.with_check.empty()) {
    operations.push_back(std::move(alter));
  }
  append_comment_change(operations, commented(after), before.comment, after.comment);
  return operations;
}

OperationList create_operations(const Rule& rule) {
  OperationList operations{Execute{rule.definition}};
  append_enabled(operations, rule, "");
  append_comment(operations, commented(rule), rule.comment);
  return operations;
}

OperationList drop_operations(const Rule& rule) {
  return {Execute{"DROP " + commented(rule)}};
}

std::optional<OperationList> alter_operations(const Rule& before, const Rule& after) {
  if (before.definition != after.definition) return std::nullopt;
  OperationList operations;
  append_enabled(operations, after, before.enabled);
  append_comment_change(operations, commented(after), before.comment, after.comment);
  return operations;
}

OperationList create_operations(const Statistics& statistics) {
  OperationList operations;
  if (auto parts = statistics_of(statistics)) {
    operations.push_back(CreateStatistics{std::move(*parts)});
  } else {
    operations.push_back(Execute{statistics.definition});
  }
  append_target(operations, statistics, std::nullopt);
  append_comment(operations, commented(statistics), statistics.comment);
  return operations;
}

OperationList drop_operations(const Statistics& statistics) {
  return {DropStatistics{.name = statistics.name, .schema = statistics.schema, .existing = statistics_of(statistics)}};
}

std::optional<OperationList> alter_operations(const Statistics& before, const Statistics& after) {
  if (before.definition != after.definition) return std::nullopt;
  OperationList operations;
  append_target(operations, after, before.target);
  append_comment_change(operations, commented(after), before.comment, after.comment);
  return operations;
}

}  // namespace support::alembic::autogenerate

#include <array>
#include <stdexcept>

#include <fmt/format.h>

#include "app/alembic/autogenerate/op_calls.hpp"
#include "app/alembic/autogenerate/source_of_schema.hpp"

namespace support::alembic::autogenerate {
namespace {

constexpr auto to_node = [](const auto& value) { return source_of(value); };
constexpr auto to_number = [](std::int64_t number) { return number_node(number); };

SourceNode source_of_firing(TriggerFiring firing) {
  constexpr std::array<std::string_view, 4> names{"origin", "disabled", "replica", "always"};
  return code(fmt::format("TriggerFiring::{}", names.at(static_cast<std::size_t>(firing))));
}

SourceMembers in_schema(const std::string& schema) {
  return SourceMembers().text("schema", schema);
}

template <class Object>
OpCall create(std::string directive, const CreateObject<Object>& operation) {
  return op_call(std::move(directive), {source_of(operation.object)},
                 SourceMembers().flag("if_not_exists", operation.if_not_exists));
}

template <class Object>
OpCall create(std::string directive, const CreateReplaceable<Object>& operation) {
  return op_call(
      std::move(directive), {source_of(operation.object)},
      SourceMembers().flag("or_replace", operation.or_replace).optional("existing", operation.existing, to_node));
}

// `Operation` has if_exists, cascade and existing.
template <class Operation>
SourceMembers& add_drop_options(SourceMembers& members, const Operation& operation) {
  return members.text("schema", operation.schema)
      .flag("if_exists", operation.if_exists)
      .flag("cascade", operation.cascade)
      .optional("existing", operation.existing, to_node);
}

template <class Object>
OpCall drop(std::string directive, const DropObject<Object>& operation) {
  SourceMembers members;
  return op_call(std::move(directive), {text_node(operation.name)}, add_drop_options(members, operation));
}

template <class Routine>
OpCall drop(std::string directive, const DropRoutine<Routine>& operation) {
  SourceMembers members;
  members.optional("arguments", operation.arguments, [](const auto& arguments) {
    auto node = source_of(arguments);
    node.head = node.broken_head = "FunctionArguments";
    return node;
  });
  return op_call(std::move(directive), {text_node(operation.name)}, add_drop_options(members, operation));
}

template <class Object>
OpCall drop(std::string directive, const DropTableObject<Object>& operation) {
  SourceMembers members;
  return op_call(std::move(directive), {text_node(operation.name), text_node(operation.table)},
                 add_drop_options(members, operation));
}

}  // namespace

OpCall ObjectCalls::operator()(const AddEnumValue& o) const {
  return op_call("add_enum_value", {text_node(o.type), text_node(o.value)},
                 SourceMembers()
                     .text("before", o.before)
                     .text("after", o.after)
                     .text("schema", o.schema)
                     .flag("if_not_exists", o.if_not_exists));
}

OpCall ObjectCalls::operator()(const RenameEnumValue& o) const {
  return op_call("rename_enum_value", {text_node(o.type), text_node(o.value), text_node(o.new_value)},
                 in_schema(o.schema));
}

OpCall ObjectCalls::operator()(const RenameObject& o) const {
  constexpr std::array<std::string_view, 12> directives{"rename_column",
                                                        "rename_constraint",
                                                        "rename_policy",
                                                        "rename_trigger",
                                                        "rename_domain",
                                                        "rename_index",
                                                        "rename_materialized_view",
                                                        "rename_schema",
                                                        "rename_sequence",
                                                        "rename_statistics",
                                                        "rename_enum",
                                                        "rename_view"};
  const bool is_of_table = o.kind <= ObjectKind::trigger;
  SourceNodes arguments;
  if (is_of_table) arguments.push_back(text_node(o.table));
  arguments.push_back(text_node(o.name));
  arguments.push_back(text_node(o.new_name));
  const auto directive = directives.at(static_cast<std::size_t>(o.kind));
  return op_call(std::string(directive), std::move(arguments), in_schema(o.schema));
}

OpCall ObjectCalls::operator()(const ValidateConstraint& o) const {
  return op_call("validate_constraint", {text_node(o.constraint), text_node(o.table)}, in_schema(o.schema));
}

OpCall ObjectCalls::operator()(const CreateSchema& o) const {
  return op_call("create_schema", {text_node(o.schema)},
                 SourceMembers().text("authorization", o.authorization).flag("if_not_exists", o.if_not_exists));
}

OpCall ObjectCalls::operator()(const DropSchema& o) const {
  return op_call("drop_schema", {text_node(o.schema)},
                 SourceMembers()
                     .flag("if_exists", o.if_exists)
                     .flag("cascade", o.cascade)
                     .text("existing_authorization", o.existing_authorization));
}

OpCall ObjectCalls::operator()(const CreateSequence& o) const {
  return create("create_sequence", o);
}

OpCall ObjectCalls::operator()(const AlterSequence& o) const {
  return op_call("alter_sequence", {text_node(o.sequence), SourceMembers()
                                                               .optional("type", o.type, to_node)
                                                               .number("start", o.start)
                                                               .number("increment", o.increment)
                                                               .change("minvalue", o.minvalue, to_number)
                                                               .change("maxvalue", o.maxvalue, to_number)
                                                               .flag("cycle", o.cycle)
                                                               .number("cache", o.cache)
                                                               .change("restart", o.restart, to_number)
                                                               .change("owned_by", o.owned_by, to_node)
                                                               .optional("persistence", o.persistence, to_node)
                                                               .flag("if_exists", o.if_exists)
                                                               .optional("existing", o.existing, to_node)
                                                               .text("schema", o.schema)
                                                               .node()});
}

OpCall ObjectCalls::operator()(const DropSequence& o) const {
  return drop("drop_sequence", o);
}

OpCall ObjectCalls::operator()(const CreateDomain& o) const {
  return op_call("create_domain", {source_of(o.domain)});
}

OpCall ObjectCalls::operator()(const AlterDomain& o) const {
  return op_call("alter_domain", {text_node(o.domain), SourceMembers()
                                                           .text("drop_constraint", o.drop_constraint)
                                                           .optional("add_constraint", o.add_constraint, to_node)
                                                           .change("server_default", o.server_default, to_node)
                                                           .flag("not_null", o.not_null)
                                                           .text("validate_constraint", o.validate_constraint)
                                                           .optional("existing", o.existing, to_node)
                                                           .text("schema", o.schema)
                                                           .node()});
}

OpCall ObjectCalls::operator()(const DropDomain& o) const {
  return drop("drop_domain", o);
}

OpCall ObjectCalls::operator()(const CreateView& o) const {
  return create("create_view", o);
}

OpCall ObjectCalls::operator()(const DropView& o) const {
  return drop("drop_view", o);
}

OpCall ObjectCalls::operator()(const CreateMaterializedView& o) const {
  return create("create_materialized_view", o);
}

OpCall ObjectCalls::operator()(const RefreshMaterializedView& o) const {
  return op_call("refresh_materialized_view", {text_node(o.view)},
                 SourceMembers()
                     .text("schema", o.schema)
                     .flag("concurrently", o.concurrently)
                     .flag("with_data", o.with_data, true));
}

OpCall ObjectCalls::operator()(const DropMaterializedView& o) const {
  return drop("drop_materialized_view", o);
}

OpCall ObjectCalls::operator()(const CreateFunction& o) const {
  return create("create_function", o);
}

OpCall ObjectCalls::operator()(const DropFunction& o) const {
  return drop("drop_function", o);
}

OpCall ObjectCalls::operator()(const CreateProcedure& o) const {
  return create("create_procedure", o);
}

OpCall ObjectCalls::operator()(const DropProcedure& o) const {
  return drop("drop_procedure", o);
}

OpCall ObjectCalls::operator()(const CreateTrigger& o) const {
  return create("create_trigger", o);
}

OpCall ObjectCalls::operator()(const AlterTrigger& o) const {
  const bool enables = o.firing != TriggerFiring::disabled;
  SourceMembers options;
  if (enables && o.firing != TriggerFiring::origin) options.add("firing", source_of_firing(o.firing));
  options.optional("existing", o.existing, source_of_firing).text("schema", o.schema);
  return op_call(enables ? "enable_trigger" : "disable_trigger", {text_node(o.trigger), text_node(o.table)}, options);
}

OpCall ObjectCalls::operator()(const DropTrigger& o) const {
  return drop("drop_trigger", o);
}

OpCall ObjectCalls::operator()(const CreatePolicy& o) const {
  return op_call("create_policy", {source_of(o.policy)});
}

OpCall ObjectCalls::operator()(const AlterPolicy& o) const {
  return op_call("alter_policy", {text_node(o.policy), text_node(o.table),
                                  SourceMembers()
                                      .texts("roles", o.roles)
                                      .text("using_", o.using_)
                                      .text("with_check", o.with_check)
                                      .optional("existing", o.existing, to_node)
                                      .text("schema", o.schema)
                                      .node()});
}

OpCall ObjectCalls::operator()(const DropPolicy& o) const {
  return drop("drop_policy", o);
}

OpCall ObjectCalls::operator()(const AlterRowLevelSecurity& o) const {
  constexpr std::array<std::string_view, 4> verbs{"enable", "disable", "force", "no_force"};
  return op_call(fmt::format("{}_row_level_security", verbs.at(static_cast<std::size_t>(o.action))),
                 {text_node(o.table)}, in_schema(o.schema));
}

OpCall ObjectCalls::operator()(const CreateStatistics& o) const {
  return create("create_statistics", o);
}

OpCall ObjectCalls::operator()(const DropStatistics& o) const {
  return drop("drop_statistics", o);
}

}  // namespace support::alembic::autogenerate

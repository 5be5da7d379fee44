#include <array>
#include <utility>

#include <fmt/format.h>

#include "app/alembic/autogenerate/source_of_schema.hpp"

namespace support::alembic::autogenerate {
namespace {

using autogenerate::source_of;

// The enumerators in their order.
template <class Enumeration, std::size_t n>
SourceNode enumerator(std::string_view type, const std::array<std::string_view, n>& names, Enumeration value) {
  return code(fmt::format("{}::{}", type, names.at(static_cast<std::size_t>(value))));
}

SourceNode source_of(schema::CheckOption option) {
  return enumerator("CheckOption", std::array<std::string_view, 3>{"none", "local", "cascaded"}, option);
}
SourceNode source_of(schema::ArgumentMode mode) {
  return enumerator("ArgumentMode", std::array<std::string_view, 4>{"in", "out", "inout", "variadic"}, mode);
}
SourceNode source_of(schema::Volatility volatility) {
  return enumerator("Volatility", std::array<std::string_view, 3>{"volatile_", "stable", "immutable"}, volatility);
}
SourceNode source_of(schema::Security security) {
  return enumerator("Security", std::array<std::string_view, 2>{"invoker", "definer"}, security);
}
SourceNode source_of(schema::Parallel parallel) {
  return enumerator("Parallel", std::array<std::string_view, 3>{"unsafe", "restricted", "safe"}, parallel);
}
SourceNode source_of(schema::TriggerTime time) {
  return enumerator("TriggerTime", std::array<std::string_view, 3>{"before", "after", "instead_of"}, time);
}
SourceNode source_of(schema::TriggerEvent event) {
  return enumerator("TriggerEvent", std::array<std::string_view, 4>{"insert", "update", "delete_", "truncate"}, event);
}
SourceNode source_of(schema::ForEach for_each) {
  return enumerator("ForEach", std::array<std::string_view, 2>{"statement", "row"}, for_each);
}
SourceNode source_of(schema::PolicyKind kind) {
  return enumerator("PolicyKind", std::array<std::string_view, 2>{"permissive", "restrictive"}, kind);
}
SourceNode source_of(schema::PolicyCommand command) {
  return enumerator("PolicyCommand", std::array<std::string_view, 5>{"all", "select", "insert", "update", "delete_"},
                    command);
}

template <class Enumeration>
SourceMembers& add_unless(SourceMembers& members, std::string name, Enumeration value, Enumeration default_value) {
  return value == default_value ? members : members.add(std::move(name), source_of(value));
}

SourceNode source_of(const schema::FunctionArgument& argument) {
  SourceMembers options;
  add_unless(options, "mode", argument.mode, schema::ArgumentMode::in).text("default_", argument.default_);
  if (argument.name.empty() && options.empty()) return source_of(argument.type);
  SourceNodes parts{text_node(argument.name), source_of(argument.type)};
  options.append_to(parts);
  return list(std::move(parts));
}

template <class T>
SourceNode nodes_of(const std::vector<T>& values) {
  SourceNodes nodes;
  for (const auto& value : values) nodes.push_back(source_of(value));
  return list(std::move(nodes));
}

struct BodySource {
  SourceNode operator()(const std::string& body) const { return text_node(body); }
  SourceNode operator()(const schema::StandardBody& body) const { return call("StandardBody", text_node(body.sql)); }
};

struct ReturnsSource {
  SourceMembers& members;

  void operator()(std::monostate) const {}
  void operator()(const schema::Type& type) const { members.add("returns", source_of(type)); }
  void operator()(const schema::SetOf& rows) const { members.add("returns", object("SetOf", {source_of(rows.type)})); }
  void operator()(const schema::RowsOf& rows) const {
    members.add("returns", object("RowsOf", {source_of(rows.columns)}));
  }
};

SourceMembers& add_types(SourceMembers& members, std::string name, const std::vector<schema::Type>& types) {
  return types.empty() ? members : members.add(std::move(name), nodes_of(types));
}

}  // namespace

SourceNode source_of(const schema::OwnerColumn& owner) {
  return SourceMembers()
      .add("table", text_node(owner.table))
      .add("column", text_node(owner.column))
      .text("schema", owner.schema)
      .node("OwnerColumn");
}

SourceNode source_of(schema::Persistence persistence) {
  return enumerator("Persistence", std::array<std::string_view, 3>{"permanent", "unlogged", "temporary"}, persistence);
}

SourceNode source_of(const schema::Sequence& sequence) {
  SourceMembers members;
  members.optional("type", sequence.type, [](const auto& type) { return source_of(type); })
      .number("start", sequence.start)
      .number("increment", sequence.increment)
      .number("minvalue", sequence.minvalue)
      .number("maxvalue", sequence.maxvalue)
      .flag("nominvalue", sequence.nominvalue)
      .flag("nomaxvalue", sequence.nomaxvalue)
      .flag("cycle", sequence.cycle)
      .number("cache", sequence.cache)
      .optional("owned_by", sequence.owned_by, [](const auto& owner) { return source_of(owner); });
  add_unless(members, "persistence", sequence.persistence, schema::Persistence::permanent)
      .text("schema", sequence.schema);
  SourceNodes arguments{text_node(sequence.name)};
  members.append_to(arguments);
  return object("Sequence", std::move(arguments));
}

SourceNode source_of(const schema::Domain& domain) {
  SourceMembers members;
  members.text("collation", domain.collation)
      .text("collation_schema", domain.collation_schema)
      .optional("server_default", domain.server_default, [](const auto& value) { return source_of(value); })
      .flag("not_null", domain.not_null);
  if (!domain.not_null_name.empty()) members.add("not_null_name", source_of(domain.not_null_name));
  if (!domain.checks.empty()) members.add("checks", nodes_of(domain.checks));
  members.text("schema", domain.schema);
  SourceNodes arguments{text_node(domain.name), source_of(domain.type)};
  members.append_to(arguments);
  return object("Domain", std::move(arguments));
}

SourceNode source_of(const schema::View& view) {
  SourceMembers members;
  members.texts("columns", view.columns).pairs("with", view.with);
  add_unless(members, "check_option", view.check_option, schema::CheckOption::none)
      .flag("recursive", view.recursive)
      .flag("temporary", view.temporary)
      .text("schema", view.schema);
  SourceNodes arguments{text_node(view.name), text_node(view.definition)};
  members.append_to(arguments);
  return object("View", std::move(arguments));
}

SourceNode source_of(const schema::MaterializedView& view) {
  SourceNodes arguments{text_node(view.name), text_node(view.definition)};
  SourceMembers()
      .texts("columns", view.columns)
      .text("using_", view.using_)
      .pairs("with", view.with)
      .text("tablespace", view.tablespace)
      .flag("with_data", view.with_data, true)
      .text("schema", view.schema)
      .append_to(arguments);
  return object("MaterializedView", std::move(arguments));
}

SourceNode source_of(const schema::FunctionArguments& arguments) {
  return nodes_of(arguments);
}

SourceNode source_of(const schema::Function& function) {
  SourceMembers members;
  std::visit(ReturnsSource{members}, function.returns);
  members.text("language", function.language, "sql");
  add_unless(members, "volatility", function.volatility, schema::Volatility::volatile_)
      .flag("strict", function.strict)
      .flag("leakproof", function.leakproof)
      .flag("window", function.window);
  add_unless(members, "security", function.security, schema::Security::invoker);
  add_unless(members, "parallel", function.parallel, schema::Parallel::unsafe)
      .number("cost", function.cost)
      .number("rows", function.rows)
      .text("support", function.support);
  add_types(members, "transforms", function.transforms).pairs("set", function.set).text("schema", function.schema);
  SourceNodes arguments{text_node(function.name), source_of(function.arguments),
                        std::visit(BodySource(), function.body)};
  members.append_to(arguments);
  return object("Function", std::move(arguments));
}

SourceNode source_of(const schema::Procedure& procedure) {
  SourceMembers members;
  members.text("language", procedure.language, "sql");
  add_unless(members, "security", procedure.security, schema::Security::invoker);
  add_types(members, "transforms", procedure.transforms).pairs("set", procedure.set).text("schema", procedure.schema);
  SourceNodes arguments{text_node(procedure.name), source_of(procedure.arguments),
                        std::visit(BodySource(), procedure.body)};
  members.append_to(arguments);
  return object("Procedure", std::move(arguments));
}

SourceNode source_of(const schema::Trigger& trigger) {
  SourceMembers members;
  members.texts("update_of", trigger.update_of);
  add_unless(members, "for_each", trigger.for_each, schema::ForEach::statement)
      .text("when", trigger.when)
      .texts("arguments", trigger.arguments)
      .text("function_schema", trigger.function_schema)
      .text("old_table", trigger.old_table)
      .text("new_table", trigger.new_table)
      .flag("constraint", trigger.constraint)
      .flag("deferrable", trigger.deferrable)
      .text("initially", trigger.initially)
      .text("from_table", trigger.from_table)
      .text("from_schema", trigger.from_schema)
      .text("schema", trigger.schema);
  SourceNodes arguments{text_node(trigger.name), text_node(trigger.table), source_of(trigger.time),
                        nodes_of(trigger.events), text_node(trigger.function)};
  members.append_to(arguments);
  return object("Trigger", std::move(arguments));
}

SourceNode source_of(const schema::Policy& policy) {
  SourceMembers members;
  add_unless(members, "kind", policy.kind, schema::PolicyKind::permissive);
  add_unless(members, "command", policy.command, schema::PolicyCommand::all)
      .texts("roles", policy.roles)
      .text("using_", policy.using_)
      .text("with_check", policy.with_check)
      .text("schema", policy.schema);
  SourceNodes arguments{text_node(policy.name), text_node(policy.table)};
  members.append_to(arguments);
  return object("Policy", std::move(arguments));
}

SourceNode source_of(const schema::Statistics& statistics) {
  SourceNodes arguments{text_node(statistics.name), text_node(statistics.table), source_of(statistics.elements)};
  SourceMembers()
      .texts("kinds", statistics.kinds)
      .text("schema", statistics.schema)
      .text("table_schema", statistics.table_schema)
      .append_to(arguments);
  return object("Statistics", std::move(arguments));
}

}  // namespace support::alembic::autogenerate

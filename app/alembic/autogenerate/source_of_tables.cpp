#include <algorithm>
#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "app/alembic/autogenerate/source_of_schema.hpp"

namespace support::alembic::autogenerate {
namespace {

using autogenerate::source_of;

SourceMembers& add_name(SourceMembers& members, const schema::Name& name) {
  return name.empty() ? members : members.add("name", source_of(name));
}

SourceMembers key_actions(const schema::ForeignKeyOptions& key) {
  SourceMembers members;
  add_name(members, key.name)
      .text("onupdate", key.onupdate)
      .text("ondelete", key.ondelete)
      .flag("deferrable", key.deferrable)
      .text("initially", key.initially)
      .text("match", key.match)
      .flag("not_valid", key.not_valid);
  return members;
}

// "users.id" says it, unless a name has a dot of its own.
bool has_dot(const schema::Referent& referent) {
  const auto is_dotted = [](const std::string& name) { return name.find('.') != std::string::npos; };
  return is_dotted(referent.schema) || is_dotted(referent.table) || std::ranges::any_of(referent.columns, is_dotted);
}

SourceNode source_of(const schema::Referent& referent) {
  if (has_dot(referent) || referent.table.empty()) {
    return object("Referent", {text_node(referent.schema), text_node(referent.table), texts_node(referent.columns)});
  }
  const auto table = referent.schema.empty() ? referent.table : fmt::format("{}.{}", referent.schema, referent.table);
  std::vector<std::string> targets;
  for (const auto& column : referent.columns) targets.push_back(fmt::format("{}.{}", table, column));
  return texts_node(targets);
}

SourceNode source_of(const schema::IndexElement& element) {
  auto sql = text_node(element.sql());
  return element.is_expression() ? call("text", std::move(sql)) : sql;
}

SourceNode source_of(const schema::Identity& identity) {
  return SourceMembers()
      .flag("always", identity.always)
      .number("start", identity.start)
      .number("increment", identity.increment)
      .number("minvalue", identity.minvalue)
      .number("maxvalue", identity.maxvalue)
      .flag("nominvalue", identity.nominvalue)
      .flag("nomaxvalue", identity.nomaxvalue)
      .flag("cycle", identity.cycle)
      .number("cache", identity.cache)
      .node("Identity");
}

SourceNode source_of(const schema::ForeignKey& key) {
  SourceNodes arguments{text_node(key.target)};
  key_actions(key).append_to(arguments);
  return object("ForeignKey", std::move(arguments));
}

struct DefaultSource {
  SourceNode operator()(const std::string& constant) const { return text_node(constant); }
  SourceNode operator()(const schema::TextClause& expression) const { return source_of(expression); }
  SourceNode operator()(const schema::Identity& identity) const { return source_of(identity); }
  SourceNode operator()(const schema::Computed& computed) const {
    return object("Computed", {text_node(computed.sqltext)});
  }
};

enum class PrimaryKeyIs { at_column, in_list };

SourceNode column_node(const schema::Column& column, PrimaryKeyIs where) {
  SourceNodes arguments{text_node(column.name), source_of(column.type)};
  SourceMembers()
      .flag("primary_key", column.primary_key && where == PrimaryKeyIs::at_column)
      .flag("autoincrement", column.autoincrement)
      .flag("nullable", column.nullable)
      .optional("server_default", column.server_default, [](const auto& value) { return source_of(value); })
      .text("sequence", column.sequence)
      .several("foreign_key", column.foreign_key, [](const auto& key) { return source_of(key); })
      .several("check", column.check, [](const auto& check) { return source_of(check); })
      .flag("unique", column.unique)
      .flag("index", column.index)
      .text("comment", column.comment)
      .append_to(arguments);
  return object("Column", std::move(arguments), "column");
}

// How many constraints the table has made of what stands at the column.
std::ptrdiff_t constraints_from(const schema::Column& column) {
  std::ptrdiff_t count = 0;
  if (column.unique && !column.index) ++count;
  if (schema::type_check(column)) ++count;
  return count + static_cast<std::ptrdiff_t>(column.foreign_key.size());
}

}  // namespace

SourceNode source_of(const schema::Name& name) {
  if (name.empty()) return code("std::nullopt");
  auto node = final_name(name.text());
  return name.is_quoted() ? call("quoted", std::move(node)) : node;
}

SourceNode final_name(const std::string& name) {
  return call("f", text_node(name));
}

SourceNode source_of(const schema::TextClause& expression) {
  return call("text", text_node(expression.sql));
}

SourceNode source_of(const schema::ServerDefault& value) {
  return std::visit(DefaultSource(), value);
}

SourceNode source_of(const schema::DomainDefault& value) {
  return std::visit(DefaultSource(), value);
}

SourceNode source_of(const schema::Column& column) {
  return column_node(column, PrimaryKeyIs::at_column);
}

SourceNode source_of(const schema::PrimaryKeyConstraint& key) {
  SourceNodes arguments{texts_node(key.columns)};
  SourceMembers members;
  add_name(members, key.name)
      .flag("deferrable", key.deferrable)
      .text("initially", key.initially)
      .texts("include", key.include)
      .append_to(arguments);
  return object("PrimaryKeyConstraint", std::move(arguments));
}

SourceNode source_of(const schema::UniqueConstraint& unique) {
  SourceNodes arguments{texts_node(unique.columns)};
  SourceMembers members;
  add_name(members, unique.name)
      .flag("deferrable", unique.deferrable)
      .text("initially", unique.initially)
      .flag("nulls_not_distinct", unique.nulls_not_distinct)
      .texts("include", unique.include)
      .append_to(arguments);
  return object("UniqueConstraint", std::move(arguments));
}

SourceNode source_of(const schema::CheckConstraint& check) {
  SourceNodes arguments{text_node(check.sqltext)};
  SourceMembers members;
  add_name(members, check.name)
      .flag("deferrable", check.deferrable)
      .text("initially", check.initially)
      .flag("not_valid", check.not_valid)
      .append_to(arguments);
  return object("CheckConstraint", std::move(arguments));
}

SourceNode source_of(const schema::ForeignKeyConstraint& key) {
  SourceNodes arguments{texts_node(key.columns), source_of(key.referent)};
  key_actions(key).append_to(arguments);
  return object("ForeignKeyConstraint", std::move(arguments));
}

SourceNode source_of(const std::vector<schema::ExcludeElement>& elements, std::string type) {
  SourceNodes nodes;
  for (const auto& [element, with] : elements) nodes.push_back(list({source_of(element), text_node(with)}));
  auto node = list(std::move(nodes));
  node.head = type;
  node.broken_head = std::move(type);
  return node;
}

SourceNode source_of(const schema::ExcludeConstraint& exclude) {
  // Named, because between braces the elements could be the constraint's own arguments.
  SourceNodes arguments{source_of(exclude.elements, "std::vector<ExcludeElement>")};
  SourceMembers members;
  add_name(members, exclude.name)
      .text("using_", exclude.using_, "gist")
      .text("where", exclude.where)
      .pairs("ops", exclude.ops)
      .flag("deferrable", exclude.deferrable)
      .text("initially", exclude.initially)
      .append_to(arguments);
  return object("ExcludeConstraint", std::move(arguments));
}

SourceNode source_of(const schema::Constraint& constraint) {
  return std::visit([](const auto& one) { return source_of(one); }, constraint);
}

SourceNode source_of(const std::vector<schema::IndexElement>& elements) {
  SourceNodes nodes;
  for (const auto& element : elements) nodes.push_back(source_of(element));
  return list(std::move(nodes));
}

SourceNode source_of(const schema::Index& index) {
  SourceNodes arguments{source_of(index.name), source_of(index.elements)};
  SourceMembers()
      .flag("unique", index.unique)
      .text("using_", index.using_)
      .pairs("ops", index.ops)
      .texts("include", index.include)
      .flag("nulls_not_distinct", index.nulls_not_distinct)
      .pairs("with", index.with)
      .text("tablespace", index.tablespace)
      .text("where", index.where)
      .append_to(arguments);
  return object("Index", std::move(arguments));
}

SourceNode table_items(const schema::Table& table) {
  SourceNodes items;
  const auto* key = table.primary_key();
  std::ptrdiff_t made = 0;
  std::ptrdiff_t made_indexes = 0;
  for (const auto& column : table.columns) {
    items.push_back(column_node(column, key ? PrimaryKeyIs::in_list : PrimaryKeyIs::at_column));
    made += constraints_from(column);
    if (column.index) ++made_indexes;
  }
  for (auto one = table.constraints.begin(); one != table.constraints.end() - made; ++one) {
    items.push_back(source_of(*one));
  }
  for (auto one = table.indexes.begin() + made_indexes; one != table.indexes.end(); ++one) {
    items.push_back(source_of(*one));
  }
  return list(std::move(items));
}

}  // namespace support::alembic::autogenerate

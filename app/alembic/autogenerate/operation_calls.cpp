#include <array>

#include <fmt/format.h>

#include "app/alembic/autogenerate/op_calls.hpp"
#include "app/alembic/autogenerate/source_of_schema.hpp"
#include "app/alembic/autogenerate/source_of_values.hpp"

namespace support::alembic::autogenerate {
namespace {

constexpr auto to_node = [](const auto& value) { return source_of(value); };
constexpr auto to_text = [](const std::string& text) { return text_node(text); };

SourceNode source_of_type(ConstraintType type) {
  constexpr std::array<std::string_view, 6> names{"unknown", "foreign_key", "primary_key",
                                                  "unique",  "check",       "exclude"};
  return code(fmt::format("ConstraintType::{}", names.at(static_cast<std::size_t>(type))));
}

struct Calls : ObjectCalls {
  using ObjectCalls::operator();

  OpCall operator()(const CreateTable& o) const {
    const auto& table = o.table;
    return op_call("create_table", {text_node(table.name), table_items(table)},
                   SourceMembers()
                       .text("comment", table.comment)
                       .text("schema", table.schema)
                       .flag("if_not_exists", o.if_not_exists)
                       .texts("prefixes", table.prefixes)
                       .texts("inherits", table.inherits)
                       .text("partition_by", table.partition_by)
                       .text("using_", table.using_)
                       .flag("with_oids", table.with_oids)
                       .text("on_commit", table.on_commit)
                       .text("tablespace", table.tablespace));
  }

  OpCall operator()(const DropTable& o) const {
    return op_call("drop_table", {text_node(o.table)},
                   SourceMembers().text("schema", o.schema).flag("if_exists", o.if_exists));
  }

  OpCall operator()(const AddColumn& o) const {
    return op_call("add_column", {text_node(o.table), source_of(o.column)},
                   SourceMembers()
                       .text("schema", o.schema)
                       .flag("if_not_exists", o.if_not_exists)
                       .flag("inline_references", o.inline_references)
                       .flag("inline_primary_key", o.inline_primary_key));
  }

  OpCall operator()(const DropColumn& o) const {
    return op_call("drop_column", {text_node(o.table), text_node(o.column)},
                   SourceMembers().text("schema", o.schema).flag("if_exists", o.if_exists));
  }

  OpCall operator()(const AlterColumn& o) const {
    return op_call("alter_column", {text_node(o.table), text_node(o.column),
                                    SourceMembers()
                                        .optional("type_", o.type_, to_node)
                                        .flag("nullable", o.nullable)
                                        .change("server_default", o.server_default, to_node)
                                        .change("comment", o.comment, to_text)
                                        .text("new_column_name", o.new_column_name)
                                        .text("using_", o.using_)
                                        .text("reverse_using", o.reverse_using)
                                        .optional("existing_type", o.existing_type, to_node)
                                        .flag("existing_nullable", o.existing_nullable)
                                        .change("existing_server_default", o.existing_server_default, to_node)
                                        .change("existing_comment", o.existing_comment, to_text)
                                        .text("schema", o.schema)
                                        .node()});
  }

  OpCall operator()(const CreateIndex& o) const {
    const auto& index = o.index;
    return op_call("create_index", {source_of(index.name), text_node(o.table), source_of(index.elements)},
                   SourceMembers()
                       .flag("unique", index.unique)
                       .flag("if_not_exists", o.if_not_exists)
                       .text("using_", index.using_)
                       .pairs("ops", index.ops)
                       .texts("include", index.include)
                       .flag("nulls_not_distinct", index.nulls_not_distinct)
                       .pairs("with", index.with)
                       .text("tablespace", index.tablespace)
                       .text("where", index.where)
                       .flag("concurrently", o.concurrently)
                       .text("schema", o.schema));
  }

  OpCall operator()(const DropIndex& o) const {
    return op_call("drop_index", {final_name(o.index)},
                   SourceMembers()
                       .text("table_name", o.table)
                       .flag("if_exists", o.if_exists)
                       .flag("concurrently", o.concurrently)
                       .text("schema", o.schema));
  }

  OpCall operator()(const CreateUniqueConstraint& o) const {
    const auto& unique = o.constraint;
    return op_call("create_unique_constraint", {source_of(unique.name), text_node(o.table), texts_node(unique.columns)},
                   SourceMembers()
                       .flag("deferrable", unique.deferrable)
                       .text("initially", unique.initially)
                       .flag("nulls_not_distinct", unique.nulls_not_distinct)
                       .texts("include", unique.include)
                       .text("schema", o.schema));
  }

  OpCall operator()(const CreateCheckConstraint& o) const {
    const auto& check = o.constraint;
    return op_call("create_check_constraint", {source_of(check.name), text_node(o.table), text_node(check.sqltext)},
                   SourceMembers()
                       .flag("deferrable", check.deferrable)
                       .text("initially", check.initially)
                       .flag("not_valid", check.not_valid)
                       .text("schema", o.schema));
  }

  OpCall operator()(const CreateForeignKeyConstraint& o) const {
    const auto& key = o.constraint;
    return op_call("create_foreign_key",
                   {source_of(key.name), text_node(o.table), text_node(key.referent.table), texts_node(key.columns),
                    texts_node(key.referent.columns)},
                   SourceMembers()
                       .text("onupdate", key.onupdate)
                       .text("ondelete", key.ondelete)
                       .flag("deferrable", key.deferrable)
                       .text("initially", key.initially)
                       .text("match", key.match)
                       .text("source_schema", o.schema)
                       .text("referent_schema", key.referent.schema)
                       .flag("not_valid", key.not_valid));
  }

  OpCall operator()(const CreatePrimaryKeyConstraint& o) const {
    const auto& key = o.constraint;
    return op_call("create_primary_key", {source_of(key.name), text_node(o.table), texts_node(key.columns)},
                   SourceMembers()
                       .flag("deferrable", key.deferrable)
                       .text("initially", key.initially)
                       .texts("include", key.include)
                       .text("schema", o.schema));
  }

  OpCall operator()(const CreateExcludeConstraint& o) const {
    const auto& exclude = o.constraint;
    return op_call("create_exclude_constraint",
                   {source_of(exclude.name), text_node(o.table), source_of(exclude.elements)},
                   SourceMembers()
                       .text("using_", exclude.using_, "gist")
                       .text("where", exclude.where)
                       .pairs("ops", exclude.ops)
                       .flag("deferrable", exclude.deferrable)
                       .text("initially", exclude.initially)
                       .text("schema", o.schema));
  }

  OpCall operator()(const DropConstraint& o) const {
    SourceMembers options;
    if (o.type_ != ConstraintType::unknown) options.add("type_", source_of_type(o.type_));
    options.text("schema", o.schema).flag("if_exists", o.if_exists);
    return op_call("drop_constraint", {final_name(o.constraint), text_node(o.table)}, options);
  }

  OpCall operator()(const RenameTable& o) const {
    return op_call("rename_table", {text_node(o.table), text_node(o.new_table)},
                   SourceMembers().text("schema", o.schema));
  }

  OpCall operator()(const CreateTableComment& o) const {
    return op_call("create_table_comment", {text_node(o.table), text_node(o.comment)},
                   SourceMembers().text("existing_comment", o.existing_comment).text("schema", o.schema));
  }

  OpCall operator()(const DropTableComment& o) const {
    return op_call("drop_table_comment", {text_node(o.table)},
                   SourceMembers().text("existing_comment", o.existing_comment).text("schema", o.schema));
  }

  OpCall operator()(const CreateEnum& o) const { return op_call("create_enum", {source_of(schema::Type(o.type))}); }

  OpCall operator()(const DropEnum& o) const {
    return op_call("drop_enum", {text_node(o.type)},
                   SourceMembers().text("schema", o.schema).flag("if_exists", o.if_exists));
  }

  OpCall operator()(const CreateExtension& o) const {
    return op_call("create_extension", {text_node(o.extension)},
                   SourceMembers()
                       .flag("if_not_exists", o.if_not_exists)
                       .flag("if_available", o.if_available)
                       .text("schema", o.schema));
  }

  OpCall operator()(const DropExtension& o) const {
    return op_call("drop_extension", {text_node(o.extension)},
                   SourceMembers().flag("if_exists", o.if_exists).text("schema", o.schema));
  }

  OpCall operator()(const Execute& o) const { return op_call("execute", {text_node(o.sql)}); }

  OpCall operator()(const CopyData& o) const {
    return op_call("copy_data", {text_node(o.statement), text_node(o.rows)});
  }

  OpCall operator()(const BulkInsert& o) const {
    // The directive asks for nothing then.
    if (o.rows.empty()) return {};
    SourceNodes rows;
    for (const auto& row : o.rows) {
      SourceNodes values;
      for (const auto& value : row) values.push_back(source_of(value));
      rows.push_back(list(std::move(values)));
    }
    return op_call("bulk_insert", {text_node(o.table), texts_node(o.columns), list(std::move(rows))},
                   SourceMembers().text("schema", o.schema));
  }

  OpCall operator()(const CustomOperation& o) const {
    return op_call("invoke", {SourceMembers()
                                  .text("name", o.name)
                                  .texts("statements", o.statements)
                                  .texts("reverse_statements", o.reverse_statements)
                                  .flag("needs_autocommit", o.needs_autocommit)
                                  .node("CustomOperation")});
  }
};

}  // namespace

OpCall call_of(const Operation& operation) {
  return std::visit(Calls(), operation);
}

}  // namespace support::alembic::autogenerate

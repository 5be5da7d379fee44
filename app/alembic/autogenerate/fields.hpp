#pragma once

#include <optional>
#include <type_traits>

#include "app/alembic/autogenerate/catalog.hpp"

// The members of the catalog's values by name, without those that identify an object and without the lists of a table's
// parts: what comparing and printing have in common. A member that is not listed here is not compared.
namespace support::alembic::autogenerate {

// What a member says, for the switches of CompareOptions.
enum class Aspect { essence, type, server_default, comment, storage, access, extension_version, not_null_name, text };

template <class T, class Visit>
void each_access_field(Visit&& visit) {
  visit(
      "owner", [](const T& object) -> const auto& { return object.access.owner; }, Aspect::access);
  visit(
      "grants", [](const T& object) -> const auto& { return object.access.grants; }, Aspect::access);
}

template <class Visit>
void each_field(std::type_identity<Schema>, Visit&& visit) {
  visit("comment", &Schema::comment, Aspect::comment);
  each_access_field<Schema>(visit);
}

template <class Visit>
void each_field(std::type_identity<Extension>, Visit&& visit) {
  visit("schema", &Extension::schema, Aspect::essence);
  visit("version", &Extension::version, Aspect::extension_version);
  visit("comment", &Extension::comment, Aspect::comment);
}

template <class Visit>
void each_field(std::type_identity<Enum>, Visit&& visit) {
  visit("labels", &Enum::labels, Aspect::essence);
  visit("comment", &Enum::comment, Aspect::comment);
  each_access_field<Enum>(visit);
}

template <class Visit>
void each_field(std::type_identity<Domain>, Visit&& visit) {
  visit("type", &Domain::type, Aspect::type);
  visit("collation", &Domain::collation, Aspect::type);
  visit("not_null", &Domain::not_null, Aspect::essence);
  visit("default", &Domain::default_sql, Aspect::server_default);
  visit("checks", &Domain::checks, Aspect::essence);
  visit("comment", &Domain::comment, Aspect::comment);
  each_access_field<Domain>(visit);
}

template <class Visit>
void each_field(std::type_identity<Composite>, Visit&& visit) {
  visit("attributes", &Composite::attributes, Aspect::type);
  visit("comment", &Composite::comment, Aspect::comment);
  each_access_field<Composite>(visit);
}

template <class Visit>
void each_field(std::type_identity<Range>, Visit&& visit) {
  visit("definition", &Range::definition, Aspect::type);
  visit("comment", &Range::comment, Aspect::comment);
  each_access_field<Range>(visit);
}

template <class Visit>
void each_field(std::type_identity<Sequence>, Visit&& visit) {
  visit("options", &Sequence::options, Aspect::essence);
  visit("persistence", &Sequence::persistence, Aspect::essence);
  visit("owned_by", &Sequence::owned_by, Aspect::essence);
  visit("comment", &Sequence::comment, Aspect::comment);
  each_access_field<Sequence>(visit);
}

template <class Visit>
void each_field(std::type_identity<Table>, Visit&& visit) {
  visit("kind", &Table::kind, Aspect::essence);
  visit("persistence", &Table::persistence, Aspect::essence);
  visit("partition_key", &Table::partition_key, Aspect::essence);
  visit("partition_bound", &Table::partition_bound, Aspect::essence);
  visit("parents", &Table::parents, Aspect::essence);
  visit("of_type", &Table::of_type, Aspect::essence);
  visit("access_method", &Table::access_method, Aspect::storage);
  visit("tablespace", &Table::tablespace, Aspect::storage);
  visit("options", &Table::options, Aspect::storage);
  visit("server", &Table::server, Aspect::essence);
  visit("server_options", &Table::server_options, Aspect::essence);
  visit("row_security", &Table::row_security, Aspect::essence);
  visit("row_security_forced", &Table::row_security_forced, Aspect::essence);
  visit("replica_identity", &Table::replica_identity, Aspect::essence);
  visit("cluster_index", &Table::cluster_index, Aspect::storage);
  visit("comment", &Table::comment, Aspect::comment);
  each_access_field<Table>(visit);
}

template <class Visit>
void each_field(std::type_identity<Column>, Visit&& visit) {
  visit("type", &Column::type, Aspect::type);
  visit("collation", &Column::collation, Aspect::type);
  visit("not_null", &Column::not_null, Aspect::essence);
  visit("not_null_validated", &Column::not_null_validated, Aspect::essence);
  visit("not_null_inherited", &Column::not_null_inherited, Aspect::essence);
  visit("not_null_name", &Column::not_null_name, Aspect::not_null_name);
  visit("default", &Column::default_sql, Aspect::server_default);
  visit("generated", &Column::generated, Aspect::server_default);
  visit("identity", &Column::identity, Aspect::server_default);
  // The name of the sequence is left out: it stays when a table is renamed, and nobody refers to it.
  visit("serial", &Column::is_serial, Aspect::server_default);
  visit(
      "sequence",
      [](const Column& column) {
        return column.sequence ? std::optional(column.sequence->options) : std::optional<SequenceOptions>();
      },
      Aspect::server_default);
  visit(
      "sequence_comment",
      [](const Column& column) { return column.sequence ? column.sequence->comment : std::string(); }, Aspect::comment);
  visit("storage", &Column::storage, Aspect::storage);
  visit("compression", &Column::compression, Aspect::storage);
  visit("statistics", &Column::statistics, Aspect::storage);
  visit("options", &Column::options, Aspect::storage);
  visit("origin", &Column::origin, Aspect::essence);
  visit("comment", &Column::comment, Aspect::comment);
  visit("grants", &Column::grants, Aspect::access);
}

template <class Visit>
void each_field(std::type_identity<Constraint>, Visit&& visit) {
  visit("name", &Constraint::name, Aspect::essence);
  visit("columns", &Constraint::columns, Aspect::essence);
  visit("expression", &Constraint::expression, Aspect::essence);
  visit("deferrable", &Constraint::deferrable, Aspect::essence);
  visit("initially_deferred", &Constraint::initially_deferred, Aspect::essence);
  visit("validated", &Constraint::validated, Aspect::essence);
  visit("enforced", &Constraint::enforced, Aspect::essence);
  visit("no_inherit", &Constraint::no_inherit, Aspect::essence);
  visit("referent", &Constraint::referent, Aspect::essence);
  visit("match", &Constraint::match, Aspect::essence);
  visit("on_update", &Constraint::on_update, Aspect::essence);
  visit("on_delete", &Constraint::on_delete, Aspect::essence);
  visit("on_delete_columns", &Constraint::on_delete_columns, Aspect::essence);
  visit("definition", &Constraint::definition, Aspect::text);
  visit("options", &Constraint::options, Aspect::storage);
  visit("tablespace", &Constraint::tablespace, Aspect::storage);
  visit("origin", &Constraint::origin, Aspect::essence);
  visit("comment", &Constraint::comment, Aspect::comment);
}

template <class Visit>
void each_field(std::type_identity<Index>, Visit&& visit) {
  visit("name", &Index::name, Aspect::essence);
  visit("method", &Index::method, Aspect::essence);
  visit("unique", &Index::unique, Aspect::essence);
  visit("nulls_not_distinct", &Index::nulls_not_distinct, Aspect::essence);
  visit("keys", &Index::keys, Aspect::essence);
  visit("include", &Index::include, Aspect::essence);
  visit("predicate", &Index::predicate, Aspect::essence);
  visit("options", &Index::options, Aspect::storage);
  visit("tablespace", &Index::tablespace, Aspect::storage);
  visit("valid", &Index::valid, Aspect::essence);
  visit("body", &Index::body, Aspect::text);
  visit("origin", &Index::origin, Aspect::essence);
  visit("comment", &Index::comment, Aspect::comment);
}

template <class Visit>
void each_field(std::type_identity<View>, Visit&& visit) {
  visit("materialized", &View::materialized, Aspect::essence);
  visit("definition", &View::definition, Aspect::essence);
  visit("options", &View::options, Aspect::essence);
  visit("access_method", &View::access_method, Aspect::storage);
  visit("tablespace", &View::tablespace, Aspect::storage);
  visit("cluster_index", &View::cluster_index, Aspect::storage);
  visit("comment", &View::comment, Aspect::comment);
  each_access_field<View>(visit);
}

template <class Visit>
void each_field(std::type_identity<Routine>, Visit&& visit) {
  visit("kind", &Routine::kind, Aspect::essence);
  visit("definition", &Routine::definition, Aspect::essence);
  visit("comment", &Routine::comment, Aspect::comment);
  each_access_field<Routine>(visit);
}

template <class Visit>
void each_field(std::type_identity<Trigger>, Visit&& visit) {
  visit("definition", &Trigger::definition, Aspect::essence);
  visit("enabled", &Trigger::enabled, Aspect::essence);
  visit("comment", &Trigger::comment, Aspect::comment);
}

template <class Visit>
void each_field(std::type_identity<Policy>, Visit&& visit) {
  visit("permissive", &Policy::permissive, Aspect::essence);
  visit("command", &Policy::command, Aspect::essence);
  visit("roles", &Policy::roles, Aspect::essence);
  visit("using", &Policy::using_, Aspect::essence);
  visit("check", &Policy::check, Aspect::essence);
  visit("comment", &Policy::comment, Aspect::comment);
}

template <class Visit>
void each_field(std::type_identity<Rule>, Visit&& visit) {
  visit("definition", &Rule::definition, Aspect::essence);
  visit("enabled", &Rule::enabled, Aspect::essence);
  visit("comment", &Rule::comment, Aspect::comment);
}

template <class Visit>
void each_field(std::type_identity<Statistics>, Visit&& visit) {
  visit("definition", &Statistics::definition, Aspect::essence);
  visit("target", &Statistics::target, Aspect::storage);
  visit("comment", &Statistics::comment, Aspect::comment);
}

}  // namespace support::alembic::autogenerate

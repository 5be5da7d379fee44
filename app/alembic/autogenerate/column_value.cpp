#include "app/alembic/autogenerate/column_value.hpp"

#include <fmt/format.h>

#include "app/alembic/autogenerate/sql_pieces.hpp"
#include "app/alembic/autogenerate/type_names.hpp"
#include "app/schema/ddl.hpp"
#include "app/schema/quoting.hpp"

namespace support::alembic::autogenerate {
namespace {

std::string serial_word(const std::string& type) {
  if (type == "bigint") return "BIGSERIAL";
  return type == "smallint" ? "SMALLSERIAL" : "SERIAL";
}

// What PostgreSQL gives the sequence of a column of this type.
SequenceOptions default_options(const std::string& type) {
  SequenceOptions options{.type = type};
  if (type == "integer") options.maximum = std::numeric_limits<std::int32_t>::max();
  if (type == "smallint") options.maximum = std::numeric_limits<std::int16_t>::max();
  return options;
}

}  // namespace

bool is_plain_serial(const Table& table, const Column& column) {
  constexpr std::size_t longest_name = 63;
  if (!column.is_serial() || !column.not_null) return false;
  const auto name = fmt::format("{}_{}_seq", table.name, column.name);
  return name.size() <= longest_name && column.sequence->name == name && column.sequence->schema == table.schema &&
         column.sequence->options == default_options(column.type);
}

std::string next_value(const ColumnSequence& sequence) {
  return fmt::format("nextval({}::regclass)",
                     schema::quote_literal(schema::qualified_name(sequence.name, sequence.schema)));
}

schema::Identity identity_value(const Column& column) {
  schema::Identity identity{.always = column.identity == Identity::always};
  const auto& options = column.sequence->options;
  const auto usual = default_options(options.type);
  const bool descends = options.increment < 0;
  if (options.start != usual.start) identity.start = options.start;
  if (options.increment != usual.increment) identity.increment = options.increment;
  if (options.minimum != usual.minimum || descends) identity.minvalue = options.minimum;
  if (options.maximum != usual.maximum || descends) identity.maxvalue = options.maximum;
  if (options.cycle) identity.cycle = true;
  if (options.cache != usual.cache) identity.cache = options.cache;
  return identity;
}

std::optional<schema::ServerDefault> server_default(const Column& column) {
  if (column.generated != Generated::none) {
    return schema::Computed(std::string(without_parentheses(column.default_sql.value_or(""))));
  }
  if (column.identity != Identity::none) return identity_value(column);
  if (column.is_serial()) return schema::text(next_value(*column.sequence));
  if (column.default_sql) return schema::text(*column.default_sql);
  return std::nullopt;
}

bool has_column_value(const Column& column) {
  return column.generated != Generated::virtual_ && column.not_null_inherited && column.not_null_validated;
}

schema::Column column_value(const Table& table, const Column& column, bool in_primary_key_alone) {
  schema::Column value(column.name, type_named(column.type, column.collation), {.comment = column.comment});
  if (is_plain_serial(table, column)) {
    if (!in_primary_key_alone) value.type = schema::UserDefinedType(serial_word(column.type));
  } else {
    value.server_default = server_default(column);
    if (in_primary_key_alone && schema::is_integer(value.type) && !value.server_default) value.autoincrement = false;
  }
  if (column.not_null && column.identity == Identity::none) value.nullable = false;
  return value;
}

std::string column_definition(const Table& table, const Column& column) {
  auto sql = schema::quote_identifier(column.name) + ' ';
  if (is_plain_serial(table, column)) {
    sql += serial_word(column.type);
  } else {
    sql += column.type;
    if (!column.collation.empty()) sql += " COLLATE " + column.collation;
    if (column.generated == Generated::virtual_) {
      sql += fmt::format(" GENERATED ALWAYS AS ({}) VIRTUAL", *column.default_sql);
    } else if (column.generated == Generated::stored) {
      sql += fmt::format(" GENERATED ALWAYS AS ({}) STORED", *column.default_sql);
    } else if (column.identity != Identity::none) {
      sql += ' ' + schema::identity_sql(identity_value(column));
    } else if (const auto value = server_default(column)) {
      sql += " DEFAULT " + schema::default_sql(*value);
    }
  }
  if (column.not_null) sql += " NOT NULL";
  if (!column.not_null_inherited) sql += " NO INHERIT";
  return sql;
}

}  // namespace support::alembic::autogenerate

#include "app/alembic/autogenerate/column_changes.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "app/alembic/autogenerate/column_value.hpp"
#include "app/alembic/autogenerate/option_changes.hpp"
#include "app/alembic/autogenerate/sql_pieces.hpp"
#include "app/alembic/autogenerate/type_names.hpp"
#include "app/schema/ddl.hpp"
#include "app/schema/quoting.hpp"

namespace support::alembic::autogenerate {
namespace {

using schema::quote_identifier;

constexpr int version_with_set_expression = 170000;
constexpr int version_with_storage_default = 160000;

std::string alter_column(const Table& table, const std::string& column) {
  return fmt::format("ALTER TABLE {} ALTER COLUMN {}", quoted_name({table.schema, table.name}),
                     quote_identifier(column));
}

alembic::Change<schema::ServerDefault> as_change(const std::optional<schema::ServerDefault>& value) {
  return value ? alembic::Change<schema::ServerDefault>(*value) : alembic::Change<schema::ServerDefault>(std::nullopt);
}

// All attributes said, so that a change shows each that differs.
schema::Identity full_identity(const Column& column) {
  const auto& options = column.sequence->options;
  return {.always = column.identity == Identity::always,
          .start = options.start,
          .increment = options.increment,
          .minvalue = options.minimum,
          .maxvalue = options.maximum,
          .cycle = options.cycle,
          .cache = options.cache};
}

// The parts of a change of one column in the order in which they must run, as few alter_column() as say it.
class ColumnChange {
 public:
  ColumnChange(const ColumnSetting& setting, const Column& before, const Column& after)
      : setting_(setting), before_(before), after_(after) {}

  OperationList operations() {
    leave_generation();
    change_type();
    change_nullability();
    change_default();
    change_comment();
    flush();
    append(storage_operations(setting_, before_, after_));
    return std::move(operations_);
  }

 private:
  // The order in which the clauses of one alter_column() run.
  enum Clause { nothing, type, nullability, server_default_, comment };

  AlterColumn& clause(Clause which) {
    if (which <= last_) flush();
    if (last_ == nothing) {
      current_ = {};
      current_.table = setting_.table.name;
      current_.schema = setting_.table.schema;
      current_.column = after_.name;
    }
    last_ = which;
    return current_;
  }
  void flush() {
    if (last_ != nothing) operations_.emplace_back(std::move(current_));
    last_ = nothing;
  }
  void append(OperationList list) {
    flush();
    std::ranges::move(list, std::back_inserter(operations_));
  }
  void execute(std::string sql) {
    flush();
    operations_.emplace_back(Execute{std::move(sql)});
  }
  std::string alter() const { return alter_column(setting_.table, after_.name); }
  bool type_changes() const { return before_.type != after_.type || before_.collation != after_.collation; }

  void set_default(alembic::Change<schema::ServerDefault> value, alembic::Change<schema::ServerDefault> existing) {
    auto& change = clause(server_default_);
    change.server_default = std::move(value);
    change.existing_server_default = std::move(existing);
  }

  // What must be gone before the type or the nullability can change.
  void leave_generation() {
    if (before_.identity != Identity::none && after_.identity == Identity::none) {
      set_default(std::nullopt, identity_value(before_));
    } else if (before_.generated == Generated::stored && after_.generated == Generated::none) {
      execute(alter() + " DROP EXPRESSION");
    } else if (before_.is_serial() && !after_.is_serial()) {
      set_default(std::nullopt, as_change(server_default(before_)));
      flush();
      if (!setting_.kept_sequences.contains({before_.sequence->schema, before_.sequence->name})) {
        operations_.emplace_back(DropSequence{.name = before_.sequence->name, .schema = before_.sequence->schema});
      }
    } else if (has_plain_default(before_) && must_leave_default()) {
      set_default(std::nullopt, as_change(server_default(before_)));
      default_is_dropped_ = true;
    }
  }
  static bool has_plain_default(const Column& column) {
    return column.default_sql && column.generated == Generated::none;
  }
  bool must_leave_default() const {
    if (after_.identity != Identity::none) return true;
    return type_changes() && before_.default_sql != after_.default_sql;
  }

  void change_type() {
    if (!type_changes()) return;
    auto& change = clause(type);
    change.type_ = type_named(after_.type, after_.collation);
    change.existing_type = type_named(before_.type, before_.collation);
    if (after_.generated == Generated::none) change.using_ = conversion(after_.name, before_.type, after_.type);
  }

  void change_nullability() {
    if (after_.not_null && before_.not_null) {
      keep_not_null();
    } else if (after_.not_null && (!after_.not_null_inherited || !after_.not_null_validated)) {
      execute(fmt::format("ALTER TABLE {} ADD CONSTRAINT {} NOT NULL {}{}{}", table_sql(), not_null_name(),
                          quote_identifier(after_.name), after_.not_null_inherited ? "" : " NO INHERIT",
                          after_.not_null_validated ? "" : " NOT VALID"));
    } else if (after_.not_null != before_.not_null) {
      auto& change = clause(nullability);
      change.nullable = !after_.not_null;
      change.existing_nullable = !before_.not_null;
      if (!change.existing_type) change.existing_type = type_named(before_.type, before_.collation);
    }
  }
  void keep_not_null() {
    if (after_.not_null_validated && !before_.not_null_validated) {
      execute(fmt::format("ALTER TABLE {} VALIDATE CONSTRAINT {}", table_sql(), not_null_name()));
    }
    if (after_.not_null_inherited != before_.not_null_inherited) {
      execute(fmt::format("ALTER TABLE {} ALTER CONSTRAINT {} {}", table_sql(), not_null_name(),
                          after_.not_null_inherited ? "INHERIT" : "NO INHERIT"));
    }
  }
  std::string table_sql() const { return quoted_name({setting_.table.schema, setting_.table.name}); }
  std::string not_null_name() const {
    return quote_identifier(after_.not_null_name.empty()
                                ? fmt::format("{}_{}_not_null", setting_.table.name, after_.name)
                                : after_.not_null_name);
  }

  void change_default() {
    if (after_.generated != Generated::none) {
      if (after_.default_sql != before_.default_sql) {
        execute(fmt::format("{} SET EXPRESSION AS ({})", alter(), *after_.default_sql));
      }
    } else if (after_.identity != Identity::none) {
      change_identity();
    } else if (after_.is_serial()) {
      change_serial();
    } else if (before_.is_serial() || before_.identity != Identity::none || before_.generated != Generated::none) {
      if (after_.default_sql) set_default(*server_default(after_), std::nullopt);
    } else if (default_is_dropped_ ? after_.default_sql.has_value() : after_.default_sql != before_.default_sql) {
      set_default(as_change(server_default(after_)),
                  default_is_dropped_ ? std::nullopt : as_change(server_default(before_)));
    }
  }
  void change_identity() {
    if (before_.identity == Identity::none) {
      set_default(identity_value(after_), std::nullopt);
      return;
    }
    if (before_.identity == after_.identity && before_.sequence->options == after_.sequence->options) return;
    auto existing = full_identity(before_);
    // The sequence grows with the type of its column.
    if (type_changes()) existing.maxvalue = after_.sequence->options.maximum;
    const auto wanted = full_identity(after_);
    if (existing != wanted) set_default(wanted, existing);
  }
  void change_serial() {
    if (!before_.is_serial()) {
      append(sequence_operations(setting_, after_));
      set_default(*server_default(after_), as_change(before_.default_sql ? server_default(before_) : std::nullopt));
      append(own_sequence_operations(setting_, after_));
    } else if (before_.sequence->options != after_.sequence->options) {
      const auto& options = after_.sequence->options;
      execute(fmt::format("ALTER SEQUENCE {} AS {} INCREMENT BY {} MINVALUE {} MAXVALUE {} START WITH {} CACHE {}{}",
                          schema::qualified_name(before_.sequence->name, before_.sequence->schema), options.type,
                          options.increment, options.minimum, options.maximum, options.start, options.cache,
                          options.cycle ? " CYCLE" : " NO CYCLE"));
    }
  }

  void change_comment() {
    if (before_.comment == after_.comment) return;
    auto& change = clause(comment);
    change.comment = after_.comment.empty() ? alembic::Change<std::string>(std::nullopt)
                                            : alembic::Change<std::string>(after_.comment);
    change.existing_comment = before_.comment;
  }

  const ColumnSetting& setting_;
  const Column& before_;
  const Column& after_;
  OperationList operations_;
  AlterColumn current_;
  Clause last_ = nothing;
  bool default_is_dropped_ = false;
};

std::string usual_storage(const std::string& type) {
  if (type.starts_with("numeric") || type == "inet" || type == "cidr") return "MAIN";
  return "EXTENDED";
}

struct TypeName {
  std::string_view base;  // without modifier and brackets
  bool is_array;
};

TypeName taken_apart(std::string_view type) {
  const bool is_array = type.ends_with("[]");
  if (is_array) type.remove_suffix(2);
  return {type.substr(0, type.find('(')), is_array};
}

// Types between which there is a cast, explicit at least.
bool has_cast(std::string_view from, std::string_view to) {
  constexpr std::array numbers{"smallint", "integer", "bigint", "numeric", "real", "double precision"};
  constexpr std::array texts{"text", "character varying", "character", "name"};
  constexpr std::array times{"date", "timestamp", "timestamp without time zone", "timestamp with time zone"};
  const auto both_in = [&](const auto& family) {
    return std::ranges::find(family, from) != family.end() && std::ranges::find(family, to) != family.end();
  };
  const auto either_in = [&](const auto& family) {
    return std::ranges::find(family, from) != family.end() || std::ranges::find(family, to) != family.end();
  };
  // "timestamp(3) with time zone" begins with its base as well.
  const bool has_times = both_in(times);
  if (from == to || both_in(numbers) || has_times || either_in(texts)) return true;
  const auto is = [&](std::string_view one, std::string_view other) {
    return (from == one && to == other) || (from == other && to == one);
  };
  return is("json", "jsonb") || is("integer", "boolean") || is("bit", "bit varying") || is("inet", "cidr");
}

// PostgreSQL casts on assignment by itself: to any text, and within a family to the wider type at least.
bool is_by_itself(std::string_view from, std::string_view to) {
  constexpr std::array texts{"text", "character varying", "character"};
  constexpr std::array numbers{"smallint", "integer", "bigint", "numeric", "real", "double precision"};
  constexpr std::array times{"timestamp", "timestamp without time zone", "timestamp with time zone"};
  const auto in = [](const auto& family, std::string_view type) {
    return std::ranges::find(family, type) != family.end();
  };
  if (from == to || in(texts, to)) return true;
  return (in(numbers, from) && in(numbers, to)) || (in(times, from) && in(times, to));
}

// An identity's sequence keeps its name, whatever the other side calls it.
void append_sequence_comment(OperationList& operations, const Column& before, const Column& after) {
  if (after.identity == Identity::none || !after.sequence) return;
  const bool is_kept = before.identity != Identity::none && before.sequence;
  const auto& sequence = is_kept ? *before.sequence : *after.sequence;
  const auto old_comment = is_kept ? before.sequence->comment : std::string();
  if (old_comment == after.sequence->comment) return;
  operations.push_back(
      comment_operation("SEQUENCE " + schema::qualified_name(sequence.name, sequence.schema), after.sequence->comment));
}

void append_storage(OperationList& operations, const std::string& alter, const Column& before, const Column& after,
                    int server_version) {
  // A new type brings its own storage along.
  if (!after.storage.empty() ? before.storage != after.storage || before.type != after.type
                             : before.storage != after.storage && before.type == after.type) {
    const auto usual = server_version >= version_with_storage_default ? "DEFAULT" : usual_storage(after.type);
    operations.push_back(
        Execute{fmt::format("{} SET STORAGE {}", alter, after.storage.empty() ? usual : after.storage)});
  }
  if (before.compression != after.compression) {
    operations.push_back(Execute{
        fmt::format("{} SET COMPRESSION {}", alter, after.compression.empty() ? "default" : after.compression)});
  }
  if (before.statistics != after.statistics) {
    operations.push_back(Execute{fmt::format("{} SET STATISTICS {}", alter, after.statistics.value_or(-1))});
  }
  add_option_changes(alter, before.options, after.options, operations);
}

}  // namespace

std::string conversion(const std::string& column, const std::string& from, const std::string& to) {
  const auto before = taken_apart(from);
  const auto after = taken_apart(to);
  const auto name = quote_identifier(column);
  if (before.is_array != after.is_array) return fmt::format("{}::text::{}", name, to);
  if (is_by_itself(before.base, after.base)) return {};
  if (has_cast(before.base, after.base)) return fmt::format("{}::{}", name, to);
  return fmt::format("{}::{}::{}", name, after.is_array ? "text[]" : "text", to);
}

OperationList sequence_operations(const ColumnSetting& setting, const Column& column) {
  const auto& sequence = *column.sequence;
  if (setting.kept_sequences.contains({sequence.schema, sequence.name})) return {};
  return create_operations(Sequence{.schema = sequence.schema, .name = sequence.name, .options = sequence.options});
}

OperationList own_sequence_operations(const ColumnSetting& setting, const Column& column) {
  const auto& sequence = *column.sequence;
  if (setting.kept_sequences.contains({sequence.schema, sequence.name})) return {};
  return {
      Execute{fmt::format("ALTER SEQUENCE {} OWNED BY {}.{}", schema::qualified_name(sequence.name, sequence.schema),
                          quoted_name({setting.table.schema, setting.table.name}), quote_identifier(column.name))}};
}

OperationList storage_operations(const ColumnSetting& setting, const Column& before, const Column& after) {
  OperationList operations;
  append_storage(operations, alter_column(setting.table, after.name), before, after, setting.server_version);
  append_sequence_comment(operations, before, after);
  return operations;
}

OperationList add_operations(const ColumnSetting& setting, const Column& column) {
  const auto& table = setting.table;
  OperationList operations;
  if (setting.has_children && column.identity != Identity::none) {
    // The children get the column, and no identity.
    auto plain = column;
    plain.identity = Identity::none;
    plain.sequence.reset();
    operations = add_operations(setting, plain);
    std::ranges::move(ColumnChange(setting, plain, column).operations(), std::back_inserter(operations));
    return operations;
  }
  const bool has_sequence = column.is_serial() && !is_plain_serial(table, column);
  if (has_sequence) operations = sequence_operations(setting, column);
  if (has_column_value(column)) {
    operations.push_back(
        AddColumn{.table = table.name, .column = column_value(table, column, false), .schema = table.schema});
  } else {
    operations.push_back(Execute{fmt::format("ALTER TABLE {} ADD COLUMN {}", quoted_name({table.schema, table.name}),
                                             column_definition(table, column))});
    if (!column.comment.empty()) {
      operations.push_back(comment_operation(
          fmt::format("COLUMN {}.{}", quoted_name({table.schema, table.name}), quote_identifier(column.name)),
          column.comment));
    }
  }
  if (has_sequence) std::ranges::move(own_sequence_operations(setting, column), std::back_inserter(operations));
  std::ranges::move(storage_operations(setting, Column{.type = column.type}, column), std::back_inserter(operations));
  return operations;
}

OperationList drop_operations(const ColumnSetting& setting, const Column& column) {
  return {DropColumn{.table = setting.table.name, .column = column.name, .schema = setting.table.schema}};
}

std::optional<OperationList> alter_operations(const ColumnSetting& setting, const Column& before, const Column& after) {
  const bool was_generated = before.generated != Generated::none;
  const bool is_generated = after.generated != Generated::none;
  if (is_generated && before.generated != after.generated) return std::nullopt;
  if (before.generated == Generated::virtual_ && !is_generated) return std::nullopt;
  if (was_generated && is_generated && before.default_sql != after.default_sql &&
      setting.server_version < version_with_set_expression) {
    return std::nullopt;
  }
  return ColumnChange(setting, before, after).operations();
}

OperationList view_column_operations(const ViewSetting& setting, const Column& before, const Column& after) {
  OperationList operations;
  const auto& view = setting.view;
  const auto column = quote_identifier(after.name);
  if (before.default_sql != after.default_sql) {
    operations.push_back(
        Execute{fmt::format("ALTER VIEW {} ALTER COLUMN {} {}", quoted_name(view), column,
                            after.default_sql ? "SET DEFAULT " + *after.default_sql : "DROP DEFAULT")});
  }
  if (setting.materialized) {
    append_storage(operations, fmt::format("ALTER MATERIALIZED VIEW {} ALTER COLUMN {}", quoted_name(view), column),
                   before, after, setting.server_version);
  }
  if (before.comment != after.comment) {
    operations.push_back(comment_operation(fmt::format("COLUMN {}.{}", quoted_name(view), column), after.comment));
  }
  return operations;
}

Operation drop_default_operation(const Table& table, const Column& column) {
  AlterColumn change;
  change.table = table.name;
  change.schema = table.schema;
  change.column = column.name;
  change.server_default = std::nullopt;
  change.existing_server_default = as_change(server_default(column));
  return change;
}

Operation set_default_operation(const Table& table, const Column& column) {
  AlterColumn change;
  change.table = table.name;
  change.schema = table.schema;
  change.column = column.name;
  change.server_default = as_change(server_default(column));
  change.existing_server_default = std::nullopt;
  return change;
}

}  // namespace support::alembic::autogenerate

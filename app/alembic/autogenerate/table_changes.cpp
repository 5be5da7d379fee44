#include "app/alembic/autogenerate/table_changes.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "app/alembic/autogenerate/column_value.hpp"
#include "app/alembic/autogenerate/constraint_changes.hpp"
#include "app/alembic/autogenerate/option_changes.hpp"
#include "app/alembic/autogenerate/sql_pieces.hpp"
#include "app/schema/quoting.hpp"

namespace support::alembic::autogenerate {
namespace {

using schema::quote_identifier;

constexpr std::string_view by_index = "USING INDEX ";
constexpr int version_with_identity_of_partitions = 170000;

QualifiedName name_of(const Table& table) {
  return {table.schema, table.name};
}

std::string alter_table(const Table& table) {
  return "ALTER TABLE " + quoted_name(name_of(table));
}

std::string name_list(const std::vector<QualifiedName>& names) {
  std::string list;
  for (const auto& name : names) list += (list.empty() ? "" : ", ") + quoted_name(name);
  return list;
}

// OPTIONS of a foreign table: "name=value" of the catalog as SQL.
std::string foreign_options(const Texts& options) {
  std::string list;
  for (const auto& option : options) {
    const auto equals = option.find('=');
    list += fmt::format("{}{} {}", list.empty() ? "" : ", ", quote_identifier(option.substr(0, equals)),
                        schema::quote_literal(option.substr(equals + 1)));
  }
  return list.empty() ? "" : fmt::format(" OPTIONS ({})", list);
}

class TableCreation {
 public:
  TableCreation(const TableSetting& setting, const Table& table) : setting_(setting), table_(table) {}

  OperationList operations() {
    for (const auto* column : own_columns()) {
      if (has_own_sequence(*column)) append(sequence_operations(setting_.columns, *column));
    }
    create();
    for (const auto* column : own_columns()) {
      if (has_own_sequence(*column)) append(own_sequence_operations(setting_.columns, *column));
      append(storage_operations(setting_.columns, Column{.type = column->type}, *column));
    }
    adjust_columns_from_elsewhere();
    add_other_constraints();
    add_settings();
    return std::move(operations_);
  }

 private:
  bool is_partition() const { return !table_.partition_bound.empty(); }
  // Its columns are those of a parent or a type, all of them.
  bool takes_columns() const { return is_partition() || !table_.of_type.empty(); }
  bool has_own_sequence(const Column& column) const { return column.is_serial() && !is_plain_serial(table_, column); }
  std::vector<const Column*> own_columns() const {
    std::vector<const Column*> columns;
    if (takes_columns()) return columns;
    for (const auto& column : table_.columns) {
      if (column.origin != Origin::inherited) columns.push_back(&column);
    }
    return columns;
  }
  void append(OperationList list) { std::ranges::move(list, std::back_inserter(operations_)); }

  // Keys first: the table's own foreign keys may point at them.
  std::vector<const Constraint*> constraints_in_order() const {
    std::vector<const Constraint*> order;
    for (const bool foreign : {false, true}) {
      for (const auto& constraint : table_.constraints) {
        if ((constraint.kind == ConstraintKind::foreign_key) == foreign) order.push_back(&constraint);
      }
    }
    return order;
  }

  bool is_inline(const Constraint& constraint) const {
    if (constraint.kind == ConstraintKind::foreign_key && constraint.referent.schema == table_.schema &&
        constraint.referent.table == table_.name) {
      const auto is_later = [&](const Constraint& key) {
        return key.kind != ConstraintKind::foreign_key && !is_inline(key);
      };
      if (std::ranges::any_of(table_.constraints, is_later)) return false;
    }
    return constraint.origin != Origin::inherited && !setting_.separate_constraints.contains(constraint.name) &&
           constraint_value(constraint).has_value();
  }

  void create() {
    const bool is_plain = table_.kind != TableKind::foreign && table_.parents.empty() && table_.of_type.empty() &&
                          std::ranges::all_of(table_.columns, has_column_value);
    has_comments_ = is_plain;
    if (is_plain) {
      create_plain();
    } else {
      operations_.emplace_back(Execute{statement()});
    }
  }

  void create_plain() {
    const auto key = std::ranges::find(table_.constraints, ConstraintKind::primary_key, &Constraint::kind);
    const bool has_key = key != table_.constraints.end() && is_inline(*key);
    std::vector<schema::TableItem> items;
    for (const auto& column : table_.columns) {
      const bool alone = has_key && key->columns == Texts{column.name} && !is_in_foreign_key(column.name);
      items.emplace_back(column_value(table_, column, alone));
    }
    for (const auto& constraint : table_.constraints) {
      if (!is_inline(constraint)) continue;
      std::visit([&](const auto& value) { items.emplace_back(value); }, *constraint_value(constraint));
    }
    schema::TableOptions options{.schema = table_.schema, .comment = table_.comment};
    if (table_.persistence == Persistence::unlogged) options.prefixes = {"UNLOGGED"};
    options.partition_by = table_.partition_key;
    options.using_ = table_.access_method;
    options.tablespace = table_.tablespace;
    operations_.emplace_back(CreateTable{schema::Table(table_.name, items, options)});
    add_option_changes(alter_table(table_), {}, table_.options, operations_);
  }
  // Such a column never becomes SERIAL by itself.
  bool is_in_foreign_key(const std::string& column) const {
    return std::ranges::any_of(table_.constraints, [&](const Constraint& constraint) {
      return constraint.kind == ConstraintKind::foreign_key &&
             std::ranges::find(constraint.columns, column) != constraint.columns.end();
    });
  }

  std::string statement() const {
    auto sql = fmt::format("CREATE {}{} {}", table_.persistence == Persistence::unlogged ? "UNLOGGED " : "",
                           table_.kind == TableKind::foreign ? "FOREIGN TABLE" : "TABLE", quoted_name(name_of(table_)));
    if (is_partition()) {
      sql += fmt::format(" PARTITION OF {} {}", quoted_name(table_.parents.front()), table_.partition_bound);
    } else if (!table_.of_type.empty()) {
      sql += " OF " + table_.of_type;
    } else {
      sql += column_list();
      if (!table_.parents.empty()) sql += fmt::format("\n INHERITS ({})", name_list(table_.parents));
    }
    if (!table_.partition_key.empty()) sql += "\n PARTITION BY " + table_.partition_key;
    if (!table_.server.empty()) {
      sql += fmt::format("\n SERVER {}{}", quote_identifier(table_.server), foreign_options(table_.server_options));
    }
    if (!table_.access_method.empty()) sql += "\n USING " + quote_identifier(table_.access_method);
    if (!table_.options.empty()) sql += fmt::format("\n WITH ({})", parameter_list(table_.options));
    if (!table_.tablespace.empty()) sql += "\n TABLESPACE " + quote_identifier(table_.tablespace);
    return sql;
  }
  std::string column_list() const {
    std::string list;
    for (const auto* column : own_columns()) {
      list += fmt::format("{}\n    {}", list.empty() ? "" : ",", column_definition(table_, *column));
    }
    return list.empty() ? " ()" : fmt::format(" ({}\n)", list);
  }

  // What a column has beyond that of its parent, or of its type.
  void adjust_columns_from_elsewhere() {
    for (const auto& column : table_.columns) {
      if (!takes_columns() && column.origin != Origin::inherited) continue;
      Column given{.name = column.name, .type = column.type, .collation = column.collation};
      for (const auto* parent : setting_.parents) {
        const auto found = std::ranges::find(parent->columns, column.name, &Column::name);
        if (found == parent->columns.end()) continue;
        given = *found;
        break;
      }
      if (given.is_serial()) given.default_sql = next_value(*std::exchange(given.sequence, std::nullopt));
      given.comment.clear();
      given.statistics.reset();
      given.options.clear();
      if (given.generated != column.generated) {
        given.generated = column.generated;
        given.default_sql = column.default_sql;
      }
      // Only partitions take over an identity, and only from PostgreSQL 17 on.
      given.identity = is_partition() && setting_.columns.server_version >= version_with_identity_of_partitions
                           ? column.identity
                           : Identity::none;
      given.sequence = given.identity == Identity::none ? std::nullopt : column.sequence;
      if (auto changes = alter_operations(setting_.columns, given, column)) append(std::move(*changes));
    }
  }

  void add_other_constraints() {
    for (const auto* constraint : constraints_in_order()) {
      if (constraint->origin == Origin::inherited || setting_.separate_constraints.contains(constraint->name)) continue;
      append(has_comments_ && is_inline(*constraint) ? comment_operations(name_of(table_), *constraint)
                                                     : create_operations(name_of(table_), *constraint));
    }
  }

  void add_settings() {
    if (!has_comments_) {
      if (!table_.comment.empty()) {
        operations_.emplace_back(
            CreateTableComment{.table = table_.name, .comment = table_.comment, .schema = table_.schema});
      }
      for (const auto* column : own_columns()) {
        if (column->comment.empty()) continue;
        operations_.emplace_back(
            comment_operation(fmt::format("COLUMN {}.{}", quoted_name(name_of(table_)), quote_identifier(column->name)),
                              column->comment));
      }
    }
    if (table_.row_security) {
      operations_.emplace_back(AlterRowLevelSecurity{table_.name, RowSecurity::enable, table_.schema});
    }
    if (table_.row_security_forced) {
      operations_.emplace_back(AlterRowLevelSecurity{table_.name, RowSecurity::force, table_.schema});
    }
    if (!table_.replica_identity.empty() && !table_.replica_identity.starts_with(by_index)) {
      operations_.emplace_back(Execute{alter_table(table_) + " REPLICA IDENTITY " + table_.replica_identity});
    }
    for (const auto& constraint : table_.constraints) append(index_role_operations(table_, constraint.name));
  }

  const TableSetting& setting_;
  const Table& table_;
  OperationList operations_;
  bool has_comments_ = false;  // CreateTable says them
};

class TableChange {
 public:
  TableChange(const Table& before, const Table& after) : before_(before), after_(after) {}

  OperationList operations() {
    if (before_.persistence != after_.persistence) {
      execute(after_.persistence == Persistence::unlogged ? " SET UNLOGGED" : " SET LOGGED");
    }
    if (before_.of_type != after_.of_type) execute(after_.of_type.empty() ? " NOT OF" : " OF " + after_.of_type);
    if (before_.access_method != after_.access_method) {
      execute(" SET ACCESS METHOD " +
              (after_.access_method.empty() ? std::string("heap") : quote_identifier(after_.access_method)));
    }
    if (before_.tablespace != after_.tablespace) {
      execute(" SET TABLESPACE " +
              (after_.tablespace.empty() ? std::string("pg_default") : quote_identifier(after_.tablespace)));
    }
    add_option_changes(alter_table(after_), before_.options, after_.options, operations_);
    change_row_security();
    if (before_.replica_identity != after_.replica_identity) change_replica_identity();
    if (before_.cluster_index != after_.cluster_index) change_cluster_index();
    change_comment();
    return std::move(operations_);
  }

 private:
  void execute(const std::string& words) { operations_.emplace_back(Execute{alter_table(after_) + words}); }

  void change_row_security() {
    const auto change = [&](bool before, bool after, RowSecurity on, RowSecurity off) {
      if (before != after) {
        operations_.emplace_back(AlterRowLevelSecurity{after_.name, after ? on : off, after_.schema});
      }
    };
    change(before_.row_security, after_.row_security, RowSecurity::enable, RowSecurity::disable);
    change(before_.row_security_forced, after_.row_security_forced, RowSecurity::force, RowSecurity::no_force);
  }

  static bool has_index(const Table& table, const std::string& name) {
    return std::ranges::find(table.indexes, name, &Index::name) != table.indexes.end() ||
           std::ranges::find(table.constraints, name, &Constraint::name) != table.constraints.end();
  }

  void change_replica_identity() {
    if (after_.replica_identity.empty()) {
      execute(" REPLICA IDENTITY DEFAULT");
    } else if (!after_.replica_identity.starts_with(by_index)) {
      execute(" REPLICA IDENTITY " + after_.replica_identity);
    } else if (const auto index = after_.replica_identity.substr(by_index.size()); has_index(before_, index)) {
      execute(" REPLICA IDENTITY USING INDEX " + quote_identifier(index));
    }
  }
  void change_cluster_index() {
    if (after_.cluster_index.empty()) {
      execute(" SET WITHOUT CLUSTER");
    } else if (has_index(before_, after_.cluster_index)) {
      execute(" CLUSTER ON " + quote_identifier(after_.cluster_index));
    }
  }

  void change_comment() {
    if (before_.comment == after_.comment) return;
    if (after_.comment.empty()) {
      operations_.emplace_back(DropTableComment{after_.name, before_.comment, after_.schema});
    } else {
      operations_.emplace_back(CreateTableComment{after_.name, after_.comment, before_.comment, after_.schema});
    }
  }

  const Table& before_;
  const Table& after_;
  OperationList operations_;
};

}  // namespace

OperationList create_operations(const TableSetting& setting, const Table& table) {
  return TableCreation(setting, table).operations();
}

OperationList drop_operations(const Table& table) {
  if (table.kind == TableKind::foreign) return {Execute{"DROP FOREIGN TABLE " + quoted_name(name_of(table))}};
  return {DropTable{.table = table.name, .schema = table.schema}};
}

std::optional<OperationList> alter_operations(const Table& before, const Table& after) {
  if (before.kind != after.kind || before.partition_key != after.partition_key || before.server != after.server ||
      before.server_options != after.server_options) {
    return std::nullopt;
  }
  return TableChange(before, after).operations();
}

OperationList leave_operations(const Table& table, const std::vector<QualifiedName>& parents) {
  OperationList operations;
  for (const auto& parent : parents) {
    operations.emplace_back(Execute{
        table.partition_bound.empty()
            ? fmt::format("{} NO INHERIT {}", alter_table(table), quoted_name(parent))
            : fmt::format("ALTER TABLE {} DETACH PARTITION {}", quoted_name(parent), quoted_name(name_of(table)))});
  }
  return operations;
}

OperationList join_operations(const Table& table, const std::vector<QualifiedName>& parents) {
  OperationList operations;
  for (const auto& parent : parents) {
    operations.emplace_back(Execute{table.partition_bound.empty()
                                        ? fmt::format("{} INHERIT {}", alter_table(table), quoted_name(parent))
                                        : fmt::format("ALTER TABLE {} ATTACH PARTITION {} {}", quoted_name(parent),
                                                      quoted_name(name_of(table)), table.partition_bound)});
  }
  return operations;
}

OperationList index_role_operations(const Table& table, const std::string& index) {
  OperationList operations;
  if (table.cluster_index == index) {
    operations.emplace_back(Execute{alter_table(table) + " CLUSTER ON " + quote_identifier(index)});
  }
  if (table.replica_identity == std::string(by_index) + index) {
    operations.emplace_back(Execute{alter_table(table) + " REPLICA IDENTITY USING INDEX " + quote_identifier(index)});
  }
  return operations;
}

}  // namespace support::alembic::autogenerate

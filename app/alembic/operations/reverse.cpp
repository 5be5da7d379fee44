#include "app/alembic/operations/reverse.hpp"

#include <ranges>
#include <utility>

#include "app/alembic/operations/alter_column_reverse.hpp"
#include "app/alembic/operations/existing.hpp"
#include "app/alembic/operations/object_reverse.hpp"

namespace support::alembic {
namespace {

ConstraintType type_of(const schema::UniqueConstraint&) {
  return ConstraintType::unique;
}
ConstraintType type_of(const schema::CheckConstraint&) {
  return ConstraintType::check;
}
ConstraintType type_of(const schema::ForeignKeyConstraint&) {
  return ConstraintType::foreign_key;
}
ConstraintType type_of(const schema::PrimaryKeyConstraint&) {
  return ConstraintType::primary_key;
}
ConstraintType type_of(const schema::ExcludeConstraint&) {
  return ConstraintType::exclude;
}

void require_name(const schema::Name& name, std::string_view what, const std::string& table) {
  if (name.empty()) irreversible(what, table, "it has no name to drop it by; give it one");
}

// Nothing when the column alone does not say how it was added: without its key, or with a reference that the server
// names.
std::optional<schema::Column> added_column(const AddColumn& operation) {
  const schema::Column& column = operation.column;
  if (column.primary_key && !operation.inline_primary_key) return std::nullopt;
  if (!column.foreign_key.empty() && operation.inline_references) return std::nullopt;
  return column;
}

struct Reverser : ObjectReverser {
  using ObjectReverser::operator();

  Operation operator()(const CreateTable& o) const {
    return DropTable{.table = o.table.name, .schema = o.table.schema, .existing = o.table};
  }
  Operation operator()(const DropTable& o) const {
    return CreateTable{known_object(o.existing, "DROP TABLE", o.table, o.schema)};
  }
  Operation operator()(const AddColumn& o) const {
    return DropColumn{.table = o.table,
                      .column = o.column.name,
                      .schema = o.schema,
                      .existing = added_column(o),
                      .naming_convention = o.naming_convention};
  }
  Operation operator()(const DropColumn& o) const {
    constexpr std::string_view what = "DROP COLUMN";
    schema::Column column = known(o.existing, what, o.column);
    column.name = agreed(what, o.column, o.column, column.name);
    const bool was_key = column.primary_key;
    return AddColumn{.table = o.table,
                     .column = std::move(column),
                     .schema = o.schema,
                     .inline_primary_key = was_key,
                     .naming_convention = o.naming_convention};
  }
  Operation operator()(const AlterColumn& o) const { return reverse_alter_column(o); }
  Operation operator()(const CreateIndex& o) const {
    require_name(o.index.name, "An index of", o.table);
    return DropIndex{.index = o.index.name,
                     .table = o.table,
                     .schema = o.schema,
                     .concurrently = o.concurrently,
                     .existing = o.index};
  }
  Operation operator()(const DropIndex& o) const {
    schema::Index index = known(o.existing, "DROP INDEX", o.index);
    index.name = agreed_name("DROP INDEX", o.index, index.name);
    if (o.table.empty()) irreversible("DROP INDEX", o.index, "nothing says of which table; give it as .table_name");
    return CreateIndex{.table = o.table, .index = std::move(index), .schema = o.schema, .concurrently = o.concurrently};
  }
  template <class C>
  Operation operator()(const CreateConstraint<C>& o) const {
    require_name(o.constraint.name, "A constraint of", o.table);
    return DropConstraint{.constraint = o.constraint.name,
                          .table = o.table,
                          .type_ = type_of(o.constraint),
                          .schema = o.schema,
                          .existing = o.constraint};
  }
  Operation operator()(const DropConstraint& o) const {
    constexpr std::string_view what = "DROP CONSTRAINT";
    const auto recreated = [&]<class C>(C constraint) -> Operation {
      if (o.type_ != ConstraintType::unknown && o.type_ != type_of(constraint)) {
        irreversible(what, o.constraint, "its .existing is of another type than .type_ says");
      }
      constraint.name = agreed_name(what, o.constraint, constraint.name);
      return CreateConstraint<C>{o.table, std::move(constraint), o.schema};
    };
    return std::visit(recreated, known(o.existing, what, o.constraint));
  }
  Operation operator()(const RenameTable& o) const { return RenameTable{o.new_table, o.table, o.schema}; }
  Operation operator()(const CreateTableComment& o) const {
    if (o.existing_comment.empty()) return DropTableComment{o.table, o.comment, o.schema};
    return CreateTableComment{o.table, o.existing_comment, o.comment, o.schema};
  }
  Operation operator()(const DropTableComment& o) const {
    if (o.existing_comment.empty()) irreversible("The comment of", o.table, "give it as .existing_comment");
    return CreateTableComment{o.table, o.existing_comment, "", o.schema};
  }
  Operation operator()(const CreateEnum& o) const {
    return DropEnum{.type = o.type.name, .schema = o.type.schema, .existing = o.type};
  }
  Operation operator()(const DropEnum& o) const {
    return CreateEnum{known_object(o.existing, "DROP TYPE", o.type, o.schema)};
  }
  // An extension that need not be offered need not be there either.
  Operation operator()(const CreateExtension& o) const {
    return DropExtension{.extension = o.extension, .schema = o.schema, .if_exists = o.if_available};
  }
  Operation operator()(const DropExtension& o) const {
    return CreateExtension{.extension = o.extension, .schema = o.schema, .if_available = o.if_exists};
  }
  Operation operator()(const Execute& o) const {
    irreversible("SQL", o.sql.substr(0, 60), "what it does is not known; write the way back by hand");
  }
  Operation operator()(const CopyData& o) const {
    irreversible("COPY", o.statement.substr(0, 60), "which rows were there before is not known; delete them by hand");
  }
  Operation operator()(const BulkInsert& o) const {
    irreversible("INSERT INTO", o.table, "which rows were there before is not known; delete them by hand");
  }
  Operation operator()(const CustomOperation& o) const {
    if (o.reverse_statements.empty()) irreversible("Operation", o.name, "it has no .reverse_statements");
    return CustomOperation{o.name, o.reverse_statements, o.statements, o.needs_autocommit};
  }
};

}  // namespace

Operation reverse(const Operation& operation) {
  return std::visit(Reverser{}, operation);
}

std::vector<Operation> reverse(const std::vector<Operation>& operations) {
  std::vector<Operation> result;
  for (const auto& operation : std::views::reverse(operations)) result.push_back(reverse(operation));
  return result;
}

}  // namespace support::alembic

#include "app/alembic/operations/reverse.hpp"

#include <stdexcept>
#include <utility>

#include <fmt/format.h>

namespace support::alembic {
namespace {

[[noreturn]] void irreversible(std::string_view what, std::string_view name, std::string_view remedy) {
  throw std::invalid_argument(fmt::format("{} '{}' can't be reversed: {}.", what, name, remedy));
}

template <class Object>
const Object& known(const std::optional<Object>& existing, std::string_view what, std::string_view name) {
  if (!existing) irreversible(what, name, "nothing says what was there; give it as .existing");
  return *existing;
}

void refuse_cascade(bool cascade, std::string_view name) {
  if (cascade) irreversible("The drop of", name, "what went with it by cascade is not known");
}

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

TriggerFiring opposite(TriggerFiring firing) {
  return firing == TriggerFiring::disabled ? TriggerFiring::origin : TriggerFiring::disabled;
}

RowSecurity opposite(RowSecurity action) {
  switch (action) {
    case RowSecurity::enable:
      return RowSecurity::disable;
    case RowSecurity::disable:
      return RowSecurity::enable;
    case RowSecurity::force:
      return RowSecurity::no_force;
    case RowSecurity::no_force:
      break;
  }
  return RowSecurity::force;
}

struct Reverser {
  Operation operator()(const CreateTable& o) const { return DropTable{o.table.name, o.table.schema}; }
  Operation operator()(const DropTable& o) const {
    irreversible("DROP TABLE", o.table, "nothing says what its columns were; create the table anew");
  }
  Operation operator()(const AddColumn& o) const { return DropColumn{o.table, o.column.name, o.schema}; }
  Operation operator()(const DropColumn& o) const {
    irreversible("DROP COLUMN", o.column, "nothing says what its type was; add the column anew");
  }
  Operation operator()(const AlterColumn& o) const;
  Operation operator()(const CreateIndex& o) const {
    return DropIndex{o.index.name, o.table, o.schema, false, o.concurrently};
  }
  Operation operator()(const DropIndex& o) const {
    irreversible("DROP INDEX", o.index, "nothing says what its columns were; create the index anew");
  }
  template <class C>
  Operation operator()(const CreateConstraint<C>& o) const {
    if (o.constraint.name.empty()) {
      irreversible("A constraint of", o.table, "it has no name to drop it by; give it one");
    }
    return DropConstraint{o.constraint.name, o.table, type_of(o.constraint), o.schema};
  }
  Operation operator()(const DropConstraint& o) const {
    irreversible("DROP CONSTRAINT", o.constraint, "nothing says what it was; create the constraint anew");
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
  Operation operator()(const CreateEnum& o) const { return DropEnum{o.type.name, o.type.schema}; }
  Operation operator()(const DropEnum& o) const {
    irreversible("DROP TYPE", o.type, "nothing says what its labels were; create the type anew");
  }
  Operation operator()(const CreateExtension& o) const { return DropExtension{o.extension, o.if_available}; }
  Operation operator()(const DropExtension& o) const { return CreateExtension{o.extension}; }
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

  Operation operator()(const AddEnumValue& o) const {
    irreversible("ALTER TYPE … ADD VALUE", o.value, "PostgreSQL can't take a label away; make a new type without it");
  }
  Operation operator()(const RenameEnumValue& o) const {
    return RenameEnumValue{o.type, o.new_value, o.value, o.schema};
  }
  Operation operator()(const RenameObject& o) const {
    return RenameObject{o.kind, o.new_name, o.name, o.schema, o.table};
  }
  Operation operator()(const ValidateConstraint& o) const {
    irreversible("VALIDATE CONSTRAINT", o.constraint,
                 "a valid constraint does not become invalid; nothing is to be done");
  }
  Operation operator()(const CreateSchema& o) const { return DropSchema{.schema = o.schema}; }
  Operation operator()(const DropSchema& o) const {
    if (o.cascade) irreversible("DROP SCHEMA", o.schema, "what was in it is not known");
    return CreateSchema{.schema = o.schema, .authorization = o.existing_authorization};
  }
  template <class Object>
  Operation operator()(const CreateObject<Object>& o) const {
    return DropObject<Object>{.name = o.object.name, .schema = o.object.schema, .existing = o.object};
  }
  template <class Object>
  Operation operator()(const DropObject<Object>& o) const {
    refuse_cascade(o.cascade, o.name);
    const Object& before = known(o.existing, "The drop of", o.name);
    if constexpr (std::is_same_v<Object, schema::Domain>) {
      return CreateDomain{before};
    } else if constexpr (std::is_same_v<Object, schema::View>) {
      return CreateView{before};
    } else {
      return CreateObject<Object>{before};
    }
  }
  Operation operator()(const AlterSequence& o) const {
    irreversible("ALTER SEQUENCE", o.sequence, "write the way back as an alter_sequence of its own");
  }
  Operation operator()(const CreateDomain& o) const {
    return DropDomain{.name = o.domain.name, .schema = o.domain.schema, .existing = o.domain};
  }
  Operation operator()(const AlterDomain& o) const {
    irreversible("ALTER DOMAIN", o.domain, "write the way back as an alter_domain of its own");
  }
  template <class Object>
  Operation operator()(const CreateReplaceable<Object>& o) const;
  Operation operator()(const RefreshMaterializedView& o) const {
    irreversible("REFRESH MATERIALIZED VIEW", o.view, "what it showed before is gone; nothing is to be done");
  }
  template <class Routine>
  Operation operator()(const DropRoutine<Routine>& o) const {
    refuse_cascade(o.cascade, o.name);
    return CreateReplaceable<Routine>{known(o.existing, "The drop of", o.name)};
  }
  Operation operator()(const AlterTrigger& o) const {
    return AlterTrigger{o.trigger, o.table, o.existing.value_or(opposite(o.firing)), o.firing, o.schema};
  }
  Operation operator()(const DropTrigger& o) const { return CreateTrigger{known(o.existing, "The drop of", o.name)}; }
  Operation operator()(const CreatePolicy& o) const {
    return DropPolicy{.name = o.policy.name, .table = o.policy.table, .schema = o.policy.schema, .existing = o.policy};
  }
  Operation operator()(const DropPolicy& o) const { return CreatePolicy{known(o.existing, "The drop of", o.name)}; }
  Operation operator()(const AlterPolicy& o) const;
  Operation operator()(const AlterRowLevelSecurity& o) const {
    return AlterRowLevelSecurity{o.table, opposite(o.action), o.schema};
  }
};

// Undoes each part that changes, from what is there before; a part whose `existing_…` is missing can't be undone.
Operation Reverser::operator()(const AlterColumn& o) const {
  AlterColumn back = o;
  back.using_ = {};
  if (!o.new_column_name.empty()) {
    back.column = o.new_column_name;
    back.new_column_name = o.column;
  }
  if (o.type_) {
    if (!o.existing_type) irreversible("The type of column", o.column, "give it as .existing_type");
    std::swap(back.type_, back.existing_type);
  }
  if (o.nullable) {
    back.existing_nullable = o.nullable;
    if (!o.existing_nullable) irreversible("The nullability of column", o.column, "give it as .existing_nullable");
    back.nullable = o.existing_nullable;
  }
  if (o.server_default.is_given()) {
    if (!o.existing_server_default.is_given()) {
      irreversible("The default of column", o.column, "give it as .existing_server_default, std::nullopt for none");
    }
    std::swap(back.server_default, back.existing_server_default);
  }
  if (o.comment.is_given()) {
    back.existing_comment = o.comment.value() ? *o.comment.value() : "";
    back.comment =
        o.existing_comment.empty() ? Change<std::string>(std::nullopt) : Change<std::string>(o.existing_comment);
  }
  return back;
}

template <class Object>
Operation Reverser::operator()(const CreateReplaceable<Object>& o) const {
  if (o.existing && o.or_replace) return CreateReplaceable<Object>{*o.existing, true, o.object};
  if (o.or_replace) irreversible("CREATE OR REPLACE", o.object.name, "nothing says what it replaces; give .existing");
  if constexpr (std::is_same_v<Object, schema::View>) {
    return DropView{.name = o.object.name, .schema = o.object.schema, .existing = o.object};
  } else if constexpr (std::is_same_v<Object, schema::Trigger>) {
    return DropTrigger{.name = o.object.name, .table = o.object.table, .schema = o.object.schema, .existing = o.object};
  } else {
    return DropRoutine<Object>{
        .name = o.object.name, .arguments = o.object.arguments, .schema = o.object.schema, .existing = o.object};
  }
}

Operation Reverser::operator()(const AlterPolicy& o) const {
  const schema::Policy& before = known(o.existing, "ALTER POLICY", o.policy);
  if ((!o.using_.empty() && before.using_.empty()) || (!o.with_check.empty() && before.with_check.empty())) {
    irreversible("ALTER POLICY", o.policy, "PostgreSQL can't take a condition away; drop the policy and create it");
  }
  AlterPolicy back;
  back.policy = o.policy;
  back.table = o.table;
  back.schema = o.schema;
  if (!o.roles.empty()) back.roles = before.roles.empty() ? std::vector<std::string>{"PUBLIC"} : before.roles;
  if (!o.using_.empty()) back.using_ = before.using_;
  if (!o.with_check.empty()) back.with_check = before.with_check;
  return back;
}

}  // namespace

Operation reverse(const Operation& operation) {
  return std::visit(Reverser{}, operation);
}

}  // namespace support::alembic

#include "app/alembic/operations/object_reverse.hpp"

#include "app/alembic/operations/existing.hpp"

namespace support::alembic {
namespace {

constexpr std::string_view a_drop = "The drop of";

TriggerFiring firing_before(TriggerFiring firing) {
  return firing == TriggerFiring::origin ? TriggerFiring::disabled : TriggerFiring::origin;
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

template <class Object>
Operation dropped(const Object& object) {
  return DropObject<Object>{.name = object.name, .schema = object.schema, .existing = object};
}

template <class Object>
Object of_drop(const DropObject<Object>& operation) {
  refuse_cascade(operation.cascade, operation.name);
  return known_object(operation.existing, a_drop, operation.name, operation.schema);
}

// What tells routines of one name apart.
std::string signature(const schema::FunctionArguments& arguments) {
  return schema::signature_sql(arguments, {});
}

template <class Routine>
Operation recreated(const DropRoutine<Routine>& operation) {
  refuse_cascade(operation.cascade, operation.name);
  Routine routine = known_object(operation.existing, a_drop, operation.name, operation.schema);
  if (operation.arguments) {
    agreed(a_drop, operation.name, signature(*operation.arguments), signature(routine.arguments));
  }
  return CreateReplaceable<Routine>{std::move(routine)};
}

template <class Routine>
Operation routine_dropped(const Routine& routine) {
  return DropRoutine<Routine>{
      .name = routine.name, .arguments = routine.arguments, .schema = routine.schema, .existing = routine};
}

// The way back of what has replaced another one; nothing when it has not.
template <class Object>
std::optional<Operation> replaced_back(const CreateReplaceable<Object>& operation) {
  if (!operation.or_replace) return std::nullopt;
  constexpr std::string_view what = "CREATE OR REPLACE";
  const Object& object = operation.object;
  if (!operation.existing) {
    irreversible(what, object.name,
                 "nothing says what it replaces; give it as .existing, or create without or_replace");
  }
  Object before = known_object(operation.existing, what, object.name, object.schema);
  if constexpr (requires {
                  object.arguments;
                  object.language;
                }) {
    agreed(what, object.name, signature(object.arguments), signature(before.arguments));
  }
  if constexpr (requires { object.table; }) before.table = agreed(what, object.name, object.table, before.table);
  return CreateReplaceable<Object>{std::move(before), true, object};
}

}  // namespace

Operation ObjectReverser::operator()(const AddEnumValue& operation) const {
  irreversible("ALTER TYPE … ADD VALUE", operation.value,
               "PostgreSQL can't take a label away; make a new type without it");
}

Operation ObjectReverser::operator()(const RenameEnumValue& operation) const {
  return RenameEnumValue{operation.type, operation.new_value, operation.value, operation.schema};
}

Operation ObjectReverser::operator()(const RenameObject& operation) const {
  return RenameObject{operation.kind, operation.new_name, operation.name, operation.schema, operation.table};
}

Operation ObjectReverser::operator()(const ValidateConstraint& operation) const {
  irreversible("VALIDATE CONSTRAINT", operation.constraint,
               "a valid constraint does not become invalid; nothing is to be done");
}

Operation ObjectReverser::operator()(const CreateSchema& operation) const {
  return DropSchema{.schema = operation.schema, .existing_authorization = operation.authorization};
}

Operation ObjectReverser::operator()(const DropSchema& operation) const {
  refuse_cascade(operation.cascade, operation.schema);
  return CreateSchema{.schema = operation.schema, .authorization = operation.existing_authorization};
}

Operation ObjectReverser::operator()(const CreateSequence& operation) const {
  return dropped(operation.object);
}

Operation ObjectReverser::operator()(const DropSequence& operation) const {
  return CreateSequence{of_drop(operation)};
}

Operation ObjectReverser::operator()(const CreateDomain& operation) const {
  return dropped(operation.domain);
}

Operation ObjectReverser::operator()(const DropDomain& operation) const {
  return CreateDomain{of_drop(operation)};
}

Operation ObjectReverser::operator()(const CreateView& operation) const {
  if (auto back = replaced_back(operation)) return *std::move(back);
  return dropped(operation.object);
}

Operation ObjectReverser::operator()(const DropView& operation) const {
  return CreateView{of_drop(operation)};
}

Operation ObjectReverser::operator()(const CreateMaterializedView& operation) const {
  return dropped(operation.object);
}

Operation ObjectReverser::operator()(const RefreshMaterializedView& operation) const {
  irreversible("REFRESH MATERIALIZED VIEW", operation.view, "what it showed before is gone; nothing is to be done");
}

Operation ObjectReverser::operator()(const DropMaterializedView& operation) const {
  return CreateMaterializedView{of_drop(operation)};
}

Operation ObjectReverser::operator()(const CreateFunction& operation) const {
  if (auto back = replaced_back(operation)) return *std::move(back);
  return routine_dropped(operation.object);
}

Operation ObjectReverser::operator()(const DropFunction& operation) const {
  return recreated(operation);
}

Operation ObjectReverser::operator()(const CreateProcedure& operation) const {
  if (auto back = replaced_back(operation)) return *std::move(back);
  return routine_dropped(operation.object);
}

Operation ObjectReverser::operator()(const DropProcedure& operation) const {
  return recreated(operation);
}

Operation ObjectReverser::operator()(const CreateTrigger& operation) const {
  if (auto back = replaced_back(operation)) return *std::move(back);
  const schema::Trigger& trigger = operation.object;
  return DropTrigger{.name = trigger.name, .table = trigger.table, .schema = trigger.schema, .existing = trigger};
}

Operation ObjectReverser::operator()(const AlterTrigger& operation) const {
  return AlterTrigger{.trigger = operation.trigger,
                      .table = operation.table,
                      .firing = operation.existing.value_or(firing_before(operation.firing)),
                      .existing = operation.firing,
                      .schema = operation.schema};
}

Operation ObjectReverser::operator()(const DropTrigger& operation) const {
  refuse_cascade(operation.cascade, operation.name);
  return CreateTrigger{known_table_object<schema::Trigger>(operation, a_drop, operation.name)};
}

Operation ObjectReverser::operator()(const CreatePolicy& operation) const {
  const schema::Policy& policy = operation.policy;
  return DropPolicy{.name = policy.name, .table = policy.table, .schema = policy.schema, .existing = policy};
}

Operation ObjectReverser::operator()(const DropPolicy& operation) const {
  refuse_cascade(operation.cascade, operation.name);
  return CreatePolicy{known_table_object<schema::Policy>(operation, a_drop, operation.name)};
}

Operation ObjectReverser::operator()(const AlterRowLevelSecurity& operation) const {
  return AlterRowLevelSecurity{operation.table, opposite(operation.action), operation.schema};
}

Operation ObjectReverser::operator()(const CreateStatistics& operation) const {
  return dropped(operation.object);
}

Operation ObjectReverser::operator()(const DropStatistics& operation) const {
  return CreateStatistics{of_drop(operation)};
}

}  // namespace support::alembic

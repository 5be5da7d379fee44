#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/alembic/operations/change.hpp"
#include "app/schema/domain.hpp"
#include "app/schema/function.hpp"
#include "app/schema/policy.hpp"
#include "app/schema/sequence.hpp"
#include "app/schema/statistics.hpp"
#include "app/schema/trigger.hpp"
#include "app/schema/view.hpp"

// Operations on what a database holds besides tables, columns, constraints and indexes, and those on tables that
// Alembic has no directive for. An empty `schema` means the search path decides.
namespace support::alembic {

// A label more. PostgreSQL has no way back, and shows the label to no statement before the transaction is committed.
struct AddEnumValue {
  std::string type;
  std::string value;
  std::string before = {};  // of two neighbours one at most; without any the label becomes the last
  std::string after = {};
  std::string schema = {};
  bool if_not_exists = false;

  bool operator==(const AddEnumValue&) const = default;
};

struct RenameEnumValue {
  std::string type;
  std::string value;
  std::string new_value;
  std::string schema = {};

  bool operator==(const RenameEnumValue&) const = default;
};

enum class ObjectKind {
  column,  // the first four belong to a table
  constraint,
  policy,
  trigger,
  domain,
  index,
  materialized_view,
  schema,
  sequence,
  statistics,
  type,
  view
};

struct RenameObject {
  ObjectKind kind;
  std::string name;
  std::string new_name;
  std::string schema = {};  // of the table, if the object belongs to one
  std::string table = {};

  bool operator==(const RenameObject&) const = default;
};

// Looks at the rows that a constraint created with not_valid has not looked at.
struct ValidateConstraint {
  std::string constraint;
  std::string table;
  std::string schema = {};

  bool operator==(const ValidateConstraint&) const = default;
};

template <class Object>
struct CreateObject {
  Object object;
  bool if_not_exists = false;

  bool operator==(const CreateObject&) const = default;
};
using CreateSequence = CreateObject<schema::Sequence>;
using CreateMaterializedView = CreateObject<schema::MaterializedView>;
using CreateStatistics = CreateObject<schema::Statistics>;

// What may take the place of an `existing` one. Without it nothing says what a replacement has replaced.
template <class Object>
struct CreateReplaceable {
  Object object;
  bool or_replace = false;
  std::optional<Object> existing = {};

  bool operator==(const CreateReplaceable&) const = default;
};
using CreateView = CreateReplaceable<schema::View>;
using CreateFunction = CreateReplaceable<schema::Function>;
using CreateProcedure = CreateReplaceable<schema::Procedure>;
using CreateTrigger = CreateReplaceable<schema::Trigger>;

template <class Object>
struct DropObject {
  std::string name;
  std::string schema = {};
  bool if_exists = false;
  bool cascade = false;
  std::optional<Object> existing = {};

  bool operator==(const DropObject&) const = default;
};
using DropSequence = DropObject<schema::Sequence>;
using DropDomain = DropObject<schema::Domain>;
using DropView = DropObject<schema::View>;
using DropMaterializedView = DropObject<schema::MaterializedView>;
using DropStatistics = DropObject<schema::Statistics>;

template <class Routine>
struct DropRoutine {
  std::string name;
  // Unset: the name alone, which must be the only one.
  std::optional<schema::FunctionArguments> arguments = {};
  std::string schema = {};
  bool if_exists = false;
  bool cascade = false;
  std::optional<Routine> existing = {};

  bool operator==(const DropRoutine&) const = default;
};
using DropFunction = DropRoutine<schema::Function>;
using DropProcedure = DropRoutine<schema::Procedure>;

template <class Object>
struct DropTableObject {
  std::string name;
  std::string table;
  std::string schema = {};
  bool if_exists = false;
  bool cascade = false;
  std::optional<Object> existing = {};

  bool operator==(const DropTableObject&) const = default;
};
using DropTrigger = DropTableObject<schema::Trigger>;
using DropPolicy = DropTableObject<schema::Policy>;

struct CreateSchema {
  std::string schema;
  std::string authorization = {};  // the role that owns it
  bool if_not_exists = false;

  bool operator==(const CreateSchema&) const = default;
};

struct DropSchema {
  std::string schema;
  bool if_exists = false;
  bool cascade = false;  // with all that is in it, which no reversal brings back
  std::string existing_authorization = {};

  bool operator==(const DropSchema&) const = default;
};

struct AlterSequenceOptions {
  std::optional<schema::Type> type = {};
  std::optional<std::int64_t> start = {};
  std::optional<std::int64_t> increment = {};
  Change<std::int64_t> minvalue = {};  // std::nullopt: NO MINVALUE
  Change<std::int64_t> maxvalue = {};
  std::optional<bool> cycle = {};
  std::optional<std::int64_t> cache = {};
  Change<std::int64_t> restart = {};  // std::nullopt: from its start; no reversal says where it stood
  Change<schema::OwnerColumn> owned_by = {};
  std::optional<schema::Persistence> persistence = {};  // not temporary
  bool if_exists = false;
  std::optional<schema::Sequence> existing = {};
  std::string schema = {};

  bool operator==(const AlterSequenceOptions&) const = default;
};
struct AlterSequence : AlterSequenceOptions {
  std::string sequence;

  bool operator==(const AlterSequence&) const = default;
};

struct CreateDomain {
  schema::Domain domain;

  bool operator==(const CreateDomain&) const = default;
};

// Carried out in this order.
struct AlterDomainOptions {
  std::string drop_constraint = {};
  std::optional<schema::CheckConstraint> add_constraint = {};
  Change<schema::DomainDefault> server_default = {};
  std::optional<bool> not_null = {};
  std::string validate_constraint = {};
  std::optional<schema::Domain> existing = {};
  std::string schema = {};

  bool operator==(const AlterDomainOptions&) const = default;
};
struct AlterDomain : AlterDomainOptions {
  std::string domain;

  bool operator==(const AlterDomain&) const = default;
};

struct RefreshMaterializedView {
  std::string view;
  std::string schema = {};
  bool concurrently = false;  // readers go on; needs a unique index over columns
  bool with_data = true;

  bool operator==(const RefreshMaterializedView&) const = default;
};

// When a trigger fires: in sessions whose session_replication_role is origin or local, never, replica, or always.
enum class TriggerFiring { origin, disabled, replica, always };

struct AlterTrigger {
  std::string trigger;
  std::string table;
  TriggerFiring firing;
  std::optional<TriggerFiring> existing = {};  // unset: origin, but disabled before it is origin
  std::string schema = {};

  bool operator==(const AlterTrigger&) const = default;
};

struct CreatePolicy {
  schema::Policy policy;

  bool operator==(const CreatePolicy&) const = default;
};

// What is left out stays. PostgreSQL can't take a condition away, nor change the kind and the command.
struct AlterPolicyOptions {
  std::vector<std::string> roles = {};
  std::string using_ = {};
  std::string with_check = {};
  std::optional<schema::Policy> existing = {};
  std::string schema = {};

  bool operator==(const AlterPolicyOptions&) const = default;
};
struct AlterPolicy : AlterPolicyOptions {
  std::string policy;
  std::string table;

  bool operator==(const AlterPolicy&) const = default;
};

// Forced row security binds the owner of the table, too.
enum class RowSecurity { enable, disable, force, no_force };

struct AlterRowLevelSecurity {
  std::string table;
  RowSecurity action;
  std::string schema = {};

  bool operator==(const AlterRowLevelSecurity&) const = default;
};

}  // namespace support::alembic

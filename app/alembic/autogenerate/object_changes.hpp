#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "app/alembic/autogenerate/difference.hpp"
#include "app/alembic/operations/operation.hpp"

// The operations that make, take away and change one object of a catalog that has no parts. Every name is qualified, so
// the search path does not matter. What the vocabulary of operations has is used; what it lacks is an Execute.
//
// create_operations() makes everything that compare() looks at, comments included, but not owners and grants.
// alter_operations() gives what turns the one into the other in place, an empty list when nothing is to be done, and
// std::nullopt when PostgreSQL can't: then the object is dropped and made again, with what depends on it.
namespace support::alembic::autogenerate {

using OperationList = std::vector<Operation>;

OperationList create_operations(const Schema& schema);
OperationList drop_operations(const Schema& schema);
std::optional<OperationList> alter_operations(const Schema& before, const Schema& after);

OperationList create_operations(const Extension& extension);
OperationList drop_operations(const Extension& extension);
std::optional<OperationList> alter_operations(const Extension& before, const Extension& after);

// Labels that are added are an AddEnumValue each; of labels that go, or stand in another order, nothing is known here
// (std::nullopt).
OperationList create_operations(const Enum& type);
OperationList drop_operations(const Enum& type);
std::optional<OperationList> alter_operations(const Enum& before, const Enum& after);

OperationList create_operations(const Domain& domain);
OperationList drop_operations(const Domain& domain);
std::optional<OperationList> alter_operations(const Domain& before, const Domain& after);
// Whether alter_operations() has values checked, which PostgreSQL doesn't do for those inside of others.
bool checks_values(const Domain& before, const Domain& after);

OperationList create_operations(const Composite& type);
OperationList drop_operations(const Composite& type);
std::optional<OperationList> alter_operations(const Composite& before, const Composite& after);

OperationList create_operations(const Range& type);
OperationList drop_operations(const Range& type);
std::optional<OperationList> alter_operations(const Range& before, const Range& after);

// Without OWNED BY: the column may come later. own_operations() says it.
OperationList create_operations(const Sequence& sequence);
OperationList drop_operations(const Sequence& sequence);
std::optional<OperationList> alter_operations(const Sequence& before, const Sequence& after);
OperationList own_operations(const Sequence& sequence);
OperationList disown_operations(const Sequence& sequence);

// Without the indexes of a materialized view.
OperationList create_operations(const View& view);
OperationList drop_operations(const View& view);
std::optional<OperationList> alter_operations(const View& before, const View& after);
// CLUSTER ON its cluster_index, which has to be there.
Operation cluster_operation(const View& view);

OperationList create_operations(const Routine& routine);
OperationList drop_operations(const Routine& routine);
std::optional<OperationList> alter_operations(const Routine& before, const Routine& after);

OperationList create_operations(const Trigger& trigger);
OperationList drop_operations(const Trigger& trigger);
std::optional<OperationList> alter_operations(const Trigger& before, const Trigger& after);

OperationList create_operations(const Policy& policy);
OperationList drop_operations(const Policy& policy);
std::optional<OperationList> alter_operations(const Policy& before, const Policy& after);

OperationList create_operations(const Rule& rule);
OperationList drop_operations(const Rule& rule);
std::optional<OperationList> alter_operations(const Rule& before, const Rule& after);

OperationList create_operations(const Statistics& statistics);
OperationList drop_operations(const Statistics& statistics);
std::optional<OperationList> alter_operations(const Statistics& before, const Statistics& after);

// COMMENT ON … ; `object` as SQL spells it after ON: "INDEX app.i", "CONSTRAINT c ON app.t". An empty text takes the
// comment away.
Operation comment_operation(std::string_view object, std::string_view comment);

}  // namespace support::alembic::autogenerate

#pragma once

#include <string>

#include "app/alembic/autogenerate/source_members.hpp"
#include "app/alembic/autogenerate/source_node.hpp"
#include "app/schema/domain.hpp"
#include "app/schema/function.hpp"
#include "app/schema/policy.hpp"
#include "app/schema/sequence.hpp"
#include "app/schema/statistics.hpp"
#include "app/schema/table.hpp"
#include "app/schema/trigger.hpp"
#include "app/schema/view.hpp"

// The values of app/schema as C++ expressions that make them, with its names in sight.
namespace support::alembic::autogenerate {

SourceNode source_of(const schema::Type& type);
// A name that stands in a database is final: f("name"), or std::nullopt.
SourceNode source_of(const schema::Name& name);
SourceNode final_name(const std::string& name);
SourceNode source_of(const schema::TextClause& expression);
SourceNode source_of(const schema::ServerDefault& value);
SourceNode source_of(const schema::DomainDefault& value);
SourceNode source_of(const schema::Column& column);

SourceNode source_of(const schema::PrimaryKeyConstraint& key);
SourceNode source_of(const schema::UniqueConstraint& unique);
SourceNode source_of(const schema::CheckConstraint& check);
SourceNode source_of(const schema::ForeignKeyConstraint& key);
SourceNode source_of(const schema::ExcludeConstraint& exclude);
SourceNode source_of(const schema::Constraint& constraint);
SourceNode source_of(const schema::Index& index);
// {"a", text("lower(b)")}
SourceNode source_of(const std::vector<schema::IndexElement>& elements);
// {{"room", "="}, {"during", "&&"}}, with a type before it when it has one.
SourceNode source_of(const std::vector<schema::ExcludeElement>& elements, std::string type = {});

SourceNode source_of(const schema::OwnerColumn& owner);
SourceNode source_of(schema::Persistence persistence);
SourceNode source_of(const schema::Sequence& sequence);
SourceNode source_of(const schema::Domain& domain);
SourceNode source_of(const schema::View& view);
SourceNode source_of(const schema::MaterializedView& view);
SourceNode source_of(const schema::FunctionArguments& arguments);
SourceNode source_of(const schema::Function& function);
SourceNode source_of(const schema::Procedure& procedure);
SourceNode source_of(const schema::Trigger& trigger);
SourceNode source_of(const schema::Policy& policy);
SourceNode source_of(const schema::Statistics& statistics);

// What create_table() takes: the columns, then what does not follow from them.
SourceNode table_items(const schema::Table& table);

}  // namespace support::alembic::autogenerate

#include "app/alembic/safety/model/relation.hpp"

#include <algorithm>

namespace support::alembic::safety {

namespace {

template <typename List, typename Matches>
auto* find_in(List& list, Matches matches) {
  const auto found = std::find_if(list.begin(), list.end(), matches);
  return found == list.end() ? nullptr : &*found;
}

}  // namespace

std::string RelationName::text() const {
  return schema.empty() || schema == "public" || schema == "pg_temp" ? name : schema + "." + name;
}

const Column* Relation::column(std::string_view column_name) const {
  return find_in(columns, [&](const Column& column) { return column.name == column_name; });
}

Column* Relation::column(std::string_view column_name) {
  return find_in(columns, [&](const Column& column) { return column.name == column_name; });
}

const Constraint* Relation::constraint(std::string_view constraint_name) const {
  return find_in(constraints, [&](const Constraint& constraint) { return constraint.name == constraint_name; });
}

Constraint* Relation::constraint(std::string_view constraint_name) {
  return find_in(constraints, [&](const Constraint& constraint) { return constraint.name == constraint_name; });
}

const Index* Relation::index(const RelationName& index_name) const {
  return find_in(indexes, [&](const Index& index) { return index.name == index_name; });
}

const Constraint* Relation::primary_key() const {
  return find_in(constraints, [](const Constraint& c) { return c.kind == Constraint::Kind::primary_key; });
}

}  // namespace support::alembic::safety

#include "app/alembic/safety/model/schema_model.hpp"

#include <algorithm>

namespace support::alembic::safety {

RelationName SchemaModel::resolve(const Node& range_var) const {
  const auto schema = range_var.text("schemaname");
  std::vector<std::string> parts;
  if (!schema.empty()) parts.emplace_back(schema);
  parts.emplace_back(range_var.text("relname"));
  return resolve(parts);
}

RelationName SchemaModel::resolve(const std::vector<std::string>& parts) const {
  if (parts.empty()) return {};
  if (parts.size() > 1) return {parts[parts.size() - 2], parts.back()};
  if (const RelationName temporary{"pg_temp", parts[0]}; relations_.contains(temporary)) return temporary;
  for (const auto& schema : search_path) {
    if (const RelationName name{schema, parts[0]}; relations_.contains(name)) return name;
  }
  return {search_path.empty() ? "public" : search_path.front(), parts[0]};
}

RelationName SchemaModel::resolve_index(const std::vector<std::string>& parts) const {
  if (parts.empty()) return {};
  if (parts.size() > 1) return {parts[parts.size() - 2], parts.back()};
  if (const RelationName temporary{"pg_temp", parts[0]}; index_owners_.contains(temporary)) return temporary;
  for (const auto& schema : search_path) {
    if (const RelationName name{schema, parts[0]}; index_owners_.contains(name)) return name;
  }
  return {search_path.empty() ? "public" : search_path.front(), parts[0]};
}

const Relation* SchemaModel::find(const RelationName& name) const {
  const auto found = relations_.find(name);
  return found == relations_.end() ? nullptr : &found->second;
}

Relation* SchemaModel::find(const RelationName& name) {
  const auto found = relations_.find(name);
  return found == relations_.end() ? nullptr : &found->second;
}

Relation& SchemaModel::mention(const RelationName& name) {
  const auto [entry, is_added] = relations_.try_emplace(name);
  if (is_added) entry->second.name = name;
  return entry->second;
}

Relation& SchemaModel::add(Relation relation) {
  relation.born_in = epoch_;
  const auto name = relation.name;
  return relations_.insert_or_assign(name, std::move(relation)).first->second;
}

void SchemaModel::erase(const RelationName& name) {
  auto* relation = find(name);
  if (relation == nullptr) return;
  for (const auto& index : relation->indexes) index_owners_.erase(index.name);
  const auto partitions = relation->partitions;
  for (const auto& parent : relation->parents) {
    if (auto* above = find(parent)) {
      std::erase(above->partitions, name);
      if (above->default_partition == name) above->default_partition.reset();
    }
  }
  relations_.erase(name);
  for (const auto& partition : partitions) erase(partition);
  for (auto& [_, other] : relations_) {
    std::erase_if(other.constraints, [&](const Constraint& constraint) {
      return constraint.kind == Constraint::Kind::foreign_key && constraint.referenced == name;
    });
  }
}

void SchemaModel::rename(const RelationName& from, const RelationName& to) {
  auto node = relations_.extract(from);
  if (node.empty()) {
    mention(to);
    return;
  }
  relations_.erase(to);
  node.key() = to;
  auto& relation = relations_.insert(std::move(node)).position->second;
  relation.name = to;
  for (auto& index : relation.indexes) {
    index_owners_.erase(index.name);
    index.name.schema = to.schema;
    index_owners_[index.name] = to;
  }
  for (auto& [_, other] : relations_) {
    for (auto& constraint : other.constraints) {
      if (constraint.referenced == from) constraint.referenced = to;
    }
    std::replace(other.parents.begin(), other.parents.end(), from, to);
    std::replace(other.partitions.begin(), other.partitions.end(), from, to);
    if (other.default_partition == from) other.default_partition = to;
  }
}

const Relation* SchemaModel::index_owner(const RelationName& index) const {
  const auto found = index_owners_.find(index);
  return found == index_owners_.end() ? nullptr : find(found->second);
}

Relation* SchemaModel::index_owner(const RelationName& index) {
  const auto found = index_owners_.find(index);
  return found == index_owners_.end() ? nullptr : find(found->second);
}

const Index* SchemaModel::index(const RelationName& name) const {
  const auto* owner = index_owner(name);
  return owner == nullptr ? nullptr : owner->index(name);
}

void SchemaModel::add_index(Relation& relation, Index index) {
  index_owners_[index.name] = relation.name;
  relation.indexes.push_back(std::move(index));
}

void SchemaModel::erase_index(const RelationName& name) {
  if (auto* owner = index_owner(name)) {
    std::erase_if(owner->indexes, [&](const Index& index) { return index.name == name; });
  }
  index_owners_.erase(name);
}

void SchemaModel::rename_index(const RelationName& from, const RelationName& to) {
  auto* owner = index_owner(from);
  if (owner == nullptr) return;
  for (auto& index : owner->indexes) {
    if (index.name == from) index.name = to;
  }
  for (auto& constraint : owner->constraints) {
    if (constraint.index == from) {
      constraint.index = to;
      constraint.name = to.name;
    }
  }
  index_owners_.erase(from);
  index_owners_[to] = owner->name;
}

bool SchemaModel::is_new(const Relation& relation) const {
  return relation.born_in == epoch_ || relation.persistence == Relation::Persistence::temporary;
}

bool SchemaModel::is_new(const RelationName& name) const {
  const auto* relation = find(name);
  return relation != nullptr && is_new(*relation);
}

bool SchemaModel::is_new_type(const std::string& name) const {
  const auto found = types.find(name);
  return found != types.end() && found->second.born_in == epoch_;
}

TypeName SchemaModel::without_domain(const TypeName& type) const {
  const auto found = types.find(type.name);
  if (found == types.end() || found->second.kind != UserType::Kind::domain || type.array) return type;
  return found->second.base;
}

bool SchemaModel::is_constrained_domain(const TypeName& type) const {
  const auto found = types.find(type.name);
  return found != types.end() && found->second.kind == UserType::Kind::domain && found->second.constrained;
}

std::vector<RelationName> SchemaModel::users_of(const std::string& type) const {
  std::vector<RelationName> users;
  for (const auto& [name, relation] : relations_) {
    const auto& columns = relation.columns;
    const bool uses = relation.of_type == type ||
                      std::any_of(columns.begin(), columns.end(),
                                  [&](const Column& column) { return column.type && column.type->name == type; });
    if (uses && !is_new(relation)) users.push_back(name);
  }
  return users;
}

std::string type_key(const std::vector<std::string>& parts) {
  if (parts.empty()) return {};
  if (parts.size() == 1 || parts.front() == "public") return parts.back();
  return parts[parts.size() - 2] + "." + parts.back();
}

}  // namespace support::alembic::safety

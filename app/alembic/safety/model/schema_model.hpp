#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "app/alembic/safety/model/builtin_functions.hpp"
#include "app/alembic/safety/model/relation.hpp"

namespace support::alembic::safety {

// A type that the chain created.
struct UserType {
  enum class Kind { enumeration, domain, composite, other };

  Kind kind = Kind::other;
  TypeName base;             // of a domain
  bool constrained = false;  // a domain with CHECK or NOT NULL, its base's included
  unsigned born_in = 0;
};

// What the database holds after the statements that were replayed (replay.hpp), as far as their text tells. Relations
// that statements only mention are in it as well, with `complete` unset.
class SchemaModel {
 public:
  // Where a name without schema leads: the first schema of the search path that has it, else the one in which it would
  // be created.
  RelationName resolve(const Node& range_var) const;
  RelationName resolve(const std::vector<std::string>& parts) const;
  RelationName resolve_index(const std::vector<std::string>& parts) const;

  const Relation* find(const RelationName& name) const;
  Relation* find(const RelationName& name);
  // Adds what is not there as a table of which nothing else is known.
  Relation& mention(const RelationName& name);
  Relation& add(Relation relation);
  void erase(const RelationName& name);
  void rename(const RelationName& from, const RelationName& to);
  const std::map<RelationName, Relation>& relations() const { return relations_; }

  // The relation that owns an index.
  const Relation* index_owner(const RelationName& index) const;
  Relation* index_owner(const RelationName& index);
  const Index* index(const RelationName& name) const;
  void add_index(Relation& relation, Index index);
  void erase_index(const RelationName& name);
  void rename_index(const RelationName& from, const RelationName& to);

  // Created by this migration, so that no one else can be using it.
  bool is_new(const RelationName& name) const;
  bool is_new(const Relation& relation) const;
  bool is_new_type(const std::string& name) const;

  unsigned epoch() const { return epoch_; }
  void next_epoch() { ++epoch_; }

  std::map<std::string, UserType> types;
  std::map<std::string, Volatility> functions;      // by name without schema
  std::map<RelationName, RelationName> statistics;  // CREATE STATISTICS, and on which table
  std::set<std::string> extensions;
  std::set<std::string> new_schemas;
  std::vector<std::string> search_path{"public"};

  // A domain's underlying type; any other type as it is.
  TypeName without_domain(const TypeName& type) const;
  bool is_constrained_domain(const TypeName& type) const;
  // The relations that were there before and are of the type, or have a column of it.
  std::vector<RelationName> users_of(const std::string& type) const;

 private:
  std::map<RelationName, Relation> relations_;
  std::map<RelationName, RelationName> index_owners_;
  unsigned epoch_ = 1;
};

// The key of a type in SchemaModel::types: its name, with the schema unless that is public.
std::string type_key(const std::vector<std::string>& parts);

}  // namespace support::alembic::safety

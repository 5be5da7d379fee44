#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "app/alembic/autogenerate/action_graph.hpp"
#include "app/alembic/autogenerate/object_changes.hpp"
#include "app/alembic/autogenerate/parentage.hpp"
#include "app/alembic/autogenerate/plan.hpp"

// plan() at work, between its source files.
namespace support::alembic::autogenerate {

// What happens to one object: it is made, dropped, altered in place, or dropped and made again (both).
struct Item {
  ObjectName old_name;  // of the object that is there before; as new_name unless it is renamed
  ObjectName new_name;
  Object before;
  Object after;
  bool drops = false;
  bool creates = false;
  std::optional<OperationList> alters = {};
  // Of a column that stays: its default is taken away and set again, because of what it uses.
  bool moves_default = false;
  // Of a domain: its checks and default are taken away first, because of what they use, and set again when it is
  // altered or made anew.
  bool moves_checks = false;
  // Of a type: the new one is made while the old one is still there, under another name.
  bool swaps = false;

  std::optional<ActionGraph::Action> leave_action = {};  // its parents; a sequence its owner, a column its default
  std::optional<ActionGraph::Action> drop_action = {};
  std::optional<ActionGraph::Action> create_action = {};
  std::optional<ActionGraph::Action> alter_action = {};
  std::optional<ActionGraph::Action> join_action = {};  // others

  bool is_replaced() const { return drops && creates; }
};

class Planner {
 public:
  Planner(const CatalogSnapshot& before, const CatalogSnapshot& after, const std::vector<Difference>& differences,
          const CompareOptions& options);

  Steps run();

 private:
  enum class Disturbance { gone, retyped };
  enum class Phase { leave, drop, create, alter, join };
  struct Part {
    Item* item;
    Phase phase;
  };

  // planner.cpp
  void add_item(const Difference& difference);
  bool is_brought_by_type(const Difference& difference) const;
  void join_types_of_other_kinds();
  struct KeptSequence {
    QualifiedName name;
    bool was_object = false;  // before; otherwise it becomes one
    Sequence of_column;       // as the other side has it
  };
  std::vector<KeptSequence> keep_sequences(const std::vector<Difference>& differences);
  void adopt_sequences(const std::vector<KeptSequence>& kept);
  Item& add(Item item);
  Item* before_item(const ObjectName& name) const;
  Item* after_item(const ObjectName& name) const;
  bool goes_with_relation(const ObjectName& name) const;
  bool comes_with_relation(const ObjectName& name) const;
  std::optional<OperationList> alteration(const Difference& difference) const;
  OperationList creation(const Item& item) const;
  OperationList removal(const Item& item) const;
  const Table& table_after(const ObjectName& part) const;
  const Table& table_before(const ObjectName& part) const;

  // plan_displacement.cpp
  void replace_contained_domains();
  bool is_contained(const ObjectName& domain) const;
  void displace();
  void displace_dependents(const ObjectName& name, Disturbance disturbance);
  const Item* stuck_on(const ObjectName& dependent, const ObjectName& on) const;
  void displace_dependent(const ObjectName& dependent, const ObjectName& on, Disturbance disturbance);
  void replace(const ObjectName& name);
  void move_default(const ObjectName& column);
  void move_checks(const ObjectName& domain);
  void retype_in_swap(const ObjectName& column, Item& type);
  bool is_column_in_partition_key(const ObjectName& column) const;
  bool is_foreign_key_to_lift(const ObjectName& constraint, const ObjectName& column) const;
  bool includes(const ObjectName& constraint, const ObjectName& column) const;
  void lift_foreign_keys_to(const ObjectName& key, const ObjectName& column);
  bool has_statistics_target(const ObjectName& name) const;
  void keep_sequences();
  void create_parts_of_replaced();
  void create_part(const ObjectName& name, Object part);

  // plan_parentage.cpp
  void add_parentage();
  void add_columns_to_join(const Table& before, const Table& after);
  bool is_brought_by_parent(const Difference& difference) const;
  bool is_made_by_parent(const Difference& difference) const;
  bool is_of_kept_parent(const ObjectName& part) const;
  bool comes_from_kept_parent(const ObjectName& part, const Object& object) const;
  Column without_change_of_parent(const ObjectName& name, const Column& before, const Column& after) const;
  bool is_left(const ObjectName& table, const ObjectName& parent) const;
  bool is_left_to_children(const ObjectName& part) const;
  OperationList drop_from_parent(const ObjectName& part) const;
  OperationList detaching(const Table& table) const;
  OperationList leaving(const Item& item) const;
  OperationList joining(const Item& item) const;
  Item* parent_item(const ObjectName& name, const std::map<ObjectName, Item*>& items) const;
  void require_parentage();
  void require_parents(const Item& item);
  void require_joining(const Item& item);
  void require_bounds();
  void require_children_gone(const Item& item);

  // plan_order.cpp
  std::vector<ActionGraph::Action> order();
  void add_actions();
  int rank(const Item& item, Phase phase) const;
  void require_dependencies();
  std::vector<Dependency> dependencies_of(const CatalogSnapshot& snapshot, Side side) const;
  void require_before(const Dependency& dependency);
  void require_last_use(const Item& user, const Item& used);
  void require_after(const Dependency& dependency);
  void require_readiness(const Item& used, const Item& user);
  void require_relations();
  void require_schemas();
  void require_names();
  void require_sequence_owners();
  void require_persistence();
  bool goes_with_owner(const Item& item) const;
  bool is_separate(const Item& item) const;
  bool separate(const std::vector<ActionGraph::Action>& circle);
  bool separate_keys(const std::vector<ActionGraph::Action>& circle);
  bool separate_defaults(const std::vector<ActionGraph::Action>& circle);
  bool separate_sequences(const std::vector<ActionGraph::Action>& circle);
  void add_separate(const Table& table, const Constraint& constraint, Phase phase);

  // type_swap.cpp
  OperationList begin_swap(const Item& item) const;
  OperationList end_swap(const Item& item) const;
  OperationList free_names_of_range(const Range& range) const;

  // plan_steps.cpp
  Steps steps(const std::vector<ActionGraph::Action>& order) const;
  OperationList operations(const Part& part) const;
  OperationList with_access(const Item& item, OperationList operations) const;
  std::string note(const Part& part) const;

  // plan_notes.cpp
  bool is_written_when_added(const ObjectName& name, const Column& column) const;
  bool is_checked(const Domain& domain) const;
  bool is_in_use(const ObjectName& type) const;
  std::string note_of_addition(const ObjectName& name, const Column& column) const;
  std::string note_of_alteration(const Item& item) const;

  const CatalogSnapshot& before_;
  const CatalogSnapshot& after_;
  const CompareOptions& options_;
  std::vector<std::unique_ptr<Item>> items_;
  std::map<ObjectName, Item*> before_items_;
  std::map<ObjectName, Item*> after_items_;
  std::multimap<ObjectName, ObjectName> dependents_;   // of what is there before
  std::map<ObjectName, Item*> swapped_columns_;        // that get the new type with its making
  std::map<const Item*, std::set<ObjectName>> stuck_;  // what uses something that goes, and is not compared
  std::vector<Dependency> lifted_;                     // foreign keys, and columns of the keys that they point at
  std::set<QualifiedName> kept_sequences_;
  std::set<QualifiedName> separate_tables_;      // that get their constraints later
  std::set<QualifiedName> taken_apart_;          // that lose their foreign keys before they are dropped
  std::set<QualifiedName> keyless_tables_;       // that get their keys later, too
  std::set<QualifiedName> ownerless_sequences_;  // for a while
  std::set<ObjectName> defaultless_columns_;     // likewise
  const Parentage parentage_;
  std::multimap<QualifiedName, QualifiedName> children_;  // that stay children, by their parents
  std::map<QualifiedName, int> table_places_;             // for the order of reading
  std::vector<std::unique_ptr<Item>> separate_constraints_;
  ActionGraph graph_;
  std::vector<Part> parts_;  // by action
};

// The object of that name; monostate when the snapshot has none.
Object find_object(const CatalogSnapshot& snapshot, const ObjectName& name);

// A table or view of the schema and name, as the kind says.
ObjectName relation_of(const ObjectName& part, ObjectKind kind);

// The name that nothing else of the schema may have: of a relation, a type or an index. Absent for other kinds of
// objects.
std::optional<QualifiedName> relation_name(const ObjectName& name, const Object& object);

// Whether the sequence belongs to the column, or to one of the table.
bool owns(const Sequence& sequence, const ObjectName& name);

// The domain without its checks and its default.
Domain bare(Domain domain);

// Whether it is of the type that is there before, or an array of it or a multirange, and does not just use it in its
// default.
bool has_type(const Column& column, const Item& type);

// Whether the constraint can depend on more than the table's own columns.
bool is_separable(const Constraint& constraint);

// Notes about rows: plan_notes.cpp.
std::string note_of_creation(const Object& object, bool table_has_been_there);
std::string note_of_removal(const Object& object);
std::string note_of_replacement(const Object& before, const Object& after);
std::size_t place_of_note(const OperationList& operations);

}  // namespace support::alembic::autogenerate

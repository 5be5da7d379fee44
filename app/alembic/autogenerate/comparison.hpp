#pragma once

#include <algorithm>
#include <functional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "app/alembic/autogenerate/canonical_sql.hpp"
#include "app/alembic/autogenerate/compare.hpp"
#include "app/alembic/autogenerate/field_text.hpp"
#include "app/alembic/autogenerate/fields.hpp"
#include "app/alembic/autogenerate/parentage.hpp"

// compare() at work, between its source files.
namespace support::alembic::autogenerate {

// What of two objects differs, as far as the options look at it. The whole text of a definition counts only where none
// of its parts tells the difference.
template <class T>
std::vector<AttributeChange> attribute_changes(const T& before, const T& after, const CompareOptions& options);

// The objects of both sides by what identifies them, each side in the order of its key.
template <class T>
struct Matched {
  std::vector<const T*> removed;
  std::vector<const T*> added;
  std::vector<std::pair<const T*, const T*>> both;
};

class Comparison {
 public:
  Comparison(const CatalogSnapshot& before, const CatalogSnapshot& after, const CompareOptions& options)
      : before_(before), after_(after), options_(options), parentage_(before, after) {}

  std::vector<Difference> run();

 private:
  bool looks_at(ObjectKind kind) const { return !options_.ignored_kinds.contains(kind); }
  bool keeps(const ObjectName& object, Side side) const;
  bool has_schema(const std::string& schema) const;

  template <class T, class Name>
  Matched<T> matched(const std::vector<T>& before, const std::vector<T>& after, Name name_of) const;
  // Added, removed and changed ones of a kind that has no parts.
  template <class T, class Name>
  void compare_list(const std::vector<T>& before, const std::vector<T>& after, Name name_of);

  void compare_tables();
  void add_table(const Table& table);
  void remove_table(const Table& table);
  void compare_table(const Table& before, const Table& after);
  void compare_columns_of_view(const View& before, const View& after);
  void compare_views();
  void compare_column(const Table& before, const Table& after, const Column& old_column, const Column& new_column);
  void compare_column_order(const Table& before, const Table& after, std::vector<AttributeChange>& changes) const;
  bool is_brought(const QualifiedName& table, const Constraint* before, const Constraint* after) const;
  Matched<Constraint> matched_constraints(const Table& before, const Table& after) const;
  template <class Owner>
  Matched<Index> matched_indexes(const Owner& before, const Owner& after) const;
  // What has another name and is the same otherwise.
  template <class T, class SameKind>
  void pair_renamed(Matched<T>& parts, const std::string& table, SameKind same_kind) const;
  void emit_constraints(const Table& before, const Matched<Constraint>& parts, ConstraintKind kind);
  void emit_keys_and_indexes(const Table& before, const Matched<Constraint>& constraints,
                             const Matched<Index>& indexes);
  void emit_index(const std::string& schema, const std::string& table, const Index* before, const Index* after);
  void emit_constraint(const Table& table, const Constraint* before, const Constraint* after);
  void drop_what_parents_bring();

  template <class T>
  void emit(ObjectName name, const T* before, const T* after, std::vector<AttributeChange> attributes = {});

  const CatalogSnapshot& before_;
  const CatalogSnapshot& after_;
  const CompareOptions& options_;
  const Parentage parentage_;
  std::vector<Difference> differences_;
};

// The tables so that each comes behind those that it refers to or is made from, and by name otherwise; circles are cut
// somewhere.
std::vector<const Table*> in_order_of_creation(std::vector<const Table*> tables);

inline bool is_compared(Aspect aspect, const CompareOptions& options) {
  switch (aspect) {
    case Aspect::type:
      return options.compare_type;
    case Aspect::server_default:
      return options.compare_server_default;
    case Aspect::comment:
      return options.compare_comments;
    case Aspect::storage:
      return options.compare_storage;
    case Aspect::access:
      return options.compare_access;
    case Aspect::extension_version:
      return options.compare_extension_versions;
    case Aspect::not_null_name:
      return options.compare_not_null_names;
    case Aspect::essence:
    case Aspect::text:
      return true;
  }
  return true;
}

// Whether values that are not equal differ in nothing but how the server came to write them.
inline bool says_the_same(const std::string& a, const std::string& b) {
  return is_same_sql(a, b);
}

inline bool says_the_same(const std::optional<std::string>& a, const std::optional<std::string>& b) {
  return a && b && is_same_sql(*a, *b);
}

inline bool says_the_same(const std::vector<DomainCheck>& a, const std::vector<DomainCheck>& b) {
  return std::ranges::equal(a, b, [](DomainCheck one, const DomainCheck& other) {
    if (is_same_sql(one.definition, other.definition)) one.definition = other.definition;
    return one == other;
  });
}

inline bool says_the_same(const std::vector<IndexKey>& a, const std::vector<IndexKey>& b) {
  return std::ranges::equal(a, b, [](IndexKey one, const IndexKey& other) {
    if (is_same_sql(one.sql, other.sql)) one.sql = other.sql;
    return one == other;
  });
}

// Whether a table says a part itself, too, besides its parent: no command changes that of a part that is there, and it
// shows only when the parent goes.
inline bool says_the_same(Origin a, Origin b) {
  return a != Origin::own && b != Origin::own;
}

template <class T>
bool says_the_same(const T&, const T&) {
  return false;
}

template <class T>
std::vector<AttributeChange> attribute_changes(const T& before, const T& after, const CompareOptions& options) {
  std::vector<AttributeChange> changes;
  bool part_differs = false;
  each_field(std::type_identity<T>{}, [&](const char* name, auto member, Aspect aspect) {
    const auto& old_value = std::invoke(member, before);
    const auto& new_value = std::invoke(member, after);
    if (old_value == new_value || (aspect == Aspect::text && part_differs)) return;
    const bool is_sql = aspect != Aspect::comment && std::string_view(name) != "name";
    if (is_sql && says_the_same(old_value, new_value)) return;
    if (std::string_view(name) != "name") part_differs = true;
    if (is_compared(aspect, options)) changes.push_back({name, field_text(old_value), field_text(new_value)});
  });
  return changes;
}

template <class T, class Name>
Matched<T> Comparison::matched(const std::vector<T>& before, const std::vector<T>& after, Name name_of) const {
  using Entry = std::pair<ObjectName, const T*>;
  const auto key = [](const Entry& entry) { return std::tie(entry.first.schema, entry.first.table, entry.first.name); };
  const auto sorted = [&](const std::vector<T>& list, Side side) {
    std::vector<Entry> entries;
    for (const auto& object : list) {
      auto name = name_of(object);
      if (!has_schema(name.kind == ObjectKind::schema ? name.name : name.schema)) continue;
      if (side == Side::before && options_.include_name && !options_.include_name(name)) continue;
      entries.emplace_back(std::move(name), &object);
    }
    std::ranges::sort(entries, {}, key);
    return entries;
  };
  const auto old_entries = sorted(before, Side::before);
  const auto new_entries = sorted(after, Side::after);
  Matched<T> result;
  auto old_entry = old_entries.begin();
  auto new_entry = new_entries.begin();
  while (old_entry != old_entries.end() || new_entry != new_entries.end()) {
    const bool take_old =
        new_entry == new_entries.end() || (old_entry != old_entries.end() && key(*old_entry) <= key(*new_entry));
    const bool take_new =
        old_entry == old_entries.end() || (new_entry != new_entries.end() && key(*new_entry) <= key(*old_entry));
    if (take_old && take_new) {
      if (keeps(old_entry->first, Side::both)) result.both.emplace_back(old_entry->second, new_entry->second);
    } else if (take_old) {
      if (keeps(old_entry->first, Side::before)) result.removed.push_back(old_entry->second);
    } else if (keeps(new_entry->first, Side::after)) {
      result.added.push_back(new_entry->second);
    }
    if (take_old) ++old_entry;
    if (take_new) ++new_entry;
  }
  return result;
}

template <class T>
void Comparison::emit(ObjectName name, const T* before, const T* after, std::vector<AttributeChange> attributes) {
  Difference difference{.change = before == nullptr  ? Change::added
                                  : after == nullptr ? Change::removed
                                                     : Change::changed,
                        .kind = name.kind,
                        .schema = std::move(name.schema),
                        .table = std::move(name.table),
                        .name = std::move(name.name)};
  if (before != nullptr) difference.before = *before;
  if (after != nullptr) difference.after = *after;
  difference.attributes = std::move(attributes);
  differences_.push_back(std::move(difference));
}

template <class T, class Name>
void Comparison::compare_list(const std::vector<T>& before, const std::vector<T>& after, Name name_of) {
  const auto objects = matched(before, after, name_of);
  for (const auto* object : objects.removed) emit<T>(name_of(*object), object, nullptr);
  for (const auto& [old_object, new_object] : objects.both) {
    auto changes = attribute_changes(*old_object, *new_object, options_);
    if (!changes.empty()) emit(name_of(*new_object), old_object, new_object, std::move(changes));
  }
  for (const auto* object : objects.added) emit<T>(name_of(*object), nullptr, object);
}

}  // namespace support::alembic::autogenerate
